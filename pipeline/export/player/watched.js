"use strict";
/* Which seconds of the lesson have been watched, and how that is kept in little room. */

window.Lectern = window.Lectern || {};

Lectern.Watched = class Watched {
  /** @param {number} seconds length of the lesson */
  constructor(seconds) {
    this.seen = new Uint8Array(Math.max(1, Math.ceil(seconds)));
  }

  /** Marks what was played between two positions. The last second may be a part of one. */
  mark(from, to) {
    const last = Math.min(Math.floor(to), this.seen.length - 1);
    for (let second = Math.max(0, Math.floor(from)); second <= last; second += 1) {
      this.seen[second] = 1;
    }
  }

  /** Share of all seconds, 0 to 1; each counts once however often it was watched. */
  get share() {
    return this.seen.reduce((sum, seen) => sum + seen, 0) / this.seen.length;
  }

  /**
   * Lengths of runs in base 36, unwatched and watched in turn, beginning with unwatched:
   * "0.1o.5.a" is 60 watched, 5 not, 10 watched. The shortest watched runs are left out until the
   * text fits: what is forgotten has to be watched again, but nothing is ever made up.
   */
  encode(mostCharacters) {
    const runs = this.runs();
    let text = Watched.join(runs);
    while (text.length > mostCharacters) {
      const shortest = Math.min(...runs.filter((_, index) => index % 2 === 1));
      const at = runs.findIndex((run, index) => index % 2 === 1 && run === shortest);
      runs.splice(at - 1, 3, runs[at - 1] + runs[at] + (runs[at + 1] || 0));
      text = Watched.join(runs);
    }
    return text;
  }

  static join(runs) {
    return runs.map((run) => run.toString(36)).join(".");
  }

  runs() {
    const runs = [];
    let value = 0;
    let length = 0;
    for (const seen of this.seen) {
      if (seen !== value) {
        runs.push(length);
        value = seen;
        length = 0;
      }
      length += 1;
    }
    return value ? [...runs, length] : runs;
  }

  /** Takes what encode() gave; text that is not of its making changes nothing. */
  decode(text) {
    if (!/^[0-9a-z]+(\.[0-9a-z]+)*$/.test(text)) return;
    let second = 0;
    text.split(".").forEach((run, index) => {
      const end = second + parseInt(run, 36);
      if (index % 2 === 1) this.seen.fill(1, second, end);
      second = end;
    });
  }
};
