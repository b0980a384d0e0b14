"use strict";
/* A question of the quiz, as it stands on the page. */

window.Lectern = window.Lectern || {};

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
