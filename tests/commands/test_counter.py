"""The counter as Slack reaches it: a real Bolt app, real requests, and handlers that fail unforeseen."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import pytest
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from structlog.testing import capture_logs

import commands
from bot.domain.errors import NotFound, UnreadableInput
from commands import ask, attention, listening
from commands.reply import Modal, Reply, Request
from tests.pseudo import TAG, english_in, installed

if TYPE_CHECKING:
    from bot.service.back_office import BackOffice

HOME = {"team_id": "T1", "user_id": "U0SAM"}


def fail(*_: object) -> Reply:
    raise ZeroDivisionError("nobody foresaw this")


@dataclass
class ResponseUrl:
    """Where Slack takes what is said after a press."""

    said: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""


@pytest.fixture(name="response_url")
def _response_url() -> Iterator[ResponseUrl]:
    place = ResponseUrl()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            place.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        place.address = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield place
        server.shutdown()
        thread.join()


@dataclass
class Languages:
    """As much of a back office as every request asks for: which language somebody reads."""

    language: str = "en"

    @property
    def office(self) -> "Languages":
        return self

    def language_of(self, _: str) -> str:
        return self.language


def counter(language: str = "en") -> App:
    app = App(
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-test"),
        signing_secret="unused here",
        request_verification_enabled=False,
        process_before_response=True,
    )
    commands.register(app, cast("BackOffice", Languages(language)))
    return app


def send(app: App, **body: str) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"content-type": ["application/x-www-form-urlencoded"]}
    return app.dispatch(BoltRequest(body=urlencode(body), headers=headers))


def typed(text: str, command: str = "/mcsync", language: str = "en") -> dict[str, Any]:
    """Type a command, and read the answer."""
    response = send(
        counter(language), command=command, text=text, trigger_id="1.2", channel_id="C0OPS", token="t", **HOME
    )
    assert response.status == 200
    found: dict[str, Any] = json.loads(response.body)
    return found


def pressed(
    action_id: str, response_url: str, value: str = "v", action: dict[str, Any] | None = None
) -> BoltResponse:
    """Press a button."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U0SAM", "team_id": "T1"},
        "trigger_id": "1.2",
        "response_url": response_url,
        "actions": [
            {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1.5", "value": value}
            | (action or {})
        ],
    }
    return send(counter(), payload=json.dumps(payload))


# --- Commands -------------------------------------------------------------------------------------


