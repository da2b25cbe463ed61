"""The Web API as slack_sdk's own client meets it: answers, refusals, tokens and scopes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.standin import CallLog
from tests.sandbox.slack.cards import actions, button, section, words
from tests.sandbox.slack.person import Hands

Json = dict[str, Any]


def refused(client: WebClient, method: str, **arguments: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return the answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=arguments)
    answer: Json = caught.value.response.data
    return answer


def code(client: WebClient, method: str, **arguments: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the error code of a call that Slack refuses."""
    return str(refused(client, method, **arguments)["error"])


# --- tokens and scopes ---


def test_auth_test_says_who_the_token_is(client: WebClient) -> None:
    answer = client.auth_test()

    assert (answer["user_id"], answer["team_id"], answer["bot_id"]) == ("U0MCSYNC", "T0SANDBOX", "B0MCSYNC")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("xapp-sandbox", "auth.test", "not_allowed_token_type"),
        ("xoxb-sandbox", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-sandbox", "chat.postLetter", "unknown_method"),
    ],
)
def test_a_token_that_does_not_fit_is_refused(
    slack: SlackServer, token: str, method: str, error: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    answer = requests.post(slack.api_url + method, headers=headers, timeout=5).json()

    assert (answer["ok"], answer["error"]) == (False, error)


def test_a_token_may_travel_as_a_form_field(slack: SlackServer) -> None:
    answer = requests.post(slack.api_url + "auth.test", data={"token": "xoxb-sandbox"}, timeout=5).json()

    assert answer["ok"]


def test_api_test_needs_no_token_and_gives_the_arguments_back(slack: SlackServer) -> None:
    answer = requests.get(slack.api_url + "api.test", params={"foo": "bar", "token": "x"}, timeout=5).json()

    assert answer == {"ok": True, "args": {"foo": "bar"}}


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("chat.postMessage", {"channel": "C0OPS", "text": "x"}, "chat:write"),
        ("conversations.history", {"channel": "C0OPS"}, "channels:history"),
        ("conversations.history", {"channel": "G0SECRET"}, "groups:history"),
        ("conversations.info", {"channel": "C0OPS"}, "channels:read"),
        ("users.info", {"user": "U0ADA"}, "users:read"),
        ("usergroups.users.list", {"usergroup": "S0ADMINS"}, "usergroups:read"),
        ("reactions.add", {"channel": "C0OPS", "timestamp": "1", "name": "eyes"}, "reactions:write"),
    ],
)
def test_a_missing_scope_is_named(
    slack: SlackServer, client: WebClient, method: str, arguments: Json, needed: str
) -> None:
    slack.standin.installation = replace(
        slack.standin.installation,
        manifest=replace(slack.standin.installation.manifest, scopes=("commands", "im:history")),
    )

    answer = refused(client, method, **arguments)

    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": needed,
        "provided": "commands,im:history",
    }


def test_arguments_that_are_no_json_object_are_refused(slack: SlackServer) -> None:
    headers = {"Authorization": "Bearer xoxb-sandbox", "Content-Type": "application/json"}
    for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
        answer = requests.post(slack.api_url + "auth.test", data=body, headers=headers, timeout=5).json()
        assert answer["error"] == error


# --- messages ---


def test_a_message_is_posted_with_ids_where_none_were_given(client: WebClient, hands: Hands) -> None:
    nameless = {"type": "actions", "elements": [{"type": "button", "text": words("Go")}]}

    posted = client.chat_postMessage(channel="C0OPS", text="card", blocks=[nameless])

    [message] = hands.messages()
    assert message["ts"] == posted["ts"] == posted["message"]["ts"]
    assert (message["bot_id"], message["app_id"], message["user"]) == ("B0MCSYNC", "A0MCSYNC", "U0MCSYNC")
    [block] = message["blocks"]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]


def test_blocks_may_travel_as_json_text_in_a_form(client: WebClient, hands: Hands) -> None:
    form = {"channel": "C0OPS", "blocks": json.dumps([section("x")]), "metadata": json.dumps(METADATA)}

    client.api_call("chat.postMessage", data=form)

    [message] = hands.messages()
    assert message["blocks"][0]["text"]["text"] == "x"
    assert message["metadata"] == METADATA


