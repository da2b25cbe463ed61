"""Slack's markup: escaping, times, cutting, and the few blocks that our cards are made of.

Knows nothing of incidents or proposals.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.saying import mentioned
from commands.language import tell, tell_count

Block = dict[str, Any]

SECTION_TEXT = 3000
HEADER_TEXT = 150
BUTTON_TEXT = 75
BOX_TITLE = 24
"""Of a modal, and of the two buttons at its foot."""

CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
CONTEXT_ELEMENTS = 10
SPOKEN_TEXT = 3900
"""Slack cuts at 40 000 and recommends 4000."""

_MARKS = (
    (re.compile("`"), "ˋ"),
    (re.compile(r"\*"), "∗"),
    (re.compile("~"), "∼"),
    (re.compile(r"(?<![^\W_])_|_(?![^\W_])"), "ˍ"),
    (re.compile(r":(?=(?:[a-z0-9_+-]*[a-z][a-z0-9_+-]*|[+-]1):)"), "꞉"),
)
_ANGLED = re.compile(r"(<(?:[@#][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!date\^[0-9]+\^[^<>|]*\|[^<>|]*)>)|[<>]")
_HALF = re.compile(r"(?:&[a-z]{0,3}|<[!@#][^<>]{0,120})\Z")
_CODE = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)
_DATE = re.compile(r"<!date\^[0-9]+\^[^|>]*\|([^>]*)> \([0-9:]+ ([^)]*)\)")
_BULLET = re.compile(r"^• ", re.MULTILINE)
_JOINERS = "\u200c\u200d"


def escape(text: str) -> str:
    """Make untrusted *text* harmless in a line of mrkdwn: no mention, link, mark, emoji or line of its own.

    Slack knows no escape for its marks, so signs that look alike take their place; `mcSynch_mcExec1` keeps
    its own, since nothing within a word is a mark.
    """
    return _entities(_harmless(mentioned(" ".join(printable(text).split()))))


def sentence(text: str) -> str:
    """Let a sentence of ours through with its mentions and code, whatever else was put into it."""
    return _ANGLED.sub(lambda found: found[1] or _entities(found[0]), text)


def code(text: str, limit: int = 600) -> str:
    """Quote untrusted *text* as code, on one line or as a block, at most *limit* characters of it."""
    lines = "\n".join(printable(line.expandtabs()) for line in text.strip().splitlines())
    cleaned = cut(_entities(lines).replace("`", "ˋ"), limit)
    return f"```{cleaned}```" if "\n" in cleaned else f"`{cleaned or ' '}`"


def cut(text: str, limit: int) -> str:
    """Shorten *text* to *limit* characters; the cut shows, and never parts an entity or a date."""
    if len(text) <= limit:
        return text
    return _HALF.sub("", text[: limit - 1]) + "…"


def cut_words(text: str, limit: int) -> str:
    """Shorten *text* to whole words."""
    if len(text) <= limit:
        return text
    kept, _, _ = cut(text, limit).rpartition(" ")
    return f"{kept.rstrip(' ,;:')}…" if kept else cut(text, limit)


def fitted(lines: Sequence[str], limit: int = SECTION_TEXT) -> str:
    """Join as many *lines* as fit into *limit* characters, and say how many are left out."""
    whole = "\n".join(cut(line, limit) for line in lines)
    if len(whole) <= limit:
        return whole
    shown: list[str] = []
    for index, line in enumerate(lines):
        left = more(len(lines) - index)
        if len("\n".join([*shown, line, left])) > limit:
            break
        shown.append(line)
    return "\n".join([*shown, left])


def more(count: int) -> str:
    """Say on a line of its own how many are left out."""
    return tell_count("…and {count} more", "…and {count} more", count)


def short(name: str, limit: int) -> str:
    """Shorten a name in its middle: the beginnings of names are alike, and so are their ends."""
    head = (limit - 1) // 2
    return name if len(name) <= limit else f"{name[:head]}…{name[len(name) - (limit - 1 - head) :]}"


def spoken(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Say all that *blocks* show, for notifications and screen readers, which read nothing else.

    Dates are those of the server, since nobody knows where they are read.
    """
    lines: list[str] = []
    for block in blocks:
        if block["type"] == "actions":
            names = [one["text"]["text"] for one in block["elements"] if one["type"] == "button"]
            lines.append(tell("Buttons: {names}.", names=", ".join(names)))
        elif block["type"] == "header":
            lines.append(escape(block["text"]["text"]))
        else:
            texts = block["elements"] if block["type"] == "context" else [block["text"]]
            lines += [line for text in texts for line in _unmarked(text["text"]).splitlines()]
            if "accessory" in block:
                lines.append(tell("Buttons: {names}.", names=block["accessory"]["text"]["text"]))
    return fitted(lines, SPOKEN_TEXT)


