"""What stands after a request came to nothing, or after a later change: card, proof and open points."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.proposal import Proposal
from tests.flows.test_card import choose
from tests.flows.town import WORKFLOW, Town

RARE_POLLS = {"poll": "30m"}


def changed(town: Town, action_id: str = "mcsync_shift_5") -> Proposal:
    """Ask for a shift, let it be approved, and wait until it is verified."""
    town.ask(action_id)
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")
    return town.proposal()


def changed_at_rare_polls(town: Town) -> None:
    """The same as `changed`, where polls are half an hour apart, so that days are turned in such steps."""
    town.settle()
    town.turn_to(6, 0, 20)
    town.wait_until(lambda: bool(town.workflow()["failed"]))
    town.turn(minutes=30)
    assert town.press("U0SAM", "mcsync_shift_5")["ok"]
    town.settle()
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "verified")


def found(town: Town, proposal_id: str) -> Proposal:
    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        proposal = tx.proposal(proposal_id)
    assert proposal is not None
    return proposal


def thread(town: Town) -> list[str]:
    return [reply["text"] for message in town.messages() for reply in message["thread"]]


def our_writes(town: Town) -> int:
    return sum(write["login"] == "mcsync" for write in town.writes())


def ask_to_undo(town: Town) -> Proposal:
    pressed = town.press("U0SAM", "mcsync_undo")
    assert pressed["ok"], pressed
    town.settle()
    assert town.proposal().ask == "undo"
    return town.proposal()


def deny(town: Town) -> None:
    town.deny("U0ADA", "It works <!channel>.")


def withdraw(town: Town) -> None:
    value = f"withdraw:{town.proposal().id}"
    order = {"ts": town.messages()[-1]["ts"], "action_id": "mcsync_more", "value": value}
    assert town.slack_lever("press", user="U0SAM", **order)["ok"]


def let_expire(town: Town) -> None:
    town.clock.at = town.proposal().expires_at


def move_meanwhile(town: Town) -> None:
    town.lever(
        "edit", workflow=WORKFLOW, login="intruder", activity={"name": "soapImport", "script": "mine();"}
    )
    town.approve()


WAYS: dict[Callable[[Town], None], str] = {
    deny: "<@U0ADA> denied it: It works",
    withdraw: "<@U0SAM> withdrew the request.",
    let_expire: "Nobody decided in time.",
    move_meanwhile: "intruder changed soapImport meanwhile",
}


@pytest.mark.parametrize("end", WAYS)
def test_an_undo_that_comes_to_nothing_gives_the_card_back(town: Town, end: Callable[[Town], None]) -> None:
    first = changed(town)
    undo = ask_to_undo(town)

    end(town)
    town.settle()
    town.turn_until(lambda: found(town, undo.id).stage in {"denied", "expired", "void"})

    assert town.proposal().id == first.id
    assert town.proposal().stage == "verified"
    assert "every hour from 00:00 → every hour from 00:05" in town.card_text()
    assert "[ Undo ]" in town.card_text()
    assert "[ Tracking was moved ]" in town.card_text()
    assert our_writes(town) == 1
    (told,) = [text for text in thread(town) if text.startswith("Nothing came of this request")]
    assert WAYS[end] in told
    assert "<!channel>" not in told


def test_an_undo_of_a_closed_incident_that_is_denied_closes_it_as_before(town: Town) -> None:
    changed(town)
    town.prove()
    closing = town.incidents()[0].closing
    ask_to_undo(town)
    assert town.incidents()[0].state == "open"

    deny(town)
    town.settle()

    assert (town.incidents()[0].state, town.incidents()[0].closing) == ("closed", closing)
    assert town.proposal().stage == "proved"


def test_what_was_taken_back_is_proved_no_more(town: Town) -> None:
    first = changed(town)
    undo = ask_to_undo(town)
    town.approve()
    town.turn_until(lambda: found(town, undo.id).stage == "verified")

    assert found(town, first.id).stage == "overtaken"
    assert not found(town, first.id).tracking_open
    town.turn_until(lambda: found(town, undo.id).stage == "proved", seconds=60, most=7200)
    town.turn(hours=22)
    town.turn(hours=3)

    assert "passed without an error" in "".join(thread(town))
    assert not any("Open again" in text for text in thread(town))
    assert "change:fail" not in town.audit_events()
    assert town.audit_events().count("change:overtake") == 1


def test_a_second_shift_overtakes_the_first_one(town: Town) -> None:
    first = changed(town)
    town.turn_until(lambda: town.proposal().run_passed_at is not None, seconds=60, most=7200)

    town.type("U0SAM", f"/mcsync shift {WORKFLOW} :20")
    town.settle()
    assert found(town, first.id).stage == "verified"
    town.approve()
    town.turn_until(lambda: town.proposal().id != first.id and town.proposal().stage == "verified")

    assert found(town, first.id).stage == "overtaken"
    assert town.proposal().undoable
    town.prove()
    assert "Done and proved" in town.card_text()


def test_an_edit_between_asking_for_an_undo_and_its_approval_voids_it(town: Town) -> None:
    first = changed(town)
    undo = ask_to_undo(town)

    move_meanwhile(town)
    town.turn_until(lambda: found(town, undo.id).stage == "void")

    assert our_writes(town) == 1
    assert town.workflow()["state"] == 11
    assert found(town, first.id).stage == "verified"


def test_undo_is_not_offered_where_the_write_was_refused(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "2s"}) as town:
        town.ask()
        town.lever("faults", action="xtk:persist#Write", mode="fault", times=1)
        town.approve()
        town.turn_until(lambda: town.proposal().stage == "failed")

        assert "[ Undo ]" not in town.card_text()
        assert "has changed nothing" in town.type("U0SAM", f"/mcsync undo {WORKFLOW}")


def test_putting_back_what_somebody_put_back_already_is_refused_without_blaming_anybody(town: Town) -> None:
    changed(town)
    town.lever("edit", workflow=WORKFLOW, login="intruder", period={"m_tmStartTime": "00:00:00.000"})

    town.press("U0SAM", "mcsync_undo")
    town.settle()

    assert "reads as before already: there is nothing to put back" in town.told("U0SAM")[-1]


def test_an_incident_that_somebody_opens_again_stays_open(town: Town) -> None:
    changed(town)
    town.prove()
    town.turn(hours=3)

    choose(town, "U0SAM", "mcsync_reopen")
    town.settle()
    for _ in range(3):
        town.turn(minutes=1)

    assert town.incidents()[0].state == "open"


def test_a_workflow_that_no_longer_runs_keeps_its_incident_open(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes=RARE_POLLS) as town:
        changed_at_rare_polls(town)
        for _ in range(23 * 2):
            town.turn(minutes=30)
        town.lever("stop", workflow=WORKFLOW, login="intruder")

        for _ in range(30 * 2):
            town.turn(minutes=30)

        assert town.proposal().stage == "failed"
        assert town.incidents()[0].state == "open"
        assert "[ Undo ]" in town.card_text()


def test_an_incident_that_failed_again_meanwhile_stays_open_when_its_undo_comes_to_nothing(
    town: Town,
) -> None:
    changed(town)
    town.prove()
    town.turn(hours=22)
    town.turn_to(5, 40)
    ask_to_undo(town)
    for lever, more in (("stop", {}), ("edit", {"period": {"m_tmStartTime": "00:00"}}), ("start", {})):
        town.lever(lever, workflow=WORKFLOW, login="intruder", **more)
        town.turn(seconds=30)
    town.turn_to(6, 0, 20)
    town.wait_until(lambda: bool(town.workflow()["failed"]))
    town.turn(seconds=61)

    deny(town)
    town.settle()

    (latest, *_) = town.incidents()
    assert (latest.state, latest.paused) == ("open", True)
    assert "stands still" in town.card_text()


def test_an_incident_that_an_undo_opened_again_stays_open_when_that_is_proved(town: Town) -> None:
    """What was taken back will meet the restart again: a green card would hide it."""
    changed(town)
    town.prove()
    town.turn(hours=3)
    undo = ask_to_undo(town)
    town.approve()
    town.turn_until(lambda: found(town, undo.id).stage == "proved", seconds=60, most=7200)
    town.turn(minutes=2)

    assert town.incidents()[0].state == "open"


def test_an_undo_that_failed_and_changed_nothing_gives_the_card_back(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "2s"}) as town:
        first = changed(town)
        undo = ask_to_undo(town)
        town.lever("faults", action="xtk:persist#Write", mode="fault", times=1)
        town.approve()
        town.turn_until(lambda: found(town, undo.id).stage == "failed")

        assert town.proposal().id == first.id
        assert "[ Undo ]" in town.card_text()
        assert any("Nothing came of this request" in text for text in thread(town))
