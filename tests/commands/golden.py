"""Every card and box as text that a person can read and compare, in `tests/commands/golden/`.

Renew the files with `python -m tests.commands.golden`, and read the difference before it is committed.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.commands.exhibits import Exhibit
from tests.commands.gallery import ORDINARY_DAY

MANY = (
    "of 40 workflows",
    "of 46 workflows",
    "of 25 instances",
    "of 45 workflows",
    "of 45 workflows in plain blocks",
    "of 40 instances",
    "of 100 workflows",
)
"""These are judged, and too long to be read."""

SPOKEN = ("incident offers both", "request shift-and-restart waiting", "status failed", "diagnose")
"""The top-level text of these; that it says what the blocks say is tested of all."""

DATE = re.compile(r"<!date\^[0-9]+\^[^|>]*\|([^>]*)>")
FOLDER = Path(__file__).parent / "golden"


def main() -> None:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for stale in FOLDER.glob("*.txt"):
        stale.unlink()
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def files() -> dict[str, str]:
    """Write each exhibit, those with the same first word into one file."""
    found: dict[str, list[str]] = {}
    for name, exhibit in ORDINARY_DAY.items():
        if name.endswith(MANY):
            continue
        found.setdefault(f"{name.partition(' ')[0]}.txt", []).append(f"=== {name}\n{drawn(exhibit)}\n")
    found["spoken.txt"] = [f"=== {name}\n{ORDINARY_DAY[name].text}\n" for name in SPOKEN]
    return {name: "\n".join(parts) for name, parts in found.items()}


def drawn(exhibit: Exhibit) -> str:
    """Draw the blocks of an exhibit as Slack is given them, but for the dates."""
    lines = [line for block in exhibit.blocks for line in _block(block)]
    if exhibit.view is not None:
        told = [exhibit.view[key]["text"] for key in ("title", "submit", "close") if key in exhibit.view]
        lines.insert(0, f"box: {' | '.join(told)}")
    return DATE.sub(r"{\1}", "\n".join(lines))


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"# {block['text']['text']}"
        case "section":
            yield from block["text"]["text"].splitlines()
            if "accessory" in block:
                yield from _element(block["accessory"])
        case "context":
            for element in block["elements"]:
                yield from (f"  · {line}" for line in element["text"].splitlines())
        case "divider":
            yield "---"
        case "actions":
            for element in block["elements"]:
                yield from _element(element)
        case "input":
            yield f"{block['label']['text']} ({block['hint']['text'] if 'hint' in block else ''})"
            yield from _element(block["element"])
        case _:
            yield from _data(block)


def _data(block: Mapping[str, Any]) -> Iterator[str]:
    """Draw a block that shows data."""
    match block["type"]:
        case "table":
            for row in block["rows"]:
                yield " | ".join(_cell(cell) for cell in row)
        case "rich_text":
            yield from (f"    {line}" for line in _cell(block).splitlines())
        case "data_visualization":
            yield f"chart: {block['title']}"
            for one in block["chart"]["series"]:
                yield f"    {one['name']}: " + " ".join(f"{at['label']} {at['value']}" for at in one["data"])
        case kind:
            raise AssertionError(f"no way to draw a block of type {kind}")


def _cell(cell: Mapping[str, Any]) -> str:
    """Write plain words as they are, and rich text with its dates as they fall back."""
    if cell["type"] != "rich_text":
        return str(cell["text"])
    parts = [part for section in cell["elements"] for part in section["elements"]]
    return "".join(f"{{{part['fallback']}}}" if part["type"] == "date" else part["text"] for part in parts)


def _element(element: Mapping[str, Any]) -> Iterator[str]:
    match element["type"]:
        case "button":
            style = f" {element['style']}" if "style" in element else ""
            yield f"[ {element['text']['text']} ]{style} -> {element['action_id']}"
            if "accessibility_label" in element:
                yield f"    read aloud: {element['accessibility_label']}"
            if "confirm" in element:
                asked = element["confirm"]
                yield f"    asks: {asked['title']['text']} {asked['text']['text']}"
                yield f"    [ {asked['confirm']['text']} ] {asked['style']} [ {asked['deny']['text']} ]"
        case "overflow":
            for option in element["options"]:
                verb = option["value"].partition(":")[0]
                yield f"    … {option['text']['text']} -> {element['action_id']} {verb}"
        case _:
            yield from _field(element)


def _field(element: Mapping[str, Any]) -> Iterator[str]:
    """Draw what a box is filled in by."""
    match element["type"]:
        case "static_select":
            for group in element["option_groups"]:
                yield from (
                    f"    ( ) {option['text']['text']} · {group['label']['text']}"
                    for option in group["options"]
                )
        case "radio_buttons":
            for option in element["options"]:
                sign = "(o)" if option == element.get("initial_option") else "( )"
                yield f"    {sign} {option['text']['text']}: {option['description']['text']}"
        case "number_input":
            yield f"    | {element.get('initial_value', '')}"
        case "plain_text_input":
            for line in element.get("initial_value", "").splitlines():
                yield f"    | {line}"
        case kind:
            raise AssertionError(f"no way to draw an element of type {kind}")


if __name__ == "__main__":
    main()
