"use strict";
/* The smallest quiz that keeps to the player's contract: one question, asked after the first scene. */

Lectern.Quiz = class Quiz {
  static find(host) {
    return new Quiz(host);
  }

  constructor(host) {
    this.host = host;
    this.passed = null;
  }

  get isDone() {
    return this.passed !== null;
  }

  isDue(scene) {
    return !this.isDone && (scene === 0 || scene === "end");
  }

  ask() {
    const shownAt = new Date();
    const choices = [{ id: "leaf", text: "A leaf" }, { id: "root", text: "A root" }];
    const buttons = choices.map(({ id, text }) => {
      const button = document.createElement("button");
      button.textContent = text;
      button.dataset.choice = id;
      return button;
    });
    document.querySelector("main").prepend(...buttons);
    return new Promise((resolve) => {
      for (const button of buttons) {
        button.addEventListener("click", () => {
          for (const each of buttons) each.remove();
          this.answer(choices, button.dataset.choice, shownAt);
          resolve();
        });
      }
    });
  }

  answer(choices, chosen, shownAt) {
    this.passed = chosen === "leaf";
    this.host.answered({
      id: "q-light",
      type: "choice",
      description: "What eats light?",
      choices,
      correct: ["leaf"],
      response: [chosen],
      result: this.passed ? "correct" : "incorrect",
      shownAt,
      latency: 1500,
    });
    this.host.scored({ raw: this.passed ? 2 : 0, min: 0, max: 2, passed: this.passed });
    this.host.changed();
  }

  encode() {
    return this.isDone ? (this.passed ? "right" : "wrong") : "";
  }

  restore(text) {
    if (text === "right" || text === "wrong") this.passed = text === "right";
  }
};
