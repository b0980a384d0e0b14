/** Proving a consent by speaking. */
export const spokenConsent = {
  title: "Proved by speaking",
  why: "Whoever is heard in the recording can prove that they agree: they read a sentence and six words that nobody could know before.",
  language: "Language",
  languages: {
    en: "English",
    de: "Deutsch (an administrator listens)",
    fr: "Français (an administrator listens)",
    es: "Español (an administrator listens)",
  },
  ask: "Show what to read",
  asking: "Drawing words",
  again: "Show new words",
  good: "These words are good once, and for ten minutes.",
  listening: "Listening",
  file: "Spoken consent",
  verified: "Verified: whoever is heard has said so themselves.",
  vouched: "Verified: an administrator vouches for it.",
  pending: {
    language_not_recognised:
      "Waiting for an administrator to listen: the studio does not understand this language.",
    voice_not_compared:
      "Waiting for an administrator to listen: the studio cannot compare voices here.",
    voice_uncertain:
      "Waiting for an administrator to listen: the studio is not sure that it is the same voice.",
  },
};
