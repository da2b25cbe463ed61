"""The stand-in grants what a manifest asks for and nothing else; its own is the one that ships."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import app as program
from bot import manifest as writer
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.manifest import Manifest, NoManifest, read, shipped
from tests.sandbox.slack.cards import section
from tests.sandbox.slack.listening import Json, events_into
from tests.sandbox.slack.person import Hands

HOME = {"type": "home", "blocks": [section("Watched: one workflow")]}


def test_the_stand_in_reads_what_the_program_says_of_itself() -> None:
    entrances = program.entrances()

    manifest = shipped()

    assert list(manifest.scopes) == list(writer.scopes(entrances.events))
    assert list(manifest.events) == list(entrances.events)
    assert manifest.commands == ("/mcsync",)
    assert manifest.message_shortcuts == {key: name for key, (name, _) in entrances.shortcuts.items()}
    assert manifest.has_home == (writer.HOME_OPENED in entrances.events)
    assert read(writer.write(entrances, url="https://bot.example.com")) == manifest


def test_without_further_words_the_shipped_manifest_is_installed() -> None:
    with SlackServer() as server:
        assert server.standin.installation.manifest == shipped()
        answer = requests.get(f"{server.api_url}auth.test", params={"token": "xoxb-sandbox"}, timeout=5)

    assert answer.headers["X-OAuth-Scopes"].split(",") == list(shipped().scopes)


def test_a_manifest_is_read_with_what_it_leaves_out() -> None:
    text = "features: {shortcuts: [{name: Look, type: global, callback_id: look, description: d}]}"

    assert read(text) == Manifest(global_shortcuts={"look": "Look"}, takes_presses=False)


@pytest.mark.parametrize("text", ["- a list", "", "{", "features: [\n"])
def test_what_is_no_manifest_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NoManifest, match="manifest"):
        read(text)


@pytest.fixture
def narrowed(slack: SlackServer) -> Callable[..., None]:
    """Install the app with another manifest."""

    def narrow(**changes: Any) -> None:  # noqa: ANN401 - the fields of Manifest
        before = slack.standin.installation
        slack.standin.installation = replace(before, manifest=replace(before.manifest, **changes))

    return narrow


def test_without_a_home_tab_none_is_published_or_opened(
    client: WebClient, hands: Hands, narrowed: Callable[..., None]
) -> None:
    narrowed(has_home=False)

    with pytest.raises(SlackApiError, match="not_enabled"):
        client.views_publish(user_id="U0ADA", view=HOME)
    opened = hands.do("event", type="app_home_opened", user="U0ADA")
    assert opened == {"ok": False, "error": "the app has no Home tab"}


@pytest.mark.usefixtures("over_http")
def test_what_the_manifest_does_not_name_never_reaches_the_app(
    app: App, client: WebClient, hands: Hands, narrowed: Callable[..., None]
) -> None:
    heard: list[Json] = []
    app.event("app_mention")(events_into(heard))
    app.event("subteam_members_changed")(events_into(heard))
    ts = client.chat_postMessage(channel="C0OPS", text="card")["ts"]
    narrowed(events=(), commands=(), message_shortcuts={})

    said = hands.do("say", user="U0SAM", text="<@U0MCSYNC> status")
    changed = hands.do("group", id="S0ADMINS", users=["U0ADA"])

    assert (said["ok"], said["delivered"]) == (True, False)
    assert changed == {"ok": True, "users": ["U0ADA"], "delivered": False}
    assert hands.do("event", type="user_change")["error"] == "the app is not subscribed to user_change"
    assert hands.do("shortcut", user="U0SAM", callback_id="diagnose", ts=ts)["error"] == "no such shortcut"
    assert hands.do("command", user="U0SAM", text="/mcsync")["error"] == "unknown_command"
    assert heard == []


@pytest.mark.usefixtures("over_http")
def test_a_change_of_a_group_tells_who_came_and_who_went(app: App, hands: Hands) -> None:
    heard: list[Json] = []
    app.event("subteam_members_changed")(events_into(heard))

    changed = hands.do("group", id="S0ADMINS", users=["U0GRACE", "U0SAM"])
    again = hands.do("group", id="S0ADMINS", users=["U0GRACE", "U0SAM"])
    quiet = hands.do("group", id="S0ADMINS", users=[], quiet=True)

    assert [one["delivered"] for one in (changed, again, quiet)] == [True, False, False]
    [event] = heard
    told = {key: event[key] for key in ("subteam_id", "added_users", "removed_users", "added_users_count")}
    assert told == {
        "subteam_id": "S0ADMINS",
        "added_users": ["U0SAM"],
        "removed_users": ["U0ADA"],
        "added_users_count": "1",
    }


CHART = {
    "type": "data_visualization",
    "title": "Failures by minute",
    "chart": {
        "type": "bar",
        "series": [{"name": "failures", "data": [{"label": ":00", "value": 6}]}],
        "axis_config": {"categories": [":00"]},
    },
}


def test_a_new_type_of_block_can_be_unknown_to_a_workspace(client: WebClient, hands: Hands) -> None:
    hands.do("blocks", unknown=["data_visualization", "table"])

    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C0OPS", text="x", blocks=[section("x"), CHART])
    answer = caught.value.response
    assert (answer["error"], answer["errors"]) == (
        "invalid_blocks",
        ["unsupported type: data_visualization [json-pointer:/blocks/1/type]"],
    )
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [CHART]})

    hands.do("blocks", unknown=[])
    assert client.chat_postMessage(channel="C0OPS", text="x", blocks=[section("x"), CHART])["ok"]
    assert client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [CHART]})["ok"]
