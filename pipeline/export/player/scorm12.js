"use strict";
/* The learning platform, as SCORM 1.2 (Run-Time Environment 1.2, ADL 2001) lets a page see it. */

window.Lectern = window.Lectern || {};

Lectern.Scorm12Session = class Scorm12Session {
  /** The API object in this window, its parents, or its opener and the opener's parents; or null. */
  static findApi() {
    const found = Scorm12Session.searchUp(window);
    return found || (window.opener ? Scorm12Session.searchUp(window.opener) : null);
  }

  static searchUp(start) {
    let frame = start;
    for (let depth = 0; depth < 100; depth += 1) {
      try {
        if (frame.API && frame.API.LMSInitialize) return frame.API;
      } catch {
        // of another origin: it cannot be looked into, but its parents may be ours again
      }
      if (frame.parent === frame) return null;
      frame = frame.parent;
    }
    return null;
  }

  /** @param onFailure called with a text for every call the platform refuses */
  constructor(api, onFailure) {
    this.api = api;
    this.onFailure = onFailure;
    this.open = false;
    this.startedAt = Date.now();
  }

  /** Opens the session; a first launch becomes "incomplete". False when the platform refuses. */
  start() {
    this.open = this.call("LMSInitialize", "") === "true";
    if (!this.open) return false;
    this.mode = this.get("cmi.core.lesson_mode") || "normal";
    this.status = this.get("cmi.core.lesson_status") || "not attempted";
    if (this.status === "not attempted") {
      this.setStatus(this.mode === "browse" ? "browsed" : "incomplete");
    }
    this.set("cmi.core.exit", "suspend");
    return true;
  }

  /** Where the learner was in seconds, and the text that was saved. */
  resume() {
    const seconds = parseFloat(this.get("cmi.core.lesson_location"));
    return {
      seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : 0,
      watched: this.get("cmi.suspend_data"),
    };
  }

  /** Marks the lesson as completed; a status that says as much or more stays as it is. */
  complete() {
    if (["not attempted", "incomplete", "browsed"].includes(this.status)) {
      this.setStatus("completed");
    }
    return this.isComplete;
  }

  get isComplete() {
    return ["completed", "passed"].includes(this.status);
  }

  save(seconds, watched) {
    if (!this.open || this.mode === "review") return;
    this.set("cmi.core.lesson_location", seconds.toFixed(1));
    this.set("cmi.suspend_data", watched);
    this.set("cmi.core.session_time", Scorm12Session.timespan(Date.now() - this.startedAt));
    this.call("LMSCommit", "");
  }

  finish() {
    if (!this.open) return;
    this.call("LMSFinish", "");
    this.open = false;
  }

  setStatus(status) {
    // who only browses or reviews does not change what the platform has on record
    if (this.mode === "review" || (this.mode === "browse" && status !== "browsed")) return;
    if (this.set("cmi.core.lesson_status", status)) this.status = status;
  }

  get(element) {
    return String(this.call("LMSGetValue", element));
  }

  set(element, value) {
    return this.call("LMSSetValue", element, String(value)) === "true";
  }

  /** One call, its result as text; then the platform is asked whether it went well. */
  call(name, ...values) {
    try {
      const result = String(this.api[name](...values));
      const code = String(this.api.LMSGetLastError());
      // 401: an element the platform does not have, which it need not (lesson_mode, suspend_data)
      if (code !== "0" && code !== "401") {
        this.onFailure(`${name}: ${code} ${this.api.LMSGetErrorString(code)}`);
      }
      return result;
    } catch (error) {
      this.onFailure(`${name}: ${error.message}`);
      return "";
    }
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
