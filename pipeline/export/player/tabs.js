"use strict";
/* The same lesson open twice: what was watched and answered in one tab counts in all of them. */

window.Lectern = window.Lectern || {};

Lectern.Tabs = class Tabs {
  /**
   * A platform keeps what was committed last, so that a tab that was opened before another one got
   * further would take it back. Each one therefore tells the others what it has, and each answer.
   *
   * @param {string} lesson  its id
   * @param {string} learner so that two people at one browser do not share what they watched
   * @param {(said: object) => void} onSaid
   */
  constructor(lesson, learner, onSaid) {
    this.channel = new BroadcastChannel(`lectern ${lesson} ${learner}`);
    this.channel.onmessage = (event) => onSaid(event.data);
  }

  say(what) {
    this.channel.postMessage(what);
  }

  close() {
    this.channel.close();
  }
};
