from datetime import datetime

import pytest

from bot.domain.retime import Move, Retimed, retime
from bot.domain.schedule import Schedule
from tests.periods import HOURLY, at_times, every, fixed


def moved(text: str, *moves: tuple[str, str]) -> Retimed:
    """Move runs given as `2027-01-10T06:00`, or as a time on that day."""
    values = tuple(Move(day(run), day(target)) for run, target in moves)
    return retime(Schedule.parse(text), values)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text if "T" in text else f"2027-01-10T{text}")


def values(retimed: Retimed) -> dict[str, str]:
    assert retimed.schedule is not None
    return {key: retimed.schedule.value(key)[:5] for key in retimed.changed_keys}


@pytest.mark.parametrize(
    ("text", "target", "start"),
    [
        (HOURLY, "06:05", "00:05"),
        (HOURLY, "07:00", None),
        (every("1h", "00:57"), "06:05", "00:05"),
        (every("1h", "00:13"), "06:05", "00:05"),
        (every("30mn", "00:00"), "06:35", "00:05"),
        (every("15mn", "00:13"), "06:05", "00:05"),
        (every("15mn", "00:13"), "06:10", "00:10"),
        (every("2h", "00:00"), "06:05", "00:05"),
        (every("2h", "01:00"), "07:10", "01:10"),
        (every("1h", "08:57", "21:17"), "09:05", "09:05"),
        (every("1h", "08:16", "21:17"), "09:05", "08:05"),
        (every("7h", "00:00"), "07:05", "00:05"),
        (every("7h", "00:00"), "06:05", None),
        (every("24h", "06:00"), "06:05", "06:05"),
        (every("30h", "06:00"), "06:10", "06:10"),
    ],
)
def test_an_interval_moves_its_phase_and_keeps_its_runs(text: str, target: str, start: str | None) -> None:
    retimed = moved(text, ("06:00", target))
    if start is None:
        assert retimed.schedule is None
        assert retimed.reason
    else:
        assert values(retimed) == {"m_tmStartTime": start}
        assert retimed.schedule is not None
        assert len(retimed.schedule.slots) == len(Schedule.parse(text).slots)


def test_a_window_with_room_moves_its_start_alone_and_says_so() -> None:
    retimed = moved(every("1h", "06:00", "20:00"), ("06:00", "06:05"))
    assert values(retimed) == {"m_tmStartTime": "05:05"}
    assert retimed.warnings == ("The first run of the day moves from 06:00 to 05:05.",)


def test_a_window_without_room_moves_both_ends() -> None:
    retimed = moved(every("1h", "05:00", "06:00"), ("06:00", "06:05"))
    assert values(retimed) == {"m_tmStartTime": "05:05", "m_tmStopTime": "06:05"}
    assert retimed.warnings == ()


def test_a_window_at_the_end_of_the_day_cannot_move_past_it() -> None:
    assert moved(every("1h", "22:00", "23:58"), ("23:00", "23:59")).schedule is None
    late = moved(every("30mn", "23:00", "23:30"), ("23:30", "23:59"))
    assert values(late) == {"m_tmStartTime": "23:29", "m_tmStopTime": "23:59"}
    alone = moved(every("1h", "23:50", "23:50"), ("23:50", "23:55"))
    assert values(alone) == {"m_tmStartTime": "23:55", "m_tmStopTime": "23:55"}


def test_a_whole_number_of_intervals_moves_nothing() -> None:
    retimed = moved(every("5mn"), ("06:00", "06:10"))
    assert retimed.schedule is None
    assert retimed.reason is not None
    assert "is the present start, so nothing would move" in retimed.reason


def test_a_fixed_time_moves() -> None:
    assert values(moved(fixed("06:00"), ("06:00", "06:05"))) == {"m_tmFixedTime": "06:05"}


def test_only_the_named_entries_of_a_list_move() -> None:
    text = at_times("06:00", "12:00", "06:02")
    retimed = moved(text, ("06:00", "06:05"), ("06:02", "06:07"))
    assert values(retimed) == {"m_vtmTime[0]": "06:05", "m_vtmTime[2]": "06:07"}


def test_an_entry_that_is_there_twice_moves_twice() -> None:
    retimed = moved(at_times("06:00", "12:00", "06:00"), ("06:00", "06:05"))
    assert values(retimed) == {"m_vtmTime[0]": "06:05", "m_vtmTime[2]": "06:05"}


@pytest.mark.parametrize(
    "moves",
    [
        [("06:00", "12:00")],
        [("06:00", "06:05"), ("06:02", "06:05")],
    ],
)
def test_a_list_never_loses_a_run(moves: list[tuple[str, str]]) -> None:
    retimed = moved(at_times("06:00", "06:02", "12:00"), *moves)
    assert retimed.schedule is None
    assert retimed.reason is not None
    assert "lose one" in retimed.reason


def test_entries_may_take_each_others_places() -> None:
    retimed = moved(at_times("06:00", "06:05"), ("06:00", "06:05"), ("06:05", "06:10"))
    assert values(retimed) == {"m_vtmTime[0]": "06:05", "m_vtmTime[1]": "06:10"}


ACROSS = ("2027-01-10T23:58", "2027-01-11T00:03")


@pytest.mark.parametrize(
    "changes",
    [
        {"m_iDayMode": "2"},
        {"m_iDayMode": "5"},
        {"m_iValidMode": "2", "m_tmStopDate": "2027-12-31"},
        {"m_iValidMode": "3", "m_iMaxIter": "9", "m_tmIterDate": "2027-01-01"},
        {"m_iMonthMode": "2", "m_abMonth[0]": "1"},
        {"m_tmFixedDay": "2027-01-10"},
    ],
)
def test_a_run_crosses_midnight_only_where_every_day_is_alike(changes: dict[str, str]) -> None:
    assert values(moved(fixed("23:58"), ACROSS)) == {"m_tmFixedTime": "00:03"}
    retimed = moved(fixed("23:58", changes), ACROSS)
    assert retimed.schedule is None
    assert retimed.reason is not None
    assert "across midnight" in retimed.reason


def test_every_other_byte_stays() -> None:
    retimed = moved(HOURLY, ("06:00", "06:05"))
    assert retimed.schedule is not None
    assert retimed.schedule.text == HOURLY.replace(
        "m_tmStartTime='00:00:00.000'", "m_tmStartTime='00:05:00.000'"
    )
