"""Breaking the next calls: each mode, before and after the effect, once or several times."""

import time
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.faults import Fault, Faults
from tests.sandbox.slack.person import Hands

HEADERS = {"Authorization": "Bearer xoxb-sandbox"}
CALL = {"channel": "C0OPS", "text": "x"}


def post(slack: SlackServer, method: str = "chat.postMessage", **body: Any) -> requests.Response:  # noqa: ANN401 - any JSON value
    """Call a method without slack_sdk, which would hide the transport."""
    return requests.post(slack.api_url + method, json=body or CALL, headers=HEADERS, timeout=5)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("mode", "answered"),
    [
        ("ratelimited", (429, '{"ok":false,"error":"ratelimited"}')),
        ("500", (500, "Internal Server Error")),
        ("html", (503, "<!DOCTYPE html>")),
        ("error:fatal_error", (200, '{"ok":false,"error":"fatal_error"}')),
    ],
)
def test_a_fault_spoils_the_answer_before_or_after_the_effect(
    slack: SlackServer, hands: Hands, mode: str, answered: tuple[int, str], when: str
) -> None:
    hands.do("faults", method="chat.postMessage", mode=mode, retry_after=7, when=when)

    answer = post(slack)

    assert answer.status_code == answered[0]
    assert answer.text.startswith(answered[1])
    assert answer.headers.get("Retry-After") == ("7" if mode == "ratelimited" else None)
    assert len(hands.messages()) == (0 if when == "before" else 1)
    assert post(slack).json()["ok"]


@pytest.mark.parametrize(("when", "posted"), [("before", 0), ("after", 1)])
def test_a_reset_breaks_the_connection(slack: SlackServer, hands: Hands, when: str, posted: int) -> None:
    hands.do("faults", method="chat.postMessage", mode="reset", when=when)

    with pytest.raises(requests.ConnectionError):
        post(slack)

    assert len(hands.messages()) == posted


@pytest.mark.parametrize(("when", "posted"), [("before", 0), ("after", 1)])
def test_a_slow_call_takes_its_time_and_then_answers(
    slack: SlackServer, hands: Hands, when: str, posted: int
) -> None:
    hands.do("faults", method="*", mode="slow", seconds=0.3, when=when)
    started = time.monotonic()

    with pytest.raises(requests.ReadTimeout):
        requests.post(slack.api_url + "chat.postMessage", json=CALL, headers=HEADERS, timeout=0.1)
    assert len(hands.messages()) == posted

    hands.do("faults", method="*", mode="slow", seconds=0.3, when=when)
    assert post(slack).json()["ok"]
    assert time.monotonic() - started > 0.3


def test_a_fault_meets_its_method_as_often_as_asked(slack: SlackServer, hands: Hands) -> None:
    hands.do("faults", method="chat.update", mode="500", times=2)

    assert post(slack).status_code == 200
    assert [post(slack, "chat.update", **CALL).status_code for _ in range(3)] == [500, 500, 200]


def test_slack_sdk_sees_the_rate_limit(client: WebClient, hands: Hands) -> None:
    hands.do("faults", method="*", mode="ratelimited", retry_after=3)

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C0OPS", text="x")

    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert caught.value.response.headers["retry-after"] == "3"


def test_a_reset_of_the_workspace_forgets_the_faults(slack: SlackServer, hands: Hands) -> None:
    hands.do("faults", method="*", mode="500", times=9)
    hands.do("reset")

    assert post(slack).json()["ok"]


def test_faults_are_taken_in_the_order_in_which_they_were_asked_for() -> None:
    faults = Faults()
    first, second = Fault("*", "500"), Fault("chat.update", "html")
    faults.add(first)
    faults.add(second)

    assert faults.waiting() == [first, second]
    assert faults.take("chat.update") == first
    assert faults.take("chat.postMessage") is None
    assert faults.take("chat.update") == second
    assert faults.take("chat.update") is None
