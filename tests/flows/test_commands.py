"""Every command in the whole program: typed, mentioned in a thread, asked in a box; shared; under load."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain.proposal import Stage
from bot.service.office import Spot, ask_for_whisper
from commands import ANSWERS
from commands.grammar import COMMANDS
from tests.flows.town import WORKFLOW, Town

BOT = "<@U0MCSYNC>"
ACK_MS = 3000
PRESSES = 12
"""So many even where six others want the same two cores; the soak presses fifty times."""


def asked(town: Town, user: str, text: str) -> str:
    """Type a command, and wait for its answer, whichever way it comes."""
    before = len(town.told(user))
    answer = town.slack_lever("command", user=user, text=text)
    assert answer["ok"], answer
    assert answer["ms"] < ACK_MS
    town.wait_until(lambda: len(town.told(user)) > before)
    town.settle()
    return "\n".join(town.told(user)[before:])


def say(town: Town, user: str, text: str, thread: str | None = None) -> None:
    """Write a message to the app, and let it answer."""
    sent = town.slack_lever("say", user=user, text=f"{BOT} {text}", thread_ts=thread)
    assert sent["ok"], sent
    town.settle()


def whispers(town: Town, user: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town._look(f"ephemerals?user={user}")["ephemerals"]
    return found


@pytest.fixture(name="failed", scope="module")
def _failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which a run has met the restart; only what changes nothing is done in it."""
    with Town(Path(tmp_path_factory.mktemp("town"))) as town:
        town.collide()
        yield town


# --- What is asked for ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"shift", "resume", "undo", "snooze"}))
def test_every_command_that_changes_nothing_answers_in_time(failed: Town, name: str) -> None:
    told = asked(failed, "U0SAM", f"/mcsync {name.upper()}\u00a0")

    assert told
    assert "nobody foresaw" not in told
    assert "There is no" not in told


def test_the_command_alone_says_what_is_wrong(failed: Town) -> None:
    told = asked(failed, "U0SAM", "/mcsync")

    assert told.startswith("🔴 Something needs care")
    assert f"{WORKFLOW} stands still (restart collision) on 🟥 prod (red)" in told
    assert "Nothing waits for you." in told
    assert "The cards in <#C0OPS> offer what can be done." in told


def test_the_command_alone_warns_of_what_lies_ahead_of_a_town_in_which_all_is_well(town: Town) -> None:
    town.settle()

    told = asked(town, "U0SAM", "/mcsync")

    assert told.startswith("🟡 A run will meet a restart")
    run = f"the run of {WORKFLOW} on 🟥 prod (red) 2026-11-24 06:00:00 Europe/Paris"
    assert f"{run} will meet a restart" in told
    assert asked(town, "U0SAM", "/mcsync history").endswith(
        "mcsync has seen no failure and changed nothing in the last 30 days, or since it began to watch."
    )


def test_no_next_run_is_told_of_a_workflow_that_stands_still(failed: Town) -> None:
    told = asked(failed, "U0SAM", "/mcsync status")

    assert f"{WORKFLOW} stands still after an error · runs every hour from 00:00" in told
    assert "next run" not in told


def test_help_shows_the_reader_what_they_may_and_who_can_do_the_rest(failed: Town) -> None:
    mine, guests = asked(failed, "U0SAM", "/mcsync help"), asked(failed, "U0GUEST", "/mcsync help")

    assert "Not for you" not in mine
    assert "Only <!subteam^S0ADMINS> can approve" in mine
    assert "Not for you. Guests, bots" in guests
    assert guests.index("shift") > guests.index("Not for you")
    assert f"shift {WORKFLOW} +5" in mine
    assert f"shift {WORKFLOW} +5" not in guests, "nobody is told to try what they may not"
    assert f"For example: /mcsync shift {WORKFLOW} +5" in asked(failed, "U0SAM", "/mcsync help SHIFT")


def test_whoami_says_why(failed: Town) -> None:
    assert "✅ Approve or deny a change: You are in <!subteam^S0ADMINS>." in asked(
        failed, "U0ADA", "/mcsync whoami"
    )
    assert "❌ Approve or deny a change: Only <!subteam^S0ADMINS>" in asked(failed, "U0SAM", "/mcsync who")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("shift", f"Write it like this: `/mcsync shift {WORKFLOW} +5`"),
        (f"shift {WORKFLOW}", f"Write it like this: `/mcsync shift {WORKFLOW} +5`"),
        (f"shift {WORKFLOW} 5", "Write +5 or +10 for minutes after the restart"),
        ("shift mcSynch_mcExec2 +5", "does not watch a workflow named mcSynch_mcExec2"),
        ("resume", f"`/mcsync resume {WORKFLOW}`"),
        ("undo mcexec1", f"mcsync has changed nothing on {WORKFLOW} that could be put back"),
        ("history mcExec1 0", "A history looks back over 1 to 400 days. Write a number of them."),
        ("history 999", "A history looks back over 1 to 400 days. Write a number of them."),
        ("history 3 mcExec1 x", f"`/mcsync history {WORKFLOW} 30`"),
        ("snooze", f"`/mcsync snooze {WORKFLOW} 30m`"),
        ("snooze mcExec1 later", "later is no length of time and no time of day. Write for how long"),
        ("snooze 30", "30 is no length of time and no time of day. Write for how long"),
        ("whoami now", "`/mcsync whoami`"),
        ("health now", "`/mcsync health`"),
        ("now now", "`/mcsync now`"),
        ("audit a b", f"`/mcsync audit {WORKFLOW}`"),
        ("trust a b", "`/mcsync trust prod`"),
        ("forecast a b", f"`/mcsync forecast {WORKFLOW} 21`"),
        ("diagnose a b", f"`/mcsync diagnose {WORKFLOW} at 06:00`"),
        ("status prd", "Did you mean prod?"),
    ],
)
def test_a_missing_or_wrong_word_is_answered_with_one_that_works_here(
    failed: Town, line: str, told: str
) -> None:
    assert told in asked(failed, "U0SAM", f"/mcsync {line}")


