"use strict";
/* The learning platform, as SCORM 2004 4th Edition (Run-Time Environment 1.1, ADL 2009) shows it. */

Lectern.Scorm2004 = class Scorm2004 {
  static METHODS = {
    initialize: "Initialize",
    finish: "Terminate",
    get: "GetValue",
    set: "SetValue",
    commit: "Commit",
    lastError: "GetLastError",
    errorString: "GetErrorString",
  };

  static NOT_SET_YET = "403";
  static MOST_DESCRIPTION_CHARACTERS = 250;

  static async find(page) {
    const api = Lectern.Scorm.findApi("API_1484_11", "Initialize");
    return api ? new Scorm2004(api, page) : null;
  }

  constructor(api, page) {
    this.lms = new Lectern.Scorm(api, Scorm2004.METHODS, [Scorm2004.NOT_SET_YET], page);
    this.language = page.language;
    this.mode = "review"; // nothing is written before the platform has said otherwise
    this.startedAt = Date.now();
  }

  async start() {
    if (!this.lms.initialize()) return null;
    this.open = true;
    this.mode = this.lms.get("cmi.mode") || "normal";
    this.completion = this.lms.get("cmi.completion_status");
    this.success = this.lms.get("cmi.success_status");
    this.best = this.lms.get("cmi.score.scaled");
    this.furthest = Lectern.Scorm.number(this.lms.get("cmi.progress_measure"));
    if (!["incomplete", "completed"].includes(this.completion)) this.setCompletion("incomplete");
    // a “normal” exit would end the attempt, and the next launch begin with an empty record
    if (this.writes) this.lms.set("cmi.exit", "suspend");
    return this.record();
  }

  record() {
    return {
      mode: this.mode,
      learner: { id: this.lms.get("cmi.learner_id"), name: this.lms.get("cmi.learner_name") },
      seconds: Math.max(0, Lectern.Scorm.number(this.lms.get("cmi.location"))),
      data: this.lms.get("cmi.suspend_data"),
      complete: this.completion === "completed",
      wishes: this.wishes(),
    };
  }

  /** A level and a speed of 1, and captions of 0, ask for no change. */
  wishes() {
    const asked = (name) => parseFloat(this.lms.get(`cmi.learner_preference.${name}`));
    const [level, speed, captions] = [
      asked("audio_level"),
      asked("delivery_speed"),
      asked("audio_captioning"),
    ];
    return {
      ...(level === 0 && { muted: true }),
      ...(level > 0 && level !== 1 && { muted: false, volume: Math.min(1, level) }),
      ...(speed > 0 && speed !== 1 && { rate: speed }),
      ...(Math.abs(captions) === 1 && { captions: captions === 1 }),
    };
  }

  prefer({ muted, volume, rate, captions }) {
    if (!this.writes) return;
    const say = (name, value) => this.lms.set(`cmi.learner_preference.${name}`, value);
    if (muted !== undefined) say("audio_level", Scorm2004.real(muted ? 0 : volume));
    if (rate !== undefined) say("delivery_speed", Scorm2004.real(rate));
    if (captions !== undefined) say("audio_captioning", captions ? 1 : -1);
  }

  /** Who only browses or reviews does not change what the platform has on record. */
  get writes() {
    return this.open && this.mode === "normal";
  }

  progress({ seconds, share, data }) {
    if (!this.writes) return;
    this.furthest = Math.max(this.furthest, share);
    this.lms.set("cmi.progress_measure", Scorm2004.real(this.furthest));
    this.lms.set("cmi.location", seconds.toFixed(1));
    this.lms.set("cmi.suspend_data", data);
    this.lms.set("cmi.session_time", Scorm2004.timeinterval(Date.now() - this.startedAt));
  }

  interaction(answer) {
    if (!this.writes) return;
    const at = `cmi.interactions.${Lectern.Scorm.number(this.lms.get("cmi.interactions._count"))}`;
    const text = answer.description.slice(0, Scorm2004.MOST_DESCRIPTION_CHARACTERS);
    this.lms.set(`${at}.id`, answer.id);
    this.lms.set(`${at}.type`, answer.type);
    this.lms.set(`${at}.timestamp`, Scorm2004.time(answer.shownAt));
    this.lms.set(`${at}.description`, `{lang=${this.language}}${text}`);
    this.lms.set(`${at}.correct_responses.0.pattern`, answer.correct.join("[,]"));
    this.lms.set(`${at}.weighting`, 1);
    this.lms.set(`${at}.learner_response`, answer.response.join("[,]"));
    this.lms.set(`${at}.result`, answer.result);
    this.lms.set(`${at}.latency`, Scorm2004.timeinterval(answer.latency));
  }

  score({ raw, min, max, passed }) {
    if (!this.writes) return;
    const scaled = (raw - min) / (max - min);
    if (this.best === "" || scaled > Number(this.best)) {
      this.best = scaled;
      this.lms.set("cmi.score.scaled", Scorm2004.real(scaled));
      this.lms.set("cmi.score.raw", raw);
      this.lms.set("cmi.score.min", min);
      this.lms.set("cmi.score.max", max);
    }
    this.setSuccess(passed ? "passed" : "failed");
  }

  /** Told by another tab to its copy of the record: the one committed last has to hold all. */
  heard({ answer, score }) {
    if (answer) this.interaction(answer);
    if (score) this.score(score);
  }

  complete({ passed }) {
    if (passed !== null) this.setSuccess(passed ? "passed" : "failed");
    if (this.completion !== "completed") this.setCompletion("completed");
  }

  setCompletion(status) {
    if (this.writes && this.lms.set("cmi.completion_status", status)) this.completion = status;
  }

  setSuccess(status) {
    if (!this.writes || this.success === "passed" || this.success === status) return;
    if (this.lms.set("cmi.success_status", status)) this.success = status;
  }

  commit() {
    if (this.open) this.lms.commit();
  }

  finish() {
    if (!this.open) return;
    this.open = false;
    this.lms.finish();
  }

  /** real(10,7): at most seven places, and no exponents. */
  static real(number) {
    return number.toFixed(7);
  }

  /** time(second,10,0): a time zone may only stand behind a fraction of seconds. */
  static time(date) {
    return `${date.toISOString().slice(0, 21)}Z`;
  }

  /** timeinterval(second,10,2): PT1H2M3.45S */
  static timeinterval(milliseconds) {
    const hundredths = Math.round(milliseconds / 10);
    const hours = Math.floor(hundredths / 360000);
    const minutes = Math.floor(hundredths / 6000) % 60;
    return `PT${hours}H${minutes}M${((hundredths % 6000) / 100).toFixed(2)}S`;
  }
};

Lectern.trackers.scorm2004 = Lectern.Scorm2004;
