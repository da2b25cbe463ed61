// Views: the modal on top of your stack, and the app's Home tab.

import { h, byId, fill } from "./dom.js";
import { state } from "./state.js";
import { words } from "./text.js";
import { blocks } from "./blocks.js";
import { describeFailure } from "./failures.js";
import { toast } from "./confirm.js";
import { order } from "./server.js";

/** How the value of each field is read, by block and action; of the modal and of the Home tab. */
const readers = { modal: new Map(), home: new Map() };
let shownModal = "";
let shownHome = "";

export function showModal() {
  const dialog = byId("modal");
  const mine = state.slack.modals.filter((one) => one.user === state.user);
  const view = mine.at(-1);
  const signature = view ? JSON.stringify([view.id, view.hash, view.errors]) : "";
  if (signature === shownModal) return;
  const isSame = Boolean(view) && shownModal.startsWith(JSON.stringify([view.id]).slice(0, -1));
  const kept = isSame ? values("modal") : {};
  shownModal = signature;
  if (!view) {
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  readers.modal.clear();
  const surface = surfaceOf(view, "modal", kept);
  fill(
    dialog,
    h(
      "form",
      {
        class: "modal-form",
        novalidate: true,
        method: "dialog",
        autocomplete: "off",
        on: {
          submit: (event) => {
            event.preventDefault();
            submit(view);
          },
        },
      },
      h(
        "div",
        { class: "modal-top" },
        mine.length > 1
          ? h(
              "button",
              {
                type: "button",
                class: "close",
                "aria-label": "Back",
                on: { click: () => close(view, false) },
              },
              "‹",
            )
          : null,
        h("h2", { id: "modal-title" }, words(view.title)),
        h(
          "button",
          {
            type: "button",
            class: "close",
            "aria-label": "Close",
            "data-focus": "modal-close",
            on: { click: () => close(view, true) },
          },
          "×",
        ),
      ),
      h("div", { class: "modal-body" }, blocks(view.blocks, surface)),
      h("p", { class: "error modal-trouble", id: "modal-trouble", role: "alert" }),
      h(
        "div",
        { class: "row end modal-bottom" },
        h(
          "button",
          {
            type: "button",
            class: "button",
            "data-focus": "modal-cancel",
            on: { click: () => close(view, false) },
          },
          view.close ? words(view.close) : "Cancel",
        ),
        view.submit
          ? h(
              "button",
              { type: "submit", class: "button primary", "data-focus": "modal-submit" },
              words(view.submit),
            )
          : null,
      ),
    ),
  );
  dialog.oncancel = (event) => {
    event.preventDefault();
    close(view, false);
  };
  if (!dialog.open) dialog.showModal();
  if (Object.keys(view.errors).length) dialog.querySelector("[aria-invalid]")?.focus();
  else if (!isSame) dialog.querySelector("input, textarea, select")?.focus();
}

async function submit(view) {
  const button = byId("modal").querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  byId("modal-trouble").textContent = "";
  const answer = await order("slack/submit", { user: state.user, view_id: view.id, state: values("modal") });
  button.removeAttribute("aria-busy");
  if (answer.ok || answer.errors || !byId("modal-trouble")) return;
  byId("modal-trouble").textContent = answer.shown ? `${answer.shown} (${answer.error})` : answer.error;
}

async function close(view, all) {
  const answer = await order("slack/close", { user: state.user, view_id: view.id, all });
  if (!answer.ok) toast(describeFailure(answer.error));
}

export function showHome() {
  const pane = byId("home");
  const view = state.slack.homes[state.user];
  const signature = JSON.stringify([state.user, view?.id, view?.hash]);
  if (signature === shownHome) return;
  const kept = shownHome.startsWith(JSON.stringify([state.user, view?.id]).slice(0, -1))
    ? values("home")
    : {};
  shownHome = signature;
  readers.home.clear();
  fill(
    pane,
    view
      ? blocks(view.blocks, surfaceOf(view, "home", kept))
      : h("p", { class: "nothing" }, `${state.slack.app.name} has not published a Home tab for you.`),
  );
}

function surfaceOf(view, kind, kept) {
  const merged = { ...view.state.values };
  return {
    kind: "view",
    id: view.id,
    errors: view.errors,
    values: merged,
    control: (block, element, read) => {
      readers[kind].set(`${block.block_id} ${element.action_id}`, { block, element, read });
      restore(kind, block, element, kept);
    },
    press: async (block, element, value) => {
      const where = kind === "home" ? { home: true } : { view_id: view.id };
      const wish = {
        user: state.user,
        ...where,
        action_id: element.action_id,
        block_id: block.block_id,
        state: values(kind),
      };
      const answer = await order("slack/press", value === null ? wish : { ...wish, value });
      if (!answer.ok) toast(describeFailure(answer.error));
    },
  };
}

/** Puts back what was entered and perhaps not yet sent, once the element stands in the page. */
function restore(kind, block, element, kept) {
  const before = kept[block.block_id]?.[element.action_id];
  if (typeof before !== "string" && !Array.isArray(before)) return;
  queueMicrotask(() => {
    const place = `:${block.block_id}:${element.action_id}`;
    const nodes = [...byId(kind).querySelectorAll("[data-action]")];
    const field = nodes.find((one) => one.dataset.focus?.endsWith(place));
    if (field instanceof HTMLSelectElement)
      for (const option of field.options) option.selected = [before].flat().includes(option.value);
    else if (field && "value" in field) field.value = before;
    for (const box of nodes.filter((one) => one.dataset.focus?.endsWith(`${place}:${one.value}`)))
      box.checked = [before].flat().includes(box.value);
  });
}

/** Returns what stands in the fields: `{block_id: {action_id: value}}`. */
function values(kind) {
  const found = {};
  for (const { block, element, read } of readers[kind].values()) {
    (found[block.block_id] ??= {})[element.action_id] = read();
  }
  return found;
}
