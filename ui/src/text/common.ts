export const common = {
  product: "Lectern",
  cancel: "Cancel",
  close: "Close",
  save: "Save",
  saved: "Saved",
  tryAgain: "Try again",
  loading: "One moment",
  showMore: "Show more",
  copy: "Copy",
  copied: "Copied",
  undo: "Undo",
  required: "This is needed.",
  justNow: "just now",
};

export const errors = {
  heading: "This did not work",
  unreachable: "The studio cannot be reached.",
  unreachableAdvice: "Check your connection. What you typed is still here.",
  unexplained: (status: number) => `The studio answered with an error (${status}).`,
  unexpected: "Something in this page went wrong.",
  unexpectedAdvice:
    "Reload the page: what is kept of your lessons and drafts is not touched. If it happens again, tell whoever runs your studio.",
  updatedHeading: "The studio was updated",
  updated:
    "This page could not be fetched: the studio was probably updated while you had it open. Reload the page to go on; drafts and lessons are kept.",
  updatedPart:
    "A part of this page could not be fetched: the studio was probably updated while you had it open.",
  reloading: "Opening the new version",
  reload: "Reload the page",
  requestId: (id: string) => `Reference for support: ${id}`,
  goneHeading: "This is not there any more",
  notFoundHeading: "There is no page here",
  notFound: "The address may be mistyped, or what it showed has been deleted.",
  backHome: "Go to the start page",
  offline: "You are offline. The page shows what it knew last.",
};
