// The other side: Campaign's workflows, the restarts of the day, and the levers that a tester wants.

import { h, byId, showList } from "./dom.js";
import { state, now, serverTime } from "./state.js";
import { strips } from "./strip.js";
import { order } from "./server.js";
import { toast } from "./confirm.js";

const STATES = { 0: "being edited", 10: "starting", 11: "started", 12: "pausing", 13: "paused", 14: "resuming", 15: "stopping", 20: "stopped" };
const STARTED = 11;
const RESTS = [0, 13, 20];
const MOST_LINES = 8;
const SOMEBODY = "marc";
const ACTIONS = ["xtk:queryDef#ExecuteQuery", "xtk:session#Logon", "xtk:persist#Write", "xtk:workflow#Stop", "xtk:workflow#Start"];
const SLACK_METHODS = ["chat.postMessage", "chat.update", "response_url", "views.open", "users.info", "usergroups.users.list"];

/** Draws the panel anew where it changed. */
export function showPanel() {
  const { campaign, time } = state;
  if (!campaign || !time) return;
  const archiving = campaign.workflows.filter((one) => one.account);
  const others = campaign.workflows.filter((one) => !one.account);
  const minute = Math.floor(now() / 60_000);
  showList(byId("panel"), [
    part("title", [], () => h("div", { class: "panel-title" }, h("h2", {}, "Campaign"), h("span", { class: "note" }, "the other side"))),
    part("strips", [campaign.day, minute], () => box("Restarts and runs of the day", strips())),
    ...archiving.map((one) => part(`workflow-${one.name}`, [one, journalOf(one)], () => workflow(one))),
    part("levers", [archiving.map((one) => [one.name, one.account, one.stored_start, RESTS.includes(one.state)]), awayNow()], () => levers(archiving)),
    part("break", [campaign.faults, state.scene.faults], () => breaking()),
    part("slow", [campaign.settings.slow_seconds], () => slowness()),
    part("bot", [time.bot], () => bot(time.bot)),
    part("others", [others, others.map(journalOf)], () => h("details", { class: "box" }, h("summary", {}, h("h3", {}, `${others.length} other workflows`)), others.map(workflow))),
  ]);
}

function part(key, parts, draw) {
  return { key, signature: JSON.stringify(parts), draw };
}

function box(title, ...content) {
  return h("section", { class: "box" }, h("h3", {}, title), ...content);
}

// --- Workflows ---

function workflow(one) {
  const isFailed = one.failed;
  const kind = isFailed ? "failed" : one.state === STARTED ? "well" : "resting";
  const running = one.running ? ", a run is under way" : "";
  const changed = one.loaded_start && JSON.stringify(one.loaded_start) !== JSON.stringify(one.stored_start);
  return h("section", { class: "box workflow" },
    h("h3", {}, h("code", {}, one.name), h("span", { class: `badge ${kind}` }, `${isFailed ? "failed, " : ""}${STATES[one.state] ?? one.state}${running}`)),
    h("dl", {},
      row("Schedule", schedule(one.stored_start)),
      changed ? row("Loaded", h("span", { class: "changed" }, `${schedule(one.loaded_start)}, until it is stopped and started`)) : null,
      row("Next run", nextRun(one)),
      row("Changed", one.last_modified ? `${moment(one.last_modified)} by ${one.modified_by}` : "never")),
    journal(one));
}

function row(name, value) {
  return [h("dt", {}, name), h("dd", {}, value)];
}

function schedule(start) {
  if (!start) return "cannot be read";
  const every = { "1h": "every hour" }[start.every] ?? (start.every ? `every ${start.every}` : "daily");
  return `${every} ${start.every ? "from" : "at"} ${start.at.slice(0, 5)}`;
}

function nextRun(one) {
  if (!one.next_run) return "none";
  return one.state === STARTED ? moment(one.next_run) : `none before it is started (was ${moment(one.next_run)})`;
}