def test_an_answer_is_shared_only_when_that_is_asked_for(failed: Town) -> None:
    before = len(failed.messages())

    shared = failed.slack_lever("command", user="U0SAM", text="/mcsync health --share")

    assert shared["ok"]
    assert [one["text"].splitlines()[0] for one in failed.messages()[before:]] == ["🟢 mcsync is well"]
    failed.slack_lever("command", user="U0ADA", text="/mcsync whoami --share")
    failed.settle()
    assert "You are <@U0ADA>" in failed.messages()[-1]["text"]


# --- In threads -----------------------------------------------------------------------------------


def test_a_mention_in_the_thread_of_a_card_is_about_its_workflow_and_answered_there(failed: Town) -> None:
    card = failed.messages()[0]["ts"]

    say(failed, "U0SAM", "diagnose", card)
    say(failed, "U0SAM", "hsitory", card)
    say(failed, "U0SAM", "diagnose paste", card)
    say(failed, "U0SAM", "whoami", card)

    told = whispers(failed, "U0SAM")[-4:]
    assert [one["thread_ts"] for one in told] == [card] * 4
    diagnosed, misspelt, pasted, rights = [one["text"].splitlines()[0] for one in told]
    assert diagnosed.startswith(WORKFLOW)
    assert misspelt.startswith("There is no command hsitory. Did you mean `@mcsync history`")
    assert pasted.startswith("Press the button")
    assert rights == "What you may do"


def test_a_mention_outside_of_a_thread_is_answered_in_the_channel_and_shared_below_itself(
    failed: Town,
) -> None:
    say(failed, "U0SAM", "status")
    assert "thread_ts" not in whispers(failed, "U0SAM")[-1]
    assert whispers(failed, "U0SAM")[-1]["text"].startswith("🟥 prod (red): as of")

    say(failed, "U0SAM", "status --share")

    (reply,) = failed.messages()[-1]["thread"]
    assert reply["text"].startswith("🟥 prod (red): as of")


def test_a_mention_by_somebody_from_elsewhere_learns_nothing(failed: Town) -> None:
    failed.slack_lever("channel", id="C0OPS", members=["U0SAM", "U0ADA", "U0GUEST", "U0STRANGER", "U0MCSYNC"])
    people = {one["id"]: one for one in failed._look("people")["people"]}
    stranger = next(user for user, one in people.items() if one["is_stranger"])
    channel = failed._look("people")["channels"]
    place = next(one["id"] for one in channel if stranger in one["members"] and "U0MCSYNC" in one["members"])

    failed.slack_lever("say", user=stranger, text=f"{BOT} status", channel=place)
    failed.settle()

    assert [one["text"] for one in whispers(failed, stranger)] == [
        "Only people of this workspace can read what mcsync knows: ask one of them."
    ]


def test_the_menu_of_a_message_takes_a_command_where_slash_commands_do_not_work(failed: Town) -> None:
    card = failed.messages()[0]["ts"]
    opened = failed.slack_lever("shortcut", user="U0ADA", callback_id="mcsync_ask", ts=card)
    assert opened["ok"], opened
    view = failed.modal("U0ADA")
    assert view is not None

    def submit(line: str) -> dict[str, Any]:
        state = {"mcsync_line": {"mcsync_text": line}}
        return failed.slack_lever("submit", user="U0ADA", view_id=view["id"], state=state)

    submit("sttaus")
    shown = failed.modal("U0ADA")
    assert shown is not None
    assert "Did you mean `@mcsync status`" in str(shown["errors"])
    submit("audit")
    failed.settle()

    assert failed.modal("U0ADA") is None
    assert "saw a failure" in whispers(failed, "U0ADA")[-1]["text"]
    assert whispers(failed, "U0ADA")[-1]["thread_ts"] == card


