"""Slack's newer blocks that show data: a table of cells and a chart. Old clients are given text instead."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from commands.cards import markup
from commands.cards.markup import Block
from commands.language import told

LONGEST_CELL = 200
LABEL = 20
"""Characters of a label in a chart."""

TITLE = 50


def words(text: str) -> Block:
    """Build a cell of plain words, in which nothing is markup."""
    return {"type": "raw_text", "text": markup.cut(markup.printable(told(text)) or "–", LONGEST_CELL)}


def when(at: datetime, zone: ZoneInfo) -> Block:
    """Build a cell that tells an instant in the viewer's zone, with the server's beside it."""
    local = at.astimezone(zone)
    date: Block = {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": f"{local:%Y-%m-%d %H:%M}",
    }
    server: Block = {"type": "text", "text": f" ({local:%H:%M} {zone.key})"}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [date, server]}],
    }


def table(block_id: str, heads: Sequence[str], rows: Sequence[Sequence[Block]]) -> Block:
    """Build a table; its first row names the columns."""
    return {
        "type": "table",
        "block_id": block_id,
        "column_settings": [{"is_wrapped": True} for _ in heads],
        "rows": [[words(head) for head in heads], *(list(row) for row in rows)],
    }


def bars(
    block_id: str, title: str, categories: Sequence[str], series: Mapping[str, Sequence[int]], label: str
) -> Block:
    """Build a bar chart.

    Args:
        block_id: tells it from the others of the view.
        title: what the chart shows.
        categories: the labels below the bars.
        series: a value for each category, by the name of the series.
        label: what the values are.
    """
    return {
        "type": "data_visualization",
        "block_id": block_id,
        "title": markup.cut(title, TITLE),
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": markup.cut(name, LABEL),
                    "data": [
                        {"label": category, "value": value}
                        for category, value in zip(categories, values, strict=True)
                    ],
                }
                for name, values in series.items()
            ],
            "axis_config": {"categories": list(categories), "y_label": markup.cut(label, TITLE)},
        },
    }
