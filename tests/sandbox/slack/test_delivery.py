"""A real Bolt app, reached by signed HTTP and over Socket Mode: the same deeds must come to the same."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.cards import actions, button, confirm, option, section
from tests.sandbox.slack.listening import bodies_into, events_into
from tests.sandbox.slack.person import Hands

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("reached")


def test_a_command_reaches_the_app_and_its_acknowledgement_reaches_the_person(app: App, hands: Hands) -> None:
    heard: list[Json] = []

    @app.command("/mcsync")
    def answer(ack: Ack, command: Json) -> None:
        heard.append(command)
        ack(f"heard {command['text']}")

    done = hands.do("command", user="U0SAM", text="/mcsync status  prod ")

    assert (done["ok"], done["status"], done["shown"]) == (True, 200, "heard status  prod")
    assert heard[0]["user_id"] == "U0SAM"
    assert heard[0]["channel_name"] == "campaign-ops"
    [shown] = hands.ephemerals("U0SAM")
    assert (shown["text"], shown["source"], shown["channel"]) == ("heard status  prod", "ack", "C0OPS")


def test_an_empty_acknowledgement_shows_nothing(app: App, hands: Hands) -> None:
    app.command("/mcsync")(lambda ack: ack())

    done = hands.do("command", user="U0SAM", text="/mcsync")

    assert (done["ok"], done["shown"]) == (True, None)
    assert hands.ephemerals("U0SAM") == []


def test_an_acknowledgement_can_speak_to_the_channel(app: App, hands: Hands) -> None:
    app.command("/mcsync")(
        lambda ack: ack(text="all well", blocks=[section("*all* well")], response_type="in_channel")
    )

    hands.do("command", user="U0SAM", text="/mcsync status --share")

    [message] = hands.messages()
    assert (message["text"], message["user"]) == ("all well", "U0MCSYNC")
    assert hands.ephemerals("U0SAM") == []


def test_an_acknowledgement_with_blocks_that_slack_refuses_fails_before_the_person(
    app: App, hands: Hands
) -> None:
    app.command("/mcsync")(lambda ack: ack(text="x", blocks=[{"type": "sektion"}]))

    done = hands.do("command", user="U0SAM", text="/mcsync")

    assert (done["ok"], done["error"]) == (False, "invalid_blocks")
    assert done["problems"] == ["[ERROR] unsupported type: sektion [json-pointer:/blocks/0/type]"]
    assert hands.ephemerals("U0SAM")[0]["text"] == '/mcsync failed with the error "invalid_blocks"'


def test_a_press_carries_the_message_and_changes_it(app: App, hands: Hands, client: WebClient) -> None:
    heard: list[Json] = []

    @app.action("approve")
    def approve(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        heard.append(body)
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="approved")

    card = actions(button(value="42", style="primary", confirm=confirm()))
    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[card])

    done = hands.do("press", user="U0ADA", ts=posted["ts"], action_id="approve")

    assert done["ok"]
    assert done["confirm"]["text"]["text"] == "From 06:00 to 06:05"
    [body] = heard
    assert body["user"] == {"id": "U0ADA", "username": "ada", "name": "ada", "team_id": "T0SANDBOX"}
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": "C0OPS",
        "is_ephemeral": False,
    }
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "decision", "42")
    assert body["message"]["text"] == "card"
    assert body["team"] == {"id": "T0SANDBOX", "domain": "sandbox"}
    [message] = hands.messages()
    assert (message["text"], message["edits"], "blocks" in message) == ("approved", 1, False)
    assert hands.do("press", user="U0ADA", ts=posted["ts"], action_id="approve")["error"] == "no such button"


def test_a_person_who_says_no_to_the_confirmation_presses_nothing(
    app: App, hands: Hands, client: WebClient
) -> None:
    heard: list[Json] = []
    app.action("approve")(bodies_into(heard))
    card = actions(button(confirm=confirm()))
    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[card])

    done = hands.do("press", user="U0ADA", ts=posted["ts"], action_id="approve", confirm=False)

    assert (done["ok"], done["delivered"], heard) == (True, False, [])


def test_a_menu_tells_the_option_that_was_chosen(app: App, hands: Hands, client: WebClient) -> None:
    heard: list[Json] = []

    @app.action("more")
    def more(ack: Ack, body: Json) -> None:
        ack()
        heard.append(body["actions"][0])

    menu = {"type": "overflow", "action_id": "more", "options": [option("undo"), option("history")]}
    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[actions(menu)])

    assert hands.do("press", user="U0SAM", ts=posted["ts"], action_id="more", value="history")["ok"]
    assert hands.do("press", user="U0SAM", ts=posted["ts"], action_id="more", value="nuke") == {
        "ok": False,
        "error": "no such option",
    }
    assert hands.do("press", user="U0SAM", ts=posted["ts"], action_id="more")["error"] == "no such option"
    assert [action["selected_option"]["value"] for action in heard] == ["history"]


def test_a_person_of_another_company_is_told_by_their_own_team(
    app: App, hands: Hands, client: WebClient
) -> None:
    heard: list[Json] = []
    app.action("approve")(bodies_into(heard))
    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[actions(button())])

    hands.do("press", user="U0STRANGER", ts=posted["ts"], action_id="approve")

    assert heard[0]["user"]["team_id"] == "T0OTHER"
    assert heard[0]["team"] == {"id": "T0OTHER", "domain": "another-company"}


def test_an_app_that_is_too_slow_shows_operation_timeout(app: App, hands: Hands) -> None:
    woken = threading.Event()
    app.command("/mcsync")(lambda ack: (woken.wait(5), ack("too late")))

    done = hands.do("command", user="U0SAM", text="/mcsync status")
    woken.set()

    assert (done["ok"], done["error"]) == (False, "operation_timeout")
    assert 450 < done["ms"] < 2_000
    [shown] = hands.ephemerals("U0SAM")
    assert (shown["text"], shown["source"]) == (
        '/mcsync failed with the error "operation_timeout"',
        "slackbot",
    )


def test_a_click_can_be_delivered_twice(app: App, hands: Hands, client: WebClient) -> None:
    heard: list[Json] = []
    app.action("approve")(bodies_into(heard))
    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[actions(button())])
    hands.do("press", user="U0ADA", ts=posted["ts"], action_id="approve")

    assert hands.do("redeliver")["ok"]
    assert hands.do("redeliver", identical=True)["ok"]

    assert len(heard) == 3
    assert len({body["trigger_id"] for body in heard}) == 1


def test_fifty_people_press_at_once(app: App, client: WebClient, slack: SlackServer) -> None:
    slack.standin.installation = replace(slack.standin.installation, ack_seconds=10.0)
    heard: list[Json] = []
    app.action("approve")(bodies_into(heard))
    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[actions(button())])
    answers: list[Json] = []

    def press() -> None:
        person = Hands(slack.url)
        with person.http:
            answers.append(person.do("press", user="U0ADA", ts=posted["ts"], action_id="approve"))

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer["error"] for answer in answers] == [None] * 50
    assert len({body["actions"][0]["action_ts"] for body in heard}) == 50


def test_events_reach_the_app(app: App, hands: Hands) -> None:
    heard: list[Json] = []
    app.event("app_mention")(events_into(heard))
    app.event("app_home_opened")(events_into(heard))

    said = hands.do("say", user="U0SAM", text="<@U0MCSYNC> status")
    opened = hands.do("event", type="app_home_opened", user="U0ADA")

    assert said["ok"]
    assert opened["ok"]
    mention, home = heard
    assert (mention["text"], mention["ts"], mention["channel"]) == (
        "<@U0MCSYNC> status",
        said["ts"],
        "C0OPS",
    )
    assert (home["user"], home["tab"], home["channel"]) == ("U0ADA", "home", "D0ADA")


def test_shortcuts_reach_the_app(app: App, hands: Hands, client: WebClient) -> None:
    heard: list[Json] = []
    app.shortcut("diagnose")(bodies_into(heard))
    posted = client.chat_postMessage(channel="C0OPS", text="card")

    assert hands.do("shortcut", user="U0SAM", callback_id="diagnose", ts=posted["ts"])["ok"]
    assert hands.do("shortcut", user="U0SAM", callback_id="diagnose")["ok"]

    assert [body["type"] for body in heard] == ["message_action", "shortcut"]
    assert heard[0]["message"]["text"] == "card"
    assert "response_url" not in heard[1]
