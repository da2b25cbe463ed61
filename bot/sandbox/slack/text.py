"""Block Kit as text for a terminal, for the story and for whoever reads a log."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.slack.mrkdwn import stripped, with_emoji
from bot.sandbox.slack.refusal import Json

RULE = "─" * 40
_BAR = "▇"
_LONGEST_BAR = 30
_TASKS = {"pending": "☐", "in_progress": "◐", "complete": "☑", "error": "☒"}
_LEVELS = {"warning": "⚠️ ", "error": "❌ ", "success": "✅ "}


def plain(blocks: Sequence[Json], text: str) -> str:
    """Return what a person reads in a message: its blocks, or its text where there are none.

    Buttons look like `[ Approve ]`, an overflow menu like `[ … ]`, a date like its fallback.
    """
    if not blocks:
        return stripped(text)
    return "\n".join(line.rstrip() for block in blocks for line in _lines(block))


def _lines(block: Json) -> list[str]:
    """Return the lines of one block."""
    draw = _BLOCKS.get(str(block.get("type")))
    return draw(block) if draw is not None else [f"[{block.get('type')}]"]


def _text(value: Any) -> str:  # noqa: ANN401 - a text object, or what rich text holds
    """Return a text object, or a bare string, as plain text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    content = str(value.get("text", ""))
    return stripped(content) if value.get("type") == "mrkdwn" else with_emoji(content)


def _element(element: Json) -> str:
    """Return an interactive element as it looks."""
    kind = element.get("type", "")
    if kind in ("button", "workflow_button"):
        return f"[ {_text(element.get('text'))} ]"
    if kind == "overflow":
        return "[ … ]"
    if kind == "image":
        return f"[image: {element.get('alt_text', '')}]"
    if kind == "icon_button":
        return f"[ {_text(element.get('text'))} ]"
    if kind == "feedback_buttons":
        return "[ 👍 ] [ 👎 ]"
    if kind in ("checkboxes", "radio_buttons"):
        return "  ".join(_option(element, option) for option in element.get("options", ()))
    start = element.get("initial_option") or {}
    shown = _text(start.get("text")) or str(element.get("initial_value", "")) or _initial(element)
    shown = shown or _text(element.get("placeholder"))
    return f"[ {shown} ▾ ]" if "select" in kind or kind.endswith("picker") else f"[ {shown}__ ]"


def _initial(element: Json) -> str:
    """Return what a picker starts with."""
    return next((str(value) for key, value in element.items() if key.startswith("initial_") and value), "")


def _option(element: Json, option: Json) -> str:
    """Return one option of checkboxes or radio buttons, ticked or not."""
    chosen = option in element.get("initial_options", ()) or option == element.get("initial_option")
    ticks = ("(•)", "( )") if element["type"] == "radio_buttons" else ("[x]", "[ ]")
    return f"{ticks[0] if chosen else ticks[1]} {_text(option['text'])}"


def _header(block: Json) -> list[str]:
    title = _text(block.get("text"))
    return [title, "─" * len(title)]


def _section(block: Json) -> list[str]:
    lines = _text(block["text"]).split("\n") if "text" in block else []
    for field in block.get("fields", ()):
        label, _, rest = _text(field).partition("\n")
        lines.append(f"{label.rstrip(':')}: {rest.replace(chr(10), ' ')}" if rest else label)
    if "accessory" in block:
        lines[0] += f"   {_element(block['accessory'])}"
    return lines


def _context(block: Json) -> list[str]:
    parts = [_element(one) if one.get("type") == "image" else _text(one) for one in block.get("elements", ())]
    return [f"  {line}" for line in " · ".join(parts).split("\n")]


def _actions(block: Json) -> list[str]:
    return ["  ".join(_element(one) for one in block.get("elements", ()))]


def _input(block: Json) -> list[str]:
    lines = [f"{_text(block.get('label'))}: {_element(block.get('element', {}))}"]
    return [*lines, f"  {_text(block['hint'])}"] if "hint" in block else lines


def _image(block: Json) -> list[str]:
    title = _text(block.get("title"))
    return [f"[image: {title + ' - ' if title else ''}{block.get('alt_text', '')}]"]


def _rich_text(block: Json) -> list[str]:
    return [line for one in block.get("elements", ()) for line in _rich_lines(one)]


