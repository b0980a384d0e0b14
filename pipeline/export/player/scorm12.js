"use strict";
/* The learning platform, as SCORM 1.2 (Run-Time Environment 1.2, ADL 2001) lets a page see it. */

Lectern.Scorm12 = class Scorm12 {
  static METHODS = {
    initialize: "LMSInitialize",
    finish: "LMSFinish",
    get: "LMSGetValue",
    set: "LMSSetValue",
    commit: "LMSCommit",
    lastError: "LMSGetLastError",
    errorString: "LMSGetErrorString",
  };

  static NOT_IMPLEMENTED = "401"; // of an element the platform does not have, which it need not

  /** From least to most; none is ever exchanged for one that says less. */
  static STATUSES = ["not attempted", "browsed", "incomplete", "failed", "completed", "passed"];

  static async find(page) {
    const api = Lectern.Scorm.findApi("API", "LMSInitialize");
    return api ? new Scorm12(api, page) : null;
  }

  constructor(api, page) {
    this.lms = new Lectern.Scorm(api, Scorm12.METHODS, [Scorm12.NOT_IMPLEMENTED], page);
    this.mode = "review"; // nothing is written before the platform has said otherwise
    this.startedAt = Date.now();
  }

  async start() {
    if (!this.lms.initialize()) return null;
    this.open = true;
    this.mode = this.lms.get("cmi.core.lesson_mode") || "normal";
    this.status = this.lms.get("cmi.core.lesson_status") || "not attempted";
    this.best = this.lms.get("cmi.core.score.raw");
    const first = this.status === "not attempted";
    if (first && this.mode === "browse") this.lms.set("cmi.core.lesson_status", "browsed");
    if (first) this.raise("incomplete");
    if (this.writes) this.lms.set("cmi.core.exit", "suspend");
    return this.record();
  }

  record() {
    return {
      mode: this.mode,
      learner: {
        id: this.lms.get("cmi.core.student_id"),
        name: this.lms.get("cmi.core.student_name"),
      },
      seconds: Math.max(0, Lectern.Scorm.number(this.lms.get("cmi.core.lesson_location"))),
      data: this.lms.get("cmi.suspend_data"),
      complete: ["completed", "passed"].includes(this.status),
      wishes: this.wishes(),
    };
  }

  /** 0 asks for no change; so does a platform that does not have the element. */
  wishes() {
    const asked = (name) => Lectern.Scorm.number(this.lms.get(`cmi.student_preference.${name}`));
    const [audio, speed, text] = [asked("audio"), asked("speed"), asked("text")];
    return {
      ...(audio < 0 && { muted: true }),
      ...(audio > 0 && { muted: false, volume: Math.min(1, audio / 100) }),
      ...(speed && { rate: Scorm12.rate(speed) }),
      ...(text && { captions: text > 0 }),
    };
  }

  prefer({ muted, volume, rate, captions }) {
    if (!this.writes) return;
    const say = (name, value) => this.lms.set(`cmi.student_preference.${name}`, value);
    if (muted !== undefined) say("audio", muted ? -1 : Math.max(1, Math.round(100 * volume)));
    if (rate !== undefined) say("speed", Scorm12.pace(rate));
    if (captions !== undefined) say("text", captions ? 1 : -1);
  }

  /** From -100, the slowest pace there is, by 0 to 100, the fastest: 0.5 and 2 times here. */
  static rate(pace) {
    return pace < 0 ? 1 + pace / 200 : 1 + pace / 100;
  }

  static pace(rate) {
    return Math.round(rate < 1 ? 200 * (rate - 1) : 100 * (rate - 1));
  }

  /** Who only browses or reviews does not change what the platform has on record. */
  get writes() {
    return this.open && this.mode === "normal";
  }

  progress({ seconds, data }) {
    if (!this.writes) return;
    this.lms.set("cmi.core.lesson_location", seconds.toFixed(1));
    this.lms.set("cmi.suspend_data", data);
    this.lms.set("cmi.core.session_time", Scorm12.timespan(Date.now() - this.startedAt));
  }

  interaction(answer) {
    if (!this.writes) return;
    const at = `cmi.interactions.${Lectern.Scorm.number(this.lms.get("cmi.interactions._count"))}`;
    this.lms.set(`${at}.id`, answer.id);
    this.lms.set(`${at}.time`, answer.shownAt.toTimeString().slice(0, 8));
    this.lms.set(`${at}.type`, answer.type);
    this.lms.set(`${at}.correct_responses.0.pattern`, Scorm12.pattern(answer, answer.correct));
    this.lms.set(`${at}.weighting`, 1);
    this.lms.set(`${at}.student_response`, Scorm12.pattern(answer, answer.response));
    this.lms.set(`${at}.result`, answer.result === "correct" ? "correct" : "wrong");
    this.lms.set(`${at}.latency`, Scorm12.timespan(answer.latency));
  }

  /** Choices are single letters here: the first one is “a”. */
  static pattern({ choices }, ids) {
    const letters = choices.map((_, index) => (index + 10).toString(36));
    return letters.filter((_, index) => ids.includes(choices[index].id)).join(",");
  }

  /** Points are hundredths here, whatever the quiz counts in. */
  score({ raw, min, max }) {
    const points = Math.round((10000 * (raw - min)) / (max - min)) / 100;
    if (!this.writes || (this.best !== "" && points <= Number(this.best))) return;
    this.best = points;
    this.lms.set("cmi.core.score.raw", points);
    this.lms.set("cmi.core.score.min", 0);
    this.lms.set("cmi.core.score.max", 100);
  }

  /** Told by another tab to its copy of the record: the one committed last has to hold all. */
  heard({ answer, score }) {
    if (answer) this.interaction(answer);
    if (score) this.score(score);
  }

  complete({ passed }) {
    if (passed !== null) this.raise(passed ? "passed" : "failed");
    // “failed” was not said by a lesson that scores nothing, and is not for it to take back
    else if (this.status !== "failed") this.raise("completed");
  }

  raise(status) {
    const rank = (name) => Scorm12.STATUSES.indexOf(name);
    if (!this.writes || rank(status) <= rank(this.status)) return;
    if (this.lms.set("cmi.core.lesson_status", status)) this.status = status;
  }

  commit() {
    if (this.open) this.lms.commit();
  }

  finish() {
    if (!this.open) return;
    this.open = false;
    this.lms.finish();
  }

  /** CMITimespan: HHHH:MM:SS.SS */
  static timespan(milliseconds) {
    const hundredths = Math.round(milliseconds / 10);
    const two = (number) => String(number).padStart(2, "0");
    const hours = String(Math.min(9999, Math.floor(hundredths / 360000))).padStart(4, "0");
    const minutes = Math.floor(hundredths / 6000) % 60;
    const seconds = Math.floor(hundredths / 100) % 60;
    return `${hours}:${two(minutes)}:${two(seconds)}.${two(hundredths % 100)}`;
  }
};

Lectern.trackers.scorm12 = Lectern.Scorm12;