METADATA = {"event_type": "mcsync_card", "event_payload": {"key": "incident-1"}}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "channel_not_found"),
        ({"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
        ({"channel": "C0OPS"}, "no_text"),
        ({"channel": "C0OPS", "text": "", "blocks": []}, "no_text"),
        ({"channel": "C0OPS", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": "C0OPS", "text": "x", "blocks": "["}, "invalid_blocks_format"),
        ({"channel": "C0OPS", "text": "x", "blocks": {}}, "invalid_blocks_format"),
        ({"channel": "C0OPS", "text": "x", "blocks": [{"type": "sektion"}]}, "invalid_blocks"),
        ({"channel": "C0OPS", "text": "x", "blocks": [section("y" * 3000)] * 5}, "msg_blocks_too_long"),
        ({"channel": "C0OPS", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"channel": "C0OPS", "text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
        (
            {
                "channel": "C0OPS",
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"k": "y" * 8000}},
            },
            "metadata_too_large",
        ),
    ],
)
def test_a_message_that_slack_refuses_is_refused_by_its_code(
    client: WebClient, hands: Hands, arguments: Json, error: str
) -> None:
    assert code(client, "chat.postMessage", **arguments) == error
    assert hands.messages() == []


def test_invalid_blocks_say_where(client: WebClient) -> None:
    answer = refused(
        client, "chat.postMessage", channel="C0OPS", text="x", blocks=[actions(button(value="v" * 2001))]
    )

    where = "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {where}"]
    assert answer["errors"] == [where]


def test_a_text_is_cut_at_forty_thousand_characters(client: WebClient, hands: Hands) -> None:
    client.chat_postMessage(channel="#campaign-ops", text="x" * 40_001)

    assert len(hands.messages()[0]["text"]) == 40_000


def test_a_message_to_a_user_goes_to_the_direct_channel(client: WebClient, hands: Hands) -> None:
    posted = client.chat_postMessage(channel="U0ADA", text="psst")

    assert posted["channel"] == "D0ADA"
    assert client.conversations_open(users="U0ADA")["channel"]["id"] == "D0ADA"
    assert [message["text"] for message in hands.messages("D0ADA")] == ["psst"]
    assert client.conversations_info(channel="D0ADA")["channel"]["is_im"]


def test_an_archived_channel_takes_nothing(client: WebClient, hands: Hands) -> None:
    hands.do("channel", id="C0OPS", archived=True)

    assert code(client, "chat.postMessage", channel="C0OPS", text="x") == "is_archived"
    assert client.conversations_info(channel="C0OPS")["channel"]["is_archived"]


def test_an_app_that_was_removed_reads_and_writes_nothing(client: WebClient, hands: Hands) -> None:
    hands.do("channel", id="C0OPS", members=["U0SAM"])

    assert code(client, "chat.postMessage", channel="C0OPS", text="x") == "not_in_channel"
    assert code(client, "conversations.history", channel="C0OPS") == "not_in_channel"
    assert code(client, "conversations.replies", channel="C0OPS", ts="1.2") == "not_in_channel"


def test_a_private_channel_without_the_app_does_not_exist_for_it(client: WebClient, hands: Hands) -> None:
    hands.do("channel", id="G0SECRET", members=["U0ADA"])

    assert code(client, "chat.postMessage", channel="G0SECRET", text="x") == "channel_not_found"
    assert code(client, "conversations.info", channel="G0SECRET") == "channel_not_found"


# --- updates ---


def test_an_update_by_blocks_replaces_them_and_is_not_marked_as_edited(
    client: WebClient, hands: Hands
) -> None:
    posted = client.chat_postMessage(channel="C0OPS", text="old", blocks=[section("old")])

    client.chat_update(channel="C0OPS", ts=posted["ts"], text="new", blocks=[section("new")])

    [message] = hands.messages()
    assert (message["text"], message["blocks"][0]["text"]["text"]) == ("new", "new")
    assert (message["edits"], "edited" in message) == (1, False)


def test_an_update_by_text_alone_takes_the_blocks_away(client: WebClient, hands: Hands) -> None:
    posted = client.chat_postMessage(channel="C0OPS", text="old", blocks=[section("old")], metadata=METADATA)

    client.chat_update(channel="C0OPS", ts=posted["ts"], text="new")

    [message] = hands.messages()
    assert "blocks" not in message
    assert message["edited"]["user"] == "U0MCSYNC"
    assert message["metadata"] == METADATA


def test_an_update_by_metadata_changes_and_removes_it(client: WebClient, hands: Hands) -> None:
    posted = client.chat_postMessage(channel="C0OPS", text="old", metadata=METADATA)
    other = {"event_type": "mcsync_card", "event_payload": {"key": "2"}}

    client.chat_update(channel="C0OPS", ts=posted["ts"], text="x", metadata=other)
    assert hands.messages()[0]["metadata"] == other

    client.chat_update(channel="C0OPS", ts=posted["ts"], text="x", metadata={})
    assert "metadata" not in hands.messages()[0]


def test_attachments_are_kept_and_removed(client: WebClient, hands: Hands) -> None:
    posted = client.api_call("chat.postMessage", json={"channel": "C0OPS", "attachments": [{"text": "x"}]})
    assert hands.messages()[0]["attachments"] == [{"text": "x", "id": 1}]

    client.api_call("chat.update", json={"channel": "C0OPS", "ts": posted["ts"], "attachments": []})
    assert "attachments" not in hands.messages()[0]


def test_an_update_that_slack_refuses_changes_nothing(client: WebClient, hands: Hands) -> None:
    posted = client.chat_postMessage(channel="C0OPS", text="old")
    theirs = hands.do("say", user="U0SAM", text="hello")["ts"]

    assert code(client, "chat.update", channel="C0OPS", ts=theirs, text="x") == "cant_update_message"
    assert code(client, "chat.delete", channel="C0OPS", ts=theirs) == "cant_delete_message"
    assert code(client, "chat.update", channel="C0OPS", ts="1.2", text="x") == "message_not_found"
    assert code(client, "chat.update", channel="C0OPS", ts=posted["ts"]) == "no_text"
    assert code(client, "chat.update", channel="C0OPS", ts=posted["ts"], text="", blocks=[]) == "no_text"
    assert code(client, "chat.update", channel="C0OPS", text="x") == "invalid_arguments"
    assert [message["text"] for message in hands.messages()] == ["old", "hello"]


def test_an_ephemeral_is_seen_by_one_member_alone(client: WebClient, hands: Hands) -> None:
    client.chat_postEphemeral(channel="C0OPS", user="U0SAM", text="only you")

    assert [shown["text"] for shown in hands.ephemerals("U0SAM")] == ["only you"]
    assert hands.ephemerals("U0ADA") == []
    assert hands.messages() == []
    assert (
        code(client, "chat.postEphemeral", channel="C0OPS", user="U0GONE", text="x") == "user_not_in_channel"
    )
    assert code(client, "chat.postEphemeral", channel="C0OPS", text="x") == "invalid_arguments"


# --- threads and history ---


def test_a_thread_holds_its_replies_and_its_parent_counts_them(client: WebClient, hands: Hands) -> None:
    parent = client.chat_postMessage(channel="C0OPS", text="incident")["ts"]
    first = client.chat_postMessage(channel="C0OPS", text="evidence", thread_ts=parent)["ts"]
    hands.do("say", user="U0SAM", text="thanks", thread_ts=first)

    [message] = hands.messages()
    assert [reply["text"] for reply in message["thread"]] == ["evidence", "thanks"]
    assert (message["reply_count"], message["reply_users"]) == (2, ["U0MCSYNC", "U0SAM"])
    replies = client.conversations_replies(channel="C0OPS", ts=parent)["messages"]
    assert [reply["text"] for reply in replies] == ["incident", "evidence", "thanks"]
    assert [m["text"] for m in client.conversations_replies(channel="C0OPS", ts=first)["messages"]] == [
        "evidence"
    ]
    assert [m["text"] for m in client.conversations_history(channel="C0OPS")["messages"]] == ["incident"]
    assert code(client, "conversations.replies", channel="C0OPS", ts="1.2") == "thread_not_found"
    assert code(client, "conversations.replies", channel="C0OPS") == "invalid_arguments"


def test_deleting_a_reply_uncounts_it_and_a_parent_leaves_a_tombstone(
    client: WebClient, hands: Hands
) -> None:
    parent = client.chat_postMessage(channel="C0OPS", text="incident")["ts"]
    reply = client.chat_postMessage(channel="C0OPS", text="evidence", thread_ts=parent)["ts"]

    client.chat_delete(channel="C0OPS", ts=reply)
    assert "reply_count" not in hands.messages()[0]

    client.chat_postMessage(channel="C0OPS", text="more", thread_ts=parent)
    client.chat_delete(channel="C0OPS", ts=parent)
    [message] = hands.messages()
    assert (message["subtype"], message["text"]) == ("tombstone", "This message was deleted.")
    assert [one["text"] for one in message["thread"]] == ["more"]


def test_history_gives_metadata_only_when_asked(client: WebClient) -> None:
    client.chat_postMessage(channel="C0OPS", text="card", metadata=METADATA)

    without = client.conversations_history(channel="C0OPS")["messages"]
    with_it = client.conversations_history(channel="C0OPS", include_all_metadata=True)["messages"]

    assert "metadata" not in without[0]
    assert with_it[0]["metadata"] == METADATA


def test_history_comes_in_pages_newest_first(client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel="C0OPS", text=str(n))["ts"] for n in range(5)]

    first = client.conversations_history(channel="C0OPS", limit=2)
    second = client.conversations_history(
        channel="C0OPS", limit=2, cursor=first["response_metadata"]["next_cursor"]
    )

    assert [message["text"] for message in first["messages"]] == ["4", "3"]
    assert [message["text"] for message in second["messages"]] == ["2", "1"]
    assert stamps == sorted(set(stamps))
    since = client.conversations_history(channel="C0OPS", oldest=stamps[3])
    assert [message["text"] for message in since["messages"]] == ["4"]
    including = client.conversations_history(channel="C0OPS", oldest=stamps[3], inclusive=True)
    assert [message["text"] for message in including["messages"]] == ["4", "3"]
    until = client.conversations_history(channel="C0OPS", latest=stamps[1])
    assert ([message["text"] for message in until["messages"]], until["has_more"]) == (["0"], False)
    assert code(client, "conversations.history", channel="C0OPS", cursor="x") == "invalid_cursor"
    assert code(client, "conversations.history", channel="C0OPS", oldest="x") == "invalid_ts_oldest"
    assert code(client, "conversations.history", channel="C0OPS", limit="x") == "invalid_arguments"
    assert code(client, "conversations.history", channel="C0NOWHERE") == "channel_not_found"


def test_a_permalink_points_at_a_message_and_into_its_thread(client: WebClient, slack: SlackServer) -> None:
    parent = client.chat_postMessage(channel="C0OPS", text="x")["ts"]
    reply = client.chat_postMessage(channel="C0OPS", text="y", thread_ts=parent)["ts"]

    link = client.chat_getPermalink(channel="C0OPS", message_ts=parent)["permalink"]
    inner = client.chat_getPermalink(channel="C0OPS", message_ts=reply)["permalink"]

    assert link == f"{slack.url}/archives/C0OPS/p{parent.replace('.', '')}"
    assert inner.endswith(f"?thread_ts={parent}&cid=C0OPS")


# --- people, groups, channels, reactions ---


def test_people_are_told_as_slack_tells_them(client: WebClient) -> None:
    bia = client.users_info(user="U0BIA", include_locale=True)["user"]
    stranger = client.users_info(user="U0STRANGER")["user"]
    gone = client.users_info(user="U0GONE")["user"]

    assert (bia["locale"], bia["tz"], bia["tz_offset"]) == ("pt-BR", "America/Sao_Paulo", -10_800)
    assert "email" not in bia["profile"]
    assert (stranger["team_id"], stranger["is_stranger"], "locale" in stranger) == ("T0OTHER", True, False)
    assert gone["deleted"]
    assert "is_restricted" not in gone
    assert client.users_info(user="U0GUEST")["user"]["is_restricted"]
    assert code(client, "users.info", user="U0NOBODY") == "user_not_found"
    members = [member["id"] for member in client.users_list()["members"]]
    assert "U0SAM" in members
    assert "U0STRANGER" not in members


def test_an_email_needs_its_own_scope(slack: SlackServer, client: WebClient) -> None:
    scopes = ("users:read", "users:read.email")
    slack.standin.installation = replace(
        slack.standin.installation, manifest=replace(slack.standin.installation.manifest, scopes=scopes)
    )

    assert client.users_info(user="U0ADA")["user"]["profile"]["email"] == "ada@example.com"
    assert "email" not in client.users_info(user="U0STRANGER")["user"]["profile"]


def test_a_group_lists_its_members_and_can_change(client: WebClient, hands: Hands) -> None:
    assert client.usergroups_users_list(usergroup="S0ADMINS")["users"] == ["U0ADA", "U0GRACE"]

    hands.do("group", id="S0ADMINS", users=["U0ADA", "U0GONE"])

    assert client.usergroups_users_list(usergroup="S0ADMINS")["users"] == ["U0ADA"]
    everybody = client.usergroups_users_list(usergroup="S0ADMINS", include_disabled=True)
    assert everybody["users"] == ["U0ADA", "U0GONE"]
    [group] = client.usergroups_list(include_users=True, include_count=True)["usergroups"]
    assert (group["handle"], group["users"], group["user_count"]) == (
        "campaign-admins",
        ["U0ADA", "U0GONE"],
        2,
    )
    assert "users" not in client.usergroups_list()["usergroups"][0]
    assert code(client, "usergroups.users.list", usergroup="S0NOBODY") == "no_such_subteam"


def test_a_channel_tells_about_itself(client: WebClient, hands: Hands) -> None:
    info = client.conversations_info(channel="C0OPS", include_num_members=True)["channel"]

    assert (info["name"], info["is_member"], info["is_ext_shared"]) == ("campaign-ops", True, True)
    assert (info["connected_team_ids"], info["num_members"]) == (["T0OTHER"], 7)
    assert "U0GUEST" in client.conversations_members(channel="C0OPS")["members"]
    assert not client.conversations_info(channel="C0RANDOM")["channel"]["is_member"]
    assert code(client, "conversations.open") == "users_list_not_supplied"
    assert code(client, "conversations.open", users="U0ADA,U0SAM") == "too_many_users"
    hands.do("person", id="U0SAM", locale="de-DE", zone="Europe/Berlin", deleted=False)
    assert client.users_info(user="U0SAM", include_locale=True)["user"]["locale"] == "de-DE"


def test_a_reaction_goes_on_and_comes_off(client: WebClient, hands: Hands) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="x")["ts"]

    client.reactions_add(channel="C0OPS", timestamp=ts, name="hourglass")
    assert hands.messages()[0]["reactions"] == [{"name": "hourglass", "users": ["U0MCSYNC"], "count": 1}]
    assert code(client, "reactions.add", channel="C0OPS", timestamp=ts, name="hourglass") == "already_reacted"

    client.reactions_remove(channel="C0OPS", timestamp=ts, name="hourglass")
    assert hands.messages()[0]["reactions"] == []
    assert code(client, "reactions.remove", channel="C0OPS", timestamp=ts, name="hourglass") == "no_reaction"
    assert code(client, "reactions.add", channel="C0OPS", timestamp="1.2", name="eyes") == "message_not_found"
    assert code(client, "reactions.add", channel="C0OPS", name="eyes") == "no_item_specified"
    assert code(client, "reactions.add", channel="C0OPS", timestamp=ts, name="a b") == "invalid_name"