def test_what_comes_of_a_command_is_told_where_it_was_typed(failed: Town) -> None:
    card = failed.messages()[0]["ts"]

    say(failed, "U0SAM", "shift +5 --dry-run", card)
    say(failed, "U0GUEST", f"shift {WORKFLOW} +5")
    failed.slack_lever("command", user="U0SAM", text=f"/mcsync shift {WORKFLOW} +5", channel="C0RANDOM")
    failed.settle()

    asked, told = whispers(failed, "U0SAM")[-2:]
    (dry,) = [one for one in whispers(failed, "U0SAM") if one.get("thread_ts") and "Dry run" in one["text"]]
    assert dry["thread_ts"] == card
    assert "thread_ts" not in whispers(failed, "U0GUEST")[-1]
    assert asked["text"].startswith("Asked.")
    assert told["text"].startswith("Not asked for: Ask for a change in <#C0OPS>")
    assert (asked["channel"], told["channel"]) == ("C0RANDOM", "C0RANDOM"), "where the app is no member"


def test_what_cannot_be_told_where_it_was_asked_is_told_in_the_channel(failed: Town) -> None:
    assert failed.program is not None
    office = failed.program.service.office
    elsewhere = Spot("C0RANDOM", url=f"{failed.slack.url}/commands/long-over")

    with office.store.write() as tx:
        ask_for_whisper(tx, office, "U0SAM", "That does not count.", office.clock.now(), spot=elsewhere)
    failed.wait_until(lambda: failed.told("U0SAM")[-1:] == ["That does not count."])

    assert whispers(failed, "U0SAM")[-1]["channel"] == "C0OPS"


def test_whoever_mentions_the_app_is_told_the_reference_of_what_nobody_foresaw(
    failed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(cast("dict[str, object]", ANSWERS), "health", fail)
    card = failed.messages()[0]["ts"]

    say(failed, "U0SAM", "health", card)
    say(failed, "U0SAM", "health")

    there, here = whispers(failed, "U0SAM")[-2:]
    for one in (there, here):
        assert re.fullmatch(
            r"Something went wrong here that nobody foresaw\. Tell your administrator this reference: "
            "[0-9a-f]{8}\\.",
            one["text"],
        )
    assert there["thread_ts"] == card
    assert "thread_ts" not in here


# --- What changes something -----------------------------------------------------------------------


def test_a_change_goes_its_whole_way_by_commands(town: Town) -> None:
    town.collide()
    card = town.messages()[0]["ts"]

    assert "Dry run" in asked(town, "U0SAM", "/mcsync shift MCEXEC1 :25 —dry-run")
    say(town, "U0SAM", "shift +5", card)
    assert town.proposal().offset_minutes == 5
    assert "You can decide: Move" in asked(town, "U0ADA", "/mcsync")
    assert "You asked: Move" in asked(town, "U0SAM", "/mcsync")
    town.approve()
    town.turn_until(lambda: town.proposal().stage is Stage.VERIFIED)
    told = asked(town, "U0ADA", "/mcsync")
    assert "Being proved" in told
    assert "🔴" not in told
    town.prove()
    told = asked(town, "U0SAM", "/mcsync history")
    assert "1 incident. Workflows stood still for 2 min" in told
    assert "approved by <@U0ADA>: Done and proved" in told

    assert "Asked." in asked(town, "U0SAM", "/mcsync undo mcexec1")
    assert town.proposal().ask == "undo"
    assert len(town.messages()) == 1, "the card of the incident tells of it"


def test_resume_starts_a_workflow_without_moving_it(town: Town) -> None:
    town.collide()

    asked(town, "U0SAM", f"/mcsync resume {WORKFLOW}")
    town.approve()
    town.turn_until(lambda: town.proposal().stage is Stage.VERIFIED)

    assert town.proposal().ask == "resume-only"
    assert town.writes() == []
    assert town.proposal().caution == "The run of 2026-11-25 06:00 Europe/Paris meets a restart again."


def test_the_command_may_have_another_name(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes={"command": "/archive"}) as town:
        town.collide()
        town.press("U0SAM", "mcsync_case_note")
        view = town.slack_lever(
            "shortcut", user="U0ADA", callback_id="mcsync_ask", ts=town.messages()[0]["ts"]
        )

        assert view["ok"]
        assert "What would follow /archive?" in str(town.modal("U0ADA"))
        assert "/mcsync" not in town.card_text()


def press_at_once(town: Town, presses: int) -> list[dict[str, Any]]:
    """Let Campaign hang, press so many times at once, then ask for the status; tell what came of each."""
    town.collide()
    town.lever("faults", action="*", mode="slow", times=100, seconds=60)
    card = town.messages()[0]["ts"]

    def press(_: int) -> dict[str, Any]:
        return town.slack_lever("press", user="U0SAM", ts=card, action_id="mcsync_shift_5")

    with ThreadPoolExecutor(presses) as crowd:
        answers = list(crowd.map(press, range(presses)))
    return [*answers, town.slack_lever("command", user="U0SAM", text="/mcsync status")]


def test_presses_at_once_are_acknowledged_while_campaign_hangs(town: Town) -> None:
    answers = press_at_once(town, PRESSES)

    assert [one for one in answers if not one["ok"] or one["ms"] >= ACK_MS] == []
