/** Words about lessons that several pages use. */
export const lesson = {
  status: {
    queued: "Waiting",
    running: "Being made",
    succeeded: "Ready",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  step: {
    script: "Writing the script",
    speech: "Speaking",
    video: "Filming",
    package: "Packing up",
  },
  noPoster: "No picture yet",
  waitingAt: (place: number) => (place === 1 ? "Next in line" : `Number ${place} in line`),
};