def test_a_message_takes_no_more_than_fifty_kinds_of_reaction(client: WebClient, hands: Hands) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="x")["ts"]
    for number in range(50):
        client.reactions_add(channel="C0OPS", timestamp=ts, name=f"sign-{number}")

    assert code(client, "reactions.add", channel="C0OPS", timestamp=ts, name="more") == "too_many_emoji"
    assert len(hands.messages()[0]["reactions"]) == 50


# --- the call log ---


def test_every_call_is_logged_without_its_token(
    slack: SlackServer, client: WebClient, tmp_path: Path
) -> None:
    path = tmp_path / "slack.jsonl"
    before = slack.standin.log
    slack.standin.log = CallLog(path)
    form = {"token": "xoxb-sandbox", "view": '{"type": "modal"', "x": "[1]"}
    try:
        client.chat_postMessage(channel="C0OPS", text="ação")
        requests.post(slack.api_url + "views.open", data=form, timeout=5)
    finally:
        slack.standin.log = before

    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert first == {"method": "chat.postMessage", "body": {"channel": "C0OPS", "text": "ação"}}
    assert second == {"method": "views.open", "body": {"token": "***", "view": '{"type": "modal"', "x": [1]}}
    assert "xoxb" not in path.read_text(encoding="utf-8")


