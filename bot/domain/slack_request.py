"""What a request of Slack's looks like: the parts that Bolt and the counter take for granted. Pure.

Bolt looks for workspace, person and channel in a body before any listener runs, and trips over a number
where a text or an object belongs; so would the counter. Whatever comes is held against these shapes first,
whichever way it came. What the fields say is judged behind the counter.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMED = frozenset({"user", "channel", "team", "enterprise", "org"})
"""A text (the id) or an object that has one."""

_NESTED = frozenset(
    {"event", "view", "message", "previous_message", "item", "assistant_thread", "function_data"}
)
"""An object in which Bolt looks further."""

_ANSWERED_BY_ADDRESS = frozenset({"block_actions", "message_action"})
"""Outside of a box or a Home tab Slack always says where it takes the answer to these."""

_HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str) -> object:
    """Read JSON; `None` where it is none, or holds half a character, which no database can keep."""
    try:
        value: object = json.loads(text)
        # An emoji is written as two halves, and is whole once it is read.
        if _HALF_A_CHARACTER.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return value


def is_well_formed(fields: object) -> bool:
    """Tell whether a request, once read, can be handed on."""
    if not isinstance(fields, Mapping) or not _bolt_can_read(fields) or not _fits(fields, _ANY):
        return False
    if not all(isinstance(fields[name], Mapping) for name in ("event", "view") if name in fields):
        return False
    if "command" in fields:
        return _fits(fields, _COMMAND)
    kind = fields.get("type")
    if kind in _ANSWERED_BY_ADDRESS and not (fields.get("view") or fields.get("response_url")):
        return False
    if kind == "event_callback":
        return _fits(fields, _EVENT) and _fits(fields["event"], _EVENTS.get(fields["event"]["type"], {}))
    return _fits(fields, _KINDS.get(kind, {}) if kind else {})


def _bolt_can_read(fields: object, depth: int = 4) -> bool:
    if not isinstance(fields, Mapping):
        return False
    for name, value in fields.items():
        if name == "response_urls" and not _fits(value, _Some({"response_url?": str}, least=0)):
            return False
        if value is None:
            continue
        if name in _NAMED and not isinstance(value, str | Mapping):
            return False
        if name in _NESTED and depth and not (isinstance(value, str) or _bolt_can_read(value, depth - 1)):
            return False
        if name == "authorizations" and not (
            isinstance(value, list) and all(_bolt_can_read(one, 0) for one in value)
        ):
            return False
    return True


# --- Shapes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Some:
    """A list with at least so many entries of one shape."""

    of: Any
    least: int = 1


@dataclass(frozen=True)
class _Each:
    """An object in which every field has one shape, whatever its name."""

    of: Any


_MAYBE = "?"
"""Ends the name of a field that may be missing or null."""

_ANY = {"type?": str, "callback_id?": str, "action_id?": str, "response_url?": str, "event_id?": str}
_COMMAND = dict.fromkeys(("command", "user_id", "team_id", "channel_id", "trigger_id", "text?"), str)
_PERSON = {"id": str, "team_id?": str}
_VIEW = {
    "id": str,
    "type": str,
    "hash": str,
    "callback_id": str,
    "private_metadata?": str,
    "state": {"values": _Each(_Each(object))},
}
_ACTION = {
    "action_id": str,
    "value?": str,
    "action_ts?": str,
    "selected_option?": {"value?": str},
}
_KINDS: Mapping[str, Any] = {
    "block_actions": {
        "user": _PERSON,
        "trigger_id": str,
        "actions": _Some(_ACTION),
        "view?": _VIEW,
        "channel?": {"id?": str},
        "container?": {"thread_ts?": str, "message_ts?": str},
    },
    "view_submission": {
        "user": _PERSON,
        "view": {**_VIEW, "blocks": _Some({"type": str, "block_id?": str}, least=0)},
    },
    "view_closed": {"view": {"callback_id": str}},
    "message_action": {
        "user": _PERSON,
        "trigger_id": str,
        "callback_id": str,
        "action_ts": str,
        "channel": {"id": str},
        "message": {"ts": str, "thread_ts?": str},
    },
    "interactive_message": {"callback_id": str, "actions": _Some({})},
}
_EVENT = {"event": {"type": str}}
_EVENTS: Mapping[str, Any] = {
    "app_mention": {"channel": str, "ts": str},
    "app_home_opened": {"user": str},
}


def _fits(value: object, shape: Any) -> bool:  # noqa: ANN401 - as nested as what it describes
    if isinstance(shape, _Some):
        return (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and len(value) >= shape.least
            and all(_fits(one, shape.of) for one in value)
        )
    if isinstance(shape, _Each):
        return isinstance(value, Mapping) and all(_fits(one, shape.of) for one in value.values())
    if isinstance(shape, Mapping):
        return isinstance(value, Mapping) and all(_has(value, name, inner) for name, inner in shape.items())
    return isinstance(value, shape)


def _has(fields: Mapping[str, object], name: str, shape: Any) -> bool:  # noqa: ANN401 - as above
    if name.endswith(_MAYBE):
        value = fields.get(name.removesuffix(_MAYBE))
        return value is None or _fits(value, shape)
    return name in fields and _fits(fields[name], shape)
