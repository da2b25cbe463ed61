"""Slack's requests in HTTP mode, up to a real Bolt app."""

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot.domain.answered import Answered
from bot.gateways.slack.bolt_app import ask
from bot.web import SlackEndpoint
from tests.web.conftest import NOW, Caller

PATH = "/slack/events"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def typed(text: str) -> bytes:
    fields = {"command": "/mcsync", "text": text, "team_id": "T1", "user_id": "U1"}
    return urlencode(fields | {"channel_id": "C1", "trigger_id": "1.2"}).encode()


DEED = typed("resume")
COMMAND = typed("status")
FORM = "application/x-www-form-urlencoded"


class Bolt:
    """A real Bolt app, which looks at signatures unless it is told that somebody did."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        app = App(
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-test"),
            signing_secret=SIGNING_SECRET,
            process_before_response=True,
        )
        app.command("/mcsync")(self._command)
        app.action("look")(self._press)
        self.waited: list[float] = []
        self.gate = threading.Event()
        self.gate.set()
        self.endpoint = SlackEndpoint(
            lambda fields: ask(app, fields), SIGNING_SECRET, timed=self.waited.append
        )

    def _press(self, ack: Ack, body: dict[str, str]) -> None:
        self.texts.append(body["state"])
        ack()

    def _command(self, ack: Ack, command: dict[str, str]) -> None:
        self.texts.append(command["text"])
        assert self.gate.wait(10)
        ack("as of 20 s ago")


@pytest.fixture
def bolt() -> Bolt:
    return Bolt()


@pytest.fixture
def slack(bolt: Bolt) -> SlackEndpoint:
    return bolt.endpoint


def signed(
    body: bytes, *, late: int = 0, secret: str = SIGNING_SECRET, content_type: str = FORM
) -> dict[str, str]:
    timestamp = str(int(NOW.timestamp()) - late)
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, sha256).hexdigest()
    return {
        "Content_Type": content_type,
        "X_Slack_Request_Timestamp": timestamp,
        "X_Slack_Signature": f"v0={digest}",
    }


def test_a_signed_command_reaches_bolt_and_its_answer_comes_back(call: Caller, bolt: Bolt) -> None:
    response = call("POST", PATH, COMMAND, **signed(COMMAND))

    assert (response.status, response.body) == (200, b"as of 20 s ago")
    assert bolt.texts == ["status"]


def test_a_command_that_speaks_of_a_payload_is_read_as_any_other(call: Caller, bolt: Bolt) -> None:
    # Bolt's own reading takes such a form for one whose field `payload` is missing.
    body = typed("diagnose payload")

    assert call("POST", PATH, body, **signed(body)).status == 200
    assert bolt.texts == ["diagnose payload"]


def test_what_bolt_needs_for_an_answer_is_part_of_the_time_that_is_told(call: Caller, bolt: Bolt) -> None:
    bolt.gate.clear()
    began = time.monotonic()
    threading.Timer(0.3, bolt.gate.set).start()

    assert call("POST", PATH, COMMAND, **signed(COMMAND)).status == 200

    assert len(bolt.waited) == 1
    # The request is some time on its way, on a busy machine quite long.
    assert 0.05 <= bolt.waited[0] <= time.monotonic() - began


def test_a_chunked_command_reaches_bolt_whole(call: Caller, bolt: Bolt) -> None:
    def chunks() -> Iterator[bytes]:
        yield COMMAND[:10]
        yield COMMAND[10:]

    assert call("POST", PATH, chunks(), **signed(COMMAND)).status == 200
    assert bolt.texts == ["status"]


def test_a_button_with_a_megabyte_around_it_reaches_bolt(call: Caller, bolt: Bolt) -> None:
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "trigger_id": "1.2",
        "actions": [{"type": "button", "action_id": "look", "block_id": "b", "value": "v"}],
        "state": "x" * 1_000_000,
        "response_url": "https://hooks.slack.com/actions/T1/1/x",
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()

    assert call("POST", PATH, body, **signed(body)).status == 200
    assert len(bolt.texts[0]) == 1_000_000


GOOD = signed(COMMAND)
UNSIGNED = {
    "nothing": {},
    "another secret": signed(COMMAND, secret="other"),
    "another body": signed(b"other"),
    "six minutes ago": signed(COMMAND, late=360),
    "six minutes ahead": signed(COMMAND, late=-360),
    "a word for a time": GOOD | {"X_Slack_Request_Timestamp": "soon"},
    "an infinite time": GOOD | {"X_Slack_Request_Timestamp": "inf"},
    "a superscript time": GOOD | {"X_Slack_Request_Timestamp": "\u00b9" * 10},
    "an endless time": GOOD | {"X_Slack_Request_Timestamp": "1" * 5000},
    "a signature beyond ASCII": GOOD | {"X_Slack_Signature": "v0=\u00e9"},
    "an empty signature": GOOD | {"X_Slack_Signature": ""},
    "an upper-case signature": GOOD | {"X_Slack_Signature": GOOD["X_Slack_Signature"].upper()},
}


@pytest.mark.parametrize("headers", UNSIGNED.values(), ids=UNSIGNED.keys())
def test_what_slack_did_not_sign_now_is_401_and_never_reaches_bolt(
    call: Caller, bolt: Bolt, headers: dict[str, str]
) -> None:
    response = call("POST", PATH, COMMAND, **headers)

    assert response.status == 401
    assert response.json == {"error": "This request is not signed by Slack within five minutes."}
    assert bolt.texts == []


@pytest.mark.parametrize("body", [b"{", b"payload={", b"\xff\xfe", b"[" * 100_000])
def test_unsigned_garbage_is_401_not_500(call: Caller, body: bytes) -> None:
    assert call("POST", PATH, body, Content_Type="application/json").status == 401


def test_a_signed_body_that_is_not_utf8_is_400(call: Caller) -> None:
    response = call("POST", PATH, b"text=\xff", **signed(b"text=\xff"))

    assert (response.status, response.json) == (400, {"error": "The body is not UTF-8."})


@pytest.mark.parametrize("body", [b"payload={", b"payload=7", b"payload=%5B%5D", b"authorizations=x"])
def test_a_signed_form_that_bolt_would_trip_over_is_400(call: Caller, bolt: Bolt, body: bytes) -> None:
    response = call("POST", PATH, body, **signed(body))

    assert (response.status, response.json) == (400, {"error": "The body is not what Slack sends."})
    assert bolt.texts == []


MALFORMED = {
    "a press of nothing": {"type": "block_actions", "user": {"id": "U1"}, "trigger_id": "1", "actions": []},
    "a box without a name": {"type": "view_submission", "view": {"callback_id": {}}},
    "text where objects belong": {"type": "message_action", "callback_id": "x", "user": "U1", "message": "x"},
    "half a character": {"type": "event_callback", "event_id": "\ud800", "event": {"type": "x"}},
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_signed_request_of_another_shape_is_400(call: Caller, fields: dict[str, object]) -> None:
    body = json.dumps(fields).encode()
    as_form = urlencode({"payload": body}).encode()
    for sent, content_type in ((body, "application/json"), (as_form, FORM)):
        response = call("POST", PATH, sent, **signed(sent, content_type=content_type))

        assert (response.status, response.json) == (400, {"error": "The body is not what Slack sends."})


def test_more_than_two_mebibytes_are_413(call: Caller) -> None:
    body = b"x" * (2 * 1024 * 1024 + 1)

    assert call("POST", PATH, body, **signed(body)).status == 413


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_another_method_is_405(call: Caller, method: str) -> None:
    assert call(method, PATH).status == 405


def test_the_signing_secret_does_not_show(bolt: Bolt) -> None:
    assert SIGNING_SECRET not in repr(bolt.endpoint)


# --- What comes again -----------------------------------------------------------------------------


class Memory:
    """Remembers answers by key, as the store does."""

    def __init__(self) -> None:
        self.known: dict[str, Answered] = {}

    def once(self, key: str, answer: Callable[[], Answered]) -> Answered:
        """Answer once; a question, which has no key, each time."""
        if not key:
            return answer()
        if key not in self.known:
            self.known[key] = answer()
        return self.known[key]


@pytest.fixture
def memory() -> Memory:
    return Memory()


class TestComingAgain:
    @pytest.fixture
    def slack(self, bolt: Bolt, memory: Memory) -> SlackEndpoint:
        return replace(bolt.endpoint, once=memory.once)

    def test_a_recorded_request_has_no_second_effect(self, call: Caller, bolt: Bolt) -> None:
        answers = [call("POST", PATH, DEED, **signed(DEED)) for _ in range(3)]

        assert [(answer.status, answer.body) for answer in answers] == [(200, b"as of 20 s ago")] * 3
        assert len({answer.headers["Content-Type"] for answer in answers}) == 1
        assert bolt.texts == ["resume"]

    def test_the_same_words_a_second_later_are_another_request(self, call: Caller, bolt: Bolt) -> None:
        for late in (1, 0):
            assert call("POST", PATH, DEED, **signed(DEED, late=late)).status == 200
        assert bolt.texts == ["resume", "resume"]

    def test_a_question_is_answered_anew_and_not_remembered(
        self, call: Caller, bolt: Bolt, memory: Memory
    ) -> None:
        headers = signed(COMMAND)
        for _ in range(2):
            assert call("POST", PATH, COMMAND, **headers).status == 200
        assert bolt.texts == ["status"] * 2
        assert memory.known == {}

    def test_an_event_that_slack_signs_anew_is_known_by_its_id(self, call: Caller, memory: Memory) -> None:
        event = {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": {"type": "none"}}
        body = json.dumps(event).encode()
        statuses = {
            call(
                "POST", PATH, body, **signed(body, late=late, content_type="application/json"), **retry
            ).status
            for late, retry in ((2, {}), (1, {"X_Slack_Retry_Num": "1"}), (0, {"X_Slack_Retry_Num": "2"}))
        }

        assert len(statuses) == 1
        assert list(memory.known) == ["event:Ev1"]

    def test_what_is_not_signed_is_not_remembered(self, call: Caller, memory: Memory) -> None:
        assert call("POST", PATH, COMMAND, **signed(COMMAND, secret="other")).status == 401
        assert memory.known == {}
