// Fields of Block Kit: menus, boxes, text fields and pickers, and how the value of each is read.
//
// A field is given `{it, block, focus, chosen, tell, holds}` by `elements.js`: the element and its block, its
// key for the focus, what is chosen so far, whom to tell of a change, and who keeps the way to read its value.

import { h } from "./dom.js";
import { state } from "./state.js";
import { text, words } from "./text.js";

/** Options of a menu: what Slack knows itself, or what the block carries. */
function choices(it) {
  const people = () =>
    state.slack.people.filter((one) => !one.deleted).map((one) => ({ value: one.id, label: one.real_name }));
  const channels = () => state.slack.channels.map((one) => ({ value: one.id, label: `#${one.name}` }));
  if (it.type.includes("users")) return [{ options: people() }];
  if (it.type.includes("channels") || it.type.includes("conversations")) return [{ options: channels() }];
  const own = (option) => ({ value: option.value, label: words(option.text) });
  if (it.option_groups)
    return it.option_groups.map((group) => ({ label: words(group.label), options: group.options.map(own) }));
  return [{ options: (it.options ?? []).map(own) }];
}

export function select({ it, block, focus, chosen, tell, holds }) {
  const many = it.type.startsWith("multi_");
  const before = chosenValues(it, chosen);
  const groups = choices(it).map((group) => {
    const options = group.options.map((option) =>
      h("option", { value: option.value, selected: before.includes(option.value) }, option.label),
    );
    return group.label ? h("optgroup", { label: group.label }, options) : options;
  });
  const placeholder = it.placeholder ? words(it.placeholder) : many ? "Choose some" : "Choose…";
  const node = h(
    "select",
    {
      multiple: many,
      size: many ? 4 : null,
      "data-focus": focus,
      "data-action": it.action_id,
      "aria-label": labelOf(block, placeholder),
      disabled: it.type.includes("external"),
      on: { change: () => tell(read(), node) },
    },
    many ? null : h("option", { value: "", selected: before.length === 0 }, placeholder),
    groups,
  );
  const read = () => {
    const values = [...node.selectedOptions].map((one) => one.value).filter(Boolean);
    return many ? values : (values[0] ?? null);
  };
  holds(read);
  return node;
}

function chosenValues(it, chosen) {
  const source = chosen ?? {};
  const options = source.selected_options ?? (source.selected_option ? [source.selected_option] : null);
  if (options) return options.map((option) => option.value);
  const single = ["selected_user", "selected_channel", "selected_conversation"]
    .map((key) => source[key])
    .find(Boolean);
  const several = ["selected_users", "selected_channels", "selected_conversations"]
    .map((key) => source[key])
    .find(Boolean);
  if (single || several) return several ?? [single];
  if (chosen) return [];
  const initial = [...(it.initial_options ?? []), ...(it.initial_option ? [it.initial_option] : [])].map(
    (option) => option.value,
  );
  const ids = [it.initial_user, it.initial_channel, it.initial_conversation].filter(Boolean);
  return [...initial, ...ids, ...(it.initial_users ?? it.initial_channels ?? it.initial_conversations ?? [])];
}

export function boxes({ it, block, focus, chosen, tell, holds }) {
  const one = it.type === "radio_buttons";
  const before = chosenValues(it, chosen);
  const inputs = it.options.map((option) =>
    h("input", {
      type: one ? "radio" : "checkbox",
      name: focus,
      value: option.value,
      checked: before.includes(option.value),
      "data-focus": `${focus}:${option.value}`,
      "data-action": it.action_id,
      on: { change: (event) => tell(read(), event.currentTarget) },
    }),
  );
  const read = () => {
    const values = inputs.filter((input) => input.checked).map((input) => input.value);
    return one ? (values[0] ?? null) : values;
  };
  holds(read);
  return h(
    "div",
    { class: "boxes", role: one ? "radiogroup" : "group", "aria-label": labelOf(block, "") },
    it.options.map((option, index) =>
      h(
        "label",
        {},
        inputs[index],
        h(
          "span",
          {},
          text(option.text),
          option.description ? h("span", { class: "note" }, text(option.description)) : null,
        ),
      ),
    ),
  );
}

/** How long nothing was typed when what was typed is told. */
const PAUSE_MS = 300;

export function typed({ it, block, focus, chosen, tell, holds }) {
  const kinds = { email_text_input: "email", url_text_input: "url", number_input: "text" };
  const rich = it.type === "rich_text_input";
  const isLong = it.multiline || rich;
  const value = rich ? "" : (chosen?.value ?? it.initial_value ?? "");
  const triggers = it.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let pausing = 0;
  let told = value;
  const dispatch = () => {
    clearTimeout(pausing);
    told = node.value;
    tell(read(), node);
  };
  const node = h(isLong ? "textarea" : "input", {
    type: isLong ? null : (kinds[it.type] ?? "text"),
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
        if (event.key !== "Enter" || isLong || event.isComposing || !block.dispatch_action) return;
        event.preventDefault(); // Enter tells the app here; it does not submit
        if (triggers.includes("on_enter_pressed")) dispatch();
      },
      input: () => {
        if (!block.dispatch_action || !triggers.includes("on_character_entered")) return;
        clearTimeout(pausing);
        pausing = setTimeout(() => {
          if (node.isConnected && node.value !== told) dispatch();
        }, PAUSE_MS);
      },
    },
  });
  const read = () => (node.value === "" ? null : rich ? richText(node.value) : node.value);
  holds(read);
  return node;
}

function richText(content) {
  return {
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text: content }] }],
  };
}

export function picker({ it, block, focus, chosen, tell, holds }) {
  const kind = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[it.type];
  const stamp = chosen?.selected_date_time ?? it.initial_date_time;
  const value = {
    datepicker: () => chosen?.selected_date ?? it.initial_date ?? "",
    timepicker: () => chosen?.selected_time ?? it.initial_time ?? "",
    datetimepicker: () => (stamp ? localInput(stamp) : ""),
  }[it.type]();
  const node = h("input", {
    type: kind,
    value,
    "data-focus": focus,
    "data-action": it.action_id,
    "aria-label": labelOf(block, it.type),
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