def test_a_reply_may_be_shown_in_the_channel_as_well(client: WebClient, hands: Hands) -> None:
    parent = client.chat_postMessage(channel="C0OPS", text="incident")["ts"]

    client.chat_postMessage(channel="C0OPS", text="proved", thread_ts=parent, reply_broadcast=True)

    incident, proved = hands.messages()
    assert [reply["text"] for reply in incident["thread"]] == ["proved"]
    assert (proved["text"], proved["subtype"], proved["thread_ts"]) == ("proved", "thread_broadcast", parent)
    history = client.conversations_history(channel="C0OPS")["messages"]
    assert [message["text"] for message in history] == ["proved", "incident"]


def test_blocks_in_attachments_are_judged_and_can_be_pressed(client: WebClient, hands: Hands) -> None:
    striped = [{"color": "#e01e5a", "blocks": [actions(button())]}]

    ts = client.chat_postMessage(channel="C0OPS", text="x", attachments=striped)["ts"]

    assert hands.messages()[0]["attachments"][0]["id"] == 1
    assert hands.do("press", user="U0SAM", ts=ts, action_id="approve")["error"] != "no such button"
    for attachments in ([{"blocks": [{"type": "sektion"}]}], [{"colour": "red"}], {"color": "red"}, "["):
        wrong = {"channel": "C0OPS", "text": "x", "attachments": attachments}
        assert code(client, "chat.postMessage", **wrong) == "invalid_attachments"
