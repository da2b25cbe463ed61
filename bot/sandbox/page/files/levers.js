// The levers of the other side: what a tester does to Campaign and to the bot.

import { h } from "./dom.js";
import { state } from "./state.js";
import { order } from "./server.js";
import { toast } from "./confirm.js";

/** States of a workflow in which only Start makes sense: being edited, paused, stopped. */
export const RESTS = [0, 13, 20];
const SOMEBODY = "marc";
const ACTIONS = [
  "xtk:queryDef#ExecuteQuery",
  "xtk:session#Logon",
  "xtk:persist#Write",
  "xtk:workflow#Stop",
  "xtk:workflow#Start",
];
const SLACK_METHODS = [
  "chat.postMessage",
  "chat.update",
  "response_url",
  "views.open",
  "users.info",
  "usergroups.users.list",
];

export function box(title, ...content) {
  return h("section", { class: "box" }, h("h3", {}, title), ...content);
}

function lever(label, path, body, { title = null, style = "", said = null, method = "POST" } = {}) {
  return h(
    "button",
    {
      type: "button",
      class: `button ${style}`,
      title,
      "data-focus": `lever:${label}:${JSON.stringify(body)}`,
      on: {
        click: async (event) => {
          const node = event.currentTarget;
          node.setAttribute("aria-busy", "true");
          const answer = await order(path, body, method);
          node.removeAttribute("aria-busy");
          if (answer.error) toast(answer.error);
          else if (said) toast(said);
        },
      },
    },
    label,
  );
}

export function awayNow() {
  return Object.entries(state.campaign.executions)
    .filter(([, one]) => one.away)
    .map(([name]) => name);
}

export function levers(archiving) {
  const away = awayNow();
  const accounts = Object.keys(state.campaign.executions);
  return box(
    "What others do",
    h(
      "div",
      { class: "row" },
      accounts.map((account) =>
        lever(
          accounts.length > 1 ? `Restart ${account} now` : "Restart RT now",
          "campaign/restart",
          { account, seconds: 180 },
          {
            title: "It is away for three minutes",
            said: `${account} restarts; it is back in three minutes.`,
          },
        ),
      ),
      archiving.map((one) =>
        RESTS.includes(one.state)
          ? lever(`Start ${one.name}`, "campaign/start", { workflow: one.name, login: SOMEBODY })
          : lever(`Stop ${one.name}`, "campaign/stop", { workflow: one.name, login: SOMEBODY }),
      ),
    ),
    away.length
      ? h("p", { class: "changed" }, `${away.join(" and ")} ${away.length > 1 ? "are" : "is"} away now.`)
      : null,
    edit(archiving),
  );
}

function edit(archiving) {
  const start = h("input", {
    name: "start",
    required: true,
    size: 5,
    maxlength: 5,
    inputmode: "numeric",
    pattern: "([01][0-9]|2[0-3]):[0-5][0-9]",
    title: "such as 00:05",
    value: archiving[0]?.stored_start?.at.slice(0, 5) ?? "",
    "data-focus": "edit-start",
  });
  const which = h(
    "select",
    {
      name: "workflow",
      "aria-label": "Workflow",
      "data-focus": "edit-workflow",
      on: {
        change: () => {
          start.value = chosen().stored_start?.at.slice(0, 5) ?? "";
        },
      },
    },
    archiving.map((one) => h("option", { value: one.name }, one.name)),
  );
  const chosen = () => archiving.find((one) => one.name === which.value);
  return h(
    "form",
    {
      class: "row",
      "aria-label": "Edit the schedule as somebody else",
      on: {
        submit: async (event) => {
          event.preventDefault();
          const key = chosen().stored_start?.key;
          if (!key) {
            toast("The schedule cannot be read.");
            return;
          }
          const answer = await order("campaign/edit", {
            workflow: which.value,
            login: SOMEBODY,
            period: { [key]: `${start.value}:00.000` },
          });
          toast(
            answer.error ??
              (answer.changed.length
                ? `${SOMEBODY} saved: ${answer.changed.join("; ")}`
                : "Nothing was changed."),
          );
        },
      },
    },
    h("label", {}, "Start time ", start),
    archiving.length > 1 ? which : null,
    h("button", { type: "submit", class: "button", "data-focus": "edit-save" }, `Save as ${SOMEBODY}`),
  );
}

