"""What a `response_url` takes, and how often."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from slack_bolt import App
from slack_sdk import WebClient

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.cards import actions, button, section
from tests.sandbox.slack.listening import bodies_into
from tests.sandbox.slack.person import Hands

Json = dict[str, Any]
Answer = tuple[int, Json]
pytestmark = pytest.mark.usefixtures("over_http")


def post(url: str, **body: Any) -> Answer:  # noqa: ANN401 - any JSON value
    """Post to a response URL; returns status and answer."""
    answer = requests.post(url, json=body, timeout=5)
    return answer.status_code, answer.json()


@pytest.fixture(name="pressed")
def _pressed(app: App, hands: Hands) -> Callable[[str], str]:
    """Press *approve* of a message as Ada; returns the response URL that the app is given."""
    heard: list[Json] = []
    app.action("approve")(bodies_into(heard))

    def press(ts: str) -> str:
        assert hands.do("press", user="U0ADA", ts=ts, action_id="approve")["ok"]
        return str(heard[-1]["response_url"])

    return press


@pytest.fixture(name="card")
def _card(client: WebClient) -> str:
    """A card with a button; its `ts`."""
    return str(client.chat_postMessage(channel="C0OPS", text="card", blocks=[actions(button())])["ts"])


def test_it_says_more_to_the_person_or_to_the_channel(
    hands: Hands, card: str, pressed: Callable[[str], str]
) -> None:
    url = pressed(card)

    assert post(url, text="noted") == (200, {"ok": True})
    assert post(url, text="all hear", response_type="in_channel", blocks=[section("all")])[0] == 200

    [shown] = hands.ephemerals("U0ADA")
    assert (shown["text"], shown["source"]) == ("noted", "response_url")
    assert [message["text"] for message in hands.messages()] == ["card", "all hear"]


def test_it_replaces_and_deletes_the_message(hands: Hands, card: str, pressed: Callable[[str], str]) -> None:
    url = pressed(card)

    post(url, text="done", replace_original=True)
    [message] = hands.messages()
    assert (message["text"], message["edits"], "blocks" in message) == ("done", 1, False)

    post(url, delete_original=True)
    assert hands.messages() == []
    assert post(url, delete_original=True) == (400, {"ok": False, "error": "message_not_found"})


def test_it_replaces_and_deletes_what_one_person_sees(
    client: WebClient, hands: Hands, pressed: Callable[[str], str]
) -> None:
    client.chat_postEphemeral(channel="C0OPS", user="U0ADA", text="ask", blocks=[actions(button())])
    [shown] = hands.ephemerals("U0ADA")
    url = pressed(shown["ts"])
    assert hands.do("press", user="U0SAM", ts=shown["ts"], action_id="approve")["error"] == "no such message"

    post(url, text="answered", replace_original=True)
    [replaced] = hands.ephemerals("U0ADA")
    assert (replaced["text"], replaced["edits"], replaced["ts"]) == ("answered", 1, shown["ts"])

    post(url, delete_original=True)
    assert hands.ephemerals("U0ADA") == []
    assert post(url, text="x", replace_original=True)[1]["error"] == "message_not_found"


def test_it_answers_in_the_thread_of_the_message(
    client: WebClient, hands: Hands, card: str, pressed: Callable[[str], str]
) -> None:
    reply = client.chat_postMessage(channel="C0OPS", text="in", thread_ts=card, blocks=[actions(button())])

    post(pressed(reply["ts"]), text="noted", response_type="in_channel")

    assert [one["text"] for one in hands.messages()[0]["thread"]] == ["in", "noted"]


def test_it_works_five_times(card: str, pressed: Callable[[str], str]) -> None:
    url = pressed(card)

    answers = [post(url, text=str(number)) for number in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert answers[5][1]["error"] == "used_url"


def test_it_works_for_half_an_hour(slack: SlackServer, card: str, pressed: Callable[[str], str]) -> None:
    url = pressed(card)
    now = slack.standin.workspace.now
    slack.standin.workspace.now = lambda: now() + 1_801

    assert post(url, text="x") == (404, {"ok": False, "error": "expired_url"})
    assert post(f"{slack.url}/hooks/T0SANDBOX/NOBODY", text="x")[0] == 404


def test_it_refuses_what_slack_refuses(card: str, pressed: Callable[[str], str]) -> None:
    url = pressed(card)

    assert post(url) == (400, {"ok": False, "error": "no_text"})
    assert post(url, text="x", blocks=[{"type": "sektion"}])[1]["error"] == "invalid_blocks"
    for garbage in ("{", "[]"):
        assert requests.post(url, data=garbage, timeout=5).json()["error"] == "invalid_payload"


def test_it_can_be_broken_too(hands: Hands, card: str, pressed: Callable[[str], str]) -> None:
    url = pressed(card)
    hands.do("faults", method="response_url", mode="500")

    assert requests.post(url, json={"text": "x"}, timeout=5).status_code == 500
    assert post(url, text="x")[0] == 200
