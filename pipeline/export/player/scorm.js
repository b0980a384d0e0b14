"use strict";
/* What SCORM 1.2 and SCORM 2004 have in common: how their API is found, and how it is called. */

window.Lectern = window.Lectern || {};

Lectern.Scorm = class Scorm {
  /**
   * The API object in this window or its parents, in the window that opened this one or its
   * parents, or in the one that opened the window that this is a frame of; or null.
   */
  static findApi(name, method) {
    for (const start of [window, window.opener, window.top.opener]) {
      const found = start && Scorm.searchUp(start, name, method);
      if (found) return found;
    }
    return null;
  }

  static searchUp(start, name, method) {
    let frame = start;
    for (let depth = 0; depth < 100; depth += 1) {
      try {
        if (frame[name] && frame[name][method]) return frame[name];
      } catch {
        // of another origin: it cannot be looked into, but its parents may be ours again
      }
      if (frame.parent === frame) return null;
      frame = frame.parent;
    }
    return null;
  }

  /**
   * @param methods names of the API's own: initialize, finish, get, set, commit, lastError, errorString
   * @param harmless codes that say no more than that there is nothing
   */
  constructor(api, methods, harmless, page) {
    this.api = api;
    this.methods = methods;
    this.harmless = harmless;
    this.page = page;
    this.refused = false;
  }

  initialize() {
    return this.call("initialize", "");
  }

  get(element) {
    return this.read("get", element);
  }

  set(element, value) {
    return this.call("set", element, String(value));
  }

  /** All is well only if nothing was refused since the commit before. */
  commit() {
    const kept = this.call("commit", "");
    if (kept && !this.refused) this.page.onSaved();
    this.refused = false;
  }

  finish() {
    return this.call("finish", "");
  }

  /** Whether the platform did what it was asked. */
  call(name, ...values) {
    return this.read(name, ...values) === "true";
  }

  /** One call, its result as text; then the platform is asked whether it went well. */
  read(name, ...values) {
    try {
      const result = String(this.api[this.methods[name]](...values));
      const code = String(this.api[this.methods.lastError]());
      const refused = name !== "get" && result !== "true";
      if ((code !== "0" || refused) && !this.harmless.includes(code)) {
        this.fail(name, `${code} ${this.api[this.methods.errorString](code)}`);
      }
      return result;
    } catch (error) {
      this.fail(name, error.message);
      return "";
    }
  }

  fail(name, what) {
    this.refused = true;
    this.page.onFailure(`${this.methods[name]}: ${what}`);
  }

  /** A number that the platform keeps as text; 0 where there is none. */
  static number(text) {
    const found = parseFloat(text);
    return Number.isFinite(found) ? found : 0;
  }
};
