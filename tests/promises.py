"""What a proposal and a refusal promise, held against a walk over every minute of 400 days."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import ShiftOption, Sibling, propose_shifts
from tests import slow_clock
from tests.forms import days_near_changes, schedules, zones
from tests.periods import HOURLY, every, fixed

MINUTE = timedelta(minutes=1)
SEARCH = timedelta(days=400)


@dataclass(frozen=True)
class Situation:
    """A schedule that meets a restart, and what else it has to clear."""

    text: str
    zone: ZoneInfo
    windows: tuple[RestartWindow, ...]
    siblings: tuple[Sibling, ...]
    start: datetime


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw a schedule and a restart at, or shortly before, one of its runs; sometimes more of both."""
    zone, place = draw(zones()), draw(zones())
    start = draw(days_near_changes(zone))
    late = {"m_iDayMode": draw(st.sampled_from(["1", "2"]))}
    text = draw(st.just(HOURLY) | schedules(start) | st.just(every("1h", "00:58", changes=late)))
    text = draw(st.just(text) | st.just(fixed("23:58", late)))
    ahead = sorted(slow_clock.runs(text, zone, start, start + timedelta(days=3)))
    run = draw(st.sampled_from(ahead)) if ahead else start
    clock = (run - draw(st.integers(0, 3)) * MINUTE).astimezone(place).time()
    lengths = [draw(st.integers(0, 6)) * MINUTE for _ in range(3)]
    windows = [RestartWindow(clock, place, *lengths)]
    if draw(st.booleans()):
        windows.append(RestartWindow(time(6, draw(st.sampled_from([0, 5, 30]))), draw(zones())))
    siblings = []
    if draw(st.booleans()):
        minute = (run + draw(st.sampled_from([5, 10]) | st.integers(1, 59)) * MINUTE).astimezone(zone).minute
        siblings.append(Sibling("mcSynch_other", Schedule.parse(every("1h", f"00:{minute:02}")), zone))
    return Situation(text, zone, tuple(windows), tuple(siblings), start)


def check(situation: Situation) -> None:
    """Hold everything that is said about a situation against the slow search."""
    schedule = Schedule.parse(situation.text)
    found = propose_shifts(schedule, situation.zone, situation.windows, situation.siblings, situation.start)
    restarts = _restarts(situation)
    meets_now = _meets(situation.text, situation, restarts)
    if not found.options:
        assert found.refused
        assert not meets_now
        return
    assert meets_now
    options = [*found.options, *([found.nearest_safe] if found.nearest_safe else [])]
    assert [option.offset_minutes for option in found.options] == [5, 10]
    for option in options:
        _check_edit(schedule, option)
        if option.safe:
            assert option.schedule is not None
            assert not _meets(option.schedule.text, situation, restarts)
            assert not _shares_a_minute(option.schedule.text, situation)
            _check_days(situation, option.schedule.text)
        else:
            _check_refusal(situation, option, restarts)
    if found.refused:
        assert not any(option.safe for option in options)


def _restarts(situation: Situation) -> list[tuple[datetime, RestartWindow]]:
    start, end = situation.start - timedelta(days=1), situation.start + SEARCH + timedelta(days=1)
    return [
        (at, window)
        for window in situation.windows
        for at in slow_clock.daily(f"{window.at:%H:%M}", window.zone, start, end)
    ]


def _runs(text: str, zone: ZoneInfo, situation: Situation) -> dict[datetime, str | None]:
    return _runs_from(text, zone, situation.start)


@lru_cache(maxsize=16)
def _runs_from(text: str, zone: ZoneInfo, start: datetime) -> dict[datetime, str | None]:
    return slow_clock.runs(text, zone, start, start + SEARCH)


def _meets(text: str, situation: Situation, restarts: Sequence[tuple[datetime, RestartWindow]]) -> bool:
    runs = _runs(text, situation.zone, situation)
    for at, window in restarts:
        minutes = (window.before + window.takes + window.margin) // MINUTE
        if any(at - window.before + MINUTE * number in runs for number in range(minutes)):
            return True
    return False


def _shares_a_minute(text: str, situation: Situation) -> bool:
    runs = _runs(text, situation.zone, situation).keys()
    return any(
        runs & _runs(other.schedule.text, other.zone, situation).keys() for other in situation.siblings
    )


def _check_edit(schedule: Schedule, option: ShiftOption) -> None:
    """See that exactly the named keys differ, and no other byte."""
    if option.schedule is None:
        assert not option.safe
        assert option.reason
        return
    expected = schedule.text
    assert option.changed_keys
    for key in option.changed_keys:
        old, new = f"{key}='{schedule.value(key)}'", f"{key}='{option.schedule.value(key)}'"
        assert old != new
        expected = expected.replace(old, new)
    assert option.schedule.text == expected
    assert option.runs_per_day_before == option.runs_per_day_after


def _check_days(situation: Situation, text: str) -> None:
    """See that each local day without a clock change keeps its number of runs."""
    before, after = (
        Counter(at.astimezone(situation.zone).date() for at in _runs(each, situation.zone, situation))
        for each in (situation.text, text)
    )
    first = situation.start.astimezone(situation.zone).date() + timedelta(days=1)
    for number in range(SEARCH.days - 3):
        day = first + timedelta(days=number)
        if not _changes(day, situation.zone):
            assert before[day] == after[day], day


def _changes(day: date, zone: ZoneInfo) -> bool:
    noons = (datetime.combine(day + timedelta(days=n), time(12), zone).utcoffset() for n in (-1, 0, 1))
    return len(set(noons)) > 1


def _check_refusal(
    situation: Situation, option: ShiftOption, restarts: Sequence[tuple[datetime, RestartWindow]]
) -> None:
    assert option.reason
    if option.schedule is None:
        known = ("is the present start", "across midnight", "lose one", "keeps its", "too short")
        assert any(words in option.reason for words in known), option.reason
    elif "in the same minute" in option.reason:
        assert _shares_a_minute(option.schedule.text, situation)
    elif "the number of runs would go" not in option.reason:
        assert _meets(option.schedule.text, situation, restarts)
