/** What one has made and has. Read by pages that are seldom opened, and so loaded with them. */
export const usage = {
  title: "Usage",
  lead: "What was made this month, what is kept, and what is left.",
  of: (used: string, limit: string) => `${used} of ${limit}`,
  left: (amount: string) => `${amount} left`,
  none: "Nothing is left",
  unlimited: "No limit",
  video: "Video",
  videoSaid: (made: string, promised: string) =>
    promised ? `${made} made, ${promised} on its way` : `${made} made`,
  videoHint: (since: string, until: string) =>
    `Since ${since}; starts anew on ${until}. Scenes that need not be made again cost nothing.`,
  storage: "Storage",
  storageHint:
    "Portraits, voices, slides, and the files of lessons. Delete what you no longer need.",
  jobs: "Lessons waiting or being made",
  jobsHint: "As soon as one ends there is room for another.",
  days: "The last 30 days",
  daysHint: "Minutes of video a day, in UTC.",
  noDays: "Nothing was made in the last 30 days.",
  most: (minutes: string) => `at most ${minutes} a day`,
  dayOf: (day: string, minutes: string, lessons: string) => `${day}: ${minutes}, ${lessons}`,
  lessonCount: (count: number) => (count === 1 ? "1 lesson" : `${count} lessons`),
};
