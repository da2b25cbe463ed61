"""What the `Slack` port promises, on `SlackGateway` against a whole stand-in workspace, faults included."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from bot.domain.errors import SlackBusy, SlackRefused, SlackUnreachable
from bot.domain.message import Card
from bot.domain.policy import Person
from bot.gateways.clock import MachineClock
from bot.gateways.slack import CachedGroups, SlackGateway
from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.manifest import shipped
from bot.service.ports import Directory, Slack

CARD = Card(
    "Archiving stands still on prod.",
    [{"type": "section", "text": {"type": "mrkdwn", "text": "*Archiving stands still* on prod \U0001f6d1"}}],
)
LATER = Card("Archiving runs again.", [{"type": "header", "text": {"type": "plain_text", "text": "Runs"}}])
LONG_AGO = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def server() -> Iterator[SlackServer]:
    with SlackServer(manifest=replace(shipped(), has_home=True)) as running:
        yield running


@pytest.fixture
def workspace(server: SlackServer) -> Iterator[SlackServer]:
    """The stand-in as on its first day."""
    before = server.standin.installation
    server.standin.workspace.reset()
    server.standin.faults.clear()
    yield server
    server.standin.installation = before


@pytest.fixture
def slack(workspace: SlackServer) -> Slack:
    return SlackGateway("xoxb-sandbox", workspace.api_url, timeout_seconds=2)


def messages(workspace: SlackServer, channel: str = "C0OPS") -> list[dict[str, object]]:
    session = requests.Session()
    session.trust_env = False
    with session:
        answer = session.get(f"{workspace.url}/_sandbox/messages", params={"channel": channel}, timeout=5)
    found: list[dict[str, object]] = answer.json()["messages"]
    return found


def test_a_card_is_posted_found_by_its_key_updated_and_found_again(
    workspace: SlackServer, slack: Slack
) -> None:
    other = slack.post("C0OPS", CARD, key="incident-1")
    ts = slack.post("C0OPS", CARD, key="incident-2")

    assert slack.find("C0OPS", "incident-2", since=LONG_AGO) == ts
    assert slack.find("C0OPS", "incident-1", since=LONG_AGO) == other
    slack.update("C0OPS", ts, LATER)

    [first, second] = messages(workspace)
    assert (first["text"], second["text"]) == (CARD.text, LATER.text)
    assert second["blocks"] != first["blocks"]
    assert slack.find("C0OPS", "incident-2", since=LONG_AGO) == ts, "an update keeps the key"


def test_nothing_is_found_in_an_empty_channel_by_another_key_or_later(slack: Slack) -> None:
    assert slack.find("C0OPS", "incident-1", since=LONG_AGO) is None

    ts = slack.post("C0OPS", CARD, key="incident-1")

    assert slack.find("C0OPS", "incident-2", since=LONG_AGO) is None
    after = datetime.fromtimestamp(float(ts), UTC) + timedelta(seconds=1)
    assert slack.find("C0OPS", "incident-1", since=after) is None


def test_a_card_is_found_behind_hundreds_of_others(slack: Slack) -> None:
    ts = slack.post("C0OPS", CARD, key="wanted")
    for number in range(205):
        slack.post("C0OPS", LATER, key=f"other-{number}")

    assert slack.find("C0OPS", "wanted", since=LONG_AGO) == ts


@pytest.mark.parametrize("mode", ["reset", "500", "html", "error:fatal_error"])
def test_a_post_whose_answer_was_lost_is_found(workspace: SlackServer, slack: Slack, mode: str) -> None:
    workspace.standin.faults.add(Fault("chat.postMessage", mode, when="after"))

    with pytest.raises(SlackUnreachable):
        slack.post("C0OPS", CARD, key="incident-1")

    assert slack.find("C0OPS", "incident-1", since=LONG_AGO) == messages(workspace)[0]["ts"]
    assert len(messages(workspace)) == 1


@pytest.mark.parametrize("mode", ["reset", "500", "html", "error:ratelimited", "ratelimited"])
def test_a_post_that_never_arrived_is_not_found(workspace: SlackServer, slack: Slack, mode: str) -> None:
    workspace.standin.faults.add(Fault("chat.postMessage", mode))

    with pytest.raises((SlackUnreachable, SlackBusy)):
        slack.post("C0OPS", CARD, key="incident-1")

    assert slack.find("C0OPS", "incident-1", since=LONG_AGO) is None


def test_a_post_that_is_slow_is_of_unknown_outcome(workspace: SlackServer) -> None:
    slack = SlackGateway("xoxb-sandbox", workspace.api_url, timeout_seconds=1)
    workspace.standin.faults.add(Fault("chat.postMessage", "slow", seconds=1.5))

    with pytest.raises(SlackUnreachable):
        slack.post("C0OPS", CARD, key="incident-1")


def test_busy_says_for_how_long(workspace: SlackServer, slack: Slack) -> None:
    ts = slack.post("C0OPS", CARD, key="incident-1")
    workspace.standin.faults.add(Fault("chat.update", "ratelimited", retry_after=17))

    with pytest.raises(SlackBusy) as raised:
        slack.update("C0OPS", ts, LATER)
    assert raised.value.retry_after == 17


def test_an_update_survives_one_failure(workspace: SlackServer, slack: Slack) -> None:
    ts = slack.post("C0OPS", CARD, key="incident-1")
    workspace.standin.faults.add(Fault("chat.update", "reset", when="after"))

    slack.update("C0OPS", ts, LATER)

    assert messages(workspace)[0]["text"] == LATER.text


@pytest.mark.parametrize(
    ("channel", "code"), [("C0NOWHERE", "channel_not_found"), ("C0RANDOM", "not_in_channel")]
)
def test_a_channel_that_we_cannot_use_is_a_refusal(slack: Slack, channel: str, code: str) -> None:
    with pytest.raises(SlackRefused) as raised:
        slack.post(channel, CARD, key="incident-1")
    assert raised.value.code == code


def test_a_message_that_is_gone_is_a_refusal(slack: Slack) -> None:
    with pytest.raises(SlackRefused) as raised:
        slack.update("C0OPS", "1.000001", CARD)
    assert raised.value.code == "message_not_found"


def test_blocks_that_slack_does_not_know_are_a_refusal_that_says_where(slack: Slack) -> None:
    with pytest.raises(SlackRefused, match=r"invalid_blocks.*/blocks/0"):
        slack.post("C0OPS", Card("x", [{"type": "sektion"}]), key="incident-1")


def test_a_history_without_its_scope_is_a_refusal(workspace: SlackServer, slack: Slack) -> None:
    installation = workspace.standin.installation
    scopes = [scope for scope in installation.manifest.scopes if not scope.endswith(":history")]
    workspace.standin.installation = replace(
        installation, manifest=replace(installation.manifest, scopes=scopes)
    )

    with pytest.raises(SlackRefused, match="missing_scope; needed: channels:history"):
        slack.find("C0OPS", "incident-1", since=LONG_AGO)


def test_a_wrong_token_is_a_refusal(workspace: SlackServer) -> None:
    with pytest.raises(SlackRefused, match="invalid_auth"):
        SlackGateway("xoxb-other", workspace.api_url).person("U0ADA")


def test_a_reply_is_found_in_its_thread_and_nowhere_else(workspace: SlackServer, slack: Slack) -> None:
    parent = slack.post("C0OPS", CARD, key="incident-1")
    hidden = slack.post("C0OPS", LATER, key="proof", thread=parent)
    shown = slack.post("C0OPS", LATER, key="evidence", thread=parent, broadcast=True)

    assert slack.find("C0OPS", "proof", since=LONG_AGO, thread=parent) == hidden
    assert slack.find("C0OPS", "proof", since=LONG_AGO) is None
    assert slack.find("C0OPS", "evidence", since=LONG_AGO, thread=parent) == shown
    seen = [message["ts"] for message in messages(workspace)]
    # A slow call of another test may still arrive.
    assert [ts for ts in seen if ts in {parent, hidden, shown}] == [parent, shown]


def test_a_reaction_may_be_put_there_again_and_again(workspace: SlackServer, slack: Slack) -> None:
    ts = slack.post("C0OPS", CARD, key="incident-1")

    for name in ("hourglass", "hourglass", "tada"):
        slack.react("C0OPS", ts, name, instead_of={"hourglass", "tada", "eyes"} - {name})

    [message] = messages(workspace)
    assert message["reactions"] == [{"name": "tada", "users": ["U0MCSYNC"], "count": 1}]


def test_a_whisper_in_a_thread_carries_its_blocks(workspace: SlackServer, slack: Slack) -> None:
    ts = slack.post("C0OPS", CARD, key="incident-1")

    slack.whisper("C0OPS", "U0SAM", CARD, thread=ts)

    [shown] = workspace.standin.workspace.ephemerals
    assert shown.body["thread_ts"] == ts
    assert shown.body["blocks"][0]["text"]["text"] == CARD.blocks[0]["text"]["text"]


@pytest.mark.parametrize("shared", [False, True])
def test_a_command_is_answered_by_its_own_address(
    workspace: SlackServer, slack: Slack, *, shared: bool
) -> None:
    place = workspace.standin.workspace
    url = workspace.url + place.new_hook("U0SAM", "C0OPS")

    slack.respond(url, Card("This is the answer.", ()), shared=shared)

    shown = [one["text"] for one in messages(workspace)]
    assert shown.count("This is the answer.") == shared
    assert [one.user for one in place.ephemerals] == ["U0SAM"] * (not shared)


@pytest.mark.parametrize(
    ("fault", "error"),
    [("500", SlackUnreachable), ("reset", SlackUnreachable), ("ratelimited", SlackBusy), ("", SlackRefused)],
)
def test_an_address_that_takes_no_answer_is_an_error_of_ours(
    workspace: SlackServer, slack: Slack, fault: str, error: type[Exception]
) -> None:
    path = "/hooks/T0/none" if not fault else workspace.standin.workspace.new_hook("U0SAM", "C0OPS")
    if fault:
        workspace.standin.faults.add(Fault("response_url", fault))

    with pytest.raises(error):
        slack.respond(workspace.url + path, CARD)


def test_a_whisper_is_for_one_person(workspace: SlackServer, slack: Slack) -> None:
    slack.whisper("C0OPS", "U0SAM", Card("Only <@U0ADA> can approve this.", ()))

    [shown] = workspace.standin.workspace.ephemerals
    assert (shown.user, shown.channel, shown.body["text"]) == (
        "U0SAM",
        "C0OPS",
        "Only <@U0ADA> can approve this.",
    )
    with pytest.raises(SlackRefused) as raised:
        slack.whisper("C0OPS", "U0GONE", CARD)
    assert raised.value.code == "user_not_in_channel"


@pytest.mark.parametrize(
    "person",
    [
        Person("U0ADA", "ada", locale="en-US", zone="America/Sao_Paulo"),
        Person("U0BIA", "bia", locale="pt-BR", zone="America/Sao_Paulo"),
        Person("U0GUEST", "guest", guest=True, locale="en-US", zone="Europe/Paris"),
        Person("U0STRANGER", "stranger", foreign=True, locale="en-US", zone="Europe/Paris"),
        Person("U0GONE", "gone", deactivated=True),
        Person("U0MCSYNC", "mcsync", bot=True, locale="en-US", zone="Europe/Paris"),
    ],
    ids=lambda person: person.id,
)
def test_people_are_who_they_are(slack: Slack, person: Person) -> None:
    assert slack.person(person.id) == person
    assert slack.person(person.id).stranger is (person.id not in {"U0ADA", "U0BIA"})


def test_somebody_unknown_is_a_refusal(slack: Slack) -> None:
    with pytest.raises(SlackRefused) as raised:
        slack.person("U0NOBODY")
    assert raised.value.code == "user_not_found"


def test_a_group_has_its_members_and_one_that_does_not_exist_is_a_refusal(slack: Slack) -> None:
    assert slack.members("S0ADMINS") == {"U0ADA", "U0GRACE"}
    with pytest.raises(SlackRefused) as raised:
        slack.members("S0NOBODY")
    assert raised.value.code == "no_such_subteam"


HOME = {
    "type": "home",
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "All is well"}}],
}
MODAL = {**HOME, "type": "modal", "title": {"type": "plain_text", "text": "What if"}}


def test_a_home_tab_is_replaced_as_long_as_nobody_else_replaced_it(
    workspace: SlackServer, slack: Slack
) -> None:
    first = slack.publish_home("U0SAM", HOME)
    second = slack.publish_home("U0SAM", HOME, hash_=first.hash)

    assert first.id == second.id
    assert first.hash != second.hash
    with pytest.raises(SlackRefused) as raised:
        slack.publish_home("U0SAM", HOME, hash_=first.hash)
    assert raised.value.code == "hash_conflict"
    assert slack.publish_home("U0SAM", HOME).id == first.id
    assert workspace.standin.workspace.homes["U0SAM"] == first.id


def test_a_modal_is_opened_replaced_and_gone(workspace: SlackServer, slack: Slack) -> None:
    trigger = workspace.standin.workspace.new_trigger("U0SAM", None)
    opened = slack.open_view(trigger, MODAL)

    drawn = slack.update_view(opened.id, MODAL, hash_=opened.hash)
    assert drawn.id == opened.id
    with pytest.raises(SlackRefused) as raised:
        slack.update_view(opened.id, MODAL, hash_=opened.hash)
    assert raised.value.code == "hash_conflict"
    with pytest.raises(SlackRefused) as raised:
        slack.update_view("V0GONE", MODAL)
    assert raised.value.code == "not_found"


@pytest.mark.parametrize("method", ["views.update", "views.publish"])
def test_showing_a_view_survives_one_failure_unless_its_hash_was_used_up(
    workspace: SlackServer, slack: Slack, method: str
) -> None:
    opened = slack.open_view(workspace.standin.workspace.new_trigger("U0SAM", None), MODAL)
    home = slack.publish_home("U0SAM", HOME)

    def show(hash_: str) -> str:
        if method == "views.update":
            return slack.update_view(opened.id, MODAL, hash_=hash_).hash
        return slack.publish_home("U0SAM", HOME, hash_=hash_).hash

    workspace.standin.faults.add(Fault(method, "reset", when="after"))
    assert show("")
    workspace.standin.faults.add(Fault(method, "reset"))
    latest = show("")
    workspace.standin.faults.add(Fault(method, "reset", when="after"))
    with pytest.raises(SlackRefused, match="hash_conflict"):
        show(latest)
    assert home.id


def test_a_home_tab_that_slack_does_not_know_how_to_show_is_a_refusal(slack: Slack) -> None:
    with pytest.raises(SlackRefused, match=r"invalid_arguments.*/view/blocks/0"):
        slack.publish_home("U0SAM", {"type": "home", "blocks": [{"type": "sektion"}]})


def test_the_directory_leaves_out_what_slack_refuses(slack: Slack) -> None:
    directory: Directory = CachedGroups(slack, MachineClock())

    assert directory.members(frozenset({"S0ADMINS", "S0NOBODY"})) == {
        "S0ADMINS": frozenset({"U0ADA", "U0GRACE"})
    }
