"""Whether the failing run began when it was planned."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.journal import JournalEntry
from bot.domain.punctuality import Turn, last_run, punctuality
from bot.domain.schedule import Schedule
from tests.corpus.cases import HOURLY

ZULU = ZoneInfo("UTC")
SIX = datetime(2026, 1, 20, 6, tzinfo=UTC)
AT_TWENTY = Schedule.parse(HOURLY).edited({"m_tmStartTime": "00:20:00.000"})


def line(minutes: float) -> JournalEntry:
    """Write a line so many minutes after six."""
    return JournalEntry("", SIX + timedelta(minutes=minutes), "soapImport", "120 events", error=False)


def test_a_run_that_begins_at_its_planned_time_is_on_time() -> None:
    found = punctuality(SIX + timedelta(minutes=21), [line(20.1), line(20.5)], AT_TWENTY, ZULU)
    assert found is not None
    assert (found.turn, found.planned, found.by_schedule) == (Turn.ON_TIME, SIX + timedelta(minutes=20), True)


def test_a_long_run_with_lines_all_along_began_on_time() -> None:
    lines = [line(-39.9 + 4 * index) for index in range(10)]
    found = punctuality(SIX, lines, AT_TWENTY, ZULU)
    assert found is not None
    assert (found.turn, found.began) == (Turn.ON_TIME, lines[0].at)


def test_a_run_that_begins_long_after_its_planned_time_is_late() -> None:
    found = punctuality(SIX + timedelta(seconds=4), [line(-100), line(-99.9), line(0)], AT_TWENTY, ZULU)
    assert found is not None
    assert (found.turn, found.planned) == (Turn.LATE, SIX - timedelta(minutes=40))


def test_a_second_run_after_one_on_time_is_out_of_turn() -> None:
    found = punctuality(SIX + timedelta(seconds=4), [line(-100), line(-39.9), line(0)], AT_TWENTY, ZULU)
    assert found is not None
    assert found.turn is Turn.OUT_OF_TURN


def test_without_a_journal_a_run_planned_long_ago_is_not_taken_for_this_one() -> None:
    found = punctuality(SIX, [], AT_TWENTY, ZULU)
    assert found is not None
    assert found.turn is Turn.OUT_OF_TURN


def test_without_a_journal_a_run_planned_a_little_while_ago_stays_open() -> None:
    assert punctuality(SIX + timedelta(minutes=30), [], AT_TWENTY, ZULU) is None


def test_the_rhythm_of_earlier_runs_stands_in_for_the_schedule() -> None:
    lines = [line(-60 * hour + 20 + hour % 2) for hour in range(2, 7)]
    late = punctuality(SIX + timedelta(seconds=9), [*lines, line(0.1)], None, None)
    assert late is not None
    assert (late.turn, late.by_schedule) == (Turn.LATE, False)
    on_time = punctuality(SIX + timedelta(minutes=21), [*lines, line(20.6)], None, None)
    assert on_time is not None
    assert on_time.turn is Turn.ON_TIME


def test_too_few_or_scattered_runs_have_no_rhythm() -> None:
    assert punctuality(SIX, [line(-100), line(-40)], None, None) is None
    assert punctuality(SIX, [line(-37 * count) for count in range(1, 12)], None, None) is None


def test_a_phase_around_the_full_hour_is_one_phase() -> None:
    lines = [line(-60 * hour + (0.5 if hour % 2 else -0.4)) for hour in range(1, 7)]
    found = punctuality(SIX + timedelta(seconds=20), [*lines, line(0.1)], None, None)
    assert found is not None
    assert found.turn is Turn.ON_TIME


def test_the_last_run_is_found_far_back_and_not_beyond() -> None:
    yearly = Schedule.parse(HOURLY).edited(
        {"m_iTimeMode": "1", "m_tmFixedTime": "06:00:00.000", "m_iValidMode": "2",
         "m_tmStartDate": "2025-01-01", "m_tmStopDate": "2025-12-01"}
    )  # fmt: skip
    assert last_run(yearly, ZULU, SIX) == datetime(2025, 12, 1, 6, tzinfo=UTC)
    assert last_run(yearly, ZULU, SIX + timedelta(days=800)) is None
    assert last_run(AT_TWENTY, ZULU, SIX + timedelta(minutes=20)) == SIX + timedelta(minutes=20)