def _unmarked(text: str) -> str:
    """Take our own marks out of mrkdwn; what stood in code stays as harmless without its fences."""
    parts = _CODE.split(_DATE.sub(r"\1 \2", text))
    prose = [_BULLET.sub("", part.replace("*", "")) for part in parts[::2]]
    quoted = ["\n".join(_harmless(line) for line in part.strip("`").splitlines()) for part in parts[1::2]]
    return "".join(part for pair in zip(prose, [*quoted, ""], strict=True) for part in pair)


def _harmless(line: str) -> str:
    for pattern, alike in _MARKS:
        line = pattern.sub(alike, line)
    return line


def printable(text: str) -> str:
    """Put a space in place of what steers a terminal or turns the direction of writing."""
    return "".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in text)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant in the viewer's zone, with the server's zone beside it."""
    local = at.astimezone(zone)
    shown = f"{local:%H:%M:%S} {zone.key}"
    fallback = f"{local:%Y-%m-%d %H:%M:%S}"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time_secs}}|{fallback}> ({shown})"


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant in plain words, in the server's zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} {zone.key}"


def header(text: str) -> Block:
    """Build a header block."""
    return {"type": "header", "text": {"type": "plain_text", "text": cut(text, HEADER_TEXT), "emoji": True}}


def section(text: str) -> Block:
    """Build a section block from mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def context(*texts: str) -> Block:
    """Build a context block from mrkdwn texts."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:CONTEXT_ELEMENTS]]}


def mrkdwn(text: str) -> Block:
    """Build a text; `verbatim` keeps Slack from making links and mentions of plain words."""
    return {"type": "mrkdwn", "text": cut(text, SECTION_TEXT), "verbatim": True}


def actions(block_id: str, buttons: Sequence[Block]) -> Block:
    """Build an actions block."""
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def button(
    text: str, action_id: str, value: str, *, style: str = "", confirm: Block | None = None, label: str = ""
) -> Block:
    """Build a button.

    Args:
        text: what it says.
        action_id: what `commands.register` listens to.
        value: what the press is about.
        style: `primary`, `danger` or none.
        confirm: asked before it is pressed.
        label: read by screen readers instead of *text*.
    """
    block: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": cut(text, BUTTON_TEXT), "emoji": True},
        "action_id": action_id,
        "value": value,
    }
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    if label:
        block["accessibility_label"] = cut(label, BUTTON_TEXT)
    return block


def confirmation(title: str, text: str, yes: str, no: str, *, style: str = "primary") -> Block:
    """Build the question before a press; its text is plain, so nothing in it is markup."""
    return {
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(no, CONFIRM_BUTTON),
        "style": style,
    }


def box(
    callback_id: str, title: str, blocks: Sequence[Block], *, submit: str, close: str, about: str = ""
) -> Block:
    """Build a modal.

    Args:
        callback_id: what `commands.register` listens to, `""` for a box that is only read.
        title: what it is.
        blocks: what it holds.
        submit: the button that hands it in, `""` for none.
        close: the button that does not.
        about: comes back with what is handed in.
    """
    built: Block = {
        "type": "modal",
        "title": plain(title, BOX_TITLE),
        "close": plain(close, BOX_TITLE),
        "blocks": list(blocks),
    }
    if callback_id:
        built["callback_id"] = callback_id
    if submit:
        built["submit"] = plain(submit, BOX_TITLE)
    if about:
        built["private_metadata"] = about
    return built


def plain(text: str, limit: int = SECTION_TEXT) -> Block:
    """Build a text in which nothing is markup."""
    return {"type": "plain_text", "text": cut(text, limit)}


def overflow(action_id: str, options: Mapping[str, str]) -> Block:
    """Build an overflow menu from words to values."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [{"text": plain(words, BUTTON_TEXT), "value": value} for words, value in options.items()],
    }
