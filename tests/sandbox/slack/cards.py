"""Blocks and views that several tests use."""

from typing import Any

Json = dict[str, Any]


def words(text: str) -> Json:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str = "approve", **more: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": words("Approve"), **more}


def actions(*elements: Json, block_id: str = "decision") -> Json:
    """Return an actions block."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def section(text: str) -> Json:
    """Return a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def option(value: str, **more: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return an option of a menu."""
    return {"text": words(value.title()), "value": value, **more}


def confirm() -> Json:
    """Return a confirmation dialog."""
    return {
        "title": words("Sure?"),
        "text": words("From 06:00 to 06:05"),
        "confirm": words("Yes"),
        "deny": words("No"),
    }


def question(block_id: str = "reason", **element: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return an input block."""
    typed = {"type": "plain_text_input", "action_id": "typed", **element}
    return {"type": "input", "block_id": block_id, "label": words("Reason"), "element": typed}


def modal(*blocks: Json, **more: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return a modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": "what_if",
        "title": words("What if"),
        "submit": words("Ask"),
        "blocks": list(blocks) or [question()],
        **more,
    }
