"""Shifts of a schedule out of its restarts: what to offer, what to refuse, and the search that proves each.

A proposal says that no run will meet a restart in the next 400 days; a refusal says that one would, or names
its other reason. Both hold because the same search has looked, not because a rule of thumb says so.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.collision import Collision, meetings, restarts_near
from bot.domain.recurrence import bounds, next_run, rhythm
from bot.domain.restart import Restart, RestartWindow
from bot.domain.retime import Move, retime
from bot.domain.schedule import DAY, Interval, Schedule
from bot.domain.wording import length
from bot.domain.zones import instant, moment_of, span_at, spans

SEARCH = timedelta(days=400)
"""How far ahead each option is searched: a year with both clock changes, and a month more."""

MINUTE = timedelta(minutes=1)
_MINUTE = 60_000
_MINUTES_OF_DAY = 1440


@dataclass(frozen=True)
class Sibling:
    """Another `mcSynch_*` workflow of the instance, whose minute must stay its own (deadlocks, KA-23471).

    Attributes:
        name: the internal name.
        schedule: its rules in local time.
        zone: the zone that these run in.
        duration: how long its runs take, if known.
    """

    name: str
    schedule: Schedule
    zone: ZoneInfo
    duration: timedelta | None = None


@dataclass(frozen=True)
class ShiftOption:
    """One way to move a schedule, offered or refused.

    Attributes:
        offset_minutes: how many minutes after the restart the run is to start; `None` for a chosen minute.
        safe: whether it may be proposed.
        reason: why not, as a clause without a full stop; `None` when it is safe.
        warnings: what the approver should know, one sentence each.
        schedule: the edited schedule, also when the search refused it; `None` when there is no such edit.
        changed_keys: the keys whose values the edit changes.
        runs_per_day_before: runs on a day on which the schedule runs and no clock changes.
        runs_per_day_after: the same after the edit.
        restart: the restart that the offset counts from; `None` when no run meets any.
        run_after_restart: the first run after it, UTC; `None` when there is none, or no edit.
        margin: from the end of that restart's window to that run; negative when it is inside.
    """

    offset_minutes: int | None
    safe: bool
    reason: str | None
    warnings: tuple[str, ...]
    schedule: Schedule | None
    changed_keys: tuple[str, ...]
    runs_per_day_before: int
    runs_per_day_after: int
    restart: Restart | None
    run_after_restart: datetime | None
    margin: timedelta | None


@dataclass(frozen=True)
class ShiftOptions:
    """What can be done about a schedule.

    Attributes:
        refused: why nothing can be proposed at all, one sentence; `None` when something can.
        options: one for each offset asked for, in that order.
        nearest_safe: the nearest safe slot when no option is safe, if there is one.
    """

    refused: str | None
    options: tuple[ShiftOption, ...]
    nearest_safe: ShiftOption | None


def propose_shifts(
    schedule: Schedule,
    zone: ZoneInfo,
    windows: Iterable[RestartWindow],
    siblings: Iterable[Sibling],
    start: datetime,
    *,
    offsets: Iterable[int] = (5, 10),
    duration: timedelta | None = None,
) -> ShiftOptions:
    """Offer, for each offset after the restart, the smallest edit or the reason against it.

    The offset counts from the first restart that a run meets, one of the first window where there is any.

    Args:
        schedule: the schedule as it is.
        zone: the zone that it runs in.
        windows: every restart window that the runs must clear, the execution instance's own first.
        siblings: the other `mcSynch_*` workflows of the instance.
        start: aware; the search begins here.
        offsets: minutes after the restart.
        duration: how long this workflow's runs take, if known, for the warning about siblings.
    """
    search = _Search(schedule, zone, tuple(windows), tuple(siblings), start, duration)
    trouble = search.trouble()
    if not trouble:
        return ShiftOptions(
            "No run meets a restart in the next 400 days, so there is nothing to move.", (), None
        )
    wanted = tuple(offsets)
    options = tuple(search.option(trouble, _after(minutes), minutes) for minutes in wanted)
    if any(option.safe for option in options):
        return ShiftOptions(None, options, None)
    others = (minutes for minutes in _outward(schedule) if minutes not in wanted)
    tried = (search.option(trouble, _after(minutes), minutes) for minutes in others)
    nearest = next((option for option in tried if option.safe), None)
    reasons = dict.fromkeys(option.reason or "" for option in options)
    refused = None if nearest else f"No minute is safe: {'; '.join(reasons) or 'each one was tried'}."
    return ShiftOptions(refused, options, nearest)


def propose_minute(
    schedule: Schedule,
    zone: ZoneInfo,
    windows: Iterable[RestartWindow],
    siblings: Iterable[Sibling],
    start: datetime,
    minute: int,
    *,
    duration: timedelta | None = None,
) -> ShiftOption:
    """Judge a freely chosen minute of the hour, such as 20 for `:20` on the schedule's own clock.

    A fixed time or a list entry moves to the first such minute after the restart that it meets. An interval
    may also be moved when nothing collides, so that siblings can be set apart.

    Raises:
        ValueError: *minute* is not from 0 to 59.
    """
    if not 0 <= minute < 60:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f"{minute} is not a minute of the hour")
    search = _Search(schedule, zone, tuple(windows), tuple(siblings), start, duration)
    trouble = search.trouble() or search.any_run()

    def at_minute(restart: Restart) -> datetime:
        local = instant(restart.at) + span_at(zone, instant(restart.at)).offset
        wait = (minute * _MINUTE - local) % (60 * _MINUTE)
        return restart.at + timedelta(milliseconds=wait)

    return search.option(trouble, at_minute, None)


def tracking_exposure(run_at: datetime, zone: ZoneInfo, minute: int = 0) -> timedelta:
    """Say how old the newest tracking of the execution instance is when a run fetches it.

    Adobe's manual warns that rows may be lost when the archiving does not match RT's hourly `tracking`
    workflow: with a run at :05 and tracking at :00, the clicks of five minutes in sixty are exposed.

    Args:
        run_at: the run, UTC.
        zone: the zone of the execution instance.
        minute: the minute of the hour at which its `tracking` workflow starts.
    """
    local = instant(run_at) + span_at(zone, instant(run_at)).offset
    return timedelta(milliseconds=(local - minute * _MINUTE) % (60 * _MINUTE))


@dataclass(frozen=True)
class _Trouble:
    """A time of day whose run meets a restart: the local time by the rule, the instant, and that restart."""

    local: int
    at: datetime
    restart: Restart


@dataclass(frozen=True)
class _Search:
    """One question about one schedule, with what its answers share worked out once."""

    schedule: Schedule
    zone: ZoneInfo
    windows: tuple[RestartWindow, ...]
    siblings: tuple[Sibling, ...]
    start: datetime
    duration: timedelta | None

    @property
    def end(self) -> datetime:
        return self.start + SEARCH

    @cached_property
    def near(self) -> tuple[Restart, ...]:
        return tuple(restarts_near(self.windows, self.start, self.end))

    @cached_property
    def sibling_runs(self) -> tuple[tuple[Sibling, tuple[int, ...], frozenset[int]], ...]:
        """Each sibling, its runs in milliseconds since 1970, and the minutes in which they start."""
        found = []
        for sibling in self.siblings:
            runs = rhythm(sibling.schedule, sibling.zone, self.end).instants(*bounds(self.start, self.end))
            instants = tuple(at for at, _ in runs)
            found.append((sibling, instants, frozenset(at // _MINUTE for at in instants)))
        return tuple(found)

    def trouble(self) -> tuple[_Trouble, ...]:
        """Find what has to move: the first run that meets a restart, for each time of day of a list.

        A restart of the first window comes before all others.
        """
        found: dict[int, _Trouble] = {}
        runs = rhythm(self.schedule, self.zone, self.end)
        for windows in (self.windows[:1], self.windows[1:]):
            near = restarts_near(windows, self.start, self.end)
            for met in meetings(runs, near, self.start, self.end):
                for local in self._locals(instant(met.run.at)):
                    found.setdefault(local % DAY, _Trouble(local, met.run.at, met.restart))
                if isinstance(self.schedule.times, Interval):
                    return tuple(found.values())[:1]
        return tuple(found.values())

    def any_run(self) -> tuple[_Trouble, ...]:
        """Take the first run after a restart of the first window, for an interval that meets none."""
        restart = next(iter(restarts_near(self.windows[:1], self.start, self.end)), None)
        run = next_run(self.schedule, self.zone, restart.at) if restart else None
        if restart is None or run is None or not isinstance(self.schedule.times, Interval):
            return ()
        return (_Trouble(self._locals(instant(run.at))[0], run.at, restart),)

    def option(
        self, trouble: tuple[_Trouble, ...], target: Callable[[Restart], datetime], minutes: int | None
    ) -> ShiftOption:
        """Edit the schedule so that what is in trouble starts at its target, and judge the result."""
        slots = len(self.schedule.slots)
        if not trouble:
            nothing = "no run meets a restart in the next 400 days, so there is nothing to move"
            return ShiftOption(minutes, False, nothing, (), None, (), slots, slots, None, None, None)
        retimed = retime(self.schedule, self._moves(trouble, target))
        restart = trouble[0].restart
        if retimed.schedule is None and self._too_often():
            return ShiftOption(
                minutes, False, self._too_often(), (), None, (), slots, slots, restart, None, None
            )
        if retimed.schedule is None:
            return ShiftOption(
                minutes, False, retimed.reason, (), None, (), slots, slots, restart, None, None
            )
        reason = self._objection(retimed.schedule, restart)
        run = next_run(retimed.schedule, self.zone, restart.at)
        return ShiftOption(
            offset_minutes=minutes,
            safe=reason is None,
            reason=reason,
            warnings=() if reason else (*retimed.warnings, *self._overlaps(retimed.schedule)),
            schedule=retimed.schedule,
            changed_keys=retimed.changed_keys,
            runs_per_day_before=slots,
            runs_per_day_after=len(retimed.schedule.slots),
            restart=restart,
            run_after_restart=run.at if run else None,
            margin=run.at - restart.ends if run else None,
        )

    def _moves(
        self, trouble: tuple[_Trouble, ...], target: Callable[[Restart], datetime]
    ) -> tuple[Move, ...]:
        """Move times that meet the same restart together, so that they keep their distances."""
        moves = []
        for restart in dict.fromkeys(one.restart for one in trouble):
            group = [one for one in trouble if one.restart == restart]
            distance = target(restart) - min(one.at for one in group)
            for one in group:
                local = moment_of(one.local).replace(tzinfo=None)
                moves.append(Move(local, local + distance))
        return tuple(moves)

    def _locals(self, at: int) -> tuple[int, ...]:
        """List the local times by the rule, in milliseconds since 1970, that may be met at an instant."""
        span = span_at(self.zone, at)
        possible = [at + span.offset]
        if span.before < span.offset and at < span.start + span.offset - span.before:
            possible.append(at + span.before)
        return tuple(local for local in possible if local % DAY in self.schedule.slots)

    def _objection(self, edited: Schedule, restart: Restart) -> str | None:
        """Search the next 400 days for a reason against an edited schedule."""
        runs = rhythm(edited, self.zone, self.end)
        met = next(meetings(runs, self.near, self.start, self.end), None)
        if met:
            return self._why(met, restart)
        for at, _ in runs.instants(*bounds(self.start, self.end)) if self.siblings else ():
            for sibling, _, minutes in self.sibling_runs:
                if at // _MINUTE in minutes:
                    return f"{sibling.name} starts in the same minute, {_written(moment_of(at))}"
        return self._uneven_day(edited)

    def _too_often(self) -> str | None:
        """Say that the interval is no longer than a restart's window, so that each phase meets it."""
        longest = max(window.length for window in self.windows)
        if not isinstance(self.schedule.times, Interval) or self.schedule.times.every > longest:
            return None
        return (
            f"an interval of {length(self.schedule.times.every)} cannot clear a restart of {length(longest)}"
        )

    def _why(self, met: Collision, restart: Restart) -> str:
        if short := self._too_often():
            return short
        if met.restart == restart and met.run.at >= restart.at:
            return (
                f"the restart of {restart.at:%H:%M} UTC may last until {restart.ends:%H:%M}, margin included"
            )
        change = " (at a clock change)" if met.uncertain else ""
        return (
            f"the run of {_written(met.run.at)} would meet the restart of {_written(met.restart.at)}{change}"
        )

    def _uneven_day(self, edited: Schedule) -> str | None:
        """Compare the number of runs on every local day without a clock change."""
        old, new = (rhythm(schedule, self.zone, self.end) for schedule in (self.schedule, edited))
        low, high = bounds(self.start, self.end)
        for span in spans(self.zone, low, high):
            first = -(-(max(low, span.start) + span.offset) // DAY) * DAY - span.offset
            for midnight in range(first, min(high, span.end) - DAY + 1, DAY):
                before, after = (runs.count(midnight, midnight + DAY) for runs in (old, new))
                if before != after:
                    day = moment_of(midnight + span.offset)
                    return f"on {day:%Y-%m-%d} there would be {after} runs instead of {before}"
        return None

    def _overlaps(self, edited: Schedule) -> tuple[str, ...]:
        """Warn of siblings that may still be busy when a run starts, and of the reverse."""
        runs = [at for at, _ in rhythm(edited, self.zone, self.end).instants(*bounds(self.start, self.end))]
        found = []
        for sibling, others, _ in self.sibling_runs:
            if sibling.duration and (at := _first_during(runs, others, sibling.duration)):
                found.append(
                    f"{sibling.name} takes {length(sibling.duration)} and may still be busy when this workflow"
                    f" starts, first on {_written(moment_of(at))}."
                )
            if self.duration and (at := _first_during(others, runs, self.duration)):
                found.append(
                    f"This workflow takes {length(self.duration)} and may still be busy when {sibling.name}"
                    f" starts, first on {_written(moment_of(at))}."
                )
        return tuple(found)


def _first_during(starts: Sequence[int], others: Sequence[int], duration: timedelta) -> int | None:
    """Find the first of *starts* that falls into the time after one of *others*."""
    long = duration // timedelta(milliseconds=1)
    for start in starts:
        before = bisect_left(others, start) - 1
        if before >= 0 and start - others[before] < long:
            return start
    return None


def _outward(schedule: Schedule) -> Iterator[int]:
    """Walk the whole minutes after the restart, the nearest first, and then those before it."""
    limit = _MINUTES_OF_DAY
    if isinstance(schedule.times, Interval):
        limit = min(limit, -(-schedule.times.every // MINUTE))
    yield from range(1, limit)
    yield from range(-1, -limit, -1)


def _after(minutes: int) -> Callable[[Restart], datetime]:
    return lambda restart: restart.at + timedelta(minutes=minutes)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
