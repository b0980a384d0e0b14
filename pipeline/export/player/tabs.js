"use strict";
/* The same lesson open twice: what was watched and answered in one tab counts in all of them. */

window.Lectern = window.Lectern || {};

Lectern.Tabs = class Tabs {
  /**
   * A platform keeps what was committed last, so that a tab that was opened before another one got
   * further would take it back. Each one therefore tells the others what it has, and each answer.
   *
   * @param {string} record lesson, learner and attempt: two people at one browser do not share
   *   what they watched, nor does one person over two enrolments
   * @param {(told: object) => void} onTold
   */
  constructor(record, onTold) {
    this.channel = new BroadcastChannel(`lectern ${record}`);
    this.channel.onmessage = (event) => onTold(event.data);
  }

  say(what) {
    this.channel.postMessage(what);
  }
};
