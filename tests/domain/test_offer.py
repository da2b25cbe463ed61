"""Which shifts are offered for a workflow as it was read, and why others are not."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import UnreadableSchedule
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.offer import Considered, Offer, consider, consider_minute, zone_of
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import Sibling
from bot.domain.workflow import State, Workflow
from tests.domain.change_examples import AFTER, NEXT_BEFORE, NOW, PARIS, definition, workflow
from tests.periods import every

SIX = RestartWindow(time(6), PARIS)
RUN = datetime(2026, 11, 25, 5, 5, tzinfo=UTC)


def around(execution: RestartWindow, *marketing: RestartWindow) -> tuple[Instance, Execution]:
    one = Execution("mcExec1", "mcSynch_mcExec1", (execution,), None, probe=False)
    return Instance("prod", PARIS, PARIS, Mode.PROPOSE, timedelta(minutes=1), marketing, (one,)), one


def considered(
    seen: Workflow,
    window: RestartWindow = SIX,
    *marketing: RestartWindow,
    siblings: tuple[Sibling, ...] = (),
    starts: tuple[datetime, ...] = (),
) -> Considered:
    instance, execution = around(window, *marketing)
    return consider(seen, instance, execution, siblings=siblings, starts=starts, now=NOW)


def test_five_and_ten_minutes_after_the_restart_are_offered() -> None:
    assert considered(workflow()) == Considered(
        "every hour from 00:00",
        (
            Offer(5, safe=True, reason="", period_after=AFTER, run_after_restart=RUN, margin_seconds=60),
            Offer(
                10,
                safe=True,
                reason="",
                period_after=every("1h", "00:10"),
                run_after_restart=RUN + timedelta(minutes=5),
                margin_seconds=360,
            ),
        ),
        "",
    )


def test_an_offset_inside_the_restart_has_a_reason_and_no_text_to_write() -> None:
    five, ten = considered(workflow(), replace(SIX, takes=timedelta(minutes=5))).offers

    assert not five.safe
    assert "would meet the restart" in five.reason
    assert five.period_after == ""
    assert ten.safe


def test_marketings_own_restart_must_be_cleared_too() -> None:
    marketing = RestartWindow(time(7, 5), PARIS, timedelta(0))

    five, ten = considered(workflow(), SIX, marketing).offers

    assert not five.safe
    assert ten.safe


def test_a_slot_of_another_archiving_workflow_is_not_offered() -> None:
    other = Sibling("mcSynch_mcExec2", Schedule.parse(AFTER), PARIS, None)

    five, ten = considered(workflow(), siblings=(other,)).offers

    assert five.reason.startswith("mcSynch_mcExec2 starts in the same minute")
    assert ten.safe


def test_a_schedule_that_meets_no_restart_is_not_moved() -> None:
    seen = workflow(period=AFTER, next_run=NEXT_BEFORE + timedelta(minutes=5))

    assert considered(seen).offers == ()
    assert "there is nothing to move" in considered(seen).refusal


def test_without_exactly_one_scheduler_nothing_is_offered() -> None:
    seen = replace(workflow(), definition=definition(schedulers=2))

    assert considered(seen) == Considered(
        "", (), "It does not have exactly one scheduler. Change it in the console."
    )


def test_an_unreadable_schedule_is_refused_with_its_reason() -> None:
    result = considered(workflow(period="m_iTimeMode='9'"))

    assert result.offers == ()
    assert result.refusal.startswith("The schedule cannot be read:")
    assert result.refusal.endswith("Change it in the console.")


def test_a_schedule_in_the_operators_zone_is_still_said_in_words() -> None:
    seen = replace(workflow(), definition=replace(definition(), timezone="_operator_"))

    result = considered(seen)

    assert result.schedule == "every hour from 00:00"
    assert result.offers == ()
    assert "Change it in the console." in result.refusal


def test_a_plan_of_the_server_that_the_schedule_does_not_say_is_not_understood() -> None:
    result = considered(workflow(next_run=NEXT_BEFORE + timedelta(minutes=2)))

    assert result.schedule == "every hour from 00:00"
    assert "The server plans the next run at 2026-11-24 07:02:00 UTC" in result.refusal


PAUSED = workflow(State.PAUSED, failed=True, next_run=None)


def test_a_paused_workflow_is_checked_by_the_starts_in_its_journal() -> None:
    fitting = tuple(NEXT_BEFORE - timedelta(hours=hours) for hours in (2, 3, 4))

    assert considered(PAUSED, starts=fitting).refusal == ""
    assert len(considered(PAUSED, starts=fitting).offers) == 2


def test_starts_that_do_not_fit_are_not_understood() -> None:
    odd = tuple(NEXT_BEFORE - timedelta(hours=hours, minutes=7) for hours in (2, 3))

    assert "The starts in the journal do not fit the schedule" in considered(PAUSED, starts=odd).refusal


@pytest.mark.parametrize("starts", [(), (NEXT_BEFORE,)])
def test_too_few_starts_are_said_to_be_too_few(starts: tuple[datetime, ...]) -> None:
    refusal = considered(PAUSED, starts=starts).refusal

    assert "The journal shows too few starts" in refusal
    assert "do not fit" not in refusal


def test_a_started_workflow_without_a_plan_is_checked_by_its_starts_as_well() -> None:
    fitting = (NEXT_BEFORE - timedelta(hours=2), NEXT_BEFORE - timedelta(hours=1))

    assert considered(workflow(next_run=None)).refusal
    assert considered(workflow(next_run=None), starts=fitting).refusal == ""


def test_the_zone_is_the_activitys_then_the_workflows_then_the_servers() -> None:
    instance, _ = around(SIX)
    tokyo = replace(workflow(), definition=replace(definition(), timezone="Asia/Tokyo"), timezone="UTC")

    assert zone_of(tokyo, instance) == ZoneInfo("Asia/Tokyo")
    assert zone_of(replace(workflow(), timezone="Asia/Tokyo"), instance) == ZoneInfo("Asia/Tokyo")
    assert zone_of(workflow(), instance) == PARIS


def test_an_unknown_zone_is_refused() -> None:
    instance, _ = around(SIX)

    with pytest.raises(UnreadableSchedule):
        zone_of(replace(workflow(), timezone="Mars/Olympus"), instance)


def chosen(minute: int, seen: Workflow | None = None) -> Considered:
    instance, execution = around(SIX)
    return consider_minute(
        seen or workflow(), instance, execution, siblings=(), starts=(), now=NOW, minute=minute
    )


def test_a_chosen_minute_is_offered_as_so_many_minutes_after_the_restart() -> None:
    (offer,) = chosen(20).offers

    assert (offer.safe, offer.offset_minutes, offer.margin_seconds) == (True, 20, 960)
    assert offer.period_after == every("1h", "00:20")


def test_a_chosen_minute_inside_the_restart_is_not_safe() -> None:
    (offer,) = chosen(3).offers

    assert not offer.safe
    assert offer.offset_minutes == 3
    assert "would meet the restart" in offer.reason


def test_a_chosen_minute_that_changes_nothing_is_refused() -> None:
    (offer,) = chosen(5, workflow(period=AFTER, next_run=NEXT_BEFORE + timedelta(minutes=5))).offers

    assert not offer.safe
    assert offer.offset_minutes == 0


def test_no_minute_is_considered_for_a_schedule_that_is_not_understood() -> None:
    assert chosen(20, workflow(period="m_iTimeMode='9'")).offers == ()


def test_a_minute_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="60 is not a minute"):
        chosen(60)
