"""A change in one short sentence, for a question that has no room for more.

The whole of it is the summary on the card; in here the minutes come before everything else.
"""

from datetime import time, timedelta

from bot.domain.errors import UnreadableSchedule
from bot.domain.proposal import Ask, Proposal
from bot.domain.saying import listed
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say, say_count
from bot.domain.times import FixedTime, Interval, TimeList
from bot.domain.wording import clock_time

MOST_TIMES = 3
"""Of a list: the rest is counted."""


def in_short(request: Proposal, workflow: str) -> str:
    """Say what *request* does to *workflow*, which is named as it is given."""
    if request.ask is Ask.RESUME:
        return say("{workflow}: start it once; its schedule stays.", workflow=workflow)
    starts = _starts(request.period_before, request.period_after)
    if starts is None:
        return say("{workflow}: change its schedule as the card shows, then start it.", workflow=workflow)
    before, after = starts
    if request.ask is Ask.UNDO:
        return say(
            "{workflow}: start back {before} → {after}, then start it.",
            workflow=workflow,
            before=before,
            after=after,
        )
    return say(
        "{workflow}: start {before} → {after}, then start it.", workflow=workflow, before=before, after=after
    )


def _starts(before: str, after: str) -> tuple[str, str] | None:
    """Say the starts that differ, before and after; `None` where more than the starts differs, or nothing."""
    try:
        old, new = Schedule.parse(before), Schedule.parse(after)
    except UnreadableSchedule:
        return None
    if old.times == new.times or (old.days, old.limit) != (new.days, new.limit):
        return None
    match old.times, new.times:
        case Interval() as was, Interval() as will if was.every == will.every:
            return _of_interval(was, will)
        case FixedTime(was), FixedTime(will):
            return clock_time(was), clock_time(will)
        case TimeList(was), TimeList(will):
            return _of_list(was, will), _of_list(will, was)
        case _:
            return None


def _of_interval(was: Interval, will: Interval) -> tuple[str, str]:
    """Say the minute of a workflow that runs each hour of the day, else the first start of the day."""
    if was.last != will.last:
        return _window(was), _window(will)
    hourly = was.every == timedelta(hours=1) and was.last is None and was.first.hour == will.first.hour == 0
    if hourly and not (was.first.second or will.first.second):
        return f":{was.first.minute:02d}", f":{will.first.minute:02d}"
    return clock_time(was.first), clock_time(will.first)


def _window(times: Interval) -> str:
    return f"{clock_time(times.first)}-{clock_time(times.last) if times.last else '24:00'}"


def _of_list(times: tuple[time, ...], others: tuple[time, ...]) -> str:
    """Say the times of a list that the other one lacks."""
    differ = [clock_time(at) for at in sorted(set(times) - set(others))]
    if len(differ) <= MOST_TIMES:
        return listed(differ) if differ else "–"
    return say_count(
        "{times} and {count} more",
        "{times} and {count} more",
        len(differ) - MOST_TIMES,
        times=joined(", ", differ[:MOST_TIMES]),
    )