def with_answer(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    monkeypatch.setitem(cast("dict[str, object]", commands.ANSWERS), "health", answer)


@pytest.mark.parametrize(("flag", "seen_by"), [("", "ephemeral"), (" --share", "in_channel")])
def test_an_answer_is_for_the_asker_alone_unless_it_is_shared(
    monkeypatch: pytest.MonkeyPatch, flag: str, seen_by: str
) -> None:
    seen: list[Request] = []

    def answer(request: Request, _: object, words: tuple[str, ...]) -> Reply:
        seen.append(request)
        return Reply(f"well: {words}", [{"type": "divider"}])

    with_answer(monkeypatch, answer)

    told = typed(f"health a{flag}", "/archive")

    assert told["response_type"] == seen_by
    assert told["text"] == "well: ('a',)"
    assert told["blocks"] == [{"type": "divider"}]
    assert (seen[0].typed, seen[0].channel, seen[0].share) == ("/archive", "C0OPS", bool(flag))


def test_an_answer_that_comes_later_is_acknowledged_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with_answer(monkeypatch, lambda *_: None)

    response = send(counter(), command="/mcsync", text="health", trigger_id="1.2", channel_id="C0OPS", **HOME)

    assert (response.status, response.body) == (200, "")


def test_a_known_error_is_its_own_sentence() -> None:
    answer = typed("statsu")

    assert answer["text"] == "There is no command statsu. Did you mean `/mcsync status`?"
    assert answer["response_type"] == "ephemeral"
    assert "blocks" not in answer


def test_what_was_typed_is_repeated_as_plain_words() -> None:
    assert typed("<!channel>")["text"].startswith("There is no command @channel.")
    assert typed("&lt;@U0EVE&gt;")["text"].startswith("There is no command @U0EVE.")


def test_an_error_that_nobody_foresaw_is_a_reference_that_is_also_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(cast("dict[str, object]", commands.ANSWERS), "health", fail)

    with capture_logs() as logs:
        answer = typed("health")

    (event,) = [entry for entry in logs if entry["event"] == "counter.failed"]
    assert event["reference"] in answer["text"]
    assert len(event["reference"]) == 8
    assert isinstance(event["exc_info"], ZeroDivisionError)
    assert "nobody foresaw this" not in json.dumps(answer)
    assert answer["response_type"] == "ephemeral"


def test_errors_are_told_in_the_language_of_whoever_meets_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(cast("dict[str, object]", commands.ANSWERS), "health", fail)

    with installed(tmp_path, monkeypatch):
        unknown, unforeseen = typed("statsu", language=TAG), typed("health", language=TAG)

    assert english_in(unknown["text"]) == ["statsu"]
    assert "`/mcsync status`" in unknown["text"]
    assert english_in(unforeseen["text"].rpartition(" ")[0]) == [], "after the last blank is the reference"


# --- Presses --------------------------------------------------------------------------------------


def with_press(monkeypatch: pytest.MonkeyPatch, press: object) -> None:
    monkeypatch.setitem(cast("dict[str, object]", commands.PRESSES), "mcsync_check", press)


def test_a_press_hands_on_who_pressed_what_and_when(
    monkeypatch: pytest.MonkeyPatch, response_url: ResponseUrl
) -> None:
    seen: list[Request] = []
    with_press(monkeypatch, lambda request, _: seen.append(request))

    response = pressed("mcsync_check", response_url.address, value="p1:abc")

    assert response.status == 200
    assert seen == [Request("U0SAM", "U0SAM:mcsync_check:1.5", "p1:abc", "mcsync_check", at="1.5")]
    assert response_url.said == []


def test_a_choice_from_a_menu_hands_on_its_value(
    monkeypatch: pytest.MonkeyPatch, response_url: ResponseUrl
) -> None:
    seen: list[Request] = []
    with_press(monkeypatch, lambda request, _: seen.append(request))
    chosen = {"type": "overflow", "value": None, "selected_option": {"value": "extend:p1"}}

    pressed("mcsync_check", response_url.address, action=chosen)

    assert [request.text for request in seen] == ["extend:p1"]


def test_a_known_error_after_a_press_is_told_to_whoever_pressed(
    monkeypatch: pytest.MonkeyPatch, response_url: ResponseUrl
) -> None:
    def refuse(*_: object) -> None:
        raise NotFound("This incident is no longer known to <@U0ADA> or <!here>.")

    with_press(monkeypatch, refuse)

    response = pressed("mcsync_check", response_url.address)

    assert response.status == 200
    assert response_url.said == [
        {
            "text": "This incident is no longer known to <@U0ADA> or &lt;!here&gt;.",
            "response_type": "ephemeral",
            "replace_original": False,
        }
    ]


def test_an_error_after_a_press_that_nobody_foresaw_is_told_by_its_reference(
    monkeypatch: pytest.MonkeyPatch, response_url: ResponseUrl
) -> None:
    with_press(monkeypatch, fail)

    with capture_logs() as logs:
        response = pressed("mcsync_check", response_url.address)

    (event,) = [entry for entry in logs if entry["event"] == "counter.failed"]
    assert response.status == 200
    (told,) = response_url.said
    assert event["reference"] in told["text"]
    assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)


def test_an_apology_that_slack_does_not_take_is_logged_and_the_press_is_still_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_press(monkeypatch, fail)

    with capture_logs() as logs:
        response = pressed("mcsync_check", "http://127.0.0.1:1/")

    assert response.status == 200
    assert {"counter.failed", "counter.not_told"} <= {entry["event"] for entry in logs}


def test_an_answer_to_a_press_takes_the_place_of_the_message(
    monkeypatch: pytest.MonkeyPatch, response_url: ResponseUrl
) -> None:
    with_press(monkeypatch, lambda *_: Reply("as of now", [{"type": "divider"}]))

    pressed("mcsync_check", response_url.address)

    (told,) = response_url.said
    assert (told["text"], told["replace_original"]) == ("as of now", True)


