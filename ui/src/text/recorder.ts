/** Recording a voice and taking a picture, in the browser. */
export const recorder = {
  start: "Start recording",
  asking: "Waiting for the microphone",
  stop: "Stop",
  again: "Record again",
  use: "Use this recording",
  recording: "Recording",
  recorded: "Your recording",
  level: "Loudness",
  levels: {
    silent: "Nothing is heard yet",
    quiet: "A little quiet: come closer",
    good: "Good",
    loud: "Too loud: move away a little",
  },
  time: (at: string, of: string) => `${at} of at most ${of}`,
  short: (least: string) => `Speak for at least ${least}.`,
  listen: "Listen to your recording",
  readAloud: "Read this aloud",
};

export const camera = {
  open: "Use the camera",
  opening: "Waiting for the camera",
  close: "Close the camera",
  preview: "What the camera sees, as in a mirror",
  shoot: "Take the picture",
  taking: "Look into the lens",
  countdown: (seconds: number) => `In ${seconds}`,
  hint: "Look into the lens, with light on your face. Three seconds after you press, the picture is taken.",
  taken: "The picture that was taken",
  again: "Take it again",
  use: "Use this picture",
};

/** Why a microphone or camera cannot be used, and what to do about it. */
export const capture = {
  refused: {
    microphone:
      "Your browser does not let this page use the microphone. Allow it beside the address of this page, then try again; or upload a recording.",
    camera:
      "Your browser does not let this page use the camera. Allow it beside the address of this page, then try again; or choose a picture.",
  },
  missing: {
    microphone: "There is no microphone here. Connect one and try again, or upload a recording.",
    camera: "There is no camera here. Connect one and try again, or choose a picture.",
  },
  busy: {
    microphone:
      "The microphone cannot be opened; another program may be using it. Close that and try again.",
    camera:
      "The camera cannot be opened; another program may be using it. Close that and try again.",
  },
  impossible: {
    microphone:
      "The microphone only works over https, or on the computer that the studio runs on. Ask whoever runs it for an https address, or upload a recording instead.",
    camera:
      "The camera only works over https, or on the computer that the studio runs on. Ask whoever runs it for an https address, or choose a picture instead.",
  },
};
