// Interactive elements of Block Kit: how each looks, what it holds, and when it tells the app.
//
// A surface is where an element stands: `{kind: "message" | "view", id, values, errors, press(block, element,
// value, node), control(block, element, read)}`. `control` registers how the element's value is read.

import { h, menu } from "./dom.js";
import { state, me } from "./state.js";
import { text, words } from "./text.js";
import { confirmed } from "./confirm.js";
import { boxes, picker, select, typed } from "./fields.js";

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
    return h(
      "a",
      {
        ...attributes,
        href: it.url,
        target: "_blank",
        rel: "noopener noreferrer",
        on: { click: (event) => tell(null, event.currentTarget) },
      },
      text(it.text),
    );
  }
  return h(
    "button",
    {
      ...attributes,
      type: "button",
      on: {
        click: (event) => {
          if (event.currentTarget.getAttribute("aria-busy") !== "true") tell(null, event.currentTarget);
        },
      },
    },
    text(it.text),
  );
}

function overflow({ it, focus, tell }) {
  return menu(
    "More",
    "⋯",
    it.options.map((option) => ({
      text: words(option.text),
      note: option.description ? words(option.description) : null,
      choose: () => {
        if (option.url) window.open(option.url, "_blank", "noopener");
        tell(option.value, null);
      },
    })),
    { "data-focus": focus, "data-action": it.action_id, class: "button" },
  );
}

function feedback({ it, tell }) {
  return h(
    "span",
    { class: "feedback" },
    [
      ["positive_button", "👍"],
      ["negative_button", "👎"],
    ].map(([part, sign]) =>
      h(
        "button",
        {
          type: "button",
          class: "button",
          "data-action": it.action_id,
          "aria-label": it[part].accessibility_label ?? words(it[part].text),
          title: words(it[part].text),
          on: { click: (event) => tell(it[part].value, event.currentTarget) },
        },
        sign,
      ),
    ),
  );
}

/** An image is described: pictures from elsewhere are not fetched. */
export function image(it) {
  return h(
    "span",
    { class: "picture", role: "img", "aria-label": it.alt_text, title: it.image_url ?? "" },
    `🖼 ${it.alt_text}`,
  );
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
