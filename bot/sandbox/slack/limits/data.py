"""Shapes of the blocks that show data: `table`, `data_table`, `data_visualization`."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.limits import rich_text
from bot.sandbox.slack.limits.checks import (
    Check,
    array,
    boolean,
    by_type,
    distinct,
    number,
    one_of,
    problem,
    record,
    string,
    text_length,
    whole,
)
from bot.sandbox.slack.limits.composition import block_id
from bot.sandbox.slack.limits.table import LIMITS

_rich_cell = record({"elements": rich_text.elements}, {"block_id": block_id})


def _same_width(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check that all rows have as many cells as the first."""
    width = len(value["rows"][0])
    for index, row in enumerate(value["rows"]):
        if len(row) != width:
            yield problem(f"must have {width} cells, as the first row has", f"{pointer}/rows/{index}")


table = record(
    {
        "rows": array(
            array(
                by_type({"raw_text": record({"text": string()}), "rich_text": _rich_cell}),
                least=1,
                most=LIMITS["table.columns.max_items"],
            ),
            least=1,
            most=LIMITS["table.rows.max_items"],
        )
    },
    {
        "block_id": block_id,
        "column_settings": array(
            record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
            most=LIMITS["table.column_settings.max_items"],
        ),
    },
)


def _data_table_rules(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check what only a whole data table shows: header, width, row header, total length."""
    rows = value["rows"]
    yield from _same_width(value, pointer)
    for index, cell in enumerate(rows[0]):
        if cell["type"] == "rich_text":
            yield problem("header cells cannot be rich_text", f"{pointer}/rows/0/{index}/type")
    if value.get("row_header_column_index", 0) >= len(rows[0]):
        yield problem(f"must be less than {len(rows[0])}", f"{pointer}/row_header_column_index")
    most = LIMITS["data_table.content.max_length"]
    if text_length(rows) > most:
        yield problem(f"must be less than {most + 1} characters in all cells", f"{pointer}/rows")


data_table = record(
    {
        "caption": string(least=1),
        "rows": array(
            array(
                by_type(
                    {
                        "raw_text": record({"text": string(least=LIMITS["data_table.cell_text.min_length"])}),
                        "raw_number": record({"value": number()}, {"text": string(least=1)}),
                        "rich_text": _rich_cell,
                    }
                ),
                least=LIMITS["data_table.columns.min_items"],
                most=LIMITS["data_table.columns.max_items"],
            ),
            least=LIMITS["data_table.rows.min_items"],
            most=LIMITS["data_table.rows.max_items"],
        ),
    },
    {
        "block_id": block_id,
        "page_size": whole(LIMITS["data_table.page_size.min"], LIMITS["data_table.page_size.max"]),
        "row_header_column_index": whole(LIMITS["data_table.row_header_column_index.min"]),
    },
    _data_table_rules,
)


def _visual(part: str, *, least: int = 1) -> Check:
    """Return the check of a text of a chart."""
    return string(LIMITS[f"data_visualization.{part}.max_length"], least=least)


def _few(item: Check, part: str) -> Check:
    """Return the check of a list of a chart."""
    least = LIMITS[f"data_visualization.{part}.min_items"]
    return array(item, least=least, most=LIMITS[f"data_visualization.{part}.max_items"])


def _one_point_per_category(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check that categories are distinct and that each series has exactly one point for each."""
    categories = value["axis_config"]["categories"]
    if len(set(categories)) != len(categories):
        yield problem("categories must be unique", f"{pointer}/axis_config/categories")
    for index, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            yield problem("must have one point for every category", f"{pointer}/series/{index}/data")


_series = record(
    {
        "name": _visual("series_name"),
        "data": _few(record({"label": _visual("point_label"), "value": number()}), "data"),
    }
)
_axis_chart = record(
    {
        "series": _few(_series, "series"),
        "axis_config": record(
            {"categories": _few(_visual("category_label"), "categories")},
            {"x_label": _visual("axis_label", least=0), "y_label": _visual("axis_label", least=0)},
        ),
    },
    {},
    distinct("series", "name"),
    _one_point_per_category,
)
_segment = record(
    {
        "label": _visual("segment.label"),
        "value": number(above=LIMITS["data_visualization.segment.value.exclusive_min"]),
    }
)
data_visualization = record(
    {
        "title": _visual("title"),
        "chart": by_type(
            {
                "pie": record({"segments": _few(_segment, "segments")}),
                "bar": _axis_chart,
                "line": _axis_chart,
                "area": _axis_chart,
            }
        ),
    },
    {"block_id": block_id},
)
