"use strict";
/* The learning platform, as cmi5 ("Quartz", 1st edition) lets a page see it: by xAPI 1.0.3. */

window.Lectern = window.Lectern || {};
Lectern.trackers = Lectern.trackers || {};

(() => {
  const { RecordStore, Refused, request } = Lectern.xapi;
  const LAUNCH = ["endpoint", "fetch", "actor", "registration", "activityId"];
  const LAUNCH_DATA = "LMS.LaunchData";
  const PREFERENCES = "cmi5LearnerPreferences";
  const RECORD = "lectern.progress";
  const VERBS = "http://adlnet.gov/expapi/verbs/";
  const INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction";
  const CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/";
  const MASTERY_SCORE = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
  const PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress";

  /** Version 4 of RFC 9562; `crypto.randomUUID` is only there on secure pages. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** ISO 8601, to hundredths of a second: xAPI counts no finer. */
  function duration(milliseconds) {
    return `PT${Math.max(0, Math.round(milliseconds / 10) / 100)}S`;
  }

  /** One launch of the lesson. See docs/packages.md for what the page calls. */
  class Cmi5Session {
    constructor(launch, page) {
      this.launch = launch;
      this.page = page;
      this.unsaid = [];
      this.once = new Set(); // verbs that are said once a registration, and were, here or in a tab
      this.over = false;
      this.failure = null; // a try at the quiz that was not passed, and is not told yet
      this.last = Promise.resolve(); // of what is done one after the other
      this.endsWithPage = true; // a page that comes back has lost its session
    }

    async start() {
      try {
        this.store = new RecordStore(this.launch, await this.token());
        this.data = await this.store.state(LAUNCH_DATA);
        if (!this.data) throw new Refused(404, `${LAUNCH_DATA}: 404`);
        const wishes = await this.store.read("agents/profile", { profileId: PREFERENCES });
        this.record = { seconds: 0, data: "", ...(await this.store.state(RECORD)) };
        this.startedAt = Date.now();
        await this.store.say([this.statement("initialized", {})]);
        return this.started(wishes || {});
      } catch (error) {
        this.page.onFailure(error.message);
        return null;
      }
    }

    started(wishes) {
      const { actor } = this.launch;
      return {
        mode: this.data.launchMode.toLowerCase(),
        learner: { id: actor.account.name, name: actor.name || "" },
        attempt: this.launch.registration,
        seconds: this.record.seconds,
        data: this.record.data,
        complete: Boolean(this.record.completed),
        wishes: wishes.audioPreference ? { muted: wishes.audioPreference === "off" } : {},
        returnUrl: this.data.returnURL || null,
      };
    }

    /** Given once a launch: a page that is loaded again has to be launched again. */
    async token() {
      const given = await (await request(this.launch.fetch, { method: "POST" })).json();
      if (given["auth-token"]) return given["auth-token"];
      throw new Refused(200, `${given["error-code"]} ${given["error-text"]}`);
    }

    progress({ seconds, share, data }) {
      Object.assign(this.record, { seconds, share, data });
    }

    /** "cmi5 allowed": about the question, not about the lesson. */
    interaction(answer) {
      if (!this.counts) return;
      const told = (text) => ({ [this.page.language]: text });
      const statement = this.plain("answered", {
        response: answer.response.join("[,]"),
        success: answer.result === "correct",
        duration: duration(answer.latency),
      });
      statement.object = {
        objectType: "Activity",
        id: `${this.launch.activityId}/questions/${answer.id}`,
        definition: {
          type: INTERACTION,
          interactionType: answer.type,
          description: told(answer.description),
          choices: answer.choices.map(({ id, text }) => ({ id, description: told(text) })),
          correctResponsesPattern: [answer.correct.join("[,]")],
        },
      };
      this.say(statement);
    }

    /**
     * What is passed is told at once. What is not is kept until no try is left or the session ends:
     * after "failed" the same session may not say "passed" any more (9.3).
     */
    score({ raw, min, max, passed }) {
      const scaled = max > min ? Math.round((10000 * (raw - min)) / (max - min)) / 10000 : 0;
      const mastery = this.data.masteryScore;
      const score = { scaled, raw, min, max };
      if (mastery === undefined ? passed : scaled >= mastery) this.pass(score);
      else if (!this.failure || scaled >= this.failure.scaled) this.failure = score;
    }

    /**
     * Another tab's answers and scores stand in the store as its own statements. What it says
     * once a registration is not for this one to say again, nor "failed" after its "passed" (9.3);
     * on record it is only when the platform has it.
     */
    heard({ said, kept }) {
      if (said) this.once.add(said);
      if (kept) this.record[kept] = true;
    }

    prefer() {} // the preferences are the platform's own (11): a lesson need not change them

    pass(score) {
      this.failure = null;
      this.onceARegistration("passed", { score, success: true });
    }

    complete({ passed }) {
      if (passed === false) this.tellFailure();
      this.onceARegistration("completed", { completion: true });
    }

    tellFailure() {
      if (!this.failure || this.judged || this.isSaid("passed") || !this.counts) return;
      this.judged = true;
      this.say(this.statement("failed", { score: this.failure, success: false }));
      this.failure = null;
    }

    onceARegistration(verb, result) {
      if (!this.counts || this.isSaid(verb)) return;
      if (verb === "passed" && this.judged) return;
      if (verb === "passed") this.judged = true;
      this.once.add(verb);
      this.page.tell({ said: verb });
      this.say(this.statement(verb, result), verb);
      this.commit();
    }

    /** By this registration, or about to be. */
    isSaid(verb) {
      return Boolean(this.record[verb]) || this.once.has(verb);
    }

    /** Whether anything but the beginning and the end is to be told: section 10, launchMode. */
    get counts() {
      return this.data.launchMode === "Normal" && !this.over;
    }

    commit() {
      if (!this.counts) return;
      this.inTurn(() => this.flush());
      this.inTurn(() => this.keep());
    }

    async keep() {
      if (this.over) return;
      await this.store.keep(RECORD, this.record);
      this.page.onSaved();
    }

    /** The page is going: all at once, and the record before the end. */
    finish() {
      if (this.over || !this.startedAt) return;
      this.tellFailure();
      const rest = this.unsaid.splice(0);
      for (const { verb } of rest) if (verb) this.record[verb] = true;
      for (const verb of this.once) if (this.record[verb]) this.page.tell({ kept: verb });
      const end = this.statement("terminated", this.progressMade());
      const ignore = () => {}; // nobody is left to be told
      if (this.counts) this.store.keep(RECORD, this.record).catch(ignore);
      this.store.say([...rest.map(({ statement }) => statement), end]).catch(ignore);
      this.over = true;
    }

    /** In percent, and only as long as the lesson is not completed (9.5.5.1). */
    progressMade() {
      if (!this.counts || this.isSaid("completed") || this.record.share === undefined) return {};
      return { extensions: { [PROGRESS]: Math.floor(100 * this.record.share) } };
    }

    /** `verb` for what may be said once a registration only. */
    say(statement, verb = null) {
      this.unsaid.push({ statement, verb });
      this.inTurn(() => this.flush());
    }

    /** One by one, so that one that is refused takes no other with it. */
    async flush() {
      while (this.unsaid.length) {
        const next = this.unsaid[0];
        await (next.verb ? this.alone(() => this.sayOnce(next)) : this.sayOne(next));
      }
    }

    /** Another window may be about to say the same, unheard of here: one after the other. */
    alone(work) {
      const name = `lectern ${this.launch.registration} ${this.launch.activityId}`;
      return navigator.locks ? navigator.locks.request(name, work) : work();
    }

    async sayOnce(next) {
      const known = await this.store.state(RECORD);
      if (!this.unsaid.includes(next)) return; // the page went meanwhile, and took it along
      this.record[next.verb] = true; // now: the page may go before the platform has answered
      if (known && known[next.verb]) this.unsaid.shift();
      else await this.sayOne(next);
      this.page.tell({ kept: next.verb });
      await this.store.keep(RECORD, this.record);
    }

    async sayOne(next) {
      this.unsaid.shift();
      try {
        await this.store.say([next.statement]);
      } catch (error) {
        if (next.verb) delete this.record[next.verb];
        if (error.mayPass && !this.over) this.unsaid.unshift(next);
        throw error;
      }
    }

    /** After all that was begun before. */
    inTurn(work) {
      this.last = this.last.then(work).catch((error) => this.page.onFailure(error.message));
    }

    /** "cmi5 defined" (7.1.3). `result` gets the time since the beginning. */
    statement(verb, result) {
      const made = this.plain(verb, result);
      const judges = "success" in result || "completion" in result;
      const activities = made.context.contextActivities;
      const names = judges ? ["cmi5", "moveon"] : ["cmi5"];
      const categories = names.map((name) => ({ id: `${CATEGORY}${name}` }));
      activities.category = [...(activities.category || []), ...categories];
      if (verb !== "initialized") result.duration = duration(Date.now() - this.startedAt);
      if (result.score && this.data.masteryScore !== undefined) {
        made.context.extensions[MASTERY_SCORE] = this.data.masteryScore;
      }
      return made;
    }

    /** About the lesson, in the context that the platform asks for. */
    plain(verb, result) {
      const context = JSON.parse(JSON.stringify(this.data.contextTemplate));
      context.registration = this.launch.registration;
      context.contextActivities = context.contextActivities || {};
      context.extensions = context.extensions || {};
      return {
        id: uuid(),
        actor: this.launch.actor,
        verb: { id: `${VERBS}${verb}`, display: { en: verb } },
        object: { objectType: "Activity", id: this.launch.activityId },
        ...(verb === "initialized" ? {} : { result }),
        context,
        timestamp: new Date().toISOString(),
      };
    }
  }

  async function find(page) {
    const given = new URLSearchParams(location.search);
    if (!LAUNCH.every((name) => given.get(name))) return null;
    const launch = Object.fromEntries(LAUNCH.map((name) => [name, given.get(name)]));
    try {
      launch.actor = JSON.parse(launch.actor);
    } catch {
      return null;
    }
    return new Cmi5Session(launch, page);
  }

  Lectern.trackers.cmi5 = { find };
})();
