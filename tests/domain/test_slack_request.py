"""What is handed on, Bolt and the counter can read: real requests, spoilt at one place each."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot.domain.slack_request import is_well_formed, read_json
from bot.gateways.slack.bolt_app import ask
from bot.sandbox.slack import payloads, people
from commands import ask as counter_ask
from commands import home, listening
from commands.cards import markup
from commands.listening import Shortcut
from commands.reply import Modal, Reply, Request

if TYPE_CHECKING:
    from bot.service.back_office import BackOffice

DEED = payloads.Deed(people.PEOPLE[0], "1.2.none", "1764547200.000100")
CHANNEL = people.CHANNELS[0]
HOOK = "https://hooks.slack.com/actions/T1/1/x"
MESSAGE: dict[str, Any] = {
    "type": "message",
    "user": "U1",
    "ts": "1.1",
    "thread_ts": "1.0",
    "text": "Stopped.",
}
ACTION = {"type": "button", "action_id": "a", "block_id": "b", "value": "v", "action_ts": "1.5"}
OPTION = {"type": "static_select", "action_id": "a", "selected_option": {"value": "x"}, "action_ts": "1.5"}
VIEW: dict[str, Any] = {
    "id": "V1",
    "type": "modal",
    "hash": "h",
    "callback_id": "box",
    "private_metadata": "prod:mcSynch_mcExec1",
    "blocks": [{"type": "section"}, {"type": "input", "block_id": "why", "element": {}}],
    "state": {"values": {"why": {"text": {"type": "plain_text_input", "value": "x"}}}},
}
MENTION = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": "<@U0MCSYNC> status"}
OPENED = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}


def event(of: dict[str, Any]) -> dict[str, Any]:
    return payloads.event_callback(of, "Ev1", 1, is_ext_shared_channel=False)


REAL = {
    "a command": payloads.slash_command(DEED, CHANNEL, "/mcsync", "status", HOOK),
    "a press": payloads.message_actions(
        DEED, CHANNEL, MESSAGE, ACTION, state={}, response_url=HOOK, is_ephemeral=False
    ),
    "a choice": payloads.message_actions(
        DEED, CHANNEL, MESSAGE, OPTION, state={}, response_url=HOOK, is_ephemeral=True
    ),
    "a press in a box": payloads.view_actions(DEED, VIEW, ACTION),
    "a box": payloads.view_submission(DEED, VIEW),
    "a closed box": payloads.view_closed(DEED, VIEW, is_cleared=True),
    "a message's menu": payloads.message_shortcut(DEED, CHANNEL, MESSAGE, "menu", HOOK),
    "a mention": event(MENTION),
    "the Home tab": event(OPENED),
}


@pytest.mark.parametrize("fields", REAL.values(), ids=REAL.keys())
def test_a_real_request_is_well_formed(fields: dict[str, Any]) -> None:
    assert is_well_formed(fields)


@pytest.mark.parametrize("kind", ["a press", "a choice", "a message's menu"])
@pytest.mark.parametrize("address", [None, ""])
def test_a_press_on_a_message_says_where_its_answer_goes(kind: str, address: str | None) -> None:
    """Without it a refusal could be told to nobody, which nobody foresaw."""
    assert not is_well_formed({**REAL[kind], "response_url": address})
    assert not is_well_formed({name: value for name, value in REAL[kind].items() if name != "response_url"})


@pytest.mark.parametrize("fields", [None, [], "x", 7, {"type": 7}, {"type": "view_closed"}, {"command": 7}])
def test_what_nobody_sends_is_not(fields: object) -> None:
    assert not is_well_formed(fields)


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '{"a": ["\\uDFFF"]}', '{"\\udc00\\ud800": 1}', "{", "[" * 100_000]
)
def test_half_a_character_is_no_text_and_half_an_object_is_none(text: str) -> None:
    assert read_json(text) is None


def test_a_whole_character_may_be_written_in_two_halves() -> None:
    assert read_json('{"text": "\\ud83d\\ude00 \\\\ud800"}') == {"text": "\N{GRINNING FACE} \\ud800"}


# --- Spoilt ---------------------------------------------------------------------------------------


class Office:
    """As much of a back office as the counter asks for before a handler runs."""

    language = "en"
    command = "/mcsync"

    @property
    def office(self) -> "Office":
        return self

    @property
    def slack(self) -> "Office":
        return self

    @property
    def homes(self) -> "Office":
        return self

    def language_of(self, user: str) -> str:
        assert isinstance(user, str)
        return self.language

    def open_view(self, trigger_id: str, view: object) -> str:
        assert isinstance(trigger_id, str)
        return str(view)

    def opened(self, user: str) -> None:
        assert isinstance(user, str)


def answered(_request: Request, *_: object) -> Reply:
    return Reply("well", [])


def no_answer(*_: object) -> None:
    return None


def hear_mention(said: Any, _: object) -> None:  # noqa: ANN401 - an event
    counter_ask.mentioned(said)


@pytest.fixture(name="failures", scope="module")
def _failures() -> list[Exception]:
    return []


@pytest.fixture(name="app", scope="module")
def _app(failures: list[Exception]) -> Iterator[App]:
    app = App(
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=people.TEAM, bot_token="xoxb-test"),
        signing_secret="unused here",
        process_before_response=True,
    )
    service = cast("BackOffice", Office())
    app.command(re.compile("/.+"))(listening.to_command(answered, service))
    app.action(re.compile(".*"))(listening.to_press(no_answer, service))
    app.view("box")(listening.to_submit(no_answer, service))
    box = Modal(markup.box("", "x", [], submit="", close="x"))
    app.message_shortcut("menu")(listening.to_shortcut(Shortcut("x", "x", lambda *_: box), service))
    app.event("app_mention")(listening.to_event(hear_mention, service))
    app.event("app_home_opened")(listening.to_event(home.opened, service))

    def failed(error: Exception) -> None:
        failures.append(error)

    app.error(failed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listening, "check_reader", lambda *_: None)
        yield app


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "\x00", [], {}, [[]], [None], {"a": {}}, {"id": 7}]
)


def places(value: object, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place inside a request."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*so_far, key)
        yield from places(one, (*so_far, key))


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a real request of which one to three places hold something else, or nothing."""
    fields = deepcopy(draw(st.sampled_from(list(REAL.values()))))
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(list(places(fields))))
        holder: Any = fields
        for key in above:
            holder = holder[key]
        if draw(st.booleans()):
            holder[last] = deepcopy(draw(ODD))
        else:
            del holder[last]
    return fields


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_whatever_is_handed_on_meets_no_surprise_before_its_handler(
    app: App, failures: list[Exception], fields: dict[str, Any]
) -> None:
    failures.clear()
    read = read_json(json.dumps(fields))

    if is_well_formed(read):
        given_back = ask(app, cast("dict[str, Any]", read))
        assert given_back.status in (200, 404)
    assert failures == []