def _rich_lines(element: Json) -> list[str]:
    """Return the lines of one part of rich text."""
    kind = element["type"]
    if kind == "rich_text_list":
        pad = "  " * int(element.get("indent", 0))
        numbers = range(1 + int(element.get("offset", 0)), 1_000)
        signs = [f"{n}." for n in numbers] if element["style"] == "ordered" else ["•"] * len(numbers)
        items = zip(signs, element["elements"], strict=False)
        return [f"{pad}{sign} {_runs(item)}" for sign, item in items]
    lines = _runs(element).split("\n")
    if kind == "rich_text_quote":
        return [f"> {line}" for line in lines]
    return [f"    {line}" for line in lines] if kind == "rich_text_preformatted" else lines


def _runs(element: Json) -> str:
    """Return the runs of rich text, one after the other."""
    return "".join(_run(one) for one in element.get("elements", ()))


def _run(run: Json) -> str:
    """Return one run of rich text."""
    kind = run["type"]
    if kind == "link":
        return stripped(f"<{run['url']}|{run.get('text', '')}>")
    if kind == "emoji":
        return with_emoji(f":{run['name']}:")
    if kind == "date":
        return str(run.get("fallback", run["timestamp"]))
    mentions = {"user": "@", "usergroup": "!subteam^", "channel": "#"}
    if kind in mentions:
        return stripped(f"<{mentions[kind]}{run[f'{kind}_id']}>")
    return f"@{run['range']}" if kind == "broadcast" else str(run.get("text", ""))


def _cell(cell: Json) -> str:
    """Return a cell of a table in one line."""
    if cell["type"] == "rich_text":
        return " ".join(_rich_text(cell))
    return str(cell.get("text", cell.get("value", "")))


def _table(block: Json) -> list[str]:
    rows = [[_cell(cell) for cell in row] for row in block.get("rows", ())]
    columns = max((len(row) for row in rows), default=0)
    widths = [max(len(row[n]) for row in rows if n < len(row)) for n in range(columns)]
    lines = [" │ ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows]
    return [str(block["caption"]), *lines] if "caption" in block else lines


def _chart(block: Json) -> list[str]:
    """Return a chart as bars of characters, one line for each number."""
    chart = block.get("chart", {})
    points = [(str(one["label"]), one["value"]) for one in chart.get("segments", ())]
    several = len(chart.get("series", ())) > 1
    for series in chart.get("series", ()):
        name = f"{series['name']} " if several else ""
        points += [(f"{name}{one['label']}", one["value"]) for one in series["data"]]
    most = max((value for _, value in points), default=0) or 1
    width = max((len(label) for label, _ in points), default=0)
    bars = [_BAR * round(max(value, 0) / most * _LONGEST_BAR) for _, value in points]
    drawn = [f"{label.ljust(width)} {bar} {value}" for (label, value), bar in zip(points, bars, strict=True)]
    return [str(block.get("title", "")), *drawn]


def _task(task: Json) -> list[str]:
    lines = [f"{_TASKS.get(str(task.get('status')), '☐')} {task.get('title', '')}"]
    for part in ("details", "output"):
        lines += [f"    {line}" for line in _rich_text(task.get(part, {}))]
    return lines


def _plan(block: Json) -> list[str]:
    return [str(block.get("title", "")), *(line for task in block.get("tasks", ()) for line in _task(task))]


def _alert(block: Json) -> list[str]:
    return [f"{_LEVELS.get(str(block.get('level')), '')}{_text(block.get('text'))}"]


def _card(block: Json) -> list[str]:
    lines = [_text(block[part]) for part in ("title", "subtitle", "body", "subtext") if part in block]
    return [*lines, *_actions({"elements": block["actions"]})] if block.get("actions") else lines


def _container(block: Json) -> list[str]:
    title = _text(block.get("title")) or " ".join(_rich_text(block.get("rich_text_title", {})))
    sign = "▸ " if block.get("default_collapsed") else "▾ "
    inside = [f"  {line}" for child in block.get("child_blocks", ()) for line in _lines(child)]
    subtitle = [f"  {_text(block['subtitle'])}"] if "subtitle" in block else []
    return [sign + title, *subtitle, *inside]


_BLOCKS: dict[str, Callable[[Json], list[str]]] = {
    "actions": _actions,
    "alert": _alert,
    "card": _card,
    "carousel": lambda block: [line for card in block.get("elements", ()) for line in _card(card)],
    "container": _container,
    "context": _context,
    "context_actions": _actions,
    "data_table": _table,
    "data_visualization": _chart,
    "divider": lambda _block: [RULE],
    "file": lambda block: [f"[file {block.get('external_id', '')}]"],
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": lambda block: str(block.get("text", "")).split("\n"),
    "plan": _plan,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
    "task_card": _task,
    "video": lambda block: [f"[video: {_text(block.get('title'))}]"],
}
