"""The `Slack` port against an API that misbehaves; `tests/contract` has it against a whole workspace."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.errors import SlackBusy, SlackError, SlackRefused, SlackUnreachable
from bot.domain.message import Card
from bot.domain.policy import Person
from bot.domain.view import Opened
from bot.gateways.slack import Identity, SlackGateway, gateway
from tests.gateways.slack.conftest import AUTH, Reply, ScriptedApi

CARD = Card(
    "Archiving stands still.", [{"type": "section", "text": {"type": "mrkdwn", "text": "*still* \U0001f600"}}]
)
SINCE = datetime(2026, 11, 23, 5, 0, 10, 250_000, tzinfo=UTC)


@pytest.fixture
def slack(api: ScriptedApi) -> SlackGateway:
    return SlackGateway("xoxb-token", api.url, timeout_seconds=1)


def message(ts: str, *, key: str = "other", **changes: object) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "message",
        "ts": ts,
        "bot_id": "BBOT",
        "user": "UBOT",
        "metadata": {"event_type": "mcsync_card", "event_payload": {"key": key}},
    }
    return found | changes


def page(*messages: object, cursor: str = "") -> Reply:
    return Reply({"ok": True, "messages": messages, "response_metadata": {"next_cursor": cursor}})


def test_constructing_calls_nobody(api: ScriptedApi, slack: SlackGateway) -> None:
    assert slack is not None
    assert api.calls == []


def test_who_we_are_is_read_once(api: ScriptedApi, slack: SlackGateway) -> None:
    assert slack.identity() == Identity("T1", "UBOT", "BBOT", "https://t1.slack.test/")
    assert slack.identity() is slack.identity()
    assert len(api.called("auth.test")) == 1


def test_a_failure_to_read_who_we_are_is_not_remembered(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("auth.test", Reply({"ok": False, "error": "invalid_auth"}), Reply(AUTH))

    with pytest.raises(SlackRefused):
        slack.identity()
    assert slack.identity().team_id == "T1"


def test_a_post_carries_text_blocks_and_key(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("chat.postMessage", Reply({"ok": True, "ts": "1.2"}))

    assert slack.post("C1", CARD, key="incident-1") == "1.2"
    assert api.called("chat.postMessage") == [
        {
            "channel": "C1",
            "text": CARD.text,
            "blocks": list(CARD.blocks),
            "metadata": {"event_type": "mcsync_card", "event_payload": {"key": "incident-1"}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
    ]


def test_an_update_leaves_the_metadata_alone(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("chat.update", Reply({"ok": True, "ts": "1.2"}))

    slack.update("C1", "1.2", CARD)

    assert api.called("chat.update") == [
        {"channel": "C1", "ts": "1.2", "text": CARD.text, "blocks": list(CARD.blocks)}
    ]


def test_a_whisper_goes_to_one_person(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("chat.postEphemeral", Reply({"ok": True, "message_ts": "1.2"}))

    slack.whisper("C1", "U1", Card("Only <@U2> can approve this.", ()))

    assert api.called("chat.postEphemeral") == [
        {"channel": "C1", "user": "U1", "text": "Only <@U2> can approve this."}
    ]


REACTIONS = ("reactions.add", "reactions.remove")


def test_a_reaction_takes_the_place_of_the_others(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("reactions.add", Reply({"ok": True}))
    api.answer("reactions.remove", Reply({"ok": True}), Reply({"ok": True}))

    slack.react("C1", "1.2", "done", instead_of=("open", "waiting"))

    names = [(call.method, call.arguments["name"]) for call in api.calls if call.method in REACTIONS]
    assert names == [("reactions.add", "done"), ("reactions.remove", "open"), ("reactions.remove", "waiting")]


@pytest.mark.parametrize("method", REACTIONS)
def test_a_reaction_that_slack_refuses_is_told(api: ScriptedApi, slack: SlackGateway, method: str) -> None:
    for one in REACTIONS:
        code = "missing_scope" if one == method else "already_reacted"
        api.answer(one, Reply({"ok": False, "error": code}))

    with pytest.raises(SlackRefused, match="missing_scope"):
        slack.react("C1", "1.2", "done", instead_of=("open",))


def test_a_modal_is_opened_by_its_trigger(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("views.open", Reply({"ok": True, "view": {"id": "V1", "hash": "1.a"}}))

    assert slack.open_view("1.2.abc", {"type": "modal", "blocks": []}) == Opened("V1", "1.a")

    assert api.called("views.open") == [{"trigger_id": "1.2.abc", "view": {"type": "modal", "blocks": []}}]


SHOWN = {"ok": True, "view": {"id": "V1", "hash": "2.b"}}


def test_a_view_is_replaced_and_its_hash_is_sent_only_where_it_counts(
    api: ScriptedApi, slack: SlackGateway
) -> None:
    for method in ("views.update", "views.publish"):
        api.answer(method, Reply(SHOWN), Reply(SHOWN))

    assert slack.update_view("V1", {"type": "modal"}, hash_="1.a") == Opened("V1", "2.b")
    assert slack.publish_home("U0SAM", {"type": "home"}) == Opened("V1", "2.b")

    assert api.called("views.update") == [{"view_id": "V1", "view": {"type": "modal"}, "hash": "1.a"}]
    assert api.called("views.publish") == [{"user_id": "U0SAM", "view": {"type": "home"}}]


def test_a_view_is_shown_again_when_the_first_try_fails(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("views.update", Reply(reset=True), Reply(SHOWN))
    api.answer("views.publish", Reply({"ok": False, "error": "hash_conflict"}))

    assert slack.update_view("V1", {"type": "modal"}) == Opened("V1", "2.b")
    with pytest.raises(SlackRefused, match="hash_conflict"):
        slack.publish_home("U0SAM", {"type": "home"}, hash_="1.a")


@pytest.mark.parametrize(
    "answer", [{"ok": True}, {"ok": True, "view": []}, {"ok": True, "view": {"id": "V1"}}]
)
def test_an_answer_about_a_view_that_says_nothing_is_unreadable(
    api: ScriptedApi, slack: SlackGateway, answer: dict[str, object]
) -> None:
    api.answer("views.update", Reply(answer))

    with pytest.raises(SlackUnreachable, match="could not be read"):
        slack.update_view("V1", {"type": "modal"})


def test_a_modal_that_slack_does_not_open_in_a_hurry_is_given_up(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gateway.HURRY_SECONDS < 3, "a trigger_id lives three seconds"
    monkeypatch.setattr(gateway, "HURRY_SECONDS", 0.1)
    patient = SlackGateway("xoxb-token", api.url, timeout_seconds=60)
    api.answer("views.open", Reply({"ok": True}, delay=0.3))

    with pytest.raises(SlackUnreachable):
        patient.open_view("1.2.abc", {"type": "modal"})


BROKEN = [Reply(reset=True), Reply(b"<html>", 503), Reply({"ok": False, "error": "fatal_error"})]


@pytest.mark.parametrize("reply", BROKEN)
def test_what_cannot_be_taken_back_is_tried_once(api: ScriptedApi, slack: SlackGateway, reply: Reply) -> None:
    for method in ("chat.postMessage", "chat.postEphemeral", "views.open"):
        api.answer(method, reply, Reply({"ok": True, "ts": "1.2"}))

    with pytest.raises(SlackUnreachable):
        slack.post("C1", CARD, key="k")
    with pytest.raises(SlackUnreachable):
        slack.whisper("C1", "U1", CARD)
    with pytest.raises(SlackUnreachable):
        slack.open_view("1.2.abc", {"type": "modal"})

    assert [call.method for call in api.calls] == ["chat.postMessage", "chat.postEphemeral", "views.open"]


@pytest.mark.parametrize("reply", BROKEN)
def test_an_update_and_every_read_are_tried_twice(
    api: ScriptedApi, slack: SlackGateway, reply: Reply
) -> None:
    slack.identity()
    good = {
        "chat.update": Reply(),
        "conversations.history": page(message("1.2", key="k")),
        "users.info": Reply({"ok": True, "user": {"id": "U1", "name": "ada", "team_id": "T1"}}),
        "usergroups.users.list": Reply({"ok": True, "users": ["U1"]}),
    }
    for method, answer in good.items():
        api.answer(method, reply, answer)

    slack.update("C1", "1.2", CARD)
    assert slack.find("C1", "k", since=SINCE) == "1.2"
    assert slack.person("U1").name == "ada"
    assert slack.members("S1") == {"U1"}

    assert all(len(api.called(method)) == 2 for method in good)


def test_the_second_failure_is_told(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("chat.update", Reply(b"", 500))

    with pytest.raises(SlackUnreachable):
        slack.update("C1", "1.2", CARD)
    assert len(api.called("chat.update")) == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "9"}), SlackBusy),
        (Reply({"ok": False, "error": "message_not_found"}), SlackRefused),
        (Reply(delay=1.5), SlackUnreachable),
    ],
)
def test_busy_refused_and_slow_are_not_tried_again_at_once(
    api: ScriptedApi, slack: SlackGateway, reply: Reply, kind: type[SlackError]
) -> None:
    api.answer("chat.update", reply)

    with pytest.raises(kind):
        slack.update("C1", "1.2", CARD)
    assert len(api.called("chat.update")) == 1


def test_a_card_is_found_by_its_key_on_any_page(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer(
        "conversations.history",
        page(message("9.0"), {"type": "message", "ts": "8.0", "text": "hi"}, "odd", cursor="next"),
        page(message("7.0", key="k"), message("6.0", key="k")),
    )

    assert slack.find("C1", "k", since=SINCE) == "7.0"
    first, second = api.called("conversations.history")
    assert first == {
        "channel": "C1",
        "oldest": "1795410010.250000",
        "include_all_metadata": "true",
        "limit": "200",
    }
    assert second == first | {"cursor": "next"}


def test_a_message_of_ours_without_its_bot_id_is_known_by_the_user(
    api: ScriptedApi, slack: SlackGateway
) -> None:
    api.answer("conversations.history", page(message("7.0", key="k", bot_id=None)))

    assert slack.find("C1", "k", since=SINCE) == "7.0"


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "BOTHER", "user": "UOTHER"},
        {"metadata": {"event_type": "other_card", "event_payload": {"key": "k"}}},
        {"metadata": {"event_type": "mcsync_card", "event_payload": {"key": "k2"}}},
        {"metadata": {"event_type": "mcsync_card", "event_payload": ["k"]}},
        {"metadata": {"event_type": "mcsync_card"}},
        {"metadata": "k"},
        {"metadata": None},
    ],
)
def test_only_our_own_message_with_that_very_key_counts(
    api: ScriptedApi, slack: SlackGateway, changes: dict[str, object]
) -> None:
    api.answer("conversations.history", page(message("7.0", key="k", **changes)))

    assert slack.find("C1", "k", since=SINCE) is None


def test_a_search_gives_up_after_ten_pages_and_says_so(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer("conversations.history", page(message("9.0"), cursor="next"))

    with pytest.raises(SlackRefused) as raised:
        slack.find("C1", "k", since=SINCE)

    assert raised.value.code == "history_too_long"
    assert len(api.called("conversations.history")) == 10


@pytest.mark.parametrize("metadata", [None, {}, {"next_cursor": None}, "x"])
def test_a_page_without_a_cursor_is_the_last(api: ScriptedApi, slack: SlackGateway, metadata: object) -> None:
    api.answer("conversations.history", Reply({"ok": True, "messages": [], "response_metadata": metadata}))

    assert slack.find("C1", "k", since=SINCE) is None
    assert len(api.called("conversations.history")) == 1


def user(**changes: object) -> Reply:
    found: dict[str, object] = {
        "id": "U1",
        "team_id": "T1",
        "name": "ada",
        "real_name": "Ada Lovelace",
        "profile": {"display_name": "Ada"},
        "deleted": False,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }
    return Reply({"ok": True, "user": found | changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Person("U1", "Ada")),
        ({"profile": {"display_name": ""}}, Person("U1", "Ada Lovelace")),
        ({"profile": None, "real_name": None}, Person("U1", "ada")),
        ({"profile": {}, "real_name": "", "name": ""}, Person("U1", "U1")),
        ({"is_bot": True}, Person("U1", "Ada", bot=True)),
        ({"is_workflow_bot": True}, Person("U1", "Ada", bot=True)),
        ({"id": "USLACKBOT"}, Person("USLACKBOT", "Ada", bot=True)),
        ({"deleted": True}, Person("U1", "Ada", deactivated=True)),
        ({"is_restricted": True}, Person("U1", "Ada", guest=True)),
        ({"is_ultra_restricted": True}, Person("U1", "Ada", guest=True)),
        ({"is_stranger": True}, Person("U1", "Ada", foreign=True)),
        ({"team_id": "T2"}, Person("U1", "Ada", foreign=True)),
        ({"team_id": None}, Person("U1", "Ada", foreign=True)),
        ({"team_id": "E1", "enterprise_user": {"teams": ["T0", "T1"]}}, Person("U1", "Ada")),
        ({"team_id": "E1", "enterprise_user": {"teams": ["T0"]}}, Person("U1", "Ada", foreign=True)),
        ({"team_id": "E1", "enterprise_user": {"teams": "T1"}}, Person("U1", "Ada", foreign=True)),
    ],
)
def test_a_person_is_read_with_all_that_makes_a_stranger(
    api: ScriptedApi, slack: SlackGateway, changes: dict[str, object], expected: Person
) -> None:
    api.answer("users.info", user(**changes))

    assert slack.person("U1") == expected


def test_members_are_read_anew_each_time(api: ScriptedApi, slack: SlackGateway) -> None:
    api.answer(
        "usergroups.users.list", Reply({"ok": True, "users": ["U1", "U2"]}), Reply({"ok": True, "users": []})
    )

    assert slack.members("S1") == {"U1", "U2"}
    assert slack.members("S1") == frozenset()
    assert api.called("usergroups.users.list") == [{"usergroup": "S1"}] * 2


@pytest.mark.parametrize("answer", [{}, {"ts": None}, {"ts": 1.5}, {"ts": ""}])
def test_a_post_whose_ts_cannot_be_read_is_of_unknown_outcome(
    api: ScriptedApi, slack: SlackGateway, answer: dict[str, object]
) -> None:
    api.answer("chat.postMessage", Reply({"ok": True} | answer))

    with pytest.raises(SlackUnreachable, match=r"^Slack's answer to chat\.postMessage could not be read\.$"):
        slack.post("C1", CARD, key="k")


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("conversations.history", {}),
        ("conversations.history", {"messages": {}}),
        ("users.info", {}),
        ("users.info", {"user": "U1"}),
        ("users.info", {"user": {"team_id": "T1"}}),
        ("usergroups.users.list", {}),
        ("usergroups.users.list", {"users": [1]}),
        ("auth.test", {"team_id": "T1"}),
    ],
)
def test_an_answer_without_what_was_asked_for_is_unreadable(
    api: ScriptedApi, slack: SlackGateway, method: str, answer: dict[str, object]
) -> None:
    api.answer(method, Reply({"ok": True} | answer))
    reads = {
        "conversations.history": lambda: slack.find("C1", "k", since=SINCE),
        "users.info": lambda: slack.person("U1"),
        "usergroups.users.list": lambda: slack.members("S1"),
        "auth.test": slack.identity,
    }

    with pytest.raises(SlackUnreachable, match="could not be read"):
        reads[method]()
