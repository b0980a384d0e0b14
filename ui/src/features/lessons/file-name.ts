const LONGEST = 80;
/** What some system takes for more than a letter of a name. */
const NOT_IN_NAMES = /[\\/:*?"<>|\s\p{Cc}]+/gu;
/** What begins with a dot is hidden, and some systems take none at the end. */
const NOT_AT_ENDS = /^[.\s]+|[.\s]+$/g;

/** What a lesson's file is saved as: its title, with the ending of `file`. */
export function fileNamed(title: string, file: string): string {
  const ending = file.slice(file.lastIndexOf("."));
  const name = title.replace(NOT_IN_NAMES, " ").slice(0, LONGEST).replace(NOT_AT_ENDS, "");
  return `${name || "lesson"}${ending}`;
}
