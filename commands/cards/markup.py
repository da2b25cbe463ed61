"""Slack's markup: escaping, times, cutting, and the few blocks that our cards are made of.

Knows nothing of incidents or proposals.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Block = dict[str, Any]

SECTION_TEXT = 3000
HEADER_TEXT = 150
BUTTON_TEXT = 75
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
CONTEXT_ELEMENTS = 10


def escape(text: str) -> str:
    """Make untrusted *text* harmless in mrkdwn: no mention, no link, no markup of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str, limit: int = 600) -> str:
    """Quote untrusted *text* as code, on one line or as a block."""
    cleaned = escape(cut(text.strip(), limit)).replace("`", "ˋ")
    return f"```{cleaned}```" if "\n" in cleaned else f"`{cleaned or ' '}`"


def cut(text: str, limit: int) -> str:
    """Shorten *text* to *limit* characters; the cut is ours and shows."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


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
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, SECTION_TEXT)}}


def context(*texts: str) -> Block:
    """Build a context block from mrkdwn texts."""
    elements = [{"type": "mrkdwn", "text": cut(text, SECTION_TEXT)} for text in texts[:CONTEXT_ELEMENTS]]
    return {"type": "context", "elements": elements}


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
        "title": {"type": "plain_text", "text": cut(title, CONFIRM_TITLE)},
        "text": {"type": "plain_text", "text": cut(text, CONFIRM_TEXT)},
        "confirm": {"type": "plain_text", "text": cut(yes, CONFIRM_BUTTON)},
        "deny": {"type": "plain_text", "text": cut(no, CONFIRM_BUTTON)},
        "style": style,
    }
