// Slack's texts as elements: mrkdwn, plain text with emoji, dates in the viewer's zone and language.

import { h, add } from "./dom.js";
import { state, me, now, today } from "./state.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angled>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+):",
    "(?<![\\p{L}\\p{N}*])\\*(?=\\S)(?<bold>[^\\n*]*?\\S)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=\\S)(?<italic>[^\\n]*?\\S)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?=\\S)(?<strike>[^\\n~]*?\\S)~(?![\\p{L}\\p{N}~])",
  ].join("|"),
  "gu",
);
const FENCE = /```\n?([\s\S]*?)\n?```/g;
const QUOTED = /^(?:&gt;|>) ?/;

/** Renders a text object or a bare string. */
export function text(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return plain(value);
  return value.type === "mrkdwn" ? mrkdwn(value.text) : plain(value.text ?? "");
}

/** Renders plain text; emoji names that we can draw are drawn. */
export function plain(source) {
  return lines(source.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => state.scene.emoji[name] ?? whole));
}

/** Reads a text object as a string, for labels. */
export function words(value) {
  const holder = h("span", {}, text(value));
  return holder.textContent.trim();
}

export function mrkdwn(source) {
  const shown = document.createDocumentFragment();
  let end = 0;
  for (const fence of source.matchAll(FENCE)) {
    add(shown, [prose(source.slice(end, fence.index).replace(/\n$/, ""))]);
    shown.append(h("pre", {}, unescaped(fence[1])));
    end = fence.index + fence[0].length;
  }
  add(shown, [prose(end ? source.slice(end).replace(/^\n/, "") : source)]);
  return shown;
}

function prose(source) {
  if (!source) return null;
  const shown = [];
  let quote = null;
  let open = false;
  for (const line of source.split("\n")) {
    if (QUOTED.test(line)) {
      if (quote) quote.append(h("br"));
      else shown.push((quote = h("blockquote")));
      add(quote, [inline(line.replace(QUOTED, ""))]);
      open = false;
    } else {
      if (open) shown.push(h("br"));
      shown.push(inline(line));
      quote = null;
      open = true;
    }
  }
  return shown;
}

function inline(source) {
  const shown = [];
  let end = 0;
  for (const found of source.matchAll(INLINE)) {
    if (found.index > end) shown.push(unescaped(source.slice(end, found.index)));
    end = found.index + found[0].length;
    const { code, angled, emoji, bold, italic, strike } = found.groups;
    if (code !== undefined) shown.push(h("code", {}, unescaped(code)));
    else if (angled !== undefined) shown.push(reference(angled));
    else if (emoji !== undefined) shown.push(state.scene.emoji[emoji] ?? found[0]);
    else if (bold !== undefined) shown.push(h("strong", {}, inline(bold)));
    else if (italic !== undefined) shown.push(h("em", {}, inline(italic)));
    else shown.push(h("s", {}, inline(strike)));
  }
  if (end < source.length) shown.push(unescaped(source.slice(end)));
  return shown;
}

function reference(inside) {
  const [target, label] = split(inside, "|");
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#"))
    return h("span", { class: "mention" }, "#" + channelName(target.slice(1), label));
  if (target.startsWith("!subteam^"))
    return h("span", { class: "mention" }, "@" + groupName(target.slice(9), label));
  if (target.startsWith("!date^")) return date(target.split("^"), label);
  if (target.startsWith("!")) return h("span", { class: "mention" }, "@" + (label ?? target.slice(1)));
  return link(target, label);
}

export function link(target, label) {
  const isWeb = /^https?:\/\//.test(target) || target.startsWith("mailto:");
  const shown = unescaped(label ?? target.replace(/^mailto:/, ""));
  return isWeb ? h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, shown) : shown;
}

export function mention(id, label) {
  const person = state.slack.people.find((one) => one.id === id);
  const name = label ?? person?.real_name ?? (id === state.slack.app.user ? state.slack.app.name : id);
  return h("span", { class: id === me()?.id ? "mention mine" : "mention" }, "@" + name.replace(/^@/, ""));
}

export function channelName(id, label) {
  return label || state.slack.channels.find((one) => one.id === id)?.name || id;
}

export function groupName(id, label) {
  return (label || state.slack.handles[id] || id).replace(/^@/, "");
}

function date([, seconds, format], fallback) {
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return fallback ?? seconds;
  return h("time", { datetime: moment.toISOString(), title: fallback ?? "" }, formatted(moment, format));
}

/** Writes an instant by Slack's date tokens, in the viewer's zone and language. */
export function formatted(moment, format) {
  const write = (options) =>
    new Intl.DateTimeFormat(me().locale, { timeZone: me().zone, ...options }).format(moment);
  const clock = { hour: "numeric", minute: "2-digit" };
  const near = nearby(moment);
  const tokens = {
    date_num: () => today(moment),
    date: () => write({ year: "numeric", month: "long", day: "numeric" }),
    date_short: () => write({ year: "numeric", month: "short", day: "numeric" }),
    date_long: () => write({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: () => write(clock),
    time_secs: () => write({ ...clock, second: "2-digit" }),
    ago: () => ago(moment),
  };
  for (const kind of ["date", "date_short", "date_long"])
    tokens[`${kind}_pretty`] = () => near ?? tokens[kind]();
  return format.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.() ?? whole);
}

function nearby(moment) {
  const days = Math.round((Date.parse(today(moment)) - Date.parse(today())) / 86_400_000);
  if (Math.abs(days) > 1) return null;
  return new Intl.RelativeTimeFormat(me().locale, { numeric: "auto" }).format(days, "day");
}

function ago(moment) {
  const seconds = Math.round((moment.getTime() - now()) / 1000);
  const [size, unit] = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ].find(([one]) => Math.abs(seconds) >= one) ?? [1, "second"];
  return new Intl.RelativeTimeFormat(me().locale, { numeric: "auto" }).format(
    Math.trunc(seconds / size),
    unit,
  );
}

function lines(source) {
  return source.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function unescaped(source) {
  return source.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function split(source, sign) {
  const place = source.indexOf(sign);
  return place < 0 ? [source, undefined] : [source.slice(0, place), source.slice(place + 1)];
}
