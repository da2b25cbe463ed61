// The question that Slack asks before a press, and the short notices of the page itself.

import { h, byId, fill } from "./dom.js";
import { text, words } from "./text.js";

const LINGER_MS = 8000;

/** Asks; resolves to what the person answered. Escape means no. */
export function confirmed(question) {
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.close();
      resolve(value);
    };
    const yes = h(
      "button",
      { type: "button", class: `button ${question.style ?? "primary"}`, on: { click: () => answer(true) } },
      words(question.confirm),
    );
    const no = h(
      "button",
      { type: "button", class: "button", on: { click: () => answer(false) } },
      words(question.deny),
    );
    fill(
      dialog,
      h("h2", { id: "confirm-title" }, words(question.title)),
      h("p", {}, text(question.text)),
      h("div", { class: "row end" }, no, yes),
    );
    dialog.oncancel = (event) => {
      event.preventDefault();
      answer(false);
    };
    dialog.showModal();
    yes.focus();
  });
}

/** Shows a short notice that goes away by itself. */
export function toast(message) {
  const note = h(
    "p",
    { class: "toast" },
    message,
    h("button", { type: "button", "aria-label": "Dismiss", on: { click: () => note.remove() } }, "×"),
  );
  byId("toasts").append(note);
  setTimeout(() => note.remove(), LINGER_MS);
}
