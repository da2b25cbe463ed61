"""Whether a schedule is safe: the search over 400 days that every proposal and every refusal stands on.

What to try is `bot/domain/shift.py`; in here a schedule is judged, whoever thought of it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.collision import Collision, Danger, dangers, meetings, restarts_near
from bot.domain.recurrence import bounds, rhythm
from bot.domain.restart import Restart, RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.times import DAY, Interval
from bot.domain.wording import length
from bot.domain.zones import moment_of, spans

SEARCH = timedelta(days=400)
"""How far ahead each option is searched: a year with both clock changes, and a month more."""

_MINUTE = 60_000


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
class Safety:
    """What a schedule has to clear. What its questions share is worked out once.

    Attributes:
        zone: the zone that the schedule runs in.
        windows: every restart window.
        siblings: the other workflows of the instance.
        start: aware; the search begins here.
        duration: how long the workflow's runs take, if known.
    """

    zone: ZoneInfo
    windows: tuple[RestartWindow, ...]
    siblings: tuple[Sibling, ...]
    start: datetime
    duration: timedelta | None = None

    @property
    def end(self) -> datetime:
        """Where the search is over."""
        return self.start + SEARCH

    @cached_property
    def near(self) -> tuple[Danger, ...]:
        """Every restart that a run could meet until then."""
        return tuple(dangers(restarts_near(self.windows, self.start, self.end), self.start, self.end))

    @cached_property
    def sibling_runs(self) -> tuple[tuple[Sibling, tuple[int, ...], frozenset[int]], ...]:
        """Each sibling, its runs in milliseconds since 1970, and the minutes in which they start."""
        found = []
        for sibling in self.siblings:
            runs = rhythm(sibling.schedule, sibling.zone, self.end).instants(*bounds(self.start, self.end))
            instants = tuple(at for at, _ in runs)
            found.append((sibling, instants, frozenset(at // _MINUTE for at in instants)))
        return tuple(found)

    def objection(self, schedule: Schedule, edited: Schedule) -> str | None:
        """Search the next 400 days for a reason against an edited schedule; a clause, or `None`."""
        return self.collision(edited) or self.shared_minute(edited) or self._uneven_day(schedule, edited)

    def collision(self, edited: Schedule) -> str | None:
        """Search for the first run that would meet a restart; a clause, or `None`."""
        runs = rhythm(edited, self.zone, self.end)
        met = next(meetings(runs, self.near), None)
        if met is None:
            return None
        return too_often(edited, met.restart) or _meets(met, self.zone)

    def shared_minute(self, edited: Schedule) -> str | None:
        """Search for a minute in which a sibling starts as well (KA-23471); a clause, or `None`."""
        if not self.siblings:
            return None
        for at, _ in rhythm(edited, self.zone, self.end).instants(*bounds(self.start, self.end)):
            for sibling, _, minutes in self.sibling_runs:
                if at // _MINUTE in minutes:
                    return say(
                        "{name} starts in the same minute, {moment}",
                        name=sibling.name,
                        moment=_written(moment_of(at), self.zone),
                    )
        return None

    def _uneven_day(self, schedule: Schedule, edited: Schedule) -> str | None:
        """Compare the number of runs on every local day without a clock change."""
        old, new = (rhythm(each, self.zone, self.end) for each in (schedule, edited))
        if old.is_boundless and new.is_boundless and (old.days, len(old.slots)) == (new.days, len(new.slots)):
            # Without a beginning or an end, each day that counts has all its slots.
            return None
        low, high = bounds(self.start, self.end)
        for span in spans(self.zone, low, high):
            today = (max(low, span.start) + span.offset) // DAY * DAY - span.offset
            first = today if today >= span.start else today + DAY
            for midnight in range(first, min(high, span.end) - DAY + 1, DAY):
                before, after = (runs.count(midnight, midnight + DAY) for runs in (old, new))
                if before != after:
                    day = moment_of(midnight + span.offset)
                    return say(
                        "on {day} the number of runs would go from {before} to {after}",
                        day=f"{day:%Y-%m-%d}",
                        before=before,
                        after=after,
                    )
        return None

    def overlaps(self, edited: Schedule) -> tuple[str, ...]:
        """Warn of siblings that may still be busy when a run starts, and of the reverse."""
        if not self.siblings:
            return ()
        runs = [at for at, _ in rhythm(edited, self.zone, self.end).instants(*bounds(self.start, self.end))]
        found = []
        for sibling, others, _ in self.sibling_runs:
            late = _first_during(runs, others, sibling.duration)
            if sibling.duration and late is not None:
                found.append(
                    say(
                        "{name} takes {duration} and may still be busy when this workflow starts, first on "
                        "{moment}.",
                        name=sibling.name,
                        duration=length(sibling.duration),
                        moment=_written(moment_of(late), self.zone),
                    )
                )
            late = _first_during(others, runs, self.duration)
            if self.duration and late is not None:
                found.append(
                    say(
                        "This workflow takes {duration} and may still be busy when {name} starts, first on "
                        "{moment}.",
                        duration=length(self.duration),
                        name=sibling.name,
                        moment=_written(moment_of(late), self.zone),
                    )
                )
        return tuple(found)


def too_often(schedule: Schedule, restart: Restart) -> str | None:
    """Say that an interval is no longer than a restart's window, so that no phase clears it; else `None`."""
    times = schedule.times
    needs = restart.ends - restart.starts
    if not isinstance(times, Interval) or times.every > needs:
        return None
    return say(
        "an interval of {interval} is too short to clear a restart of {window}",
        interval=length(times.every),
        window=length(needs),
    )


def _meets(met: Collision, zone: ZoneInfo) -> str:
    run, restart = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (met.run.at, met.restart.at))
    first, last = (f"{at.astimezone(zone):%H:%M}" for at in (met.restart.starts, met.restart.ends))
    if met.uncertain:
        return say(
            "the run of {run} would meet the restart of {restart}, which counts from {first} to {last}"
            " at a clock change ({zone})",
            run=run,
            restart=restart,
            first=first,
            last=last,
            zone=zone.key,
        )
    return say(
        "the run of {run} would meet the restart of {restart}, which counts from {first} to {last} ({zone})",
        run=run,
        restart=restart,
        first=first,
        last=last,
        zone=zone.key,
    )


def _first_during(starts: Sequence[int], others: Sequence[int], duration: timedelta | None) -> int | None:
    """Find the first of *starts* that falls into the time after one of *others*."""
    long = (duration or timedelta(0)) // timedelta(milliseconds=1)
    for start in starts if long else ():
        before = bisect_left(others, start) - 1
        if before >= 0 and start - others[before] < long:
            return start
    return None


def _written(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
