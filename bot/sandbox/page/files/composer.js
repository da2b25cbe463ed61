// The message field: plain messages, slash commands with completion, mentions.

import { h, byId } from "./dom.js";
import { state } from "./state.js";
import { order } from "./server.js";
import { toast } from "./confirm.js";
import { completions } from "./completion.js";

const MOST_REMEMBERED = 50;
const history = [];
let fields = 0;

/** Builds a field, to be kept for as long as the page or its thread, that writes into the present place, or into a thread of it. */
export function composer({ threadTs = null } = {}) {
  const listId = `completions-${++fields}`;
  let offered = [];
  let active = -1;
  let recalled = history.length;
  let waiting = 0;

  const list = h("ul", {
    class: "completions",
    id: listId,
    role: "listbox",
    "aria-label": "Completions",
    hidden: true,
  });
  const field = h("textarea", {
    id: threadTs ? null : "line",
    rows: 1,
    "aria-controls": listId,
    "aria-autocomplete": "list",
    "aria-label": threadTs ? "Reply" : "Message",
    spellcheck: "false",
    autocapitalize: "off",
    placeholder: threadTs ? "Reply…" : "Message, or / for commands",
    "data-focus": threadTs ? `thread:${threadTs}` : "line",
    on: {
      input: () => {
        grow();
        offer();
      },
      keydown,
      blur: () => setTimeout(hide, 150),
      click: offer,
    },
  });
  const sending = h("span", { class: "sending", "aria-live": "polite" });
  const send = h("button", { type: "submit", class: "button primary", "aria-label": "Send" }, "Send");
  const hint = threadTs
    ? null
    : h(
        "p",
        { class: "note hint" },
        h("kbd", {}, "Tab"),
        " completes · ",
        h("kbd", {}, "Enter"),
        " sends · ",
        h("kbd", {}, "Shift Enter"),
        " new line · ",
        h("kbd", {}, "↑"),
        " last line",
      );
  document.addEventListener("commands", () => {
    if (document.activeElement === field) offer();
  });
  queueMicrotask(() =>
    field.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    }),
  );
  return [list, h("div", { class: "field" }, field, send), h("div", { class: "below" }, hint, sending)];

  function offer() {
    offered =
      threadTs && field.value.startsWith("/") ? [] : completions(field.value.slice(0, field.selectionStart));
    active = -1;
    list.replaceChildren(
      ...offered.map((one, index) =>
        h(
          "li",
          {
            role: "option",
            id: `${listId}-${index}`,
            "aria-selected": "false",
            on: {
              mousedown: (event) => {
                event.preventDefault();
                accept(index);
              },
            },
          },
          h("code", {}, one.label),
          h("span", { class: "note" }, one.note),
        ),
      ),
    );
    list.hidden = offered.length === 0;
    field.removeAttribute("aria-activedescendant");
    if (offered.length)
      byId("announcer").textContent = offered.length === 1 ? "1 completion" : `${offered.length} completions`;
  }

  function hide() {
    offered = [];
    active = -1;
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  function activate(index) {
    active = (index + offered.length) % offered.length;
    [...list.children].forEach((option, place) =>
      option.setAttribute("aria-selected", String(place === active)),
    );
    list.children[active].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", `${listId}-${active}`);
  }

  function accept(index) {
    const rest = field.value.slice(field.selectionStart);
    field.value = offered[index].line + rest;
    field.selectionStart = field.selectionEnd = offered[index].line.length;
    field.focus();
    offer();
  }

  function keydown(event) {
    if (event.isComposing) return;
    if (event.key === "Tab" && !event.shiftKey && offered.length) {
      event.preventDefault();
      accept(Math.max(0, active));
    } else if (event.key === "Escape" && offered.length) {
      event.preventDefault();
      hide();
    } else if (event.key === "ArrowDown" && offered.length) {
      event.preventDefault();
      activate(active + 1);
    } else if (event.key === "ArrowUp" && offered.length && active >= 0) {
      event.preventDefault();
      activate(active - 1);
    } else if (
      event.key === "ArrowUp" &&
      !field.value.includes("\n") &&
      (field.value === "" || recalled < history.length)
    )
      recall(event, -1);
    else if (event.key === "ArrowDown" && recalled < history.length) recall(event, 1);
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (active >= 0) accept(active);
      else submit();
    }
  }

  function recall(event, step) {
    const place = Math.max(0, recalled + step);
    if (history.length === 0) return;
    event.preventDefault();
    recalled = Math.min(place, history.length);
    field.value = history[recalled] ?? "";
    grow();
    hide();
  }

  async function submit() {
    const line = field.value.trim();
    if (!line) return;
    hide();
    if (history.at(-1) !== line) history.push(line);
    if (history.length > MOST_REMEMBERED) history.shift();
    recalled = history.length;
    field.value = "";
    grow();
    const isCommand = line.startsWith("/");
    sending.textContent = isCommand ? "Waiting for mcsync…" : "";
    waiting += 1;
    const wish = {
      user: state.user,
      text: isCommand ? line : withMentions(line),
      ...(state.place === "home" ? {} : { channel: state.place }),
    };
    const answer = await order(
      isCommand ? "slack/command" : "slack/say",
      threadTs ? { ...wish, thread_ts: threadTs } : wish,
    );
    waiting -= 1;
    if (!waiting) sending.textContent = "";
    if (!answer.ok && !answer.shown) toast(answer.error);
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 220)}px`;
  }
}

/** Writes `@ada` and `#random` as Slack's clients send them. */
function withMentions(line) {
  const app = state.slack.app;
  const users = new Map([[app.name, app.user], ...state.slack.people.map((one) => [one.name, one.id])]);
  const channels = new Map(state.slack.channels.map((one) => [one.name, one.id]));
  return line
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/(^|\s)@([\w.-]*\w)/g, (whole, space, name) =>
      users.has(name) ? `${space}<@${users.get(name)}>` : whole,
    )
    .replace(/(^|\s)#([\w-]+)/g, (whole, space, name) =>
      channels.has(name) ? `${space}<#${channels.get(name)}>` : whole,
    );
}
