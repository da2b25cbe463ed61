// Rich text, and the small part of Markdown that Slack's markdown block shows.

import { h } from "./dom.js";
import { state } from "./state.js";
import { channelName, formatted, groupName, link, mention } from "./text.js";

/** Renders a rich_text block's elements. */
export function rich(block) {
  return (block.elements ?? []).map(
    (one) => PARTS[one.type]?.(one) ?? h("span", { class: "unknown" }, `[${one.type}]`),
  );
}

const PARTS = {
  rich_text_section: (one) => h("div", {}, runs(one)),
  rich_text_preformatted: (one) => h("pre", {}, runs(one)),
  rich_text_quote: (one) => h("blockquote", {}, runs(one)),
  rich_text_list: (one) =>
    h(
      one.style === "ordered" ? "ol" : "ul",
      {
        class: `indent-${one.indent ?? 0}`,
        start: one.style === "ordered" ? 1 + (one.offset ?? 0) : null,
      },
      one.elements.map((item) => h("li", {}, runs(item))),
    ),
};

function runs(holder) {
  return holder.elements.map((run) => styled(run, shown(run)));
}

function shown(run) {
  switch (run.type) {
    case "text":
      return run.text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
    case "link":
      return link(run.url, run.text || undefined);
    case "emoji":
      return state.scene.emoji[run.name] ?? `:${run.name}:`;
    case "user":
      return mention(run.user_id);
    case "usergroup":
      return h("span", { class: "mention" }, "@" + groupName(run.usergroup_id));
    case "channel":
      return h("span", { class: "mention" }, "#" + channelName(run.channel_id));
    case "broadcast":
      return h("span", { class: "mention" }, "@" + run.range);
    case "date":
      return h("time", { title: run.fallback ?? "" }, formatted(new Date(run.timestamp * 1000), run.format));
    default:
      return String(run.value ?? "");
  }
}

function styled(run, content) {
  const tags = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code", highlight: "mark" };
  let node = content;
  for (const [name, tag] of Object.entries(tags)) if (run.style?.[name]) node = h(tag, {}, node);
  return node;
}

/** Renders Markdown: headings, lists, quotes, code, rules, bold, italic, code spans, links. */
export function markdown(source) {
  const shownParts = [];
  let list = null;
  let code = null;
  for (const line of source.split("\n")) {
    if (line.startsWith("```")) {
      if (code) {
        shownParts.push(h("pre", {}, code.join("\n")));
        code = null;
      } else code = [];
      continue;
    }
    if (code) {
      code.push(line);
      continue;
    }
    const item = line.match(/^\s*(?:[-*+]|(\d+)\.)\s+(.*)$/);
    if (item) {
      const tag = item[1] ? "ol" : "ul";
      if (list?.tagName.toLowerCase() !== tag) shownParts.push((list = h(tag)));
      list.append(h("li", {}, spans(item[2])));
      continue;
    }
    list = null;
    const heading = line.match(/^(#{1,6})\s+(.*)$/);
    if (heading) shownParts.push(h("h4", {}, spans(heading[2])));
    else if (/^\s*(?:---|\*\*\*)\s*$/.test(line)) shownParts.push(h("hr"));
    else if (line.startsWith(">")) shownParts.push(h("blockquote", {}, spans(line.replace(/^>\s?/, ""))));
    else if (line.trim()) shownParts.push(h("p", {}, spans(line)));
  }
  if (code) shownParts.push(h("pre", {}, code.join("\n")));
  return shownParts;
}

function spans(source) {
  const shownParts = [];
  let end = 0;
  for (const found of source.matchAll(
    /`([^`]+)`|\*\*([^*]+)\*\*|[*_]([^*_]+)[*_]|\[([^\]]+)\]\(([^)\s]+)\)/g,
  )) {
    shownParts.push(source.slice(end, found.index));
    end = found.index + found[0].length;
    if (found[1]) shownParts.push(h("code", {}, found[1]));
    else if (found[2]) shownParts.push(h("strong", {}, found[2]));
    else if (found[3]) shownParts.push(h("em", {}, found[3]));
    else shownParts.push(link(found[5], found[4]));
  }
  shownParts.push(source.slice(end));
  return shownParts;
}
