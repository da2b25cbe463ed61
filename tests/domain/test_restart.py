from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.restart import RestartWindow, restarts

PARIS, UTC_ZONE = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_restart_comes_once_a_day_with_its_window() -> None:
    window = RestartWindow(time(6, 17), PARIS, before=2 * MINUTE, takes=4 * MINUTE, margin=MINUTE)
    first, second = restarts(window, at("2027-01-10"), at("2027-01-12"))
    assert (first.at, first.starts, first.ends) == (
        at("2027-01-10T05:17"),
        at("2027-01-10T05:15"),
        at("2027-01-10T05:22"),
    )
    assert first.uncertain is None
    assert second.at == at("2027-01-11T05:17")
    assert window.length == 7 * MINUTE


def test_the_restart_follows_its_own_clock() -> None:
    window = RestartWindow(time(6), PARIS)
    days = list(restarts(window, at("2027-03-27"), at("2027-03-29")))
    assert [restart.at.hour for restart in days] == [5, 4]


def test_a_restart_at_a_time_that_does_not_exist_is_uncertain() -> None:
    window = RestartWindow(time(2, 30), PARIS)
    (gap,) = restarts(window, at("2027-03-28"), at("2027-03-29"))
    assert (gap.at, gap.uncertain) == (at("2027-03-28T01:30"), "dst-gap")
    first, second = restarts(window, at("2027-10-31"), at("2027-11-01"))
    assert (first.at.hour, second.at.hour) == (0, 1)
    assert first.uncertain == second.uncertain == "dst-overlap"


def test_the_end_of_a_stretch_does_not_belong_to_it() -> None:
    window = RestartWindow(time(6), UTC_ZONE)
    assert [r.at.day for r in restarts(window, at("2027-01-10T06:00"), at("2027-01-12T06:00"))] == [10, 11]


def test_a_window_knows_local_times_and_lengths_only() -> None:
    with pytest.raises(ValueError, match="no zone"):
        RestartWindow(time(6, tzinfo=UTC), PARIS)
    with pytest.raises(ValueError, match="not negative"):
        RestartWindow(time(6), PARIS, margin=-MINUTE)
