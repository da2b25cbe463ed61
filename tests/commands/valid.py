"""Three judges of what we send to Slack: the stand-in's limits, slack_sdk's models, and slackblocks.

Each judges the types of blocks that it knows; the stand-in knows them all.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import slackblocks
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks._surfaces import validate_surface_blocks

from bot.sandbox.slack.limits import problems, text_is_too_long, view_is_too_large, view_problems

Json = dict[str, Any]


def assert_valid_view(view: Mapping[str, Any]) -> None:
    """Find a modal or a Home tab that Slack would take."""
    assert view_problems(dict(view)) == []
    assert not view_is_too_large(dict(view))
    View(**copy.deepcopy(dict(view))).validate_json()
    _judge(view["blocks"], view["type"])


def assert_valid_blocks(blocks: Sequence[Mapping[str, Any]]) -> None:
    """Find blocks of a message that Slack would take."""
    assert problems([dict(block) for block in blocks], "message") == []
    assert not text_is_too_long(list(blocks))
    _judge(blocks, "message")


def _judge(blocks: Sequence[Mapping[str, Any]], surface: Literal["home", "message", "modal"]) -> None:
    validate_surface_blocks(list(blocks), surface)
    for block in blocks:
        parsed = Block.parse(copy.deepcopy(dict(block)))
        if parsed is not None:
            parsed.to_dict()  # judges what is inside as well
        by_slackblocks(dict(block))


def by_slackblocks(block: Json) -> None:
    """Let slackblocks judge a block: it reads some types itself, and builds others from their parts."""
    build = _BUILT.get(block["type"])
    if build is not None:
        build(block)
        return
    try:
        slackblocks.Block.from_dict(copy.deepcopy(block))
    except NotImplementedError:
        return  # a type that it writes and cannot read


def _actions(block: Json) -> None:
    for element in block["elements"]:
        if element["type"] == "button":
            _button(element)
        elif element["type"] == "overflow":
            slackblocks.OverflowMenu(
                action_id=element["action_id"], options=[_option(one) for one in element["options"]]
            )
        elif element["type"] == "static_select":
            slackblocks.StaticSelectMenu(
                action_id=element["action_id"],
                options=[_option(one) for one in element["options"]],
                placeholder=element.get("placeholder", {"text": "x"})["text"],
            )


def _button(element: Json) -> None:
    asked = element.get("confirm")
    dialogue = asked and slackblocks.ConfirmationDialogue(
        title=asked["title"]["text"],
        text=slackblocks.Text(asked["text"]["text"], slackblocks.TextType.PLAINTEXT),
        confirm=asked["confirm"]["text"],
        deny=asked["deny"]["text"],
        style=asked.get("style"),
    )
    slackblocks.Button(
        text=element["text"]["text"],
        action_id=element["action_id"],
        value=element.get("value"),
        url=element.get("url"),
        style=element.get("style"),
        confirm=dialogue,
        accessibility_label=element.get("accessibility_label"),
    )


def _option(one: Json) -> slackblocks.Option:
    return slackblocks.Option(text=one["text"]["text"], value=one["value"])


def _chart(block: Json) -> None:
    chart = block["chart"]
    if chart["type"] == "pie":
        parts = [slackblocks.ChartSegment(one["label"], one["value"]) for one in chart["segments"]]
        slackblocks.DataVisualizationBlock(block["title"], slackblocks.PieChart(parts))
        return
    kinds: dict[str, type[slackblocks.BarChart | slackblocks.LineChart | slackblocks.AreaChart]] = {
        "bar": slackblocks.BarChart,
        "line": slackblocks.LineChart,
        "area": slackblocks.AreaChart,
    }
    axis = chart["axis_config"]
    series = [
        slackblocks.DataSeries(
            one["name"], [slackblocks.DataPoint(point["label"], point["value"]) for point in one["data"]]
        )
        for one in chart["series"]
    ]
    axes = slackblocks.AxisConfig(axis["categories"], axis.get("x_label"), axis.get("y_label"))
    slackblocks.DataVisualizationBlock(block["title"], kinds[chart["type"]](series, axes))


def _table(block: Json) -> None:
    slackblocks.TableBlock(
        [[slackblocks.RawText(_cell(cell)) for cell in row] for row in block["rows"]],
        column_settings=[
            slackblocks.ColumnSettings(one.get("align", "left")) for one in block.get("column_settings", ())
        ]
        or None,
    )


def _data_table(block: Json) -> None:
    slackblocks.DataTableBlock(
        [
            [
                slackblocks.RawNumber(cell["value"], cell.get("text", str(cell["value"])))
                if cell["type"] == "raw_number"
                else slackblocks.RawText(_cell(cell))
                for cell in row
            ]
            for row in block["rows"]
        ],
        block["caption"],
        row_header_column_index=block.get("row_header_column_index", 0),
    )


def _cell(cell: Json) -> str:
    return str(cell.get("text") or "x")


_BUILT: Mapping[str, Callable[[Json], None]] = {
    "actions": _actions,
    "data_table": _data_table,
    "data_visualization": _chart,
    "table": _table,
}
