const lessons = (count: number) => (count === 1 ? "One lesson" : `${count} lessons`);

/** What was uploaded: portraits, voices, slides, scripts. */
export const library = {
  title: "Library",
  shelves: "Kinds of files",
  kinds: { portrait: "Portraits", voice: "Voices", slide: "Slides", script: "Scripts" },
  search: "Search by name",
  sort: "Order",
  sorts: {
    newest: "Newest first",
    oldest: "Oldest first",
    name: "By name",
    largest: "Largest first",
  },
  consentFilter: "Consent",
  anyConsent: "Any",
  count: {
    portrait: (count: number) => (count === 1 ? "1 portrait" : `${count} portraits`),
    voice: (count: number) => (count === 1 ? "1 voice" : `${count} voices`),
    slide: (count: number) => (count === 1 ? "1 slide" : `${count} slides`),
    script: (count: number) => (count === 1 ? "1 script" : `${count} scripts`),
  },
  none: {
    portrait: "You have no portrait yet. A photo or a drawing with one face is all it takes.",
    voice: "You have no voice yet. Lessons can be spoken by the built-in one.",
    slide: "You have no slide yet. Slides stand beside the presenter while a scene is said.",
    script: "You have no script yet. One that you keep here can be read and copied at any time.",
  },
  noneFound: "Nothing fits what you look for.",
  showAll: "Show all",
  more: "Show more",
  loadingMore: "Fetching more",
  badges: {
    valid: "Consent recorded",
    expired: "Consent has ended",
    revoked: "Consent taken back",
    missing: "Consent missing",
  },
  status: {
    pending: "Not sent yet",
    processing: "Being checked",
    failed: "Refused",
  },
  upload: {
    label: {
      portrait: "Add portraits",
      voice: "Add voices",
      slide: "Add slides",
      script: "Add scripts",
    },
    lead: {
      portrait: "Drop pictures here, or paste one",
      voice: "Drop recordings here",
      slide: "Drop pictures or PDFs here, or paste one",
      script: "Drop text files here",
    },
    hint: {
      portrait: "One face, looking at the camera, well lit. JPEG, PNG or WebP, up to 20 MB.",
      voice:
        "Ten to thirty seconds of one person, without music or noise. WAV, MP3, FLAC, OGG, WebM or M4A, up to 50 MB.",
      slide: "JPEG, PNG or WebP; of a PDF, its first page. Up to 50 MB.",
      script: "Plain text or Markdown, up to 1 MB. Headings begin new scenes.",
    },
    choose: "Choose files",
    record: "Record a voice",
    recordLater: "Not now",
    list: "Files on their way",
    waiting: (name: string) => `Waiting to send ${name}`,
    sending: (name: string) => `Sending ${name}`,
    checking: (name: string) => `Checking ${name}`,
    refused: (name: string) => `${name} was not taken.`,
    again: "Send it again",
    againNamed: (name: string) => `Send it again: ${name}`,
    dismiss: (name: string) => `Dismiss ${name}`,
    done: (name: string) => `“${name}” is in your library.`,
  },
  card: {
    listen: "Listen",
    listenTo: (name: string) => `Listen to “${name}”`,
    actions: (name: string) => `What can be done with “${name}”`,
    rename: "Rename",
    download: "Download",
    delete: "Delete",
    name: "Name",
    speech: (length: string) => `${length} of speech`,
    scenes: (count: number) => (count === 1 ? "1 scene" : `${count} scenes`),
    added: (when: string) => `added ${when}`,
    about: (length: string) => `about ${length}`,
    alt: (name: string) => `“${name}”`,
  },
  page: {
    opening: "Opening it",
    back: { portrait: "Portraits", voice: "Voices", slide: "Slides", script: "Scripts" },
    backLabel: "Back to the library",
    rename: (name: string) => `Rename “${name}”`,
    renameField: "Name",
    download: "Download",
    portraitAlt: (name: string) => `The portrait “${name}”`,
    slideAlt: (name: string) => `The slide “${name}”`,
    gone: "The file could not be loaded.",
    refused: "This file was refused when it was checked.",
    pending: "This file was announced and has not been checked yet.",
    scriptLabel: (name: string) => `Text of “${name}”`,
    copy: "Copy the text",
    copied: "Copied",
  },
  checks: {
    title: "What the check found",
    face: "Face",
    faceFound: "One face, marked in the picture",
    tilt: (degrees: number) =>
      degrees < 2 ? "Held straight" : `Tilted by ${Math.round(degrees)} degrees`,
    head: "Head",
    sharpness: "Sharpness",
    sharp: "The face is sharp",
    blurred: "The face is blurred; a sharper picture makes a better lesson",
    size: "Size",
    pixels: (width: number, height: number) => `${width} × ${height} pixels`,
    scaled: (shown: string, sent: string) => `${shown}, scaled down from ${sent}`,
    speech: "Speech",
    speechOf: (speech: string, whole: string) => `${speech}, in ${whole} of recording`,
    loudness: "Loudness",
    lufs: (value: number) => `${value.toLocaleString("en").replace("-", "−")} LUFS`,
    scenes: "Scenes",
    characters: "Characters",
    length: "Length",
    spoken: (length: string) => `About ${length} when spoken`,
    file: "File",
    types: {
      "image/jpeg": "JPEG",
      "image/png": "PNG",
      "image/webp": "WebP",
      "audio/flac": "FLAC",
      "text/markdown": "Text",
    } as Record<string, string>,
    kept: (type: string, size: string) => `${type}, ${size}`,
    added: "Added",
  },
  consent: {
    title: "Consent",
    why: {
      portrait:
        "A face is personal. Before a lesson may show it, say who it is and why it may be used.",
      voice: "A voice is personal. Before a lesson may use it, say whose it is and why it may.",
    },
    given: (person: string, statement: string) => `${person}: ${statement}.`,
    said: {
      self: "it is you",
      permission: "they have agreed",
      invented: "there is no such person",
    },
    scope: "What for",
    scopeHint: "What they agreed to. Lessons made in this studio, if you leave it.",
    usualScope: "Lessons made in this studio",
    until: "Ends on (optional)",
    untilHint: "From that day on it counts no more.",
    untilPast: "Choose a day to come, or leave it empty.",
    scopeSaid: (scope: string) => `For: ${scope}`,
    recordedAt: (when: string) => `Recorded ${when}`,
    endsOn: (day: string) => `ends on ${day}`,
    ended: (day: string) =>
      `It ended on ${day}. No lesson can use this until you record a new one.`,
    revokedOn: (when: string) =>
      `It was taken back ${when}. No lesson can use this until you record a new one.`,
    change: "Change it",
    keep: "Leave it as it is",
    revoke: "Take it back",
    revokeHeading: (person: string) => `Take back the consent of ${person}?`,
    revokeText:
      "No new lesson can use it. Lessons that are waiting or being made with it stop at once. Finished lessons stay: you are shown them next, and can delete them.",
    revokeMaking: (count: number) =>
      count === 1
        ? "One lesson is being made with it now."
        : `${count} lessons are being made with it now.`,
    history: "All that was ever recorded",
    historyLine: (person: string, statement: string) => `${person}, ${statement}`,
    from: (day: string) => `from ${day}`,
    to: (day: string) => `to ${day}`,
  },
  made: {
    ask: "Delete what was made with it",
    heading: (name: string) => `Delete what was made with “${name}”?`,
    ended: (stopped: number) =>
      stopped === 0
        ? "The consent is taken back."
        : `The consent is taken back. ${lessons(stopped)} that ${stopped === 1 ? "was" : "were"} being made with it ${stopped === 1 ? "has" : "have"} stopped.`,
    goes: "Every lesson made with it goes, with its video, its packages and its player on other pages, and so does every scene spoken or filmed with it.",
    stays: (name: string) =>
      `“${name}” itself stays in your library. What others have downloaded, only they can delete.`,
    keep: "Keep the lessons",
    confirm: "Delete what was made",
    deleted: (name: string) => `What was made with “${name}” is deleted.`,
  },
  uses: {
    title: "Lessons with it",
    none: "No lesson uses it.",
    all: (count: number) => `Show all ${lessons(count)}`,
  },
  delete: {
    heading: (name: string) => `Delete “${name}”?`,
    asking: "Looking what hangs on it",
    derived:
      "What the studio made with it goes too: what it learnt from it, and every scene spoken or filmed with it.",
    making: (count: number) =>
      count === 1
        ? "One lesson is being made with it and is cancelled:"
        : `${count} lessons are being made with it and are cancelled:`,
    finished: (count: number) =>
      count === 1
        ? "One finished lesson shows or holds it:"
        : `${count} finished lessons show or hold it:`,
    others: (count: number) => (count === 1 ? "and one more" : `and ${count} more`),
    lessonsToo: "Delete the finished lessons too",
    lessonsStay: "Otherwise they stay as they are.",
    confirm: "Delete",
    deleted: (name: string) => `“${name}” is deleted.`,
  },
};
