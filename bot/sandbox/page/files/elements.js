// Interactive elements of Block Kit: how each looks, what it holds, and when it tells the app.
//
// A surface is where an element stands: `{kind: "message" | "view", id, values, errors, press(block, element,
// value, node), control(block, element, read)}`. `control` registers how the element's value is read.

import { h, menu } from "./dom.js";
import { state, me } from "./state.js";
import { text, words } from "./text.js";
import { confirmed } from "./confirm.js";

/** Renders one element; `tells` says whether a change goes to the app at once. */
export function element(it, block, surface, tells = true) {
  if (it.visible_to_user_ids && !it.visible_to_user_ids.includes(state.user)) return null;
  const draw = DRAWN[it.type];
  if (!draw) return h("span", { class: "unknown" }, `[${it.type}]`);
  return draw({
    it,
    block,
    surface,
    focus: `${surface.kind}:${surface.id}:${block.block_id}:${it.action_id}`,
    chosen: surface.values?.[block.block_id]?.[it.action_id],
    tell: tells ? (value, node) => press(surface, block, it, value, node) : () => {},
    holds: (read) => surface.control?.(block, it, read),
  });
}

async function press(surface, block, it, value, node) {
  if (it.confirm && !(await confirmed(it.confirm))) return;
  node?.setAttribute("aria-busy", "true");
  await surface.press(block, it, value);
  node?.removeAttribute("aria-busy");
}

function button({ it, focus, tell }) {
  const attributes = {
    class: `button ${it.style ?? ""}`,
    "aria-label": it.accessibility_label,
    "data-focus": focus,
    "data-action": it.action_id,
  };
  if (it.url) {
    return h("a", { ...attributes, href: it.url, target: "_blank", rel: "noopener noreferrer",
      on: { click: (event) => tell(null, event.currentTarget) } }, text(it.text));
  }
  return h("button", { ...attributes, type: "button", on: { click: (event) => {
    if (event.currentTarget.getAttribute("aria-busy") !== "true") tell(null, event.currentTarget);
  } } }, text(it.text));
}

function overflow({ it, focus, tell }) {
  return menu("More", "⋯", it.options.map((option) => ({
    text: words(option.text),
    note: option.description ? words(option.description) : null,
    choose: () => {
      if (option.url) window.open(option.url, "_blank", "noopener");
      tell(option.value, null);
    },
  })), { "data-focus": focus, "data-action": it.action_id, class: "button" });
}

/** Options of a menu: what Slack knows itself, or what the block carries. */
function choices(it) {
  const people = () => state.slack.people.filter((one) => !one.deleted).map((one) => ({ value: one.id, label: one.real_name }));
  const channels = () => state.slack.channels.map((one) => ({ value: one.id, label: `#${one.name}` }));
  if (it.type.includes("users")) return [{ options: people() }];
  if (it.type.includes("channels") || it.type.includes("conversations")) return [{ options: channels() }];
  const own = (option) => ({ value: option.value, label: words(option.text) });
  if (it.option_groups) return it.option_groups.map((group) => ({ label: words(group.label), options: group.options.map(own) }));
  return [{ options: (it.options ?? []).map(own) }];
}

function select({ it, block, focus, chosen, tell, holds }) {
  const many = it.type.startsWith("multi_");
  const before = chosenValues(it, chosen);
  const groups = choices(it).map((group) => {
    const options = group.options.map((option) => h("option", { value: option.value, selected: before.includes(option.value) }, option.label));
    return group.label ? h("optgroup", { label: group.label }, options) : options;
  });
  const placeholder = it.placeholder ? words(it.placeholder) : many ? "Choose some" : "Choose…";
  const node = h("select", {
    multiple: many,
    size: many ? 4 : null,
    "data-focus": focus,
    "data-action": it.action_id,
    "aria-label": labelOf(block, placeholder),
    disabled: it.type.includes("external"),
    on: { change: () => tell(read(), node) },
  }, many ? null : h("option", { value: "", selected: before.length === 0 }, placeholder), groups);
  const read = () => {
    const values = [...node.selectedOptions].map((one) => one.value).filter(Boolean);
    return many ? values : values[0] ?? null;
  };
  holds(read);
  return node;
}

function chosenValues(it, chosen) {
  const source = chosen ?? {};
  const options = source.selected_options ?? (source.selected_option ? [source.selected_option] : null);
  if (options) return options.map((option) => option.value);
  const single = ["selected_user", "selected_channel", "selected_conversation"].map((key) => source[key]).find(Boolean);
  const several = ["selected_users", "selected_channels", "selected_conversations"].map((key) => source[key]).find(Boolean);
  if (single || several) return several ?? [single];
  if (chosen) return [];
  const initial = [...(it.initial_options ?? []), ...(it.initial_option ? [it.initial_option] : [])].map((option) => option.value);
  const ids = [it.initial_user, it.initial_channel, it.initial_conversation].filter(Boolean);
  return [...initial, ...ids, ...(it.initial_users ?? it.initial_channels ?? it.initial_conversations ?? [])];
}

