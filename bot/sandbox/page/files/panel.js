// The other side: Campaign's workflows, the restarts of the day, and the levers that a tester wants.

import { h, byId, showList } from "./dom.js";
import { state, now, serverTime } from "./state.js";
import { strips } from "./strip.js";
import { RESTS, awayNow, bot, box, breaking, levers, slowness } from "./levers.js";

const STATES = {
  0: "being edited",
  10: "starting",
  11: "started",
  12: "pausing",
  13: "paused",
  14: "resuming",
  15: "stopping",
  20: "stopped",
};
const STARTED = 11;
const MOST_LINES = 8;

/** Draws the panel anew where it changed. */
export function showPanel() {
  const { campaign, time } = state;
  if (!campaign || !time) return;
  const archiving = campaign.workflows.filter((one) => one.account);
  const others = campaign.workflows.filter((one) => !one.account);
  const minute = Math.floor(now() / 60_000);
  showList(byId("panel"), [
    part("title", [], () =>
      h(
        "div",
        { class: "panel-title" },
        h("h2", {}, "Campaign"),
        h("span", { class: "note" }, "the other side"),
      ),
    ),
    part("strips", [campaign.day, minute], () => box("Restarts and runs of the day", strips())),
    ...archiving.map((one) => part(`workflow-${one.name}`, [one, journalOf(one)], () => workflow(one))),
    part(
      "levers",
      [
        archiving.map((one) => [one.name, one.account, one.stored_start, RESTS.includes(one.state)]),
        awayNow(),
      ],
      () => levers(archiving),
    ),
    part("break", [campaign.faults, state.scene.faults], () => breaking()),
    part("slow", [campaign.settings.slow_seconds], () => slowness()),
    part("bot", [time.bot], () => bot(time.bot)),
    part("others", [others, others.map(journalOf)], () =>
      h(
        "details",
        { class: "box" },
        h("summary", {}, h("h3", {}, `${others.length} other workflows`)),
        others.map(workflow),
      ),
    ),
  ]);
}

function part(key, parts, draw) {
  return { key, signature: JSON.stringify(parts), draw };
}

// --- Workflows ---

function workflow(one) {
  const isFailed = one.failed;
  const kind = isFailed ? "failed" : one.state === STARTED ? "well" : "resting";
  const running = one.running ? ", a run is under way" : "";
  const changed = one.loaded_start && JSON.stringify(one.loaded_start) !== JSON.stringify(one.stored_start);
  return h(
    "section",
    { class: "box workflow" },
    h(
      "h3",
      {},
      h("code", {}, one.name),
      h(
        "span",
        { class: `badge ${kind}` },
        `${isFailed ? "failed, " : ""}${STATES[one.state] ?? one.state}${running}`,
      ),
    ),
    h(
      "dl",
      {},
      row("Schedule", schedule(one.stored_start)),
      changed
        ? row(
            "Loaded",
            h("span", { class: "changed" }, `${schedule(one.loaded_start)}, until it is stopped and started`),
          )
        : null,
      row("Next run", nextRun(one)),
      row("Changed", one.last_modified ? `${moment(one.last_modified)} by ${one.modified_by}` : "never"),
    ),
    journal(one),
  );
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
  return one.state === STARTED
    ? moment(one.next_run)
    : `none before it is started (was ${moment(one.next_run)})`;
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
  return h(
    "ol",
    { class: "journal", "aria-label": `Journal of ${one.name}, latest first`, tabindex: "0" },
    lines.map((line) =>
      h(
        "li",
        { class: line.error ? "wrong" : null },
        h("time", {}, moment(line.at)),
        line.activity
          ? h(
              "span",
              { class: "activity" },
              line.error ? h("span", { class: "unseen" }, "error: ") : null,
              line.activity,
            )
          : null,
        h("span", { class: "said" }, line.message),
      ),
    ),
  );
}
