// Who wrote a message, and when.

import { h } from "./dom.js";
import { state, me, today } from "./state.js";

export function nameOf(user) {
  return state.slack.people.find((one) => one.id === user)?.real_name ?? user;
}

export function avatar(user) {
  if (user === "app") return h("span", { class: "avatar app", "aria-hidden": "true" }, "m");
  if (user === "slackbot" || user === "USLACKBOT")
    return h("span", { class: "avatar slackbot", "aria-hidden": "true" }, "S");
  const index = state.slack.people.findIndex((one) => one.id === user);
  return h(
    "span",
    { class: `avatar person-${Math.max(0, index) % 6}`, "aria-hidden": "true" },
    nameOf(user).slice(0, 1),
  );
}

/** Writes when a message came: the time alone on the present day, else with its date; in the viewer's zone. */
export function clockOf(at) {
  const write = (options) =>
    new Intl.DateTimeFormat(me().locale, { timeZone: me().zone, ...options }).format(at);
  const clock = write({ hour: "numeric", minute: "2-digit" });
  return today(at) === today() ? clock : `${write({ day: "numeric", month: "short" })} ${clock}`;
}
