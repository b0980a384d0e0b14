/** How long a text is to say, by the rule of the studio's own estimate (pipeline/sentences.py). */

const LETTER_SECONDS = 0.065;
const SYLLABLE_SIGN_SECONDS = 0.2;
const DIGIT_SECONDS = 0.41;
const MARK_SECONDS = 0.01;
const CLAUSE_SECONDS = 0.06;
const SENTENCE_SECONDS = 0.35;
const PAUSE_SECONDS = 0.5;

const PAUSE = /\[\s*pause(?:[\s:=]+(\d*[.,]?\d+)\s*(ms|s)?[a-z]*)?\s*\]/gi;
const CLAUSE_END = /[,;:—–](?=\s)/g;
const SENTENCE_END = /[.!?…]+["”’')\]]*(?=\s|$)|[。！？]/g;
const SYLLABLE_SIGN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]/u;

/** Roughly, in seconds, while it is typed: abbreviations count as ends of sentences. */
export function roughSeconds(narration: string): number {
  const rests = [...narration.matchAll(PAUSE)].reduce((sum, pause) => sum + pauseSeconds(pause), 0);
  const words = narration.replace(PAUSE, " ").trim();
  const sounds = Array.from(words).reduce((sum, character) => sum + secondsOf(character), 0);
  if (sounds === 0) return rests;
  const clauses = words.match(CLAUSE_END)?.length ?? 0;
  return sounds + clauses * CLAUSE_SECONDS + sentencesIn(words) * SENTENCE_SECONDS + rests;
}

function sentencesIn(words: string): number {
  const ends = [...words.matchAll(SENTENCE_END)];
  const last = ends.at(-1);
  const whole = last !== undefined && last.index + last[0].length === words.length;
  return ends.length + (whole ? 0 : 1);
}

function secondsOf(character: string): number {
  if (/\p{Nd}/u.test(character)) return DIGIT_SECONDS;
  if (SYLLABLE_SIGN.test(character)) return SYLLABLE_SIGN_SECONDS;
  if (/\p{L}/u.test(character)) return LETTER_SECONDS;
  return /\s/u.test(character) ? 0 : MARK_SECONDS;
}

function pauseSeconds([, length, unit]: RegExpMatchArray): number {
  if (length === undefined) return PAUSE_SECONDS;
  return Number(length.replace(",", ".")) / (unit?.toLowerCase() === "ms" ? 1000 : 1);
}