function boxes({ it, block, focus, chosen, tell, holds }) {
  const one = it.type === "radio_buttons";
  const before = chosenValues(it, chosen);
  const inputs = it.options.map((option) => h("input", {
    type: one ? "radio" : "checkbox",
    name: focus,
    value: option.value,
    checked: before.includes(option.value),
    "data-focus": `${focus}:${option.value}`,
    "data-action": it.action_id,
    on: { change: (event) => tell(read(), event.currentTarget) },
  }));
  const read = () => {
    const values = inputs.filter((input) => input.checked).map((input) => input.value);
    return one ? values[0] ?? null : values;
  };
  holds(read);
  return h("div", { class: "boxes", role: one ? "radiogroup" : "group", "aria-label": labelOf(block, "") }, it.options.map((option, index) =>
    h("label", {}, inputs[index], h("span", {}, text(option.text),
      option.description ? h("span", { class: "note" }, text(option.description)) : null))));
}

function typed({ it, block, focus, chosen, tell, holds }) {
  const kinds = { email_text_input: "email", url_text_input: "url", number_input: "text" };
  const rich = it.type === "rich_text_input";
  const isLong = it.multiline || rich;
  const value = rich ? "" : chosen?.value ?? it.initial_value ?? "";
  const triggers = it.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const node = h(isLong ? "textarea" : "input", {
    type: isLong ? null : kinds[it.type] ?? "text",
    inputmode: it.type === "number_input" ? "decimal" : null,
    rows: isLong ? 6 : null,
    maxlength: it.max_length,
    placeholder: it.placeholder ? words(it.placeholder) : null,
    "aria-label": labelOf(block, ""),
    "data-focus": focus,
    "data-action": it.action_id,
    value,
    on: {
      keydown: (event) => {
        if (event.key === "Enter" && !isLong && triggers.includes("on_enter_pressed")) tell(read(), node);
      },
      change: () => { if (triggers.includes("on_character_entered")) tell(read(), node); },
    },
  });
  const read = () => (node.value === "" ? null : rich ? richText(node.value) : node.value);
  holds(read);
  return node;
}

function richText(content) {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: content }] }] };
}

function picker({ it, block, focus, chosen, tell, holds }) {
  const kind = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[it.type];
  const stamp = chosen?.selected_date_time ?? it.initial_date_time;
  const value = {
    datepicker: () => chosen?.selected_date ?? it.initial_date ?? "",
    timepicker: () => chosen?.selected_time ?? it.initial_time ?? "",
    datetimepicker: () => (stamp ? localInput(stamp) : ""),
  }[it.type]();
  const node = h("input", {
    type: kind, value, "data-focus": focus, "data-action": it.action_id, "aria-label": labelOf(block, it.type),
    on: { change: () => tell(read(), node) },
  });
  const read = () => {
    if (node.value === "") return null;
    return it.type === "datetimepicker" ? Math.round(new Date(node.value).getTime() / 1000) : node.value;
  };
  holds(read);
  return node;
}

function localInput(seconds) {
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** An element beside its label needs no further name; one without gets the placeholder. */
function labelOf(block, otherwise) {
  return block.type === "input" ? null : otherwise || null;
}

function feedback({ it, tell }) {
  return h("span", { class: "feedback" }, [["positive_button", "👍"], ["negative_button", "👎"]].map(([part, sign]) =>
    h("button", { type: "button", class: "button", "data-action": it.action_id, "aria-label": it[part].accessibility_label ?? words(it[part].text),
      title: words(it[part].text), on: { click: (event) => tell(it[part].value, event.currentTarget) } }, sign)));
}

/** An image is described: pictures from elsewhere are not fetched. */
export function image(it) {
  return h("span", { class: "picture", role: "img", "aria-label": it.alt_text, title: it.image_url ?? "" }, `🖼 ${it.alt_text}`);
}

const DRAWN = {
  button,
  workflow_button: button,
  icon_button: button,
  overflow,
  static_select: select,
  external_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  multi_static_select: select,
  multi_external_select: select,
  multi_users_select: select,
  multi_channels_select: select,
  multi_conversations_select: select,
  checkboxes: boxes,
  radio_buttons: boxes,
  plain_text_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  number_input: typed,
  rich_text_input: typed,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
  feedback_buttons: feedback,
  image: ({ it }) => image(it),
  url_source: ({ it }) => h("a", { href: it.url, target: "_blank", rel: "noopener noreferrer" }, it.text),
  file_input: () => h("span", { class: "note" }, "Files cannot be sent in the sandbox."),
};