function moment(instant) {
  const day = (at) => serverTime(at, { day: "numeric", month: "short" });
  const clock = serverTime(instant);
  return day(instant) === day(now()) ? clock : `${day(instant)} ${clock}`;
}

function journalOf(one) {
  return state.campaign.journal.filter((line) => line.workflow === one.id).slice(-MOST_LINES);
}

function journal(one) {
  const lines = journalOf(one).reverse();
  if (!lines.length) return h("p", { class: "note" }, "No journal lines of late.");
  return h("ol", { class: "journal", "aria-label": `Journal of ${one.name}, latest first`, tabindex: "0" }, lines.map((line) =>
    h("li", { class: line.error ? "wrong" : null }, h("time", {}, moment(line.at)),
      line.activity ? h("span", { class: "activity" }, line.error ? h("span", { class: "unseen" }, "error: ") : null, line.activity) : null,
      h("span", { class: "said" }, line.message))));
}

// --- Levers ---

function lever(label, path, body, { title = null, style = "", said = null, method = "POST" } = {}) {
  return h("button", { type: "button", class: `button ${style}`, title, "data-focus": `lever:${label}:${JSON.stringify(body)}`, on: { click: async (event) => {
    const node = event.currentTarget;
    node.setAttribute("aria-busy", "true");
    const answer = await order(path, body, method);
    node.removeAttribute("aria-busy");
    if (answer.error) toast(answer.error);
    else if (said) toast(said);
  } } }, label);
}

function awayNow() {
  return Object.entries(state.campaign.executions).filter(([, one]) => one.away).map(([name]) => name);
}

function levers(archiving) {
  const away = awayNow();
  const accounts = Object.keys(state.campaign.executions);
  return box("What others do",
    h("div", { class: "row" },
      accounts.map((account) => lever(accounts.length > 1 ? `Restart ${account} now` : "Restart RT now", "campaign/restart", { account, seconds: 180 },
        { title: "It is away for three minutes", said: `${account} restarts; it is back in three minutes.` })),
      archiving.map((one) => (RESTS.includes(one.state)
        ? lever(`Start ${one.name}`, "campaign/start", { workflow: one.name, login: SOMEBODY })
        : lever(`Stop ${one.name}`, "campaign/stop", { workflow: one.name, login: SOMEBODY })))),
    away.length ? h("p", { class: "changed" }, `${away.join(" and ")} ${away.length > 1 ? "are" : "is"} away now.`) : null,
    edit(archiving));
}

function edit(archiving) {
  const start = h("input", { name: "start", required: true, size: 5, maxlength: 5, inputmode: "numeric", pattern: "([01][0-9]|2[0-3]):[0-5][0-9]", title: "such as 00:05", value: archiving[0]?.stored_start?.at.slice(0, 5) ?? "", "data-focus": "edit-start" });
  const which = h("select", { name: "workflow", "aria-label": "Workflow", "data-focus": "edit-workflow",
    on: { change: () => { start.value = chosen().stored_start?.at.slice(0, 5) ?? ""; } } },
  archiving.map((one) => h("option", { value: one.name }, one.name)));
  const chosen = () => archiving.find((one) => one.name === which.value);
  return h("form", { class: "row", "aria-label": "Edit the schedule as somebody else", on: { submit: async (event) => {
    event.preventDefault();
    const key = chosen().stored_start?.key;
    if (!key) { toast("The schedule cannot be read."); return; }
    const answer = await order("campaign/edit", { workflow: which.value, login: SOMEBODY, period: { [key]: `${start.value}:00.000` } });
    toast(answer.error ?? (answer.changed.length ? `${SOMEBODY} saved: ${answer.changed.join("; ")}` : "Nothing was changed."));
  } } },
  h("label", {}, "Start time ", start), archiving.length > 1 ? which : null,
  h("button", { type: "submit", class: "button", "data-focus": "edit-save" }, `Save as ${SOMEBODY}`));
}

