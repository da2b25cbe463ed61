"""What a person cannot do, what never reaches the app, and what reaches it again."""

import base64
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.cards import actions, button, option
from tests.sandbox.slack.listening import bodies_into
from tests.sandbox.slack.person import Hands

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("user", "error"),
    [
        ("U0NOBODY", "no such person"),
        ("U0GONE", "the person is deactivated"),
        ("U0MCSYNC", "a bot presses nothing"),
    ],
)
def test_only_present_people_act(hands: Hands, user: str, error: str) -> None:
    for deed, wish in (
        ("command", {"text": "/mcsync"}),
        ("press", {"ts": "1.2", "action_id": "x"}),
        ("say", {"text": "hello"}),
    ):
        assert hands.do(deed, user=user, **wish) == {"ok": False, "error": error}


def test_a_person_acts_only_where_they_are(client: WebClient, hands: Hands) -> None:
    ts = client.chat_postMessage(channel="G0SECRET", text="x", blocks=[actions(button())])["ts"]
    not_there = {"ok": False, "error": "the person is not in that channel"}

    assert hands.do("press", user="U0SAM", ts=ts, action_id="approve") == not_there
    assert hands.do("command", user="U0SAM", text="/mcsync", channel="G0SECRET") == not_there
    assert hands.do("say", user="U0SAM", text="x", channel="C0NOWHERE") == not_there
    assert hands.do("shortcut", user="U0SAM", callback_id="diagnose", ts=ts) == not_there


def test_what_is_not_shown_cannot_be_pressed(client: WebClient, hands: Hands) -> None:
    hidden = button("hidden", visible_to_user_ids=["U0ADA"])
    blocks = [actions(button("go", value="1"), hidden), actions(button("go", value="2"), block_id="second")]
    ts = client.chat_postMessage(channel="C0OPS", text="x", blocks=blocks)["ts"]

    def press(**wish: Any) -> str | None:  # noqa: ANN401 - any JSON value
        error: str | None = hands.do("press", **{"user": "U0SAM", "ts": ts, **wish})["error"]
        return error

    assert press(action_id="stop") == "no such button"
    assert press(action_id="go", value="3") == "no such button"
    assert press(action_id="go", block_id="third") == "no such button"
    assert press(action_id="hidden") == "no such button"
    assert press(action_id="go", ts="1.2") == "no such message"
    # Nobody listens here: what can be pressed fails on its way to the app.
    assert press(action_id="go", value="2") == "dispatch_failed"
    assert press(action_id="go", block_id="second") == "dispatch_failed"
    assert press(action_id="hidden", user="U0ADA") == "dispatch_failed"


def test_a_press_that_does_not_reach_the_app_shows_a_warning_sign(client: WebClient, hands: Hands) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="x", blocks=[actions(button())])["ts"]

    assert hands.do("press", user="U0SAM", ts=ts, action_id="approve")["shown"] == "⚠️"


@pytest.mark.parametrize(
    ("user", "line", "thread", "shown"),
    [
        ("U0SAM", "/mcsync status", "1.2", "/mcsync is not supported in threads. Sorry!"),
        ("U0SAM", "/mcsink status", None, "/mcsink is not a valid command."),
        ("U0STRANGER", "/mcsync status", None, "/mcsync is not a valid command."),
    ],
)
def test_slackbot_answers_a_command_that_is_not_ours(
    hands: Hands, user: str, line: str, thread: str | None, shown: str
) -> None:
    done = hands.do("command", user=user, text=line, thread_ts=thread)

    assert (done["ok"], done["shown"], done["status"]) == (False, shown, None)
    assert hands.ephemerals(user)[0]["source"] == "slackbot"


def test_a_command_needs_its_scope(slack: SlackServer, hands: Hands) -> None:
    slack.standin.installation = replace(
        slack.standin.installation,
        manifest=replace(slack.standin.installation.manifest, scopes=("chat:write",)),
    )

    assert hands.do("command", user="U0SAM", text="/mcsync")["error"] == "unknown_command"


@pytest.mark.parametrize("has_url", [False, True])
def test_without_an_app_a_command_fails_at_once(slack: SlackServer, hands: Hands, *, has_url: bool) -> None:
    slack.standin.installation = replace(slack.standin.installation, mode="http", request_url=None)
    if has_url:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        hands.do("app", mode="http", request_url=f"http://127.0.0.1:{port}/")

    done = hands.do("command", user="U0SAM", text="/mcsync")

    assert done["shown"] == '/mcsync failed with the error "dispatch_failed"'


@pytest.mark.usefixtures("over_http")
def test_an_app_that_does_not_know_the_command_or_stumbles_shows_dispatch_failed(
    app: App, hands: Hands
) -> None:
    done = hands.do("command", user="U0SAM", text="/mcsync")
    assert (done["status"], done["error"]) == (404, "dispatch_failed")

    @app.command("/mcsync")
    def stumble() -> None:
        raise LookupError("on purpose")

    done = hands.do("command", user="U0SAM", text="/mcsync")
    assert (done["status"], done["error"]) == (500, "dispatch_failed")


