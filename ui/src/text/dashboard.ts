export const dashboard = {
  greeting: (name: string) => (name ? `Hello, ${name}` : "Hello"),
  making: "Being made now",
  recent: "Recent lessons",
  all: "All lessons",
  progressOf: (title: string) => `Progress of ${title}`,
  cut: "The line to the studio was cut; trying again.",
  guide: {
    title: "Your first lesson",
    lead: "Three things make a lesson. You can bring them in any order, and change each later.",
    steps: [
      {
        title: "Somebody who presents it",
        text: "A photo or drawing with one face, looking at the camera. It needs the consent of who is shown.",
      },
      {
        title: "A voice",
        text: "The built-in voice, or ten seconds of yours for one that is similar.",
      },
      {
        title: "What it is about",
        text: "Notes, a prompt or a finished text. You see and change every word before it is spoken.",
      },
    ],
    begin: "Begin your first lesson",
    sampleTitle: "Or see one first",
    sampleLead:
      "“Why the sky is blue” is a short sample with a drawn presenter and the built-in voice. It is made here, while you watch, and is yours to take apart.",
    sampleButton: "Make the sample lesson",
    samplePending: "Handing in the sample",
    sampleAlt: "The drawn presenter of the sample lesson",
  },
  quota: {
    title: "This month",
    of: (used: string, limit: string) => `${used} of ${limit}`,
    video: "Video made or on its way",
    storage: "Storage",
    jobs: "Lessons at once",
    resets: (date: string) => `Starts anew on ${date}.`,
  },
};
