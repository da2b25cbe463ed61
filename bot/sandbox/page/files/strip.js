// The day as a strip: when servers are away, which runs are planned, which failed, and where now is.

import { h } from "./dom.js";
import { state, now, serverTime } from "./state.js";

const HALF_HOUR = 30 * 60_000;
const CLOCK = { hour: "2-digit", minute: "2-digit" };

/** Draws the day of each archiving workflow, and half an hour to either side of the restart nearest to now. */
export function strips() {
  const { day, workflows } = state.campaign;
  const archiving = workflows.filter((one) => one.account);
  const whole = [Date.parse(day.begin), Date.parse(day.end)];
  const middle = nearestRestart(archiving);
  const close = middle === null ? null : [middle - HALF_HOUR, middle + HALF_HOUR];
  return [
    ...archiving.map((one) => strip(one, whole, `${one.name}, the whole day`, hours(whole, 6))),
    ...(close
      ? archiving.map((one) => strip(one, close, `${one.name}, around RT's restart`, hours(close, 0.25)))
      : []),
    legend(),
  ];
}

function nearestRestart(archiving) {
  const begins = archiving.flatMap((one) => away(one.account)).map(([begin]) => begin);
  if (!begins.length) return null;
  return begins.reduce((best, one) => (Math.abs(one - now()) < Math.abs(best - now()) ? one : best));
}

function away(server) {
  return (state.campaign.day.away[server] ?? []).map(([begin, end]) => [Date.parse(begin), Date.parse(end)]);
}

function strip(workflow, span, title, ticks) {
  const runs = (state.campaign.day.runs[workflow.name] ?? []).map(Date.parse).filter(inside(span));
  const failed = (state.campaign.day.failures[workflow.name] ?? []).map(Date.parse).filter(inside(span));
  const rt = away(workflow.account).filter(([begin, end]) => begin < span[1] && end > span[0]);
  const marketing = away("marketing").filter(([begin, end]) => begin < span[1] && end > span[0]);
  const meets = (run) => rt.some(([begin, end]) => run >= begin && run < end);
  return h(
    "figure",
    { class: "strip" },
    h("figcaption", {}, title),
    h(
      "div",
      { class: "band", role: "img", "aria-label": told(title, runs, rt, failed, meets) },
      marketing.map(([begin, end]) =>
        bar("marketing", span, begin, end, `Marketing is away ${at(begin)}-${at(end)}`),
      ),
      rt.map(([begin, end]) => bar("rt", span, begin, end, `RT is away ${at(begin)}-${at(end)}`)),
      runs.map((run) =>
        mark(`run ${meets(run) ? "meets" : ""} ${run < now() ? "past" : ""}`, span, run, `Run ${at(run)}`),
      ),
      failed.map((one) => mark("failed", span, one, `Failed ${serverTime(one)}`)),
      inside(span)(now()) ? mark("now", span, now(), "now") : null,
    ),
    h(
      "div",
      { class: "ticks", "aria-hidden": "true" },
      ticks.map((tick) => mark("tick", span, tick, "", at(tick))),
    ),
  );
}

function told(title, runs, rt, failed, meets) {
  const met = runs.filter(meets);
  return [
    `${title}: ${runs.length} runs`,
    rt.length
      ? `RT is away ${rt.map(([begin, end]) => `${at(begin)} to ${at(end)}`).join(", ")}`
      : "RT stays",
    met.length ? `planned into it: ${met.map(at).join(", ")}` : "no run is planned into it",
    failed.length ? `failed: ${failed.map(at).join(", ")}` : "",
  ]
    .filter(Boolean)
    .join("; ");
}

function bar(kind, span, begin, end, title) {
  const node = h("span", { class: `bar ${kind}`, title });
  node.style.left = percent(span, Math.max(begin, span[0]));
  node.style.width = `calc(${percent([0, span[1] - span[0]], Math.min(end, span[1]) - Math.max(begin, span[0]))})`;
  return node;
}

function mark(kind, span, instant, title, label = null) {
  const node = h("span", { class: kind, title: title || null }, label);
  node.style.left = percent(span, instant);
  return node;
}

function percent([begin, end], instant) {
  return `${((instant - begin) / (end - begin)) * 100}%`;
}

function inside([begin, end]) {
  return (instant) => instant >= begin && instant < end;
}

function hours([begin, end], every) {
  const step = every * 3_600_000;
  const first = Math.ceil(begin / step) * step;
  const found = every >= 1 ? [begin] : [];
  for (let one = every >= 1 ? begin + step : first; one <= end; one += step) found.push(one);
  return found;
}

function at(instant) {
  return serverTime(instant, CLOCK);
}

function legend() {
  return h(
    "ul",
    { class: "legend" },
    [
      ["run", "run"],
      ["run meets", "run into the restart"],
      ["failed", "failed"],
      ["bar rt", "RT away"],
      ["bar marketing", "marketing away"],
      ["now", "now"],
    ].map(([kind, label]) =>
      h("li", {}, h("span", { class: `sample ${kind}`, "aria-hidden": "true" }), label),
    ),
  );
}