def test_a_button_that_only_looks_like_one_of_ours_is_none() -> None:
    assert pressed("xmcsync_check", "").status == 404
    assert pressed("mcsync_check_x", "").status == 404


# --- Boxes ----------------------------------------------------------------------------------------

VIEW = {
    "id": "V1",
    "hash": "h1",
    "type": "modal",
    "callback_id": "mcsync_denial",
    "private_metadata": "p1",
    "blocks": [{"type": "input", "block_id": "mcsync_reason"}],
    "state": {"values": {"mcsync_reason": {"text": {"type": "plain_text_input", "value": " no "}}}},
}


def submitted(monkeypatch: pytest.MonkeyPatch, submit: object) -> dict[str, Any]:
    """Submit a box, and read the answer."""
    monkeypatch.setitem(cast("dict[str, object]", commands.SUBMITS), "mcsync_denial", submit)
    user = {"id": "U0SAM", "team_id": "T1"}
    payload = {"type": "view_submission", "team": {"id": "T1"}, "user": user, "view": VIEW}
    response = send(counter(), payload=json.dumps(payload))
    assert response.status == 200
    found: dict[str, Any] = json.loads(response.body) if response.body else {}
    return found


def test_a_box_hands_on_its_fields_and_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Request] = []

    answer = submitted(monkeypatch, lambda request, _: seen.append(request))

    assert answer == {}
    assert seen[0].fields == {"mcsync_reason": " no "}
    assert (seen[0].text, seen[0].key) == ("p1", "U0SAM:V1:h1")


def test_a_known_error_stands_at_the_field_of_the_box(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise UnreadableInput("Write why.")

    answer = submitted(monkeypatch, refuse)

    assert answer == {"response_action": "errors", "errors": {"mcsync_reason": "Write why."}}


def test_a_box_may_give_way_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}

    assert submitted(monkeypatch, lambda *_: Modal(view)) == {"response_action": "update", "view": view}


def test_an_error_in_a_box_that_nobody_foresaw_is_told_at_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as logs:
        answer = submitted(monkeypatch, fail)

    (event,) = [entry for entry in logs if entry["event"] == "counter.failed"]
    assert event["reference"] in answer["errors"]["mcsync_reason"]


@pytest.mark.parametrize("field", [True, "x", 0, [], {"selected_option": "x"}, {"value": None}, {}])
def test_a_field_that_is_no_field_holds_nothing(field: object, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Request] = []
    monkeypatch.setitem(VIEW, "state", {"values": {"mcsync_reason": {"text": field}}})

    assert submitted(monkeypatch, lambda request, _: seen.append(request)) == {}
    assert seen[0].fields == {"mcsync_reason": ""}


@pytest.mark.parametrize("place", ["", "C0OPS", "C0OPS:1.1", "{}"])
def test_a_line_of_a_box_that_belongs_nowhere_is_refused(place: str) -> None:
    with pytest.raises(NotFound):
        ask.typed_in_box(Request(user="U0SAM", key="k", text=place, fields={}))


@pytest.mark.parametrize("choice", ["", "i1", "i1:", "i1:nothing", "i1:-5", "i1:٣", f"i1:{'9' * 400}"])
def test_a_choice_that_tells_no_minutes_puts_nothing_off(choice: str) -> None:
    with pytest.raises(NotFound):
        attention.press_snooze(Request(user="U0SAM", key="k", text=choice), cast("BackOffice", None))


@pytest.mark.parametrize("odd", [{}, [], 0.5, {"a": {}}])
@pytest.mark.parametrize("name", ["user", "channel", "ts", "text"])
def test_an_event_in_which_something_is_no_text_is_left_alone(name: str, odd: object) -> None:
    heard: list[Mapping[str, Any]] = []
    acknowledged: list[bool] = []
    listener = listening.to_event(lambda event, _: heard.append(event), cast("BackOffice", None))
    usual = {"type": "app_mention", "user": "U0SAM", "channel": "C0OPS", "ts": "1.1", "text": "status"}

    for event in ({**usual, name: odd or {"odd": 1}}, {**usual, "user": None}, usual):
        listener(ack=lambda: acknowledged.append(True), event=event, context=BoltContext())

    assert [one["text"] for one in heard] == ["status"]
    assert len(acknowledged) == 3
