"use strict";
/* The quiz: its questions are asked as the lesson goes on; what is answered goes to the player. */

window.Lectern = window.Lectern || {};

/** One question on the page. */
Lectern.Question = class Question {
  /** @param onCheck called when the learner wants to know */
  constructor(facts, strings, onCheck) {
    Object.assign(this, facts);
    this.strings = strings;
    this.item = document.getElementById(this.id);
    this.inputs = [...this.item.querySelectorAll("input")];
    this.button = this.item.querySelector(".check");
    this.outcome = this.item.querySelector(".outcome");
    this.language = this.item.querySelector("[lang]").lang;
    this.item.classList.add("unasked");
    this.button.hidden = false;
    this.button.addEventListener("click", onCheck);
    this.item.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
      event.preventDefault();
      onCheck();
    });
  }

  get right() {
    return this.choices.filter((choice) => choice.right).map((choice) => choice.id);
  }

  get chosen() {
    return this.inputs.filter((input) => input.checked).map((input) => input.value);
  }

  get isAsked() {
    return !this.item.classList.contains("unasked");
  }

  isRight(response) {
    return this.right.join() === response.join();
  }

  open() {
    if (this.isAsked) return;
    this.item.classList.remove("unasked");
    this.shownAt = new Date();
  }

  focus() {
    this.inputs[0].focus();
    this.item.scrollIntoView({ block: "nearest" });
  }

  say(text) {
    this.outcome.replaceChildren(this.line(text));
  }

  /** Shows how it was answered; with `all`, what would have been right, too. */
  show(response, all) {
    this.open();
    const right = this.isRight(response);
    const shown = right ? "right" : `${response} ${all}`;
    if (this.shown === shown) return; // what is written anew is read out anew
    this.shown = shown;
    // a field that is disabled loses the focus, and with it the learner's place; the button keeps it
    this.button.setAttribute("aria-disabled", "true");
    if (this.inputs.includes(document.activeElement)) this.button.focus();
    for (const input of this.inputs) {
      input.checked = response.includes(input.value);
      input.disabled = true;
    }
    const { quiz_right, quiz_wrong, quiz_solution } = this.strings;
    const lines = [this.line(right ? quiz_right : quiz_wrong, right ? "right" : "wrong")];
    for (const choice of this.choices) {
      if (choice.feedback && response.includes(choice.id)) lines.push(this.quote(choice.feedback));
    }
    if (all && !right) {
      const texts = this.choices.filter((choice) => choice.right).map((choice) => choice.text);
      lines.push(this.quote(texts.join(" · "), quiz_solution));
    }
    if (this.feedback && (all || right)) lines.push(this.quote(this.feedback));
    this.outcome.replaceChildren(...lines);
  }

  reset() {
    this.shown = null;
    for (const input of this.inputs) {
      input.checked = false;
      input.disabled = false;
    }
    this.button.removeAttribute("aria-disabled");
    this.outcome.replaceChildren();
    this.shownAt = new Date();
  }

  line(text, kind = "") {
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = text;
    return line;
  }

  /** A line in the language of the lesson. */
  quote(text, before = "") {
    const line = this.line(before ? `${before} ` : "");
    const said = document.createElement("span");
    Object.assign(said, { lang: this.language, dir: "auto", textContent: text });
    line.append(said);
    return line;
  }
};

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
