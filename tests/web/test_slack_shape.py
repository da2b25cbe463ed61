"""What Bolt takes for granted in a body."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_bolt.request import BoltRequest

from bot.web.slack_shape import read_fields

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
    mention = {"type": "event_callback", "event": {"type": "app_mention", "channel": "C1", "ts": "1.1"}}
    press = {"type": "shortcut", "user": {"id": "U1"}, "team": {"id": "T1"}, "enterprise": None}
    command = {"command": "/mcsync", "text": "status \N{EN DASH} & more", "user_id": "U1", "channel_name": ""}
    command |= {"team_id": "T1", "channel_id": "C1", "trigger_id": "1.2"}

    assert read_fields(JSON, json.dumps(mention)) == mention
    assert read_fields(FORM, urlencode({"payload": json.dumps(press)})) == press
    assert read_fields(FORM, urlencode(command)) == command


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
    assert read_fields(JSON, json.dumps(fields)) is None
    assert read_fields(FORM, urlencode({"payload": json.dumps(fields)})) is None


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "nul"])
def test_what_is_no_json_is_not(text: str) -> None:
    assert read_fields(JSON, text) is None
    assert read_fields(FORM, urlencode({"payload": text})) is None


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_whatever_is_handed_on_bolt_can_read(fields: dict[str, Any]) -> None:
    read = read_fields(JSON, json.dumps(fields))

    if read is not None:
        BoltRequest(body=read, mode="socket_mode")


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(NAMES | st.text(max_size=5), st.text(max_size=5), max_size=6))
def test_a_form_is_read_as_bolt_reads_it(fields: dict[str, str]) -> None:
    body = urlencode(fields)

    read = read_fields(FORM, body)

    if read is not None:
        assert read == BoltRequest(body=body, headers={"content-type": [FORM]}).body == fields
