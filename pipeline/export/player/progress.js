"use strict";
/* What was watched and answered: kept by the tracker, shown to the learner. */

window.Lectern = window.Lectern || {};

Lectern.Progress = class Progress {
  static SAVE_EVERY_SECONDS = 30;
  static MOST_DATA_CHARACTERS = 3500;
  static LONGEST_STEP_SECONDS = 3; // between two looks at the position; more is a jump

  /**
   * @param player what it may do with the player: video, lesson, strings, status, wayBack (button),
   *   goTo(seconds), play(), honour(wishes), leaveFullscreen()
   */
  constructor(player) {
    Object.assign(this, player);
    this.watched = new Lectern.Watched(this.lesson.seconds);
    this.tracker = new Lectern.Untracked();
    this.quiz = null;
    this.score = null;
    this.lastSeen = null;
    this.complete = false;
    this.saving = false;
    this.failure = "";
    this.notice = "";
  }

  /** Finds the platform and goes on where the learner stopped. */
  async open(tracking) {
    this.follow();
    const tracker = await Lectern.trackers[tracking].find(this.page());
    if (tracker === null) this.notice = this.strings.untracked;
    const start = tracker && (await tracker.start());
    if (start) this.tracker = tracker;
    this.resume(start || (await this.tracker.start()));
    if (start && tracking !== "none") this.keep(start);
    if (start && start.returnUrl) this.offerWayBack(start.returnUrl);
    this.look();
  }

  /** What trackers are told of the page. */
  page() {
    const { id, title, language, seconds, completeShare } = this.lesson;
    return {
      lessonId: id,
      title,
      language,
      seconds,
      completeShare,
      onFailure: (what) => this.fail(this.strings.tracking_failed.replace("{0}", what)),
      onSaved: () => this.fail(""),
      tell: (what) => this.tell(what),
    };
  }

  resume(start) {
    const [watched, answers] = start.data.split(" ");
    this.watched.decode(watched);
    this.complete = start.complete;
    this.honour(start.wishes || {});
    this.quiz = Lectern.Quiz ? Lectern.Quiz.find(this.quizHost(start.mode)) : null;
    if (this.quiz && answers) this.quiz.restore(answers);
    if (start.seconds > 0 && start.seconds < this.lesson.seconds - 1) this.goTo(start.seconds);
  }

  quizHost(mode) {
    return {
      mode,
      strings: this.strings,
      answered: (answer) => {
        this.tracker.interaction(answer);
        this.tell({ answer });
      },
      scored: (score) => {
        this.score = score;
        this.tracker.score(score);
      },
      changed: () => {
        this.look();
        this.save();
      },
    };
  }

  // --- watching ---------------------------------------------------------------------------

  follow() {
    const { video } = this;
    video.addEventListener("timeupdate", () => this.step());
    video.addEventListener("pause", () => {
      this.step();
      if (video.ended) this.atEnd(); // paused just there: no “ended” follows
    });
    video.addEventListener("seeking", () => { this.lastSeen = null; });
    video.addEventListener("ended", () => this.atEnd());
  }

  atEnd() {
    return this.ask(this.lesson.sceneEnds.length - 1, "end");
  }

  step() {
    this.count();
    const { video, lastSeen } = this;
    const now = video.currentTime;
    const played = lastSeen === null ? 0 : now - lastSeen;
    this.lastSeen = video.seeking ? null : now;
    if (video.seeking || played <= 0 || played >= Progress.LONGEST_STEP_SECONDS) return;
    const inner = this.lesson.sceneEnds.slice(0, -1);
    const left = inner.findIndex((end) => lastSeen < end && end <= now);
    if (left !== -1 && this.quiz && this.quiz.isDue(left)) {
      this.goTo(inner[left]); // the position is told now and then, and may be past the end
      this.ask(left);
    }
  }

  /** The browser knows what was really played; looks at the position may come late. */
  count() {
    const { played } = this.video;
    for (let at = 0; at < played.length; at += 1) {
      if (played.start(at) < played.end(at)) this.watched.mark(played.start(at), played.end(at));
    }
    this.look();
  }

  /** What the quiz wants to know after these scenes, one after the other. */
  async ask(...scenes) {
    if (!this.quiz || this.asking) return;
    this.asking = true;
    for (const scene of scenes) {
      if (!this.quiz.isDue(scene)) continue;
      this.video.pause();
      await this.leaveFullscreen();
      await this.quiz.ask(scene);
      if (!this.video.ended) this.play();
    }
    this.asking = false;
  }

  // --- completion -------------------------------------------------------------------------

  get isDone() {
    const enough = this.watched.share >= this.lesson.completeShare;
    return enough && (!this.quiz || this.quiz.isDone);
  }

  look() {
    if (this.isDone && !this.wasDone) {
      this.wasDone = true;
      this.complete = true;
      this.tracker.complete({ passed: this.quiz ? this.quiz.passed : null });
      this.save();
    }
    this.show();
  }

  /** One line: what went wrong, or else how far the learner is. */
  show() {
    const text = this.failure || this.notice || (this.saving ? this.howFar() : "");
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /** A status is read out when it changes: every tenth, and when the lesson is completed. */
  howFar() {
    const percent = Math.floor(100 * this.watched.share);
    if (this.complete) return this.strings.complete.replace("{0}", percent);
    const tenth = Math.floor(percent / 10);
    if (this.shownTenth !== tenth) [this.shownTenth, this.shownPercent] = [tenth, percent];
    return this.strings.progress.replace("{0}", this.shownPercent);
  }

  fail(what) {
    this.failure = what;
    this.show();
  }

  // --- keeping ----------------------------------------------------------------------------

  keep(start) {
    this.saving = true;
    this.share(start);
    this.save();
    setInterval(() => { if (!this.video.paused) this.save(); }, Progress.SAVE_EVERY_SECONDS * 1000);
    this.video.addEventListener("pause", () => this.save());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
    addEventListener("pagehide", (event) => this.leave(event));
  }

  save() {
    if (!this.saving) return;
    const answers = this.quiz ? this.quiz.encode() : "";
    const watched = this.watched.encode(Progress.MOST_DATA_CHARACTERS - answers.length - 1);
    const data = answers ? `${watched} ${answers}` : watched;
    this.tracker.progress({ seconds: this.video.currentTime, share: this.watched.share, data });
    this.tracker.commit();
    this.tell({ watched, answers, score: this.score });
  }

  /** To the lesson in other tabs. */
  tell(what) {
    if (this.tabs) this.tabs.say(what);
  }

  share({ learner, attempt = "" }) {
    if (!window.BroadcastChannel) return;
    const record = `${this.lesson.id} ${learner.id} ${attempt}`;
    this.tabs = new Lectern.Tabs(record, (told) => this.hear(told));
  }

  /** What another tab told: here nothing of it may be missing when this one is saved. */
  hear(told) {
    this.tracker.heard(told);
    if (told.watched === undefined) return;
    this.watched.decode(told.watched);
    if (this.quiz && !this.quiz.isDone) this.quiz.restore(told.answers);
    this.look();
  }

  /** What the learner has just chosen, for the platform to remember. */
  prefer(wishes) {
    this.tracker.prefer(wishes);
  }

  /** A page that may come back from the browser's cache keeps its session, where it can. */
  leave(event) {
    this.save();
    if (event.persisted && !this.tracker.endsWithPage) return;
    this.end();
    this.notice = this.strings.untracked; // for when the page comes back
    this.show();
  }

  end() {
    if (!this.saving) return;
    this.saving = false;
    this.tracker.finish();
  }

  /** The platform wants to be returned to when the session ends. */
  offerWayBack(address) {
    this.wayBack.hidden = false;
    this.wayBack.addEventListener("click", () => {
      this.save();
      this.end();
      location.assign(address);
    });
  }
};
