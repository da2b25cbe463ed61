// The messages of a conversation: what all see, what only you see, threads, reactions, the menu of each.

import { h, byId, fill, menu, showList } from "./dom.js";
import { state, remember, today } from "./state.js";
import { mrkdwn } from "./text.js";
import { blocks, attachments } from "./blocks.js";
import { toast } from "./confirm.js";
import { order } from "./server.js";
import { composer } from "./composer.js";
import { avatar, clockOf, nameOf } from "./author.js";
import { describeFailure, warnings } from "./failures.js";

export function showMessages() {
  const list = byId("messages");
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const channel = state.place;
  const entries = shownIn(
    channel,
    (one) => one.thread_ts === undefined || one.thread_ts === one.ts || one.subtype === "thread_broadcast",
  );
  showList(list, entries.length ? entries.map((one) => entry(one, false)) : [nothingYet()]);
  if (isAtEnd) list.scrollTop = list.scrollHeight;
  showThread();
}

function nothingYet() {
  return {
    key: "nothing",
    signature: state.place,
    draw: () =>
      h(
        "li",
        { class: "nothing" },
        "Nothing here yet. Type ",
        h("kbd", {}, "/"),
        " to see what mcsync can do.",
      ),
  };
}

/** Returns the messages of a channel and your own ephemerals there, by time. */
function shownIn(channel, fits) {
  const own = state.slack.ephemerals.filter(
    (one) => one.user === state.user && one.channel === channel && !state.dismissed.has(one.ts),
  );
  const all = state.slack.messages.filter((one) => one.channel === channel);
  return [...all, ...own.map((one) => ({ ...one, isEphemeral: true }))]
    .filter(fits)
    .sort((one, other) => Number(one.ts) - Number(other.ts));
}

function entry(message, isInThread) {
  const warned = [...warnings].filter(([key]) => key.startsWith(`${message.ts} `));
  return {
    key: message.ts,
    signature: JSON.stringify([message, warned, state.user, isInThread, today(), state.slack.shortcuts]),
    draw: () => draw(message, isInThread),
  };
}

function draw(message, isInThread) {
  const isApp = message.isEphemeral ? message.source !== "slackbot" : message.user === state.slack.app.user;
  const author = isApp
    ? state.slack.app.name
    : message.isEphemeral || message.user === "USLACKBOT"
      ? "Slackbot"
      : nameOf(message.user);
  const at = new Date(message.shown_at);
  return h(
    "li",
    {
      class: `message ${message.isEphemeral ? "ephemeral" : ""} ${message.subtype ?? ""}`,
      "data-ts": message.ts,
    },
    avatar(message.isEphemeral ? (isApp ? "app" : "slackbot") : isApp ? "app" : message.user),
    h(
      "article",
      { "aria-label": `${author}, ${clockOf(at)}` },
      message.isEphemeral ? h("p", { class: "only-you" }, "👁 Only visible to you") : null,
      h(
        "p",
        { class: "author" },
        h("strong", {}, author),
        isApp ? h("span", { class: "badge" }, "APP") : null,
        h(
          "time",
          { datetime: at.toISOString(), title: `${at.toISOString()}, in the sandbox's time` },
          clockOf(at),
        ),
        message.edited ? h("span", { class: "note" }, "(edited)") : null,
      ),
      content(message),
      reactions(message),
      isInThread ? null : replies(message),
    ),
    message.subtype === "tombstone" ? null : tools(message, isInThread),
  );
}

function content(message) {
  const surface = surfaceOf(message);
  return h(
    "div",
    { class: "content" },
    message.blocks?.length
      ? blocks(message.blocks, surface)
      : h("div", { class: "text" }, mrkdwn(message.text ?? "")),
    message.attachments ? attachments(message.attachments, surface) : null,
  );
}

