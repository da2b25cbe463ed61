"""What a journal tells: failures, starts, and how long runs took."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.journal import Failure, JournalEntry, failures_in, runs_in, starts_in

SIX = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TIMER, WORK = "schedule", "sync"


def line(
    number: int, seconds: float, message: str = "x", *, activity: str = WORK, error: bool = True
) -> JournalEntry:
    return JournalEntry(str(number), SIX + timedelta(seconds=seconds), activity, message, error)


def found(*entries: JournalEntry) -> tuple[Failure, ...]:
    return failures_in(entries, instance="prod", workflow="mcSynch_mcExec1", workflow_id="4900")


def tick(hours: float, *, error: bool = False, activity: str = TIMER) -> JournalEntry:
    return line(1, hours * 3600, activity=activity, error=error)


def at(*hours: float) -> tuple[datetime, ...]:
    return tuple(SIX + timedelta(hours=hour) for hour in hours)


# --- Failures -------------------------------------------------------------------------------------


def test_an_error_line_is_a_failure() -> None:
    assert found(line(7, 2, "Empty return", activity="soapImport")) == (
        Failure(
            "prod", "mcSynch_mcExec1", "4900", "7", SIX + timedelta(seconds=2), "soapImport", "Empty return"
        ),
    )


def test_other_lines_are_none() -> None:
    assert found(line(1, 0, error=False), line(2, 1, error=False)) == ()
    assert found() == ()


def test_lines_within_five_seconds_are_one_failure_named_by_its_first() -> None:
    chain = [line(7, 0, "SOP-330011", activity=""), line(8, 5, "SCR-160012"), line(9, 10, "stopped")]

    (failure,) = found(*chain)

    assert (failure.journal_id, failure.at, failure.activity) == ("7", SIX, WORK)
    assert failure.message == "SOP-330011\nSCR-160012\nstopped"


def test_lines_further_apart_are_two_failures_oldest_first() -> None:
    assert [failure.journal_id for failure in found(line(8, 5.001), line(7, 0))] == ["7", "8"]


def test_a_quiet_line_in_between_neither_joins_nor_parts() -> None:
    assert len(found(line(1, 0), line(2, 3, error=False), line(3, 6))) == 2
    assert len(found(line(1, 0), line(2, 2, error=False), line(3, 4))) == 1


def test_the_order_in_which_lines_come_does_not_matter() -> None:
    entries = [line(number, number * 3, f"m{number}") for number in range(8)]

    assert found(*entries[::-1]) == found(*entries[3:], *entries[:3]) == found(*entries)


@pytest.mark.parametrize(("first", "second"), [(9, 10), (99, 100), (-10, -9)])
def test_of_lines_in_the_same_instant_the_lower_id_came_first(first: int, second: int) -> None:
    """A line that is only written later must not give a known failure another name."""
    early = found(line(first, 0))
    both = found(line(second, 0), line(first, 0))

    assert [failure.journal_id for failure in both] == [failure.journal_id for failure in early]


def test_ids_that_are_no_numbers_are_ordered_too() -> None:
    named = [JournalEntry(name, SIX, WORK, "x", error=True) for name in ("b", "", "a", "7")]

    assert len(found(*named)) == 1


# --- Starts ---------------------------------------------------------------------------------------


def test_the_schedulers_own_lines_are_the_starts() -> None:
    entries = [tick(2), tick(1), tick(0), tick(0.5, activity=WORK), tick(3, error=True)]

    assert starts_in(entries, TIMER) == at(0, 1, 2)


def test_one_start_alone_tells_nothing() -> None:
    assert starts_in([tick(0)], TIMER) == ()
    assert starts_in([], TIMER) == ()


def test_a_failure_parts_the_starts_and_the_latest_stretch_counts() -> None:
    entries = [tick(hour) for hour in (0, 1, 5, 6, 7)]

    assert starts_in(entries, TIMER, failures=at(1.01)) == at(5, 6, 7)


def test_a_stretch_of_one_start_is_passed_over_for_an_earlier_one() -> None:
    entries = [tick(hour) for hour in (0, 1, 2, 6)]

    assert starts_in(entries, TIMER, failures=at(2.01, 2.01)) == at(0, 1, 2)


def test_a_start_at_the_very_moment_of_a_failure_belongs_before_it() -> None:
    assert starts_in([tick(0), tick(1), tick(9)], TIMER, failures=at(1)) == at(0, 1)


# --- Lengths of runs ------------------------------------------------------------------------------


def test_a_run_lasts_from_its_start_to_its_last_line() -> None:
    entries = [tick(0), line(2, 30, error=False), line(3, 95, error=False), tick(1)]

    assert runs_in(entries, TIMER) == ((SIX, timedelta(seconds=95)),)


def test_the_newest_run_and_failed_ones_are_left_out() -> None:
    entries = [
        tick(0),
        line(2, 30, error=True),
        tick(1),
        line(3, 3610, error=False),
        tick(2),
        line(4, 7300, error=False),
    ]

    assert runs_in(entries, TIMER) == ((SIX + timedelta(hours=1), timedelta(seconds=10)),)


def test_lines_before_the_first_start_are_no_run() -> None:
    assert runs_in([line(1, -5, error=False), tick(0), tick(1)], TIMER) == ((SIX, timedelta(0)),)
