// Building and updating elements. Text always becomes text nodes: nothing that comes from outside is markup.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "indeterminate"]);

/** Builds an element: `h("button", {class: "x", on: {click}}, "Label")`. Null and false children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (PROPERTIES.has(name)) {
      element[name] = value;
    } else if (value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  add(element, children);
  return element;
}

/** Builds an SVG element. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  add(element, children);
  return element;
}

export function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

export function byId(id) {
  return document.getElementById(id);
}

/** Puts other children into an element; what had the focus keeps it where the same `data-focus` is found again. */
export function fill(element, ...children) {
  keepingFocus(element, () => {
    element.replaceChildren();
    add(element, children);
  });
}

/**
 * Makes the children of an element show a list, and touches only what changed.
 * `entries` are `{key, signature, draw}`; an entry is drawn anew when its signature is another one.
 */
export function showList(element, entries) {
  const known = element.shownEntries ?? new Map();
  const fresh = new Map();
  keepingFocus(element, () => {
    for (const { key, signature, draw } of entries) {
      const before = known.get(key);
      fresh.set(key, before && before.signature === signature ? before : { signature, node: draw() });
    }
    for (const [key, { node }] of known) {
      if (fresh.get(key)?.node !== node) node.remove();
    }
    let place = element.firstChild;
    for (const { node } of fresh.values()) {
      if (node === place) place = place.nextSibling;
      else element.insertBefore(node, place);
    }
  });
  element.shownEntries = fresh;
}

function keepingFocus(element, change) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest("[data-focus]")?.dataset.focus;
  const [start, end] = [focused?.selectionStart, focused?.selectionEnd];
  change();
  if (!focused || focused.isConnected || key === undefined) return;
  const again = [...element.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === key);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typeof start === "number" && "setSelectionRange" in again) {
    try {
      again.setSelectionRange(start, end);
    } catch {
      /* not every input has a selection */
    }
  }
}

/** Builds a menu that opens below its button and closes on choice, Escape or when the focus leaves it. */
export function menu(label, sign, entries, attributes = {}) {
  const list = h(
    "div",
    { class: "menu-list", role: "menu" },
    entries.map(({ text, note, choose, ...more }) =>
      h(
        "button",
        {
          type: "button",
          role: "menuitem",
          ...more,
          on: {
            click: () => {
              close();
              choose();
            },
          },
        },
        text,
        note ? h("span", { class: "note" }, note) : null,
      ),
    ),
  );
  const summary = h("summary", { "aria-label": label, title: label, ...attributes }, sign);
  const details = h(
    "details",
    {
      class: "menu",
      on: {
        keydown: (event) => {
          const buttons = [...list.querySelectorAll("button")];
          const index = buttons.indexOf(document.activeElement);
          if (event.key === "Escape" && details.open) {
            event.stopPropagation();
            event.preventDefault();
            close();
            summary.focus();
          } else if (details.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
            event.preventDefault();
            const step = event.key === "ArrowDown" ? 1 : -1;
            buttons[(index + step + buttons.length) % buttons.length]?.focus();
          }
        },
        focusout: (event) => {
          if (!details.contains(event.relatedTarget)) close();
        },
      },
    },
    summary,
    list,
  );
  function close() {
    details.open = false;
  }
  return details;
}
