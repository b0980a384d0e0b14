const scenes = (numbers: number[]) =>
  numbers.length === 1
    ? `scene ${numbers[0] ?? ""}`
    : `scenes ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1) ?? ""}`;

const listed = (parts: string[]) => parts.join(", ").replace(/, (?=[^,]*$)/, " and ");

/** The page of one lesson: while it is made, and after. */
export const lessonPage = {
  opening: "Opening the lesson",
  toAll: "All lessons",
  remadeFrom: "Made again from",
  earlier: "an earlier lesson",
  asked: (when: string) => `asked for ${when}`,
  audioOnly: "Audio preview",
  cut: "The line to the studio was cut. Trying again; what you see may be a little old.",
  refused: "News of this lesson cannot be read here. Reload the page.",
  making: {
    title: "What is happening",
    progress: "Progress of the lesson",
    queued: "Waiting for its turn",
    next: "Next in line",
    place: (place: number) => `Number ${place} in line`,
    script: "Writing the script",
    speech: (numbers: number[]) => (numbers.length ? `Speaking ${scenes(numbers)}` : "Speaking"),
    video: (numbers: number[]) => (numbers.length ? `Filming ${scenes(numbers)}` : "Filming"),
    package: "Packing up the files",
    starting: "Getting ready",
    again: "Trying again after a hitch",
    unknown: "How long it takes shows once the first scene is under way.",
    leave: "You can leave this page: the making goes on.",
    cancel: "Cancel",
    stopping: "Stopping",
    readyScenes: (ready: number, all: number) =>
      ready === all
        ? `All ${all} scenes can be watched`
        : `${ready} of ${all} scenes can be watched`,
  },
  steps: {
    title: "Steps",
    script: "Script",
    speech: "Voice",
    video: "Picture",
    package: "Files",
    status: {
      pending: "to come",
      running: "under way",
      succeeded: "done",
      failed: "failed",
      cancelled: "not done",
      left: "not done",
    },
    attempt: (attempt: number) => `try ${attempt}`,
    given: "From your script",
  },
  engine: {
    madeBy: "Made by",
    explain: (label: string) => `About “${label}”`,
    draft: "A draft: check the facts before you show it to anybody.",
    kinds: {
      embedded:
        "Part of this studio: it needs no large model and no other service. It is quick, and does not look or sound as real as a large model.",
      model: "A large model that runs on this studio’s own machines.",
      remote: "A service outside of this studio. It was sent what it needed for its part.",
      fake: "A stand-in that is used when the studio itself is tested.",
    },
    version: (name: string, version: string) => `${name}, version ${version}`,
  },
  scenes: {
    title: "Scenes",
    waiting: "Scenes appear here one by one, once its turn has come.",
    none: "The script is being written; scenes appear here one by one.",
    noneEver: "There are no scenes.",
    name: (number: number) => `Scene ${number}`,
    picture: (number: number) => `A picture from scene ${number}`,
    play: (number: number) => `Play scene ${number}`,
    shown: "Now shown",
    state: {
      written: "Written",
      speaking: (share: string) => `Speaking, ${share}`,
      spoken: (length: string) => `Spoken, ${length}`,
      filming: (share: string) => `Filming, ${share}`,
      filmed: (length: string) => `Ready, ${length}`,
    },
    asBefore: "As before",
    madeAgain: "Made again",
  },
  failure: {
    whole: "The lesson could not be finished.",
    at: (number: number) => `The making stopped at scene ${number}.`,
    stopped: (number: number) => `Scene ${number} could not be made.`,
    see: "See what happened, and try again",
    change: "Change and make again",
    anew: "Make another lesson",
    retry: "Try again",
    retrying: "Handing it in again",
  },
  cancelled: {
    text: "You cancelled this lesson. What was made by then is kept.",
    goOn: "Go on making it",
  },
  player: {
    label: (title: string) => `Player of ${title}`,
    play: "Play",
    pause: "Pause",
    position: "Position",
    time: (at: string, of: string) => `${at} of ${of}`,
    about: (of: string) => `about ${of}`,
    mute: "Turn the sound off",
    unmute: "Turn the sound on",
    captions: "Captions",
    captionsOn: "Show captions",
    captionsOff: "Hide captions",
    fullscreen: "Full screen",
    leaveFullscreen: "Leave full screen",
    speed: "Speed",
    times: (speed: number) => `${speed}×`,
    loading: "Loading",
    waitsFor: (number: number) => `Scene ${number} is not filmed yet. It goes on by itself.`,
    waitsForRest: "The rest is not made yet.",
    impossible:
      "Your browser cannot play a lesson while it grows. It can be watched here once it is finished.",
    broken: "The lesson could not be loaded.",
    reload: "Load it again",
    notYet: "It can be watched here as soon as the first scene is filmed.",
    never: "Nothing of this lesson was filmed.",
    existing: (part: string) => `${part} can be watched`,
  },
  files: {
    title: "Download",
    none: "There are no files.",
    expecting: "Fetching the files",
    names: {
      "lesson.mp4": "Video",
      "speech.webm": "Sound alone",
      "captions.vtt": "Captions for the web",
      "captions.srt": "Captions for video programs",
      "transcript.txt": "Transcript",
      "poster.jpg": "Poster",
      "scorm12.zip": "Package for your LMS",
      "scorm2004.zip": "Package for your LMS",
      "cmi5.zip": "Package for your LMS",
    } as Record<string, string>,
    kinds: {
      "lesson.mp4": "MP4",
      "speech.webm": "WebM",
      "captions.vtt": "WebVTT",
      "captions.srt": "SubRip",
      "transcript.txt": "Text",
      "poster.jpg": "JPEG",
      "scorm12.zip": "SCORM 1.2",
      "scorm2004.zip": "SCORM 2004",
      "cmi5.zip": "cmi5",
    } as Record<string, string>,
  },
  says: {
    line: (places: string[]) => `Marked as AI-generated ${listed(places)}`,
    explain: "How the lesson is marked as AI-generated",
    places: {
      label: "in the picture",
      watermark: "in the sound",
      credentials: "in the video file",
    },
    names: {
      label: "“AI-generated” in the picture",
      unlabelled: "No label in the picture",
      watermark: "A watermark in the sound",
      credentials: "Signed content credentials",
    },
    means: {
      label: "Whoever looks at the video sees it. It is lost where somebody cuts it off.",
      unlabelled: "An administrator asked for this lesson without it.",
      watermark:
        "It cannot be heard. Programs find in it which studio made the speech, also after the sound was compressed anew, cut, or played faster, slower, higher or lower throughout, as long as some five seconds of speech are left. It is lost where the speed changes along the way, or under much noise.",
      credentials:
        "They tell programs and players what was made by which engine and from what, and show whether the file was changed. They hold no names and no pictures. They are lost where the video is saved anew by another program.",
    },
  },
  embed: {
    title: "Embed",
    lead: "Makes an address at which anybody who has it may watch this lesson, and a snippet for your pages. You can take it back at any time.",
    sites: "Sites that may show it",
    sitesHint: "For example https://lms.example.org. Leave it empty to allow any site.",
    make: "Make an embed address",
    making: "Making it",
    snippet: "Snippet for a page",
    address: "Address",
    open: "Open the player",
    shownOn: (sites: string) => `Shown on ${sites}.`,
    shownAnywhere: "Any site may show it.",
    views: (count: number) =>
      count === 0
        ? "Nobody has opened it yet."
        : count === 1
          ? "It was opened once."
          : `It was opened ${count} times.`,
    viewsCounted: "Openings are counted without cookies, and nothing is kept of who it was.",
    revoke: "Revoke",
    revokeHeading: "Revoke the address?",
    revokeText:
      "Pages that show the lesson show it no more, also where it is being watched now. An address that you make later is another one.",
    revoked: "The address is revoked.",
  },
  poster: {
    title: "Poster",
    alt: (title: string) => `The poster of “${title}”`,
    copy: "Copy picture",
    copying: "Copying it",
    download: "Save picture",
  },
  notices: {
    title: "What was not used",
    fields: {
      prompt: "What the lesson is about",
      notes: "Your notes",
      audience: "For whom",
      minutes: "How long",
      language: "Language",
      preview: "Preview",
      pronunciations: "Pronunciations",
      "engines.script": "Who writes the script",
      "video.layout": "Layout",
      "video.motion": "Movement of head and face",
      "speech.emotion": "Mood of the voice",
      "speech.rate": "Pace of the voice",
    } as Record<string, string>,
  },
  actions: {
    more: "More",
    change: "Change scenes",
    rename: "Rename the lesson",
    title: "Title of the lesson",
    delete: "Delete the lesson",
    deleted: (title: string) => `“${title}” is deleted.`,
  },
  change: {
    title: (title: string) => `Change “${title}”`,
    lead: "Change the words, and see what has to be made again. The lesson you have stays as it is; this becomes a new one.",
    notKept:
      "Your browser has no room to keep these changes: they are lost when this page is closed or loaded again.",
    name: "Title of the lesson",
    sceneTitle: "Heading, if it has one",
    narration: "What is said",
    remove: (number: number) => `Leave scene ${number} out`,
    removed: (number: number) => `Scene ${number} is left out.`,
    restore: "Put it back",
    add: "Add a scene at the end",
    plan: "What will be made",
    looking: "Looking what has to be made again",
    asBefore: "Stays as it is",
    newSpeech: "Spoken and filmed again",
    newVideo: "Filmed again",
    heard: "Spoken again",
    unknown: "It cannot be told now which scenes will be made again.",
    nothing: "Nothing is changed yet.",
    onlyFiles: "Every scene stays as it is. Only the files are made again.",
    count: (again: number, all: number) =>
      again === all
        ? `All ${all} scenes are made again.`
        : `${again === 1 ? "One scene is" : `${again} scenes are`} made again, ${all - again === 1 ? "one stays as it is" : `${all - again} stay as they are`}.`,
    submit: (numbers: number[]) =>
      numbers.length === 0
        ? "Make the lesson again"
        : numbers.length > 3
          ? `Make ${numbers.length} scenes again`
          : `Make ${scenes(numbers)} again`,
    submitting: "Handing it in",
    back: "Back to the lesson",
    discard: "Discard the changes",
    notWritten: "This lesson has no script yet. Its scenes can be changed once they are written.",
    empty: "A scene needs at least one word.",
    noTitle: "A lesson needs a title.",
    noScenes: "A lesson needs at least one scene.",
  },
};