export function breaking() {
  const target = h(
    "select",
    { name: "target", "data-focus": "break-target", on: { change: offerModes } },
    h(
      "optgroup",
      { label: "Campaign" },
      h("option", { value: "campaign *" }, "any SOAP call"),
      ACTIONS.map((one) =>
        h(
          "option",
          { value: `campaign ${one}` },
          one.split("#")[1] === "ExecuteQuery" ? "Query (ExecuteQuery)" : one.split("#")[1],
        ),
      ),
    ),
    h(
      "optgroup",
      { label: "Slack" },
      h("option", { value: "slack *" }, "any Web API call"),
      SLACK_METHODS.map((one) => h("option", { value: `slack ${one}` }, one)),
    ),
  );
  const mode = h("select", { name: "mode", "data-focus": "break-mode" });
  const when = h(
    "select",
    { name: "when", "data-focus": "break-when" },
    [
      ["before", "before it runs"],
      ["after", "after it ran"],
    ].map(([value, label]) => h("option", { value }, label)),
  );
  const times = h("input", { type: "number", min: 1, max: 99, value: 1, "data-focus": "break-times" });
  function offerModes() {
    const modes = target.value.startsWith("slack")
      ? state.scene.faults.slack_modes
      : state.scene.faults.modes;
    mode.replaceChildren(...modes.map((one) => h("option", { value: one }, one)));
  }
  offerModes();
  const waiting = state.campaign.faults;
  return box(
    "Break the next call",
    h(
      "form",
      {
        class: "grid",
        on: {
          submit: async (event) => {
            event.preventDefault();
            const [side, name] = target.value.split(" ");
            const fault = { mode: mode.value, when: when.value, times: Number(times.value), seconds: 5 };
            const answer =
              side === "slack"
                ? await order("slack/faults", { ...fault, method: name })
                : await order("campaign/faults", { ...fault, action: name });
            if (answer.error) toast(answer.error);
            else if (side === "slack")
              toast(
                `Slack will break ${name === "*" ? "the next call" : `the next ${name}`}: ${mode.value}.`,
              );
          },
        },
      },
      h("label", {}, "Call", target),
      h("label", {}, "with", mode),
      h("label", {}, "when", when),
      h("label", {}, "times", times),
      h("button", { type: "submit", class: "button danger", "data-focus": "break" }, "Break it"),
    ),
    waiting.length
      ? h(
          "div",
          { class: "row" },
          h(
            "ul",
            { class: "faults", "aria-label": "Faults still to come" },
            waiting.map((one) =>
              h("li", {}, `${one.action === "*" ? "any call" : one.action}: ${one.mode}, ${one.times}×`),
            ),
          ),
          lever("Withdraw", "campaign/faults", {}, { method: "DELETE" }),
        )
      : null,
  );
}

export function slowness() {
  const seconds = state.campaign.settings.slow_seconds;
  return box(
    "Be slow",
    h(
      "label",
      { class: "row" },
      "Every SOAP call takes",
      h(
        "select",
        {
          "data-focus": "slow",
          on: {
            change: async (event) => {
              const answer = await order("campaign/settings", {
                slow_seconds: Number(event.currentTarget.value),
              });
              if (answer.error) toast(answer.error);
            },
          },
        },
        [
          [0, "its usual time"],
          [1, "1 s longer"],
          [5, "5 s longer"],
          [25, "25 s longer"],
        ].map(([value, label]) => h("option", { value, selected: value === seconds }, label)),
      ),
    ),
  );
}

const BOT = {
  running: {
    sign: "well",
    text: "runs",
    orders: [
      ["Freeze", "freeze", "It stands still: what you do in Slack times out"],
      ["Kill", "kill", "It is gone, as after a power cut"],
    ],
  },
  frozen: {
    sign: "resting",
    text: "stands still",
    orders: [
      ["Let it go on", "thaw", "It does what it missed"],
      ["Kill", "kill", "It is gone, as after a power cut"],
    ],
  },
  starting: { sign: "resting", text: "starts", orders: [] },
  stopped: {
    sign: "failed",
    text: "is stopped",
    orders: [["Start", "start", "It finds its work where it left it"]],
  },
};

export function bot(now) {
  const { sign, text, orders } = BOT[now];
  return box(
    "The bot",
    h(
      "div",
      { class: "row" },
      h("span", { class: `badge ${sign}` }, `mcsync ${text}`),
      orders.map(([label, name, title]) => lever(label, `bot/${name}`, {}, { title })),
    ),
  );
}