function surfaceOf(message) {
  return {
    kind: "message",
    id: message.ts,
    warning: (block) => {
      const warning = warnings.get(`${message.ts} ${block.block_id}`);
      return warning ? h("span", { class: "warning", role: "alert" }, "⚠️ ", describeFailure(warning)) : null;
    },
    press: async (block, element, value) => {
      const wish = {
        user: state.user,
        ts: message.ts,
        action_id: element.action_id,
        block_id: block.block_id,
      };
      const answer = await order("slack/press", value === null ? wish : { ...wish, value });
      const key = `${message.ts} ${block.block_id}`;
      if (answer.ok) warnings.delete(key);
      else if (answer.shown) warnings.set(key, answer.error);
      else toast(describeFailure(answer.error));
      showMessages();
    },
  };
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return h(
    "p",
    { class: "reactions" },
    message.reactions.map((one) =>
      h(
        "span",
        { title: one.users.map(nameOf).join(", ") },
        state.scene.emoji[one.name] ?? `:${one.name}:`,
        ` ${one.users.length}`,
      ),
    ),
  );
}

function replies(message) {
  const count = message.thread?.length ?? 0;
  if (!count) return null;
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      "data-focus": `replies:${message.ts}`,
      on: { click: () => openThread(message.ts) },
    },
    count === 1 ? "1 reply" : `${count} replies`,
  );
}

function tools(message, isInThread) {
  if (message.isEphemeral) {
    return h(
      "div",
      { class: "tools" },
      h(
        "button",
        {
          type: "button",
          title: "Dismiss",
          "aria-label": "Dismiss this message",
          on: {
            click: () => {
              state.dismissed.add(message.ts);
              showMessages();
            },
          },
        },
        "×",
      ),
    );
  }
  const shortcuts = Object.entries(state.slack.shortcuts).map(([callbackId, name]) => ({
    text: name,
    note: state.slack.app.name,
    choose: async () => {
      const answer = await order("slack/shortcut", {
        user: state.user,
        callback_id: callbackId,
        ts: message.ts,
      });
      if (!answer.ok) toast(describeFailure(answer.error));
    },
  }));
  return h(
    "div",
    { class: "tools" },
    isInThread
      ? null
      : h(
          "button",
          {
            type: "button",
            title: "Reply in thread",
            "aria-label": "Reply in thread",
            "data-focus": `reply:${message.ts}`,
            on: { click: () => openThread(message.ts) },
          },
          "💬",
        ),
    menu("More actions", "⋮", shortcuts, { "data-focus": `more:${message.ts}` }),
  );
}

// --- Threads ---

let threadComposer = null;

export function openThread(ts) {
  state.thread = ts;
  threadComposer = null;
  showThread();
  byId("thread").querySelector("textarea")?.focus();
}

export function closeThread() {
  const ts = state.thread;
  state.thread = null;
  showThread();
  byId("messages").querySelector(`[data-ts="${ts}"] .replies, [data-ts="${ts}"] .tools button`)?.focus();
}

function showThread() {
  const pane = byId("thread");
  const parent = state.slack.messages.find((one) => one.ts === state.thread && one.channel === state.place);
  pane.hidden = !parent;
  if (!parent) {
    threadComposer = null;
    pane.replaceChildren();
    return;
  }
  if (!threadComposer) {
    threadComposer = composer({ threadTs: parent.ts });
    fill(
      pane,
      h(
        "div",
        { class: "thread-top" },
        h("h2", {}, "Thread"),
        h(
          "button",
          { type: "button", class: "close", "aria-label": "Close thread", on: { click: closeThread } },
          "×",
        ),
      ),
      h("ol", { class: "messages", "aria-label": "Messages of the thread" }),
      h("form", { class: "composer", autocomplete: "off" }, threadComposer),
    );
  }
  const below = shownIn(parent.channel, (one) => one.isEphemeral && one.thread_ts === parent.ts);
  const all = [...parent.thread, ...below].sort((one, other) => Number(one.ts) - Number(other.ts));
  showList(
    pane.querySelector("ol"),
    [parent, ...all].map((one) => entry(one, true)),
  );
}

/** Reads what is new or changed aloud, as Slack does: by the message's text. */
export function announce(before, after) {
  if (!before) return;
  const known = new Map(before.messages.map((one) => [one.ts, one.edits]));
  const told = after.messages.filter((one) => one.channel === state.place && known.get(one.ts) !== one.edits);
  const whispered = after.ephemerals.filter(
    (one) => one.user === state.user && !before.ephemerals.some((old) => old.ts === one.ts),
  );
  const texts = [...told, ...whispered].map((one) => one.text).filter(Boolean);
  if (texts.length) byId("announcer").textContent = texts.join(" ");
}

export function goTo(place) {
  remember("place", place);
  state.thread = null;
}