def test_shortcuts_want_a_message_that_all_see(client: WebClient, hands: Hands) -> None:
    client.chat_postEphemeral(channel="C0OPS", user="U0SAM", text="x")
    ts = hands.ephemerals("U0SAM")[0]["ts"]

    done = hands.do("shortcut", user="U0SAM", callback_id="diagnose", ts=ts)

    assert done["error"] == "an ephemeral message has no shortcuts"


def test_what_a_person_says_reaches_the_app_only_when_it_is_mentioned(hands: Hands) -> None:
    aloud = hands.do("say", user="U0SAM", text="hello")
    elsewhere = hands.do("say", user="U0SAM", text="<@U0MCSYNC> hello", channel="C0RANDOM")

    assert (aloud["ok"], aloud["delivered"], elsewhere["delivered"]) == (True, False, False)
    assert [message["text"] for message in hands.messages()] == ["hello"]
    assert hands.do("say", user="U0SAM", text="x", thread_ts="1.2")["error"] == "no such thread"


def test_a_reset_and_a_redelivery_of_nothing(hands: Hands) -> None:
    assert hands.do("redeliver") == {"ok": False, "error": "nothing has been delivered yet"}


@pytest.mark.usefixtures("over_http")
def test_events_need_their_scope_and_name_other_companies(slack: SlackServer, app: App, hands: Hands) -> None:
    heard: list[Json] = []
    app.event("app_mention")(bodies_into(heard))
    app.event("subteam_members_changed")(bodies_into(heard))

    hands.do("say", user="U0STRANGER", text="<@U0MCSYNC> status")
    hands.do("event", type="subteam_members_changed", subteam_id="S0ADMINS")

    mention, change = heard
    assert mention["is_ext_shared_channel"]
    assert mention["event"]["user_team"] == "T0OTHER"
    assert change["event"]["subteam_id"] == "S0ADMINS"
    assert not change["is_ext_shared_channel"]
    slack.standin.installation = replace(
        slack.standin.installation, manifest=replace(slack.standin.installation.manifest, scopes=())
    )
    refused = hands.do("say", user="U0SAM", text="<@U0MCSYNC> status")
    assert refused["error"] == "the app is not subscribed: app_mentions:read is missing"
    assert len(heard) == 2


@pytest.mark.usefixtures("over_http")
def test_radio_buttons_in_a_message_tell_their_state(app: App, client: WebClient, hands: Hands) -> None:
    heard: list[Json] = []
    app.action("how")(bodies_into(heard))
    radio = {"type": "radio_buttons", "action_id": "how", "options": [option("a"), option("b")]}
    other = {
        "type": "static_select",
        "action_id": "menu",
        "options": [option("c")],
        "initial_option": option("c"),
    }
    ts = client.chat_postMessage(channel="C0OPS", text="x", blocks=[actions(radio, other)])["ts"]

    hands.do("press", user="U0SAM", ts=ts, action_id="how", value="b")

    values = heard[0]["state"]["values"]["decision"]
    assert values["how"] == {"type": "radio_buttons", "selected_option": option("b")}
    assert values["menu"]["selected_option"] == option("c")


class _Recorder(BaseHTTPRequestHandler):
    """An app that writes down what arrives and answers what it is told to."""

    server: "_App"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        answer = self.server.answers.pop(0) if self.server.answers else (200, b"")
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])

    def log_message(self, *_args: Any) -> None:  # noqa: ANN401 - the signature of the standard library
        pass


class _App(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recorder)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []


@pytest.fixture(name="recorder")
def _recorder(slack: SlackServer) -> Iterator[_App]:
    """A bare app that only records."""
    with _App() as recorder:
        thread = threading.Thread(target=recorder.serve_forever, args=(0.02,))
        thread.start()
        slack.reach_app(mode="http", request_url=f"http://127.0.0.1:{recorder.server_port}/slack?x=1")
        yield recorder
        recorder.shutdown()
        thread.join()


def test_every_request_is_signed_as_slack_signs(hands: Hands, client: WebClient, recorder: _App) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="ação", blocks=[actions(button())])["ts"]
    hands.do("command", user="U0SAM", text="/mcsync estado ação")
    hands.do("press", user="U0SAM", ts=ts, action_id="approve")
    hands.do("event", type="app_home_opened", user="U0SAM")

    verifier = SignatureVerifier("sandbox-signing-secret")
    for headers, body in recorder.received:
        assert verifier.is_valid_request(body, headers)
        assert headers["User-Agent"].startswith("Slackbot 1.0")
        assert not verifier.is_valid_request(body + b" ", headers)
    kinds = [headers["Content-Type"] for headers, _ in recorder.received]
    assert kinds == ["application/x-www-form-urlencoded"] * 2 + ["application/json"]


