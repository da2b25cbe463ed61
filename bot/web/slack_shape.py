"""Whether a request has the shape that Slack gives its requests, as far as Bolt takes it for granted.

Bolt looks for workspace, person and channel in a body before any listener runs, and trips over a number where
a text or an object belongs. What the fields say is judged behind the counter.
"""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs

NAMED = frozenset({"user", "channel", "team", "enterprise", "org"})
"""A text (the id) or an object that has one."""

NESTED = frozenset(
    {"event", "view", "message", "previous_message", "item", "assistant_thread", "function_data"}
)
"""An object in which Bolt looks further."""


def is_as_slack_writes(content_type: str, body: str) -> bool:
    """Tell whether *body*, JSON or a form with JSON in its field `payload`, can be handed on."""
    text = body
    if not content_type.startswith("application/json"):
        text = parse_qs(body).get("payload", ["{}"])[0]
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return _is_well_formed(fields)


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
