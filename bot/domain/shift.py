"""Shifts of a schedule out of its restarts: what to offer, what to refuse, and the search that proves each.

A proposal says that no run will meet a restart in the next 400 days; a refusal says that one would, or names
its other reason. Both hold because the same search has looked, not because a rule of thumb says so.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import dangers, meetings, restarts_near
from bot.domain.recurrence import next_run, rhythm
from bot.domain.restart import Restart, RestartWindow
from bot.domain.retime import Move, retime
from bot.domain.safety import Safety, Sibling, too_often
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say
from bot.domain.times import DAY, Interval
from bot.domain.zones import instant, moment_of, span_at

__all__ = ["ShiftOption", "ShiftOptions", "Sibling", "propose_minute", "propose_shifts"]

MINUTE = timedelta(minutes=1)
_MINUTE = 60_000
MINUTES_OF_HOUR = 60
_MINUTES_OF_DAY = 1440
_NOTHING = say("no run meets a restart in the next 400 days, so there is nothing to move")


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
    search = _Search(schedule, Safety(zone, tuple(windows), tuple(siblings), start, duration))
    trouble = search.trouble()
    if not trouble:
        nothing = say("No run meets a restart in the next 400 days, so there is nothing to move.")
        return ShiftOptions(nothing, (), None)
    wanted = tuple(offsets)
    options = tuple(search.option(trouble, _after(minutes), minutes) for minutes in wanted)
    if any(option.safe for option in options):
        return ShiftOptions(None, options, None)
    others = (minutes for minutes in _outward(schedule) if minutes not in wanted)
    tried = (search.option(trouble, _after(minutes), minutes) for minutes in others)
    nearest = next((option for option in tried if option.safe), None)
    if nearest:
        return ShiftOptions(None, options, nearest)
    reasons = tuple(dict.fromkeys(option.reason for option in options if option.reason))
    if not reasons:
        return ShiftOptions(
            say("No minute is safe: each one was tried. Change the schedule in the console."), options, None
        )
    refused = say(
        "No minute is safe: {reasons}. Change the schedule in the console.", reasons=joined("; ", reasons)
    )
    return ShiftOptions(refused, options, None)


def propose_minute(
    schedule: Schedule,
    zone: ZoneInfo,
    windows: Iterable[RestartWindow],
    siblings: Iterable[Sibling],
    start: datetime,
    *,
    minute: int,
    duration: timedelta | None = None,
) -> ShiftOption:
    """Judge a freely chosen minute of the hour, such as 20 for `:20` on the schedule's own clock.

    A fixed time or a list entry moves to the first such minute after the restart that it meets. An interval
    may also be moved when nothing collides, so that siblings can be set apart.

    Raises:
        ValueError: *minute* is not from 0 to 59.
    """
    if minute not in range(MINUTES_OF_HOUR):
        raise ValueError(f"{minute} is not a minute of the hour")
    search = _Search(schedule, Safety(zone, tuple(windows), tuple(siblings), start, duration))

    def first_such_minute(moment: datetime) -> datetime:
        local = instant(moment) + span_at(zone, instant(moment)).offset
        wait = (minute * _MINUTE - local) % (MINUTES_OF_HOUR * _MINUTE)
        return moment + timedelta(milliseconds=wait)

    trouble = search.trouble()
    if trouble:
        return search.option(trouble, lambda restart: first_such_minute(restart.at), None)
    calm = search.first_slot()
    return search.option(calm, lambda _: first_such_minute(calm[0].at), None)


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
    safety: Safety

    def trouble(self) -> tuple[_Trouble, ...]:
        """Find what has to move: the first run that meets a restart, for each time of day of a list.

        A restart of the first window comes before all others.
        """
        safety = self.safety
        found: dict[int, _Trouble] = {}
        runs = rhythm(self.schedule, safety.zone, safety.end)
        for windows in (safety.windows[:1], safety.windows[1:]):
            near = restarts_near(windows, safety.start, safety.end)
            for met in meetings(runs, dangers(near, safety.start, safety.end)):
                for local in self._locals(instant(met.run.at)):
                    found.setdefault(local % DAY, _Trouble(local, met.run.at, met.restart))
                if isinstance(self.schedule.times, Interval):
                    return tuple(found.values())[:1]
        return tuple(found.values())

    def first_slot(self) -> tuple[_Trouble, ...]:
        """Take the first run of a day with a restart of the first window, for an interval that meets none."""
        safety, slots = self.safety, self.schedule.slots
        restart = next(restarts_near(safety.windows[:1], safety.start, safety.end), None)
        run = next_run(self.schedule, safety.zone, restart.at) if restart else None
        if restart is None or run is None or not isinstance(self.schedule.times, Interval):
            return ()
        local = self._locals(instant(run.at))[0]
        since_first = local % DAY - slots[0]
        return (_Trouble(local - since_first, run.at - timedelta(milliseconds=since_first), restart),)

    def option(
        self, trouble: tuple[_Trouble, ...], target: Callable[[Restart], datetime], minutes: int | None
    ) -> ShiftOption:
        """Edit the schedule so that what is in trouble starts at its target, and judge the result."""
        if not trouble:
            return self._refusal(minutes, _NOTHING, None)
        restart = trouble[0].restart
        retimed = retime(self.schedule, self._moves(trouble, target))
        if retimed.schedule is None:
            return self._refusal(minutes, too_often(self.schedule, restart) or retimed.reason, restart)
        reason = self.safety.objection(self.schedule, retimed.schedule)
        run = next_run(retimed.schedule, self.safety.zone, restart.at)
        return ShiftOption(
            offset_minutes=minutes,
            safe=reason is None,
            reason=reason,
            warnings=() if reason else (*retimed.warnings, *self.safety.overlaps(retimed.schedule)),
            schedule=retimed.schedule,
            changed_keys=retimed.changed_keys,
            runs_per_day_before=len(self.schedule.slots),
            runs_per_day_after=len(retimed.schedule.slots),
            restart=restart,
            run_after_restart=run.at if run else None,
            margin=run.at - restart.ends if run else None,
        )

    def _refusal(self, minutes: int | None, reason: str | None, restart: Restart | None) -> ShiftOption:
        """Refuse without an edit."""
        runs = len(self.schedule.slots)
        return ShiftOption(minutes, False, reason, (), None, (), runs, runs, restart, None, None)

    def _moves(
        self, trouble: tuple[_Trouble, ...], target: Callable[[Restart], datetime]
    ) -> tuple[Move, ...]:
        """Move times that meet the same restart together, so that they keep their distances."""
        moves = []
        for restart in dict.fromkeys(one.restart for one in trouble):
            group = [one for one in trouble if one.restart == restart]
            distance = target(restart) - group[0].at  # the earliest: they were found in order
            for one in group:
                local = moment_of(one.local).replace(tzinfo=None)
                moves.append(Move(local, local + distance))
        return tuple(moves)

    def _locals(self, at: int) -> tuple[int, ...]:
        """List the local times by the rule, in milliseconds since 1970, that may be met at an instant."""
        span = span_at(self.safety.zone, at)
        possible = [at + span.offset]
        if span.before < span.offset and at < span.start + span.offset - span.before:
            possible.append(at + span.before)
        return tuple(local for local in possible if local % DAY in self.schedule.slots)


def _outward(schedule: Schedule) -> Iterator[int]:
    """Walk the whole minutes after the restart, the nearest first, and then those before it."""
    limit = _MINUTES_OF_DAY
    if isinstance(schedule.times, Interval):
        limit = min(limit, -(-schedule.times.every // MINUTE))
    yield from range(1, limit)
    yield from range(-1, -limit, -1)


def _after(minutes: int) -> Callable[[Restart], datetime]:
    return lambda restart: restart.at + timedelta(minutes=minutes)
