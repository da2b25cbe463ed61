"""Reads a request of Slack's that came by HTTP."""

from typing import Any
from urllib.parse import parse_qsl

from bot.domain.slack_request import is_well_formed, read_json


def read_fields(content_type: str, text: str) -> dict[str, Any] | None:
    """Read a body: JSON, or a form, which may have JSON in its field `payload`.

    Of a field that comes more than once the last one counts, as with Bolt.

    Returns:
        Its fields; `None` when they are not what can be handed on.
    """
    fields: Any
    if content_type.startswith("application/json"):
        fields = read_json(text)
    else:
        form = dict(parse_qsl(text, keep_blank_values=True))
        fields = read_json(form["payload"]) if "payload" in form else form
    return fields if isinstance(fields, dict) and is_well_formed(fields) else None
