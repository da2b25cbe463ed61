// What can come next in a line: commands, their words, people. The commands are what the app's own help says;
// they may follow the slash command or a mention of the app.

import { state } from "./state.js";

const COMMAND = "/mcsync";

/** Returns the completions of a line up to the caret: `{line, label, note}`, the line as it would become. */
export function completions(line) {
  if (line.includes("\n")) return [];
  if (line.startsWith("/")) return line.includes(" ") ? words(line) : commands(line);
  if (line.startsWith(`${mention()} `) && state.slack?.app.hears_mentions) return words(line);
  const begun = line.match(/(^|\s)@([\w.-]*)$/);
  return begun ? people(line.slice(0, line.length - begun[2].length), begun[2]) : [];
}

function mention() {
  return `@${state.slack?.app.name}`;
}

function commands(typed) {
  if (!COMMAND.startsWith(typed)) return [];
  return state.scene.commands.map((one) => offer(one, COMMAND));
}

function offer({ name, usage, does }, caller) {
  return {
    line: `${caller} ${name}${usage ? " " : ""}`,
    label: `${caller} ${name} ${usage}`.trim(),
    note: does,
  };
}

function words(line) {
  const [typed, name = "", ...rest] = line.split(/ +/);
  if (![COMMAND, mention()].includes(typed)) return [];
  if (rest.length === 0)
    return state.scene.commands
      .filter((one) => one.name.startsWith(name))
      .map((one) => offer(one, typed));
  const command = state.scene.commands.find((one) => one.name === name);
  if (!command) return [];
  const last = rest.at(-1);
  const places = alternatives(command.usage);
  const before = line.slice(0, line.length - last.length);
  return (places[rest.length - 1] ?? [])
    .flatMap(values)
    .filter(({ word }) => word.startsWith(last) && word !== last)
    .map(({ word, note }) => ({
      line: before + word + (rest.length < places.length ? " " : ""),
      label: word,
      note,
    }));
}

/** Reads `<workflow> +5 | +10` as the words that each place may hold. */
function alternatives(usage) {
  const parts = usage.match(/\[[^\]]*\]|<[^>]*>|\||[^\s[\]<>|]+/g) ?? [];
  const places = [];
  let isOr = false;
  for (const part of parts) {
    if (part === "|") {
      isOr = true;
      continue;
    }
    const named = part
      .replace(/[[\]<>]/g, "")
      .split("|")
      .map((one) => one.trim().split(/\s+/)[0])
      .filter(Boolean);
    if (isOr) places[places.length - 1].push(...named);
    else places.push(named);
    isOr = false;
  }
  return places;
}

/** Returns what a word of a usage stands for; a word in small letters that names nothing here is itself. */
function values(word) {
  const archiving = (state.campaign?.workflows ?? []).filter((one) => one.account);
  switch (word) {
    case "workflow":
      return archiving.map((one) => ({ word: one.name, note: one.label }));
    case "instance":
      return [{ word: "prod", note: "the Campaign of the sandbox" }];
    case "command":
      return state.scene.commands.map((one) => ({ word: one.name, note: one.does }));
    case "days":
      return [
        { word: "7", note: "days" },
        { word: "30", note: "days" },
      ];
    default:
      return /^[A-Z]+$/.test(word) ? [] : [{ word, note: "" }];
  }
}

function people(before, begun) {
  const all = [{ name: state.slack.app.name, real_name: "the bot" }, ...state.slack.people];
  return all
    .filter((one) => one.name.startsWith(begun))
    .map((one) => ({ line: `${before}${one.name} `, label: `@${one.name}`, note: one.real_name }));
}
