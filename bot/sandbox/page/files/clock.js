// Rule time: the clock, the skips, and how far a journey is.

import { h, byId, fill } from "./dom.js";
import { state, now, serverTime } from "./state.js";
import { order } from "./server.js";
import { toast } from "./confirm.js";

const SKIPS = [
  { label: "1 min", path: "time/minutes", body: { count: 1 }, title: "Let one minute pass" },
  {
    label: "next run",
    path: "time/next-run",
    title: "Go to the next archiving run, through it, until mcsync has looked",
  },
  { label: "tomorrow 05:58", path: "time/tomorrow", title: "Go to two minutes before tomorrow's restart" },
];

/** The skip that was pressed last; its place in the order of the keyboard is the Stop button's meanwhile. */
let pressed = SKIPS[0].path;
let wasUnderWay = false;

export function showClock() {
  const clock = byId("clock");
  const [hour, day] = [
    serverTime(now()),
    serverTime(now(), { weekday: "short", day: "numeric", month: "short", year: "numeric" }),
  ];
  clock.setAttribute("datetime", new Date(now()).toISOString());
  if (clock.textContent === "") fill(clock, h("strong"), h("span"));
  clock.firstChild.textContent = hour;
  clock.lastChild.textContent = `${day}, ${state.scene.zone}`;
  const bar = byId("skips").querySelector("progress");
  if (bar) bar.value = travelled();
}

export function showTime() {
  const journey = state.time.journey;
  const isUnderWay = Boolean(journey) && !journey.over;
  fill(
    byId("skips"),
    isUnderWay
      ? underWay(journey)
      : [h("span", { class: "note", "aria-hidden": "true" }, "Skip to"), SKIPS.map(skip)],
  );
  byId("skips").dataset.arrived = journey ? journey.number - Number(isUnderWay) : 0;
  if (wasUnderWay && !isUnderWay) {
    if (journey.trouble) toast(`Time stopped early: ${journey.trouble}`);
    byId("announcer").textContent = `It is ${serverTime(now())}.`;
  }
  wasUnderWay = isUnderWay;
  showClock();
}

function skip({ label, path, body, title }) {
  return h(
    "button",
    {
      type: "button",
      class: "button",
      title,
      "aria-label": `Skip to ${label}`,
      "data-focus": path,
      on: {
        click: () => {
          pressed = path;
          travel(path, body);
        },
      },
    },
    label,
  );
}

function underWay(journey) {
  return [
    h("span", {}, `On the way to ${journey.to}`),
    h("progress", { max: 1, value: travelled(), "aria-label": "How far" }),
    h(
      "button",
      { type: "button", class: "button", "data-focus": pressed, on: { click: () => travel("time/stop") } },
      "Stop here",
    ),
  ];
}

function travelled() {
  const { begin, end } = state.time.journey;
  return Math.min(1, Math.max(0, (now() - Date.parse(begin)) / (Date.parse(end) - Date.parse(begin))));
}

async function travel(path, body) {
  const answer = await order(path, body);
  if (!answer.ok) toast(answer.error);
}
