"""Reads a request of Slack's, and tells whether it has the shape that Bolt takes for granted.

Bolt looks for workspace, person and channel in a body before any listener runs, and trips over a number where
a text or an object belongs. What the fields say is judged behind the counter.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

NAMED = frozenset({"user", "channel", "team", "enterprise", "org"})
"""A text (the id) or an object that has one."""

NESTED = frozenset(
    {"event", "view", "message", "previous_message", "item", "assistant_thread", "function_data"}
)
"""An object in which Bolt looks further."""


def read_fields(content_type: str, text: str) -> dict[str, Any] | None:
    """Read a body: JSON, or a form, which may have JSON in its field `payload`.

    Of a field that comes more than once the last one counts, as with Bolt.

    Returns:
        Its fields; `None` when they are not what can be handed on.
    """
    fields: Any
    if content_type.startswith("application/json"):
        fields = _read_json(text)
    else:
        form = dict(parse_qsl(text, keep_blank_values=True))
        fields = _read_json(form["payload"]) if "payload" in form else form
    return fields if isinstance(fields, dict) and _is_well_formed(fields) else None


def _read_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_well_formed(fields: object, depth: int = 4) -> bool:
    if not isinstance(fields, Mapping):
        return False
    for name, value in fields.items():
        if value is None:
            continue
        if name in NAMED and not isinstance(value, str | Mapping):
            return False
        if name in NESTED and depth and not (isinstance(value, str) or _is_well_formed(value, depth - 1)):
            return False
        if name == "authorizations" and not (
            isinstance(value, list) and all(_is_well_formed(one, 0) for one in value)
        ):
            return False
    return True
