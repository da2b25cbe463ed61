// Blocks of Block Kit as elements, one function for each type.

import { h } from "./dom.js";
import { text, words, mrkdwn } from "./text.js";
import { element, image } from "./elements.js";
import { rich, markdown } from "./rich.js";
import { table, dataTable, chart } from "./data.js";

const TASK_SIGNS = { pending: "○", in_progress: "◐", complete: "●", error: "✕" };
const ALERT_SIGNS = { default: "", info: "ℹ️", warning: "⚠️", error: "⛔", success: "✅" };

/** Renders blocks on a surface (see `elements.js`). */
export function blocks(list, surface) {
  return list.map((block) => {
    const draw = DRAWN[block.type];
    const node = draw ? draw(block, surface) : h("p", { class: "unknown" }, `[${block.type}]`);
    node.classList.add("block", `block-${block.type.replace(/_/g, "-")}`);
    return node;
  });
}

function section(block, surface) {
  return h(
    "div",
    {},
    h(
      "div",
      { class: "section-text" },
      block.text ? h("div", { class: "text" }, text(block.text)) : null,
      block.fields
        ? h(
            "div",
            { class: "fields" },
            block.fields.map((field) => h("div", { class: "text" }, text(field))),
          )
        : null,
    ),
    block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, surface)) : null,
  );
}

function context(block) {
  return h(
    "div",
    {},
    block.elements.map((one) => h("span", { class: "text" }, one.type === "image" ? image(one) : text(one))),
  );
}

function actions(block, surface) {
  return h(
    "div",
    { class: "row" },
    block.elements.map((one) => element(one, block, surface)),
    surface.warning?.(block),
  );
}

function input(block, surface) {
  const key = `${surface.id}-${block.block_id}`.replace(/[^\w-]/g, "_");
  const problem = surface.errors?.[block.block_id];
  const control = element(block.element, block, surface, block.dispatch_action === true);
  const target = control.matches("input, textarea, select") ? control : null;
  if (target) target.id = `field-${key}`;
  const described = [problem ? `error-${key}` : null, block.hint ? `hint-${key}` : null]
    .filter(Boolean)
    .join(" ");
  (target ?? control).setAttribute("aria-describedby", described);
  if (problem) (target ?? control).setAttribute("aria-invalid", "true");
  const label = [text(block.label), block.optional ? h("span", { class: "note" }, " (optional)") : null];
  if (!target && ["radiogroup", "group"].includes(control.getAttribute("role")))
    control.setAttribute("aria-label", words(block.label));
  return h(
    "div",
    { class: problem ? "wrong" : null },
    target ? h("label", { for: target.id }, label) : h("p", { class: "label" }, label),
    control,
    problem ? h("p", { class: "error", id: `error-${key}` }, problem) : null,
    block.hint ? h("p", { class: "note", id: `hint-${key}` }, text(block.hint)) : null,
  );
}

function picture(block) {
  return h("figure", {}, block.title ? h("figcaption", {}, text(block.title)) : null, image(block));
}

function card(block, surface) {
  return h(
    "div",
    {},
    block.hero_image ? image(block.hero_image) : null,
    block.title ? h("h4", {}, block.icon ? image(block.icon) : null, text(block.title)) : null,
    block.subtitle ? h("p", { class: "note" }, text(block.subtitle)) : null,
    block.body ? h("p", {}, text(block.body)) : null,
    block.subtext ? h("p", { class: "note" }, text(block.subtext)) : null,
    block.actions
      ? h(
          "div",
          { class: "row" },
          block.actions.map((one) => element(one, block, surface)),
        )
      : null,
  );
}

function container(block, surface) {
  const title = [
    block.icon ? image(block.icon) : null,
    block.rich_text_title ? rich(block.rich_text_title) : text(block.title),
  ];
  const subtitle = block.subtitle ? h("span", { class: "note" }, text(block.subtitle)) : null;
  const inside = h("div", { class: "inside" }, blocks(block.child_blocks, surface));
  if (!block.is_collapsible)
    return h("div", {}, h("div", { class: "container-title" }, title, subtitle), inside);
  return h(
    "details",
    { open: !block.default_collapsed },
    h(
      "summary",
      { "data-focus": `${surface.id}:${block.block_id}` },
      h("span", { class: "container-title" }, title, subtitle),
    ),
    inside,
  );
}

function task(one) {
  return h(
    "li",
    { class: `task ${one.status}` },
    h(
      "span",
      { class: "sign", role: "img", "aria-label": one.status.replace("_", " ") },
      TASK_SIGNS[one.status] ?? "○",
    ),
    h(
      "div",
      {},
      h("span", {}, one.title),
      [one.details, one.output].filter(Boolean).map((part) => h("div", { class: "text" }, rich(part))),
      (one.sources ?? []).map((source) =>
        h("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, source.text),
      ),
    ),
  );
}

const DRAWN = {
  actions,
  alert: (block) =>
    h(
      "p",
      { class: `alert ${block.level ?? "default"}` },
      ALERT_SIGNS[block.level ?? "default"],
      " ",
      text(block.text),
    ),
  card,
  carousel: (block, surface) =>
    h(
      "div",
      { tabindex: "0", role: "group", "aria-label": "Carousel" },
      blocks(
        block.elements.map((one) => ({ ...one, type: "card" })),
        surface,
      ),
    ),
  container,
  context,
  context_actions: actions,
  data_table: dataTable,
  data_visualization: chart,
  divider: () => h("hr"),
  file: (block) => h("p", { class: "note" }, `📎 ${block.external_id}`),
  header: (block) => h("h3", {}, text(block.text)),
  image: picture,
  input,
  markdown: (block) => h("div", { class: "text" }, markdown(block.text)),
  plan: (block) => h("div", {}, h("h4", {}, block.title), h("ol", { class: "tasks" }, block.tasks.map(task))),
  rich_text: (block) => h("div", { class: "text" }, rich(block)),
  section,
  table,
  task_card: (block) => h("div", {}, h("ol", { class: "tasks" }, task(block))),
  video: (block) => h("p", { role: "img", "aria-label": block.alt_text }, "🎞 ", text(block.title)),
};

/** Renders the coloured attachments of a message. */
export function attachments(list, surface) {
  return list.map((one) => {
    const node = h(
      "div",
      { class: "attachment" },
      one.pretext ? h("div", { class: "text" }, mrkdwn(one.pretext)) : null,
      one.title ? h("strong", {}, one.title) : null,
      one.text ? h("div", { class: "text" }, mrkdwn(one.text)) : null,
      one.blocks ? blocks(one.blocks, surface) : null,
      one.footer ? h("p", { class: "note" }, one.footer) : null,
    );
    if (/^#?[0-9a-fA-F]{6}$/.test(one.color ?? ""))
      node.style.borderLeftColor = `#${one.color.replace("#", "")}`;
    return node;
  });
}
