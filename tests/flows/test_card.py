"""One card per incident in the whole program: its thread, its reaction, and what people do about it."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_commands import asked
from tests.flows.town import Town


def thread(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.messages()[0]["thread"]
    return found


def reactions(town: Town) -> list[str]:
    return [one["name"] for one in town.messages()[0]["reactions"]]


def choose(town: Town, user: str, choice: str) -> None:
    """Choose from the menu beside the buttons of the card."""
    card = town.messages()[0]
    rows = [block["elements"] for block in card["blocks"] if block["type"] == "actions"]
    options = [option for row in rows for one in row if "options" in one for option in one["options"]]
    value = next(option["value"] for option in options if option["value"].startswith(choice))
    pressed = town.slack_lever("press", user=user, ts=card["ts"], action_id="mcsync_other", value=value)
    assert pressed["ok"], pressed
    town.settle()


def incident(town: Town) -> Any:  # noqa: ANN401 - an incident, whose fields are compared
    return town.incidents()[0]


# --- The thread -----------------------------------------------------------------------------------


def test_what_the_verdict_stands_on_hangs_in_the_thread_and_not_in_the_channel(town: Town) -> None:
    town.collide()

    known, excluded = thread(town)
    assert known["text"].startswith("How we know")
    assert "Empty return for method 'Logon'" in known["text"]
    assert "Sources: KA-05406" in known["text"]
    assert excluded["text"].startswith("What it is not")
    assert "credentials: No line of this failure says XSV-350012." in excluded["text"]
    card = town.messages()[0]["text"]
    assert "3 s after RT's restart" in card
    assert "05:59 ▓ 06:00:03 ✗ ▓ 06:04 ·· 06:05 ✓ +60 s ·· 06:10 ✓ +6 min" in card
    assert "XSV-350012" not in card


@pytest.mark.parametrize("broadcast", [False, True])
def test_whether_the_channel_sees_the_thread_is_a_setting(tmp_path: Path, *, broadcast: bool) -> None:
    with Town(tmp_path, slack_changes={"thread_broadcast": broadcast}) as town:
        town.settle()
        town.turn_to(6, 0, 20)
        town.wait_until(lambda: bool(town.workflow()["failed"]))
        town.turn(seconds=61)

        assert len(town.messages()) == (3 if broadcast else 1)
        assert len(thread(town)) == 2


def test_posts_whose_answers_were_lost_stand_there_once(town: Town) -> None:
    town.settle()
    town.slack_lever("faults", method="chat.postMessage", mode="reset", when="after", times=3)

    town.turn_to(6, 0, 20)
    town.wait_until(lambda: bool(town.workflow()["failed"]))
    town.turn(seconds=61)
    town.turn_until(lambda: bool(town.messages()) and len(thread(town)) == 2 and bool(reactions(town)))
    town.turn(minutes=10)

    assert len(town.messages()) == 1
    assert [one["text"].splitlines()[0] for one in thread(town)] == ["How we know", "What it is not"]


def test_a_proof_whose_answer_was_lost_stands_there_once(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    town.slack_lever("faults", method="chat.postMessage", mode="reset", when="after", times=1)

    town.prove()
    town.turn(minutes=10)

    proofs = [one["text"].splitlines()[0] for one in thread(town)[3:]]
    assert len(proofs) == len(set(proofs)) == 2
    assert "passed without an error" in proofs[0]


def test_a_deleted_card_comes_back_with_its_thread(town: Town) -> None:
    town.collide()
    first = town.messages()[0]["ts"]
    town.slack_lever("faults", method="chat.update", mode="error:message_not_found", times=1)

    choose(town, "U0ADA", "mcsync_acknowledge")

    old, new = town.messages()
    assert old["ts"] == first
    assert "takes care of it" in new["text"]
    assert len(new["thread"]) == 2


@pytest.mark.parametrize("code", ["missing_scope", "too_many_reactions"])
def test_an_app_that_may_not_react_goes_without(town: Town, code: str) -> None:
    town.slack_lever("faults", method="reactions.add", mode=f"error:{code}", times=9)

    town.ask()

    assert reactions(town) == []
    assert "Waiting for approval" in town.card_text()


def test_the_reaction_says_how_far_it_is(town: Town) -> None:
    town.collide()
    assert reactions(town) == ["rotating_light"]

    town.press("U0SAM", "mcsync_shift_5")
    town.settle()
    assert reactions(town) == ["hourglass_flowing_sand"]

    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    assert reactions(town) == ["hourglass_flowing_sand"]
    town.prove()
    assert reactions(town) == ["white_check_mark"]


# --- Care -----------------------------------------------------------------------------------------


def test_somebody_takes_care_of_it_and_everybody_sees_who(town: Town) -> None:
    town.collide()

    choose(town, "U0ADA", "mcsync_acknowledge")
    assert "👀 <@U0ADA> takes care of it since" in town.messages()[0]["text"]
    town.close_program()
    town.open_program()
    town.settle()

    assert incident(town).acknowledged_by == "U0ADA"
    assert "incident:acknowledge" in town.audit_events()
    options = str(town.messages()[0]["blocks"])
    assert "mcsync_acknowledge" not in options
    assert len(town.messages()) == 1


def test_a_guest_takes_care_of_nothing(town: Town) -> None:
    town.collide()

    choose(town, "U0GUEST", "mcsync_acknowledge")

    assert incident(town).acknowledged_by == ""
    assert "Guests, bots" in town.told("U0GUEST")[-1]


def test_a_snooze_survives_a_restart_and_comes_back_with_one_line(town: Town) -> None:
    town.collide()
    choose(town, "U0SAM", "mcsync_snooze")
    assert "💤 Put off by <@U0SAM> until" in town.messages()[0]["text"]
    assert reactions(town) == ["hourglass_flowing_sand"]
    town.close_program()
    town.open_program()
    town.settle()

    town.turn(minutes=59)
    assert len(thread(town)) == 2
    town.turn(minutes=2)

    assert thread(town)[-1]["text"] == (
        "<@U0SAM>: put off until now and still open. mcSynch_mcExec1 stands still until it is started."
    )
    assert len(thread(town)) == 3
    assert "Put off" not in town.messages()[0]["text"]
    assert reactions(town) == ["rotating_light"]
    assert town.audit_events()[-2:] == ["incident:snooze", "incident:remind"]
    town.turn(hours=3)
    assert len(thread(town)) == 3


def test_a_reminder_during_a_proof_says_what_the_change_waits_for(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")

    asked(town, "U0SAM", "/mcsync snooze 1m")
    town.turn_until(lambda: "put off until now" in thread(town)[-1]["text"], seconds=10)

    assert thread(town)[-1]["text"] == (
        "<@U0SAM>: put off until now and still open. mcSynch_mcExec1 is not paused. "
        "Its change waits for the run of 2026-11-24 06:05:00 Europe/Paris."
    )


def test_a_longer_snooze_takes_the_place_of_a_shorter_one(town: Town) -> None:
    town.collide()

    asked(town, "U0SAM", "/mcsync snooze 30m")
    told = asked(town, "U0ADA", "/mcsync snooze mcexec1 until 09:00")

    assert told == (
        "Asked: mcSynch_mcExec1 is to be put off until 2026-11-24 09:00:00 Europe/Paris; "
        "you hear if that is not possible."
    )
    town.turn(minutes=45)
    assert len(thread(town)) == 2
    town.turn(hours=3)
    assert thread(town)[-1]["text"].startswith("<@U0ADA>: put off until now")


def test_a_closed_incident_is_opened_again_by_a_person_once(town: Town) -> None:
    town.ask()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    town.prove()
    assert incident(town).state == "closed"
    closed = town.messages()[0]["ts"]

    choose(town, "U0SAM", "mcsync_reopen")

    assert incident(town).state == "open"
    assert [one["ts"] for one in town.messages()] == [closed]
    assert reactions(town) == ["rotating_light"]
    assert town.messages()[0]["text"].startswith("🔴")
    assert town.audit_events()[-1] == "incident:reopen"
    assert "Closed:" not in town.messages()[0]["text"]
