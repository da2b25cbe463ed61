"""The smallest edit of a schedule that makes a run start at another local time.

Only the text is moved in here. Whether the result is safe is `bot/domain/safety.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.period import written_time
from bot.domain.schedule import Schedule
from bot.domain.sentence import say, say_count
from bot.domain.times import DAY, FixedTime, Interval, TimeList, milliseconds_of_day, slots_of, time_of_day


@dataclass(frozen=True)
class Move:
    """A run that is to start at another time; local times without a zone.

    Attributes:
        run: when the schedule lets it start now.
        target: when it is to start.
    """

    run: datetime
    target: datetime


@dataclass(frozen=True)
class Retimed:
    """What a move makes of a schedule.

    Attributes:
        schedule: the edited schedule; `None` when the move is impossible.
        changed_keys: the keys whose values differ, in the text's order.
        reason: why it is impossible, as the end of a sentence; `None` when it is not.
        warnings: what a person should know before approving it, one sentence each.
    """

    schedule: Schedule | None
    changed_keys: tuple[str, ...] = ()
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def retime(schedule: Schedule, moves: tuple[Move, ...]) -> Retimed:
    """Edit as few keys as possible so that each moved run starts at its target.

    An interval keeps its length and moves its phase; a list or a fixed time moves the named entries only. The
    number of runs on a day never changes.

    Args:
        schedule: the schedule as it is.
        moves: one for an interval; for other forms one for each time of day that is to move.
    """
    for move in moves:
        if move.run.date() != move.target.date() and not _may_cross_midnight(schedule):
            return _refused(
                say(
                    "it would move the run of {run} across midnight to {target}, and the schedule does not "
                    "treat every day alike",
                    run=f"{move.run:%H:%M}",
                    target=f"{move.target:%H:%M}",
                )
            )
    match schedule.times:
        case Interval() as times:
            return _new_phase(schedule, times, moves[0])
        case FixedTime():
            changes = {"m_tmFixedTime": written_time(moves[0].target.time())}
        case TimeList(times=listed):
            new = {move.run.time(): move.target.time() for move in moves}
            kept = {at for at in listed if at not in new}
            fallen = sorted(kept & set(new.values()))
            if fallen or len(set(new.values())) < len(new):
                at = fallen[0] if fallen else next(iter(new.values()))
                return _refused(
                    say(
                        "the list already has a run at {time}, so that the day would lose one",
                        time=f"{at:%H:%M}",
                    )
                )
            changes = {
                f"m_vtmTime[{index}]": written_time(new[at]) for index, at in enumerate(listed) if at in new
            }
    return _edited(schedule, changes)


def _new_phase(schedule: Schedule, times: Interval, move: Move) -> Retimed:
    """Move the first start of the day so that the grid of runs holds the target.

    Where the window's end leaves no room for as many runs, the end moves along.
    """
    every = times.every // timedelta(milliseconds=1)
    first, target = milliseconds_of_day(times.first), milliseconds_of_day(move.target.time())
    ahead = (target - first) % every
    if not ahead and target in schedule.slots:
        return _refused(
            say("{time} is the present start, so nothing would move", time=f"{times.first:%H:%M}")
        )
    for distance in (ahead, ahead - every):  # at most one of the two keeps the number of runs
        moved = _from(first + distance, times.last, times.every)
        if moved is not None and len(slots_of(moved)) == len(schedule.slots) and target in slots_of(moved):
            retimed = _edited(schedule, {"m_tmStartTime": written_time(moved.first)})
            return _with_warning(retimed, times, moved)
    last = milliseconds_of_day(times.last) + ahead if times.last else DAY
    if last < DAY:
        stop = time_of_day(last)
        moved = _from(first + ahead, stop, times.every)
        if moved is not None and target in slots_of(moved):
            changes = {"m_tmStartTime": written_time(moved.first), "m_tmStopTime": written_time(stop)}
            return _edited(schedule, changes)
    return _refused(
        say_count(
            "no start of the day keeps its {count} run and has one at {time}",
            "no start of the day keeps its {count} runs and has one at {time}",
            len(schedule.slots),
            time=f"{move.target:%H:%M}",
        )
    )


def _from(first: int, last: time | None, every: timedelta) -> Interval | None:
    return Interval(every, time_of_day(first), last) if 0 <= first < DAY else None


def _with_warning(retimed: Retimed, old: Interval, new: Interval) -> Retimed:
    """Warn when a window that people chose would open earlier than it did."""
    opened = milliseconds_of_day(old.first) >= old.every // timedelta(milliseconds=1)
    if not opened or new.first >= old.first:
        return retimed
    warning = say(
        "The first run of the day moves from {before} to {after}.",
        before=f"{old.first:%H:%M}",
        after=f"{new.first:%H:%M}",
    )
    return Retimed(retimed.schedule, retimed.changed_keys, warnings=(warning,))


def _may_cross_midnight(schedule: Schedule) -> bool:
    return schedule.days.is_every_day and schedule.limit is None


def _edited(schedule: Schedule, changes: Mapping[str, str]) -> Retimed:
    changes = {key: value for key, value in changes.items() if schedule.value(key) != value}
    return Retimed(schedule.edited(changes), tuple(sorted(changes)))


def _refused(reason: str) -> Retimed:
    return Retimed(None, reason=reason)