function breaking() {
  const target = h("select", { name: "target", "data-focus": "break-target", on: { change: offerModes } },
    h("optgroup", { label: "Campaign" }, h("option", { value: "campaign *" }, "any SOAP call"), ACTIONS.map((one) => h("option", { value: `campaign ${one}` }, one.split("#")[1] === "ExecuteQuery" ? "Query (ExecuteQuery)" : one.split("#")[1]))),
    h("optgroup", { label: "Slack" }, h("option", { value: "slack *" }, "any Web API call"), SLACK_METHODS.map((one) => h("option", { value: `slack ${one}` }, one))));
  const mode = h("select", { name: "mode", "data-focus": "break-mode" });
  const when = h("select", { name: "when", "data-focus": "break-when" }, [["before", "before it runs"], ["after", "after it ran"]].map(([value, label]) => h("option", { value }, label)));
  const times = h("input", { type: "number", min: 1, max: 99, value: 1, "data-focus": "break-times" });
  function offerModes() {
    const modes = target.value.startsWith("slack") ? state.scene.faults.slack_modes : state.scene.faults.modes;
    mode.replaceChildren(...modes.map((one) => h("option", { value: one }, one)));
  }
  offerModes();
  const waiting = state.campaign.faults;
  return box("Break the next call",
    h("form", { class: "grid", on: { submit: async (event) => {
      event.preventDefault();
      const [side, name] = target.value.split(" ");
      const fault = { mode: mode.value, when: when.value, times: Number(times.value), seconds: 5 };
      const answer = side === "slack" ? await order("slack/faults", { ...fault, method: name }) : await order("campaign/faults", { ...fault, action: name });
      if (answer.error) toast(answer.error);
      else if (side === "slack") toast(`Slack will break ${name === "*" ? "the next call" : `the next ${name}`}: ${mode.value}.`);
    } } },
    h("label", {}, "Call", target), h("label", {}, "with", mode), h("label", {}, "when", when), h("label", {}, "times", times),
    h("button", { type: "submit", class: "button danger", "data-focus": "break" }, "Break it")),
    waiting.length ? h("div", { class: "row" },
      h("ul", { class: "faults", "aria-label": "Faults still to come" }, waiting.map((one) => h("li", {}, `${one.action === "*" ? "any call" : one.action}: ${one.mode}, ${one.times}×`))),
      lever("Withdraw", "campaign/faults", {}, { method: "DELETE" })) : null);
}

function slowness() {
  const seconds = state.campaign.settings.slow_seconds;
  return box("Be slow",
    h("label", { class: "row" }, "Every SOAP call takes",
      h("select", { "data-focus": "slow", on: { change: async (event) => {
        const answer = await order("campaign/settings", { slow_seconds: Number(event.currentTarget.value) });
        if (answer.error) toast(answer.error);
      } } }, [[0, "its usual time"], [1, "1 s longer"], [5, "5 s longer"], [25, "25 s longer"]].map(([value, label]) =>
        h("option", { value, selected: value === seconds }, label)))));
}

const BOT = {
  running: { sign: "well", text: "runs", orders: [["Freeze", "freeze", "It stands still: what you do in Slack times out"], ["Kill", "kill", "It is gone, as after a power cut"]] },
  frozen: { sign: "resting", text: "stands still", orders: [["Let it go on", "thaw", "It does what it missed"], ["Kill", "kill", "It is gone, as after a power cut"]] },
  starting: { sign: "resting", text: "starts", orders: [] },
  stopped: { sign: "failed", text: "is stopped", orders: [["Start", "start", "It finds its work where it left it"]] },
};

function bot(now) {
  const { sign, text, orders } = BOT[now];
  return box("The bot",
    h("div", { class: "row" }, h("span", { class: `badge ${sign}` }, `mcsync ${text}`),
      orders.map(([label, name, title]) => lever(label, `bot/${name}`, {}, { title }))));
}
