"use strict";
/* The quiz: its questions are asked as the lesson goes on; what is answered goes to the player. */

window.Lectern = window.Lectern || {};

Lectern.Quiz = class Quiz {
  static find(host) {
    const page = document.getElementById("quiz");
    const facts = page && JSON.parse(document.getElementById("quiz-facts").textContent);
    return page && new Quiz(facts, host);
  }

  constructor(facts, host) {
    Object.assign(this, { print: facts.print, mastery: facts.mastery, mostTries: facts.tries, host });
    this.questions = facts.questions.map(
      (each, at) => new Lectern.Question(each, host.strings, () => this.answer(this.questions[at])),
    );
    this.answers = new Map(); // of the try under way, or of the last one
    this.tries = 0; // that came to their end
    this.best = 0; // right answers in one of them
    this.askedAfter = new Set();
    this.goOn = null;
    this.wire();
    this.render();
  }

  wire() {
    this.verdict = document.getElementById("quiz-verdict");
    this.waiting = document.getElementById("quiz-waiting");
    this.retryButton = document.getElementById("quiz-retry");
    this.continueButton = document.getElementById("quiz-continue");
    this.buttons = this.continueButton.parentElement;
    this.retryButton.addEventListener("click", () => this.retry());
    this.continueButton.addEventListener("click", () => this.leave());
  }

  get passed() {
    return this.tries ? this.best / this.questions.length >= this.mastery : null;
  }

  get isDone() {
    return this.passed === true || this.tries >= this.mostTries;
  }

  get isAnswered() {
    return this.answers.size === this.questions.length;
  }

  // --- asking -----------------------------------------------------------------------------

  isDue(scene) {
    if (this.isDone) return false;
    if (scene === "end") return true;
    return !this.askedAfter.has(scene) && this.unanswered(scene).length > 0;
  }

  /** The questions that wait for an answer after this scene. */
  unanswered(scene) {
    const wanted = (question) => scene === "end" || question.scene === scene;
    return this.questions.filter((each) => wanted(each) && !this.answers.has(each.id));
  }

  ask(scene) {
    this.askedAfter.add(scene);
    const due = this.unanswered(scene);
    for (const question of due) question.open();
    this.continueButton.hidden = false;
    this.render();
    if (due.length) {
      due.at(-1).item.append(this.buttons);
      due[0].focus();
    } else {
      this.retryButton.focus();
    }
    return new Promise((resolve) => { this.goOn = resolve; });
  }

  leave() {
    this.continueButton.hidden = true;
    document.getElementById("play").focus();
    this.goOn?.();
    this.goOn = null;
  }

  // --- answering --------------------------------------------------------------------------

  answer(question) {
    if (this.answers.has(question.id)) return;
    const response = question.chosen;
    if (!response.length) {
      question.say(this.host.strings.quiz_choose);
      return;
    }
    this.answers.set(question.id, response);
    this.report(question, response);
    if (this.isAnswered) this.finishTry();
    this.render();
    this.host.changed();
  }

  report(question, response) {
    this.host.answered({
      id: question.id,
      type: "choice",
      description: question.text,
      choices: question.choices.map(({ id, text }) => ({ id, text })),
      correct: question.right,
      response,
      result: question.isRight(response) ? "correct" : "incorrect",
      shownAt: question.shownAt,
      latency: Date.now() - question.shownAt.getTime(),
    });
  }

  get countRight() {
    return this.questions.filter((each) => each.isRight(this.answers.get(each.id) || [])).length;
  }

  finishTry() {
    const [raw, max] = [this.countRight, this.questions.length];
    this.tries += 1;
    this.best = Math.max(this.best, raw);
    this.host.scored({ raw, min: 0, max, passed: raw / max >= this.mastery });
  }

  retry() {
    this.forget();
    this.render();
    this.questions[0].focus();
    this.host.changed();
  }

  // --- showing ----------------------------------------------------------------------------

  render() {
    for (const question of this.questions) {
      const response = this.answers.get(question.id);
      if (response) question.show(response, this.isDone);
    }
    this.waiting.hidden = this.questions.some((question) => question.isAsked);
    const text = this.isAnswered ? this.judged() : "";
    if (this.verdict.textContent !== text) this.verdict.textContent = text;
    this.retryButton.hidden = !this.isAnswered || this.isDone;
    if (this.isAnswered) this.verdict.after(this.buttons);
  }

  judged() {
    const { quiz_passed, quiz_failed, quiz_tries_left } = this.host.strings;
    const told = (this.passed ? quiz_passed : quiz_failed)
      .replace("{0}", this.isDone ? this.best : this.countRight)
      .replace("{1}", this.questions.length)
      .replace("{2}", Math.round(100 * this.mastery));
    const left = this.mostTries - this.tries;
    return this.isDone ? told : `${told} ${quiz_tries_left.replace("{0}", left)}`;
  }

  // --- keeping ----------------------------------------------------------------------------

  /** "print-tries-best-answers": an answer is its choices' bits in base 36; "" before the first. */
  encode() {
    if (!this.tries && !this.answers.size) return "";
    const bits = (question) => {
      const response = this.answers.get(question.id);
      if (!response) return "";
      const chosen = question.choices.map(({ id }, at) => (response.includes(id) ? 2 ** at : 0));
      return chosen.reduce((sum, bit) => sum + bit, 0).toString(36);
    };
    const answers = this.questions.map(bits).join(".");
    return [this.print, this.tries, this.best, answers].join("-");
  }

  /** The number of the try that the answers belong to, from 1. */
  static numberOf(tries, answers, questions) {
    return answers.size === questions.length ? tries : tries + 1;
  }

  /** Takes what encode() gave, here or in another tab: of a later try all, of the same what lacks. */
  restore(text) {
    const [print, ...numbers] = text.split("-");
    const [tries, best] = numbers.map(Number);
    if (print !== this.print || !Number.isInteger(tries) || !Number.isInteger(best)) return;
    const answers = this.decode(numbers[2] || "");
    const ours = Quiz.numberOf(this.tries, this.answers, this.questions);
    const theirs = Quiz.numberOf(tries, answers, this.questions);
    if (theirs < ours) return;
    if (theirs > ours) this.forget();
    for (const [id, response] of answers) this.answers.set(id, this.answers.get(id) || response);
    this.tries = Math.max(this.tries, tries);
    this.best = Math.min(Math.max(this.best, best), this.questions.length);
    if (this.isAnswered && this.tries < theirs) this.finishTry();
    this.render();
  }

  forget() {
    this.answers.clear();
    for (const question of this.questions) if (question.isAsked) question.reset();
  }

  decode(coded) {
    const answers = new Map();
    coded.split(".").slice(0, this.questions.length).forEach((text, at) => {
      const bits = parseInt(text, 36) || 0;
      const { id, choices } = this.questions[at];
      const response = choices.filter((_, place) => bits & (2 ** place)).map((choice) => choice.id);
      if (response.length) answers.set(id, response);
    });
    return answers;
  }
};
