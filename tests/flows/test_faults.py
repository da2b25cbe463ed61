"""Every fault at every call: the card ends right, nothing is written twice, nothing is left stopped by us."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.campaign.faults import MODES
from tests.flows.town import Town

AT_EVERY_STEP = sorted(MODES - {"trickle", "oversized"})
"""Those two have tests of their own: the client gives them up like one that is slow."""

STEPS = ("xtk:workflow#Stop", "xtk:persist#Write", "xtk:workflow#Start")
FINAL = {"verified", "failed", "void", "needs-attention"}


@pytest.fixture(name="hurried")
def _hurried(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, campaign_changes={"deadline": "2s"}) as town:
        yield town


def end_is_right(town: Town, *, blind: bool = False) -> None:
    """Check the end against the world, whatever it is.

    Args:
        town: where it happened.
        blind: whether Campaign could not be read at the end, so that nobody could start it again.
    """
    town.settle()
    proposal, workflow, card = town.proposal(), town.workflow(), town.card_text()
    assert len(town.writes()) <= 1
    assert "Traceback" not in card
    if proposal.stage == "verified":
        assert workflow["stored_period"] == proposal.period_after
        assert workflow["loaded_period"] == proposal.period_after
        assert workflow["state"] == 11
    else:
        assert proposal.stage in {"failed", "needs-attention"}
        assert proposal.reason, "an end without a sentence"
        assert proposal.reason.split(".")[0] in card.replace("\n", " ")
        pleas = ("start it in the console", "Check that the workflow runs")
        told_to_start = any(plea in proposal.reason for plea in pleas)
        assert workflow["state"] in {11, 13} or blind or told_to_start, "left stopped by us"
        if proposal.stage == "failed":
            assert workflow["stored_period"] == proposal.period_before


@pytest.mark.parametrize("mode", AT_EVERY_STEP)
@pytest.mark.parametrize("action", STEPS)
def test_one_fault_at_a_step_ends_in_a_correct_card(hurried: Town, action: str, mode: str) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action=action, mode=mode, times=1)

    town.approve()
    town.turn_until(lambda: town.proposal().stage in FINAL, seconds=10)

    end_is_right(town)


@pytest.mark.parametrize("mode", ["empty-body", "reset", "slow"])
@pytest.mark.parametrize("action", STEPS)
def test_a_step_that_was_done_although_its_answer_was_lost_is_not_done_again(
    hurried: Town, action: str, mode: str
) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action=action, mode=mode, times=1, when="after")

    town.approve()
    town.turn_until(lambda: town.proposal().stage in FINAL, seconds=10)

    assert town.proposal().stage == "verified", town.proposal().reason
    end_is_right(town)


@pytest.mark.parametrize("mode", AT_EVERY_STEP)
def test_one_fault_while_reading_delays_the_change_and_does_not_harm_it(hurried: Town, mode: str) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode=mode, times=1)

    town.approve()
    town.turn_until(lambda: town.proposal().stage in FINAL, seconds=10)

    assert town.proposal().stage == "verified", town.proposal().reason
    end_is_right(town)


@pytest.mark.parametrize(
    ("action", "mode"),
    [
        *(("xtk:session#Logon", mode) for mode in AT_EVERY_STEP),
        *(("xtk:queryDef#ExecuteQuery", mode) for mode in ("empty-body", "html", "reset")),
    ],
)
def test_a_fault_before_the_failure_is_seen_only_delays_the_card(
    tmp_path: Path, action: str, mode: str
) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "2s"}) as town:
        town.settle()
        if action == "xtk:session#Logon":
            town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode="expired-session", times=1)
        town.lever("faults", action=action, mode=mode, times=2)
        town.turn_to(6, 0, 20)

        town.turn_until(lambda: len(town.messages()) == 1, seconds=30, most=1800)

        assert "restart collision" in town.card_text()
        assert "Shift +5 min" in town.card_text()


@pytest.mark.parametrize("action", STEPS)
def test_a_step_that_never_works_ends_with_a_sentence(hurried: Town, action: str) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action=action, mode="fault", times=1000)

    town.approve()
    town.turn_until(lambda: town.proposal().stage in FINAL, seconds=20)

    assert town.proposal().stage in {"failed", "needs-attention"}
    assert town.proposal().reason
    assert len(town.writes()) <= 1


@pytest.mark.parametrize("action", STEPS)
def test_a_fault_that_comes_with_http_200_is_a_fault_too(hurried: Town, action: str) -> None:
    town = hurried
    town.ask()
    town.lever("settings", fault_status=200)
    town.lever("faults", action=action, mode="fault", times=1)

    town.approve()
    town.turn_until(lambda: town.proposal().stage in FINAL, seconds=10)

    assert any("refused" in record.outcome for record in town.proposal().steps)
    end_is_right(town)


def test_a_campaign_that_stays_unreadable_ends_in_a_card_that_says_so(hurried: Town) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action="xtk:queryDef#ExecuteQuery", mode="empty-body", times=1000)

    town.approve()
    town.turn_until(lambda: town.proposal().stage == "needs-attention", seconds=60, most=7200)
    town.settle()

    assert "Campaign cannot be read any more" in town.card_text()
    assert "[ Check again ]" in town.card_text()
    assert town.writes() == []


def test_an_unclear_end_is_cleared_by_check_again(hurried: Town) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action="xtk:workflow#Start", mode="fault", times=1000)
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "needs-attention", seconds=20)
    assert "start it in the console" in town.card_text()
    town.lever("faults", action="xtk:workflow#Start", mode="fault", times=0)

    assert town.press("U0SAM", "mcsync_check")["ok"]
    town.turn_until(lambda: town.proposal().stage == "verified", seconds=10)

    end_is_right(town)


def test_a_refused_logon_is_not_tried_again_until_an_administrator_says_so(tmp_path: Path) -> None:
    with Town(tmp_path, environment={"MCSYNC_CAMPAIGN_PROD_PASSWORD": "wrong"}) as town:
        town.settle()
        town.turn(minutes=10)
        town.close_program()
        town.open_program()
        town.turn(minutes=10)

        assert town.world()["logons"] == 1
        answer = town.type("U0SAM", "/mcsync status")
        assert "does not log on" in answer or "refused" in answer


def test_what_could_not_be_started_is_started_by_itself_as_soon_as_campaign_lets_it(hurried: Town) -> None:
    town = hurried
    town.ask()
    town.lever("faults", action="xtk:workflow#Start", mode="fault", times=3)
    town.approve()
    town.turn_until(lambda: town.proposal().stage == "needs-attention", seconds=20)
    assert "mcsync goes on trying" in town.card_text()
    assert town.workflow()["state"] == 20

    town.turn_until(lambda: town.proposal().stage == "verified", seconds=20, most=900)

    end_is_right(town)
    assert town.audit_events().count("proposal:check-again") == 1
