// Blocks that show data: tables, sortable data tables, charts.

import { h, s } from "./dom.js";
import { rich } from "./rich.js";

function cell(one) {
  if (one.type === "rich_text") return rich(one);
  return one.text ?? String(one.value ?? "");
}

export function table(block) {
  const aligned = (index) => `align-${block.column_settings?.[index]?.align ?? "left"}`;
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((one, index) =>
        h(tag, { class: aligned(index), scope: tag === "th" ? "col" : null }, cell(one)),
      ),
    );
  const [head, ...body] = block.rows;
  return h(
    "div",
    { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      {},
      h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        body.map((one) => row(one, "td")),
      ),
    ),
  );
}

/** A table with a caption, sorted by a press on a column's head, one page at a time. */
export function dataTable(block) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 20;
  const named = block.row_header_column_index ?? 0;
  let sorted = { column: -1, falling: false };
  let page = 0;
  const body = h("tbody");
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const position = h("span");
  const weigh = (one) => (one.type === "raw_number" ? one.value : h("span", {}, cell(one)).textContent);

  function show() {
    const order = [...rows];
    if (sorted.column >= 0) {
      order.sort((one, other) => {
        const [a, b] = [weigh(one[sorted.column]), weigh(other[sorted.column])];
        const difference =
          typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        return sorted.falling ? -difference : difference;
      });
    }
    body.replaceChildren(
      ...order.slice(page * size, (page + 1) * size).map((row) =>
        h(
          "tr",
          {},
          row.map((one, index) =>
            h(
              index === named ? "th" : "td",
              {
                scope: index === named ? "row" : null,
                class: one.type === "raw_number" ? "align-right" : null,
              },
              cell(one),
            ),
          ),
        ),
      ),
    );
    position.textContent = `${page + 1} of ${pages}`;
  }

  const heads = head.map((one, index) =>
    h(
      "th",
      { scope: "col", "aria-sort": "none" },
      h(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              sorted = { column: index, falling: sorted.column === index && !sorted.falling };
              heads.forEach((other, place) =>
                other.setAttribute(
                  "aria-sort",
                  place !== index ? "none" : sorted.falling ? "descending" : "ascending",
                ),
              );
              show();
            },
          },
        },
        cell(one),
      ),
    ),
  );
  const turn = (step) => () => {
    page = Math.min(pages - 1, Math.max(0, page + step));
    show();
  };
  show();
  return h(
    "div",
    {},
    h(
      "div",
      { class: "scrolled", tabindex: "0", role: "region", "aria-label": block.caption },
      h("table", {}, h("caption", {}, block.caption), h("thead", {}, h("tr", {}, heads)), body),
    ),
    pages > 1
      ? h(
          "div",
          { class: "row" },
          h(
            "button",
            { type: "button", class: "button", "aria-label": "Previous page", on: { click: turn(-1) } },
            "‹",
          ),
          position,
          h(
            "button",
            { type: "button", class: "button", "aria-label": "Next page", on: { click: turn(1) } },
            "›",
          ),
        )
      : null,
  );
}

const [WIDE, HIGH, EDGE] = [420, 150, 26];

export function chart(block) {
  const told =
    block.chart.type === "pie"
      ? block.chart.segments.map((one) => `${one.label}: ${one.value}`)
      : block.chart.series.flatMap((series) =>
          series.data.map((one) => `${series.name} ${one.label}: ${one.value}`),
        );
  const drawing = block.chart.type === "pie" ? pie(block.chart.segments) : axes(block.chart);
  return h(
    "figure",
    { role: "img", "aria-label": `${block.title}. ${told.join(", ")}` },
    h("figcaption", {}, block.title),
    drawing,
  );
}

function pie(segments) {
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  let turned = -Math.PI / 2;
  const middle = HIGH / 2;
  const paths = segments.map((one, index) => {
    const begin = turned;
    turned += (one.value / total) * 2 * Math.PI * 0.99999;
    const at = (angle) =>
      `${middle + Math.cos(angle) * (middle - 2)} ${middle + Math.sin(angle) * (middle - 2)}`;
    const isLarge = turned - begin > Math.PI ? 1 : 0;
    return s("path", {
      class: `series-${index % 6}`,
      d: `M${middle} ${middle} L${at(begin)} A${middle - 2} ${middle - 2} 0 ${isLarge} 1 ${at(turned)} Z`,
    });
  });
  return [
    s("svg", { viewBox: `0 0 ${HIGH} ${HIGH}`, class: "pie" }, paths),
    legend(segments.map((one) => `${one.label}: ${one.value}`)),
  ];
}

function axes({ type, series, axis_config: axis }) {
  const values = series.flatMap((one) => one.data.map((point) => point.value));
  const most = Math.max(1, ...values);
  const step = (WIDE - EDGE) / axis.categories.length;
  const y = (value) => HIGH - EDGE - (Math.max(0, value) / most) * (HIGH - 2 * EDGE);
  const valueOf = (one, category) => one.data.find((point) => point.label === category)?.value ?? 0;
  const marks = type === "bar" ? bars() : series.map(line);

  function bars() {
    const width = (step * 0.8) / series.length;
    return series.flatMap((one, index) =>
      axis.categories.map((category, place) =>
        s("rect", {
          class: `series-${index % 6}`,
          width: Math.max(1, width - 1),
          height: HIGH - EDGE - y(valueOf(one, category)),
          x: EDGE + place * step + step * 0.1 + index * width,
          y: y(valueOf(one, category)),
        }),
      ),
    );
  }

  function line(one, index) {
    const points = axis.categories.map(
      (category, place) => `${EDGE + (place + 0.5) * step},${y(valueOf(one, category))}`,
    );
    const closed =
      type === "area"
        ? [
            `${EDGE + step / 2},${HIGH - EDGE}`,
            ...points,
            `${EDGE + (axis.categories.length - 0.5) * step},${HIGH - EDGE}`,
          ]
        : points;
    return s("polyline", { class: `line-${index % 6} ${type}`, points: closed.join(" ") });
  }

  const labels = axis.categories.map((category, place) =>
    s(
      "text",
      { x: EDGE + (place + 0.5) * step, y: HIGH - EDGE + 12, "text-anchor": "middle" },
      category.length * 6 > step ? category.slice(0, Math.max(2, Math.floor(step / 6))) : category,
    ),
  );
  const scale = [
    s("line", { x1: EDGE, x2: WIDE, y1: HIGH - EDGE, y2: HIGH - EDGE }),
    s("text", { x: EDGE - 3, y: y(most) + 4, "text-anchor": "end" }, String(most)),
  ];
  const named = [axis.x_label, axis.y_label].filter(Boolean).join(" · ");
  return [
    s("svg", { viewBox: `0 0 ${WIDE} ${HIGH}` }, scale, marks, labels),
    named ? h("p", { class: "note" }, named) : null,
    series.length > 1 ? legend(series.map((one) => one.name)) : null,
  ];
}

function legend(names) {
  return h(
    "ul",
    { class: "legend" },
    names.map((name, index) => h("li", {}, h("span", { class: `swatch series-${index % 6}` }), name)),
  );
}
