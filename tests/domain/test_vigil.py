"""The quiet watch over a workflow: what counts as a run that passed, and when silence is told."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.vigil import (
    GRACE,
    Pulse,
    Silence,
    beat,
    expected_runs,
    gap_of,
    last_passed,
    silence,
    silence_notice,
)
from bot.domain.workflow import State, Status
from tests.periods import DAILY, every, period

PARIS = ZoneInfo("Europe/Paris")
HOURLY = Schedule.parse(every("1h", "00:00"))
SEVEN = datetime(2026, 11, 24, 7, 0, tzinfo=PARIS).astimezone(UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GAP = gap_of(MINUTE)
WELL = Status("mcSynch_mcExec1", "4900", State.STARTED, False, 0, 0, SEVEN)


def looks(*seen: tuple[datetime, Status], pulse: Pulse = Pulse()) -> Pulse:  # noqa: B008 - a frozen value
    """Look again and again; the first look is the one before the first beat."""
    before: tuple[datetime, Status] | None = None
    for at, status in seen:
        pulse = beat(
            pulse,
            before[1] if before else None,
            status,
            seen_at=before[0] if before else None,
            now=at,
            gap=GAP,
        )
        before = (at, status)
    return pulse


def at(minutes: float) -> datetime:
    """Tell the time so many minutes after seven."""
    return SEVEN + timedelta(minutes=minutes)


LATER = replace(WELL, next_run=SEVEN + HOUR)
RUNNING = replace(LATER, process_id=77)
PAUSED = replace(LATER, state=State.PAUSED, failed=True)


# --- Runs -----------------------------------------------------------------------------------------


def test_a_run_whose_time_came_and_that_is_over_without_a_failure_passed() -> None:
    assert looks((at(-1), WELL), (at(1), LATER)).passed_at == SEVEN


def test_a_run_counts_when_it_is_over_and_not_when_it_begins() -> None:
    begun = looks((at(-1), WELL), (at(0.5), RUNNING))

    assert (begun.begun, begun.passed_at) == (SEVEN, None)
    assert looks((at(-1), WELL), (at(0.5), RUNNING), (at(1.5), RUNNING), (at(2.5), LATER)).passed_at == SEVEN


def test_a_run_that_was_overdue_began_when_it_did_and_not_when_it_was_planned() -> None:
    much_later = replace(WELL, next_run=SEVEN + 5 * HOUR)

    pulse = looks(*((at(minute), WELL) for minute in range(-1, 240, 4)), (at(241), much_later))

    assert pulse.passed_at == at(239)


@pytest.mark.parametrize("first", [(at(0.5), RUNNING), (at(0.5), PAUSED)])
def test_a_run_that_failed_did_not_pass(first: tuple[datetime, Status]) -> None:
    pulse = looks((at(-1), WELL), first, (at(1.5), PAUSED), (at(30), LATER))

    assert pulse.passed_at is None


def test_a_failure_that_is_ignored_is_a_failure_all_the_same() -> None:
    erred = replace(LATER, error_count=1)

    assert looks((at(-1), WELL), (at(1), erred)).passed_at is None
    once_more = replace(erred, next_run=SEVEN + 2 * HOUR)
    assert looks((at(-1), WELL), (at(1), erred), (at(61), once_more)).passed_at == SEVEN + HOUR


def test_a_stop_and_a_start_are_no_run() -> None:
    stopped = replace(WELL, state=State.STOPPED)

    assert looks((at(-1), WELL), (at(0.5), stopped), (at(1.5), LATER)).passed_at is None


def test_a_run_that_is_cut_by_a_stop_did_not_pass() -> None:
    stopping = replace(RUNNING, state=State.STOPPING)

    assert looks((at(-1), WELL), (at(0.5), RUNNING), (at(1), stopping), (at(2), LATER)).passed_at is None


def test_a_server_that_plans_nothing_shows_no_run() -> None:
    unplanned = replace(WELL, next_run=None)

    assert looks((at(-1), unplanned), (at(1), LATER), (at(2), unplanned)).passed_at is None


def test_the_watch_begins_at_the_first_look_and_anew_after_a_gap() -> None:
    first = looks((at(-10), WELL))
    assert first.since == at(-10)

    assert looks((at(-10), WELL), (at(-6), WELL), (at(-2), WELL)).since == at(-10)
    assert looks((at(-10), WELL), (at(-2), WELL)).since == at(-2)


def test_what_was_told_stays_known_while_the_watch_goes_on() -> None:
    told = Pulse(since=at(-60), silent_from=at(-120))

    assert looks((at(-1), WELL), (at(1), LATER), pulse=told).silent_from == at(-120)


def test_a_slow_poll_is_no_gap() -> None:
    assert gap_of(timedelta(seconds=20)) == timedelta(minutes=5)
    assert gap_of(timedelta(minutes=10)) == timedelta(minutes=30)


def test_a_run_is_known_from_a_poll_or_from_the_journal() -> None:
    pulse = Pulse(passed_at=at(0))

    assert last_passed(Pulse(), ()) is None
    assert last_passed(pulse, ()) == at(0)
    assert last_passed(pulse, (at(-60), at(60))) == at(60)
    assert last_passed(pulse, (at(-60),)) == at(0)


# --- What is expected -----------------------------------------------------------------------------


def test_the_last_two_runs_of_the_schedule_are_expected() -> None:
    assert expected_runs(HOURLY, PARIS, (), at(5)) == (at(-60), at(0))
    assert expected_runs(HOURLY, PARIS, (), at(0)) == (at(-120), at(-60))


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        (every("15mn", "00:00"), 15 * MINUTE),
        (DAILY, 24 * HOUR),
        (period({"m_iDayMode": "5"}), 31 * 24 * HOUR + HOUR),  # the last days of September and October
    ],
)
def test_however_seldom_a_workflow_runs_two_runs_are_found(text: str, apart: timedelta) -> None:
    first, second = expected_runs(Schedule.parse(text), PARIS, (), at(5))

    assert second - first == apart


def test_runs_that_a_clock_change_makes_uncertain_are_not_expected() -> None:
    autumn = datetime(2026, 10, 25, 3, 30, tzinfo=PARIS)

    runs = expected_runs(HOURLY, PARIS, (), autumn.astimezone(UTC))

    assert [f"{run.astimezone(PARIS):%H:%M}" for run in runs] == ["01:00", "03:00"]


def test_where_the_schedule_is_not_understood_the_usual_time_between_runs_counts() -> None:
    starts = [at(-240), at(-180), at(-120), at(-119), at(-60)]

    assert expected_runs(None, None, starts, at(125)) == (at(60), at(120))
    assert expected_runs(None, None, starts, at(55)) == ()


@pytest.mark.parametrize("starts", [(), (at(-60),), (at(-60), at(-60))])
def test_too_few_starts_lead_to_no_expectation(starts: tuple[datetime, ...]) -> None:
    assert expected_runs(None, None, starts, at(600)) == ()


# --- Silence --------------------------------------------------------------------------------------

WATCHED = Pulse(since=at(-600))


def judged(
    pulse: Pulse, now: datetime, starts: tuple[datetime, ...] = (), windows: tuple[RestartWindow, ...] = ()
) -> Silence | None:
    missed = expected_runs(HOURLY, PARIS, starts, now - GRACE)
    return silence(pulse, missed, starts=starts, windows=windows, now=now)


def test_two_expected_runs_without_a_success_are_silence_and_one_is_not() -> None:
    pulse = replace(WATCHED, passed_at=at(0))

    assert judged(pulse, at(119)) is None
    assert judged(pulse, at(129)) is None
    assert judged(pulse, at(131)) == Silence((at(60), at(120)), at(0))


def test_a_run_of_the_journal_is_a_success_as_well() -> None:
    assert judged(WATCHED, at(131)) is not None
    assert judged(WATCHED, at(131), starts=(at(60) + timedelta(seconds=4),)) is None


def test_a_run_that_began_a_little_early_counts() -> None:
    assert judged(replace(WATCHED, passed_at=at(59.5)), at(131)) is None
    assert judged(replace(WATCHED, passed_at=at(58)), at(131)) is not None


def test_only_runs_since_the_watch_began_are_missed() -> None:
    assert judged(Pulse(since=at(61)), at(131)) is None
    assert judged(Pulse(since=at(60)), at(131)) is not None
    assert judged(Pulse(), at(131)) is None


def test_nothing_is_told_inside_of_a_restart_but_afterwards() -> None:
    window = RestartWindow(time(9, 10), PARIS)

    assert judged(WATCHED, at(131), windows=(window,)) is None
    assert judged(WATCHED, at(135), windows=(window,)) is not None


def test_without_two_expected_runs_there_is_no_silence() -> None:
    assert silence(WATCHED, (at(60),), starts=(), windows=(), now=at(131)) is None


@given(
    passed=st.integers(-300, 300),
    since=st.integers(-300, 300),
    now=st.integers(-100, 400),
    more=st.integers(1, 300),
)
@settings(max_examples=80, deadline=None)
def test_a_later_success_never_makes_silence_and_a_longer_watch_never_hides_it(
    passed: int, since: int, now: int, more: int
) -> None:
    pulse = Pulse(since=at(since), passed_at=at(passed))
    found = judged(pulse, at(now))

    if found is None:
        assert judged(replace(pulse, passed_at=at(passed + more)), at(now)) is None
    else:
        assert judged(replace(pulse, since=at(since - more)), at(now)) == found
        assert found.missed[1] <= at(now) - GRACE


# --- What is told ---------------------------------------------------------------------------------

FOUND = Silence((at(60), at(120)), at(0))


def told(status: Status, *, listed: bool = True, found: Silence = FOUND) -> str:
    return silence_notice("prod", status, found, listed=listed, zone=PARIS, now=at(131)).text


def test_the_notice_tells_what_was_missed_and_since_when() -> None:
    notice = silence_notice("prod", LATER, FOUND, listed=True, zone=PARIS, now=at(131))

    assert notice.title == "mcSynch_mcExec1 on prod does not archive"
    assert notice.text.startswith(
        "No run passed at 08:00 nor at 09:00 Europe/Paris, and no failure explains it. "
        "The last run that passed began at 2026-11-24 07:00:00 Europe/Paris. "
    )
    assert notice.lasting
    assert notice.key == "silent:prod:mcSynch_mcExec1:2026-11-24T07:00:00+00:00"


def test_the_last_run_is_left_out_when_none_is_known() -> None:
    assert "last run" not in told(LATER, found=replace(FOUND, passed_at=None))


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (replace(LATER, state=State.STOPPED), "It is stopped: somebody starts it in the console."),
        (replace(LATER, state=State.PAUSED), "It is paused: somebody starts it in the console."),
        (replace(LATER, process_id=7), "A run is under way and does not end: look at its journal."),
        (LATER, "The server planned a run for 2026-11-24 08:00:00 Europe/Paris and did not begin it"),
        (replace(LATER, next_run=at(180)), "It is started: look at its journal and its schedule."),
        (replace(LATER, next_run=None), "It is started: look at its journal and its schedule."),
    ],
)
def test_the_notice_says_what_to_do(status: Status, advice: str) -> None:
    assert advice in told(status)


def test_a_workflow_that_is_gone_is_told_as_that() -> None:
    assert "Campaign does not list it on prod any more" in told(LATER, listed=False)
