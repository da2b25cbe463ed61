"""What the page asks of Slack: everything at once, as soon as something is new."""

import threading
import time

import pytest
import requests
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.person import Hands


def test_the_screen_shows_everything_at_once(client: WebClient, hands: Hands) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="x")["ts"]
    client.chat_postMessage(channel="C0OPS", text="below", thread_ts=ts)
    client.chat_postEphemeral(channel="C0OPS", user="U0SAM", text="psst")
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [{"type": "divider"}]})

    screen = hands.look("screen")

    (message,) = screen["messages"]
    assert (message["text"], [reply["text"] for reply in message["thread"]]) == ("x", ["below"])
    assert [(one["user"], one["text"]) for one in screen["ephemerals"]] == [("U0SAM", "psst")]
    assert list(screen["homes"]) == ["U0ADA"]
    assert screen["modals"] == []
    bia = next(person for person in screen["people"] if person["id"] == "U0BIA")
    assert (bia["zone"], bia["locale"]) == ("America/Sao_Paulo", "pt-BR")
    assert screen["channels"][-1]["is_private"]


def test_the_screen_comes_as_soon_as_something_happens(client: WebClient, hands: Hands) -> None:
    latest = hands.look("screen")["seq"]
    took: list[float] = []

    def wait() -> None:
        begin = time.monotonic()
        took.append(hands.look("screen", after=str(latest), wait_ms="10000")["seq"] - latest)
        took.append(time.monotonic() - begin)

    waiting = threading.Thread(target=wait)
    waiting.start()
    client.chat_postMessage(channel="C0OPS", text="x")
    waiting.join()

    assert took[0] == 1
    assert took[1] < 5


@pytest.mark.parametrize("query", ["after=x", "wait_ms=-1", "wait_ms=10001", "wait_ms=0.5"])
def test_a_screen_is_not_waited_for_longer_than_that(slack: SlackServer, query: str) -> None:
    answer = requests.get(f"{slack.url}/_sandbox/screen?{query}", timeout=5)

    assert answer.status_code == 400


@pytest.mark.usefixtures("reached")
def test_an_unseen_command_is_answered_to_the_caller_only(app: App, hands: Hands) -> None:
    @app.command("/mcsync")
    def _answer(ack: Ack) -> None:
        ack(text="the help", response_type="ephemeral")

    before = hands.look("screen")["seq"]
    answer = hands.do("command", user="U0SAM", text="/mcsync help", unseen=True)

    assert answer["body"]["text"] == "the help"
    assert hands.look("screen")["seq"] == before


@pytest.mark.usefixtures("reached")
def test_an_unseen_command_may_be_answered_later(app: App, hands: Hands) -> None:
    @app.command("/mcsync")
    def _answer(ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="the help", response_type="ephemeral")

    answer = hands.do("command", user="U0SAM", text="/mcsync help", unseen=True)

    assert (answer["ok"], answer["body"]["text"]) == (True, "the help")
    assert hands.ephemerals("U0SAM") == []


def test_the_menu_of_a_message_offers_what_the_manifest_registers(hands: Hands) -> None:
    assert hands.look("screen")["shortcuts"] == {"diagnose": "Diagnose"}


def test_a_change_of_a_person_and_missing_fields_reach_the_page(client: WebClient, hands: Hands) -> None:
    before = hands.look("screen")["seq"]
    hands.do("person", id="U0SAM", zone="Asia/Tokyo")

    assert hands.look("screen")["seq"] == before + 1
    assert client.api_test()["ok"]
