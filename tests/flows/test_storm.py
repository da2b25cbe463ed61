"""Several workflows meet one restart: one summary in the channel, a card each in its thread, a slot each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import Incident
from bot.domain.lesson import Lesson
from bot.domain.proposal import Proposal
from bot.sandbox.slack.text import plain
from tests.flows.town import PARIS, Town


@pytest.fixture(name="storm")
def _storm(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, accounts=("mcExec1", "mcExec2", "mcExec3")) as town:
        town.settle()
        town.turn_to(6, 0, 20)
        town.wait_until(lambda: all(one["failed"] for one in _workflows(town)))
        town.turn(seconds=61)
        town.turn(seconds=20)
        yield town


def _summary(town: Town) -> dict[str, Any]:
    (found,) = [one for one in town.messages() if "workflows on" in one["text"]]
    return found


def _text(message: dict[str, Any]) -> str:
    return plain(message["blocks"], "")


def _incident(town: Town, number: int) -> Incident:
    return next(one for one in town.incidents() if one.workflow == f"mcSynch_mcExec{number}")


def _proposal(town: Town, number: int) -> Proposal:
    proposal_id = _incident(town, number).proposal_id
    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        found = tx.proposal(proposal_id)
    assert found is not None
    return found


def _card(town: Town, number: int) -> dict[str, Any]:
    """Find the card of one workflow in the thread of the summary."""
    found: dict[str, Any] = next(
        reply
        for reply in _summary(town)["thread"]
        if any(block["type"] == "header" for block in reply["blocks"])
        and f"mcSynch_mcExec{number} " in reply["text"]
    )
    return found


def _press(town: Town, user: str, message: dict[str, Any], action_id: str) -> None:
    pressed = town.slack_lever("press", user=user, ts=message["ts"], action_id=action_id)
    assert pressed["ok"], pressed
    town.settle()


def _ask(town: Town, number: int) -> None:
    """Ask for the slot that the card of a workflow offers first."""
    offer = next(one for one in _incident(town, number).offers if one.safe)
    _press(town, "U0SAM", _card(town, number), f"mcsync_shift_{offer.offset_minutes}")


def _approve(town: Town, number: int) -> None:
    shown = [one for block in _card(town, number)["blocks"] for one in block.get("elements", ())]
    ids = [one.get("action_id", "") for one in shown]
    approve = next(one for one in ids if one.startswith("mcsync_approve"))
    _press(town, "U0ADA", _card(town, number), approve)


def _workflows(town: Town) -> list[dict[str, Any]]:
    """Look at the archiving workflows from behind; the server has others as well."""
    return [one for one in town.world()["workflows"] if one["name"].startswith("mcSynch_")]


def _minutes(town: Town) -> dict[str, str]:
    return {one["name"]: one["stored_period"].split("m_tmStartTime='")[1][:5] for one in _workflows(town)}


def test_a_storm_is_one_message_with_a_card_and_a_minute_each_in_its_thread(storm: Town) -> None:
    (message,) = storm.messages()

    text = _text(message)
    assert "3 workflows on" in text
    assert "Standing still: 3." in text
    for number in (1, 2, 3):
        assert f"mcSynch_mcExec{number}" in text
        assert "Shift" in _text(_card(storm, number))
    assert len(storm.incidents()) == 3
    assert len({one.gathering for one in storm.incidents()}) == 1
    replies = [reply["text"] for reply in message["thread"]]
    assert len([text for text in replies if text.startswith("How we know")]) == 1
    assert len(replies) <= 5, "a card each, and the evidence once"
    firsts = [next(offer for offer in one.offers if offer.safe) for one in storm.incidents()]
    assert len({offer.period_after for offer in firsts}) == 3
    for offer in firsts:
        assert f"[ Shift {offer.offset_minutes:+d} min ]" in text


def test_each_has_its_own_request_and_approval_and_none_gets_a_minute_that_is_asked_for(storm: Town) -> None:
    _ask(storm, 1)
    taken = _proposal(storm, 1).offset_minutes
    storm.type("U0SAM", f"/mcsync shift mcSynch_mcExec2 +{taken}")
    storm.settle()
    assert "mcSynch_mcExec1, as asked for, starts in the same minute" in storm.told("U0SAM")[-1]
    assert _incident(storm, 2).proposal_id == ""
    for number in (2, 3):
        _ask(storm, number)
    assert [_proposal(storm, number).stage for number in (1, 2, 3)] == ["waiting"] * 3
    assert "Waiting for approval: 3" in _text(_summary(storm))
    _approve(storm, 2)
    storm.turn_until(lambda: _proposal(storm, 2).stage == "verified")
    assert [_proposal(storm, number).stage for number in (1, 3)] == ["waiting"] * 2

    for number in (1, 3):
        _approve(storm, number)
    storm.turn_until(lambda: {_proposal(storm, number).stage for number in (1, 2, 3)} == {"verified"})

    assert len(set(_minutes(storm).values())) == 3
    assert "00:00" not in _minutes(storm).values()
    assert len(storm.writes()) == 3
    assert len(storm.messages()) == 1
    storm.turn_until(lambda: _proposal(storm, 2).run_passed_at is not None, seconds=60, most=7200)
    replies = [reply["text"] for reply in _summary(storm)["thread"]]
    assert any(text.startswith("mcSynch_mcExec2: The run of ") for text in replies)


def test_a_slot_that_somebody_took_in_the_console_voids_the_approval(storm: Town) -> None:
    _ask(storm, 1)
    minute = f"00:0{_proposal(storm, 1).offset_minutes}:00.000"
    storm.lever("edit", workflow="mcSynch_mcExec2", login="eve", period={"m_tmStartTime": minute})
    storm.turn(minutes=2)
    storm.lever("start", workflow="mcSynch_mcExec2")
    storm.turn(minutes=2)

    _approve(storm, 1)
    storm.turn(seconds=30)

    assert _proposal(storm, 1).stage == "void"
    assert "mcSynch_mcExec2 starts in the same minute" in _proposal(storm, 1).reason
    assert [write for write in storm.writes() if write["login"] == "mcsync"] == []


def test_the_summary_tells_the_truth_to_the_end_and_after_a_restart_of_the_program(storm: Town) -> None:
    _ask(storm, 1)
    storm.close_program()
    storm.open_program()
    _approve(storm, 1)
    storm.turn_until(lambda: _proposal(storm, 1).stage == "verified")

    text = _text(_summary(storm))
    assert "Standing still: 2, under way: 1" in text
    assert "waiting for the next run to pass" in text
    thread = [reply["text"] for reply in _summary(storm)["thread"]]
    assert len([text for text in thread if text.startswith("🔵")]) == 1
    assert len(storm.messages()) == 1

    _press(storm, "U0SAM", _card(storm, 1), "mcsync_undo")
    assert "mcSynch_mcExec2 starts in the same minute" in _proposal(storm, 1).caution


def test_who_fails_later_joins_what_is_told_already(tmp_path: Path) -> None:
    with Town(tmp_path, accounts=("mcExec1", "mcExec2")) as town:
        town.settle()
        town.turn_to(5, 58)
        town.turn_to(6, 0, 20)
        town.wait_until(lambda: all(one["failed"] for one in _workflows(town)))
        for one in _workflows(town):
            line = next(line for line in reversed(town.world()["journal"]) if "Logon" in line["message"])
            town.report(
                at=town.clock.now(),
                log_id=str(line["id"]),
                workflow=one["name"],
                workflow_id=str(one["id"]),
                message=line["message"],
            )
            town.settle()
        town.turn(minutes=2)

        summaries = [one for one in town.messages() if "2 workflows on" in one["text"]]
        assert len(summaries) == 1
        assert len(town.messages()) <= 2
        assert len({one.gathering for one in town.incidents()}) == 1


def test_what_lies_ahead_of_several_is_one_message_as_well(tmp_path: Path) -> None:
    start = datetime(2026, 11, 24, 8, 50, tzinfo=PARIS)
    with Town(tmp_path, start=start, accounts=("mcExec1", "mcExec2")) as town:
        town.settle()
        town.turn(minutes=2)
        town.turn_to(9, 0, 10)
        town.turn(seconds=20)

        (message,) = town.messages()
        assert "2 workflows on" in message["text"]
        assert "None has failed yet." in message["text"]
        assert [one.failures for one in town.incidents()] == [0, 0]


def test_who_asks_is_told_that_a_sibling_may_still_be_busy(storm: Town) -> None:
    """By what its journal taught: 19 of 20 of its runs took no longer (KA-23471)."""
    _ask(storm, 1)
    taken = _proposal(storm, 1).offset_minutes
    assert taken is not None
    assert storm.program is not None
    earlier = datetime(2026, 11, 20, 5, 5, tzinfo=PARIS)
    with storm.program.service.office.store.write() as tx:
        for number in (1, 2):
            name = f"mcSynch_mcExec{number}"
            lesson = tx.lesson("prod", name) or Lesson("prod", name)
            runs = ((earlier + timedelta(hours=hour), timedelta(minutes=7)) for hour in range(20))
            tx.save_lesson(lesson.with_runs(tuple(runs)))

    storm.type("U0SAM", f"/mcsync shift mcSynch_mcExec2 +{taken + 4} --dry-run")
    storm.settle()

    told = storm.told("U0SAM")[-1]
    assert (
        "mcSynch_mcExec1, as asked for, takes 7 min and may still be busy when this workflow starts" in told
    )
    assert "Dry run" in told
