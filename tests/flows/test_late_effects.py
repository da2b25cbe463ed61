"""What takes effect after everybody gave up waiting: a Stop, a Write; and an RT that does not answer."""

from pathlib import Path

import pytest

from bot.domain.learning import PROBE_EVERY
from tests.flows.test_attention import set_aside
from tests.flows.test_standing import RARE_POLLS, changed, changed_at_rare_polls, found
from tests.flows.town import WORKFLOW, Town
from tests.waiting import until

UNDER_WAY = {"approved", "applying"}


def starts(town: Town) -> int:
    calls: dict[str, int] = town.world()["calls"]
    return calls.get("xtk:workflow#Start", 0)


def ended(town: Town) -> bool:
    return town.proposal().stage not in UNDER_WAY


@pytest.mark.parametrize("seconds", [240.0, 480.0, 3000.0])
def test_a_stop_that_takes_effect_after_we_gave_up_is_followed_by_a_start(town: Town, seconds: float) -> None:
    town.ask()
    town.lever("settings", stop_seconds=seconds)
    town.approve()
    town.turn_until(lambda: ended(town), seconds=10)
    assert town.proposal().stage == "needs-attention"

    town.turn_until(lambda: starts(town) == 1 and town.workflow()["state"] == 11, seconds=300, most=7200)

    assert town.writes() == []


def test_a_stop_whose_answer_was_lost_and_that_runs_later_is_followed_by_a_start(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "1s"}) as town:
        town.ask()
        town.lever("faults", action="xtk:workflow#Stop", mode="slow", times=1, when="late", seconds=4.0)
        town.approve()
        town.turn_until(lambda: ended(town), seconds=30)
        assert town.proposal().stage == "needs-attention"
        assert "may still take effect" in town.card_text()

        until(lambda: town.world()["calls"].get("xtk:workflow#Stop", 0) == 1)
        town.turn_until(lambda: starts(town) == 1 and town.workflow()["state"] == 11, seconds=300, most=7200)


def test_a_write_that_takes_effect_after_we_gave_up_is_found_out(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "1s"}) as town:
        town.ask()
        town.lever("faults", action="xtk:persist#Write", mode="slow", times=1, when="late", seconds=4.0)
        town.approve()
        town.turn_until(lambda: ended(town), seconds=20)
        assert town.proposal().stage == "needs-attention"
        assert "may yet take effect" in town.card_text()
        assert town.workflow()["state"] == 11

        until(lambda: len(town.writes()) == 1)
        town.turn_until(lambda: town.proposal().stage == "failed", seconds=60)

        assert "The schedule is written and the workflow runs, but its next run is" in town.card_text()
        assert "[ Undo ]" in town.card_text()
        assert len(town.writes()) == 1


def test_a_write_that_never_came_is_said_to_have_done_nothing_once_it_is_sure(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "1s"}) as town:
        town.ask()
        town.lever("faults", action="xtk:persist#Write", mode="slow", times=1, when="before", seconds=4.0)
        town.approve()
        town.turn_until(lambda: ended(town), seconds=20)
        assert town.proposal().stage == "needs-attention"

        town.turn_until(lambda: town.proposal().stage == "failed", seconds=60)

        assert "was not changed; it still reads as before" in town.card_text()
        assert "[ Undo ]" not in town.card_text()


def test_nothing_is_started_before_rt_has_answered(tmp_path: Path) -> None:
    with Town(tmp_path, execution_changes={"probe": True}) as town:
        town.settle()
        town.lever("settings", rt_takes=1500)  # RT is away for 25 minutes today
        town.turn_to(6, 0, 20)
        town.wait_until(lambda: bool(town.workflow()["failed"]))
        town.turn(seconds=61)
        town.turn_to(6, 8)
        town.press("U0SAM", "mcsync_resume")
        town.settle()
        town.approve()

        town.turn_until(lambda: "waiting for RT to answer" in town.card_text(), seconds=10)
        assert starts(town) == 0
        town.turn_until(lambda: town.proposal().stage == "verified", seconds=PROBE_EVERY.total_seconds())

        assert town.clock.at.minute >= 25
        assert [incident.failures for incident in town.incidents()] == [1]


def left_stopped(town: Town) -> None:
    """Let a change stop the workflow and fail to start it, and set it aside."""
    town.ask()
    town.lever("faults", action="xtk:workflow#Start", mode="fault", times=1000)
    town.approve()
    town.turn_until(lambda: ended(town), seconds=10)
    assert town.workflow()["state"] == 20
    set_aside(town, "U0ADA", "I look at it in the console.")
    assert town.proposal().stage == "set-aside"


def test_what_was_set_aside_while_we_had_left_it_stopped_is_still_started_again(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "2s"}) as town:
        left_stopped(town)
        for _ in range(4):
            town.turn(minutes=10)
        assert town.proposal().stage == "set-aside", "what somebody decided stays decided"
        assert town.proposal().reason == "I look at it in the console."
        town.lever("faults", action="*", mode="503", times=0)

        town.turn_until(lambda: town.workflow()["state"] == 11, seconds=300)

        assert len(town.writes()) == 1


def test_what_waits_for_a_decision_does_not_keep_stopped_what_we_stopped(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"deadline": "2s"}) as town:
        left_stopped(town)
        assert town.press("U0SAM", "mcsync_undo")["ok"]
        town.settle()
        waiting = town.proposal()
        assert waiting.stage == "waiting"
        town.lever("faults", action="*", mode="503", times=0)

        town.turn_until(lambda: town.workflow()["state"] == 11, seconds=300)

        assert found(town, waiting.id).stage == "void"
        assert "mcsync starts it again first" in found(town, waiting.id).reason


def test_the_quiet_watch_goes_on_while_an_incident_is_open_whose_workflow_runs(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes=RARE_POLLS) as town:
        changed_at_rare_polls(town)
        town.turn_until(lambda: town.proposal().run_passed_at is not None, seconds=60, most=7200)
        assert town.incidents()[0].state == "open"
        town.lever("stop", workflow=WORKFLOW, login="intruder")

        town.turn_until(lambda: "does not archive" in town.card_text(), seconds=1800, most=6 * 3600)


def test_a_change_is_verified_as_before_where_rt_may_be_probed(tmp_path: Path) -> None:
    with Town(tmp_path, execution_changes={"probe": True}) as town:
        assert changed(town).stage == "verified"