def test_a_redelivery_has_the_same_body_and_a_fresh_or_the_same_signature(
    hands: Hands, recorder: _App
) -> None:
    hands.do("command", user="U0SAM", text="/mcsync status")
    hands.do("event", type="app_home_opened", user="U0SAM")
    hands.do("redeliver", identical=True)
    hands.do("redeliver")

    (first, body), _, (identical, same), (_, again) = recorder.received
    assert same == again == body
    assert identical["X-Slack-Signature"] == first["X-Slack-Signature"]


def test_an_event_without_acknowledgement_comes_again(
    slack: SlackServer, hands: Hands, recorder: _App
) -> None:
    slack.standin.installation = replace(slack.standin.installation, event_retries=(0.0, 0.01, 60.0))
    recorder.answers = [(500, b""), (500, b"")]

    done = hands.do("event", type="app_home_opened", user="U0SAM")

    assert (done["ok"], done["status"]) == (False, 500)
    deadline = threading.Event()
    for _ in range(200):
        if len(recorder.received) == 3:
            break
        deadline.wait(0.01)
    first, second, third = recorder.received
    assert first[1] == second[1] == third[1]
    assert "X-Slack-Retry-Num" not in first[0]
    assert (second[0]["X-Slack-Retry-Num"], second[0]["X-Slack-Retry-Reason"]) == ("1", "http_error")
    assert third[0]["X-Slack-Retry-Num"] == "2"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (b'{"text": "from json"}', "from json"),
        (b"just words", "just words"),
        (b'{"text": ', '{"text": '),
        (b"  ", None),
        (b"{}", None),
    ],
)
def test_an_acknowledgement_is_read_generously(
    hands: Hands, recorder: _App, answer: bytes, shown: str | None
) -> None:
    recorder.answers = [(200, answer)]

    done = hands.do("command", user="U0SAM", text="/mcsync")

    assert (done["ok"], done["shown"]) == (True, shown)


def test_an_app_that_answers_no_http_shows_dispatch_failed(slack: SlackServer, hands: Hands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def babble() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(base64.b64encode(b"not http at all") + b"\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        slack.reach_app(mode="http", request_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        done = hands.do("command", user="U0SAM", text="/mcsync")
        thread.join()

    assert (done["status"], done["error"]) == (None, "dispatch_failed")


# --- the control URLs themselves ---


@pytest.mark.parametrize(
    ("deed", "body", "error"),
    [
        ("press", "[]", "the body must be a JSON object"),
        ("press", "{}", "user is missing"),
        ("press", '{"user": 5}', "user must be a text"),
        ("press", '{"user": "U0SAM", "home": "yes"}', "home must be true or false"),
        ("submit", '{"user": "U0SAM", "view_id": "V", "state": []}', "state must be an object"),
        ("group", '{"id": "S0ADMINS", "users": "U0ADA"}', "users must be a list of texts"),
        (
            "event",
            '{"type": "app_home_opened", "user": "U0SAM", "tab": "x"}',
            "tab must be one of: home, messages",
        ),
        (
            "faults",
            '{"method": "*", "mode": "x"}',
            "mode must be one of: ratelimited, 500, html, reset, slow, error:<code>",
        ),
        ("faults", '{"method": "*", "mode": "500", "times": -1}', "times must be a number, 0 or more"),
        ("faults", '{"method": "*", "mode": "500", "when": "never"}', "when must be one of: before, after"),
    ],
)
def test_a_request_that_cannot_be_read_says_why(slack: SlackServer, deed: str, body: str, error: str) -> None:
    answer = requests.post(f"{slack.url}/_sandbox/{deed}", data=body, timeout=5)

    assert (answer.status_code, answer.json()) == (400, {"ok": False, "error": error})


def test_a_request_that_is_no_json_is_refused(slack: SlackServer) -> None:
    assert requests.post(f"{slack.url}/_sandbox/press", data="{", timeout=5).status_code == 400


def test_groups_channels_and_people_must_exist(hands: Hands) -> None:
    assert hands.do("group", id="S0X", users=[])["error"] == "no such group"
    assert hands.do("group", id="S0ADMINS", users=["U0X"])["error"] == "no such person"
    assert hands.do("channel", id="C0X")["error"] == "no such channel"
    assert hands.do("person", id="U0X")["error"] == "no such person"


def test_the_cast_can_be_looked_at(hands: Hands) -> None:
    cast = hands.look("people")

    assert {person["id"] for person in cast["people"]} >= {
        "U0SAM",
        "U0ADA",
        "U0GRACE",
        "U0GUEST",
        "U0STRANGER",
    }
    assert cast["groups"] == {"S0ADMINS": ["U0ADA", "U0GRACE"]}
    assert cast["channels"][0]["name"] == "campaign-ops"


def test_events_tell_a_page_what_changed(client: WebClient, hands: Hands, slack: SlackServer) -> None:
    before = hands.look("events")["events"][-1]["seq"]

    ts = client.chat_postMessage(channel="C0OPS", text="x")["ts"]

    [event] = hands.look("events", since=str(before))["events"]
    assert (event["kind"], event["ts"]) == ("message", ts)
    assert requests.get(f"{slack.url}/_sandbox/events?since=x", timeout=5).status_code == 400
