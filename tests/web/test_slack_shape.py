"""What Bolt takes for granted in a body."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_bolt.request import BoltRequest

from bot.web.slack_shape import is_as_slack_writes

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
NAMES = st.sampled_from(
    [
        *("user", "channel", "team", "enterprise", "org", "event", "view", "message", "item", "inputs"),
        *("authorizations", "type", "user_team", "thread_ts", "is_ext_shared_channel", "team_id", "id"),
        *("function_data", "bot_access_token", "previous_message", "assistant_thread"),
    ]
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "U1", "E1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


def test_what_slack_writes_is_handed_on() -> None:
    mention = {"type": "event_callback", "event": {"type": "app_mention", "user": "U1", "channel": "C1"}}
    press = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "enterprise": None}
    command = urlencode({"command": "/mcsync", "text": "status", "user_id": "U1"})

    assert is_as_slack_writes(JSON, json.dumps(mention))
    assert is_as_slack_writes(FORM, urlencode({"payload": json.dumps(press)}))
    assert is_as_slack_writes(FORM, command)


@pytest.mark.parametrize(
    "fields",
    [
        {"event": {"user": 0}},
        {"event": {"channel": True}},
        {"team": 1.5},
        {"event": 7},
        {"authorizations": 3},
        {"authorizations": [{"team": []}]},
        [],
        None,
    ],
)
def test_a_number_where_an_id_belongs_is_not(fields: object) -> None:
    assert not is_as_slack_writes(JSON, json.dumps(fields))
    assert not is_as_slack_writes(FORM, urlencode({"payload": json.dumps(fields)}))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "nul"])
def test_what_is_no_json_is_not(text: str) -> None:
    assert not is_as_slack_writes(JSON, text)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_whatever_is_handed_on_bolt_can_read(fields: dict[str, Any]) -> None:
    body = json.dumps(fields)

    if is_as_slack_writes(JSON, body):
        BoltRequest(body=body, headers={"content-type": [JSON]})
