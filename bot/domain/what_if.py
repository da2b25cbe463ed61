"""What would be if a workflow ran at another minute: the figures that a person decides by; nothing is asked.

Whether a move is safe is proved by `bot/domain/safety.py`; here its outcome is laid out for one day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import restarts_near
from bot.domain.headroom import Headroom, headroom
from bot.domain.proposal import Ask
from bot.domain.recurrence import next_run, occurrences
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.shift import MINUTES_OF_HOUR, ShiftOption, Sibling, propose_minute, propose_shifts
from bot.domain.tracking import exposed_minutes
from bot.domain.zones import ClockChange, next_clock_change

OFFSETS = (5, 10)
"""Minutes after the restart that need no thought."""

_MINUTE = re.compile(r"\s*:?([0-9]{1,2})\s*", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """What somebody thinks about asking for.

    Attributes:
        ask: `SHIFT` or `RESUME`.
        offset: minutes after the restart, `None` for a chosen minute or a resume.
        minute: the chosen minute of the hour, `None` for an offset, a resume, or as long as none is chosen.
    """

    ask: Ask
    offset: int | None = None
    minute: int | None = None


@dataclass(frozen=True)
class Subject:
    """The workflow in question, as last seen.

    Attributes:
        schedule: its rules in local time.
        zone: the zone that these run in.
        windows: when its execution instance is away, as configured and learnt.
        marketing: when the marketing server restarts.
        siblings: the other archiving workflows of the instance, whose minutes must stay their own.
        others: every other workflow that is watched, those of other instances included.
        tracking: the minute phase of RT's tracking workflow, `None` if unknown.
        paused: whether it stands still after an error.
        barred: why no shift is offered at all, `""` when one may be.
        takes: how long its runs take, `None` if unknown.
    """

    schedule: Schedule
    zone: ZoneInfo
    windows: tuple[RestartWindow, ...]
    marketing: tuple[RestartWindow, ...]
    siblings: tuple[Sibling, ...]
    others: tuple[Sibling, ...]
    tracking: time | None
    paused: bool
    barred: str = ""
    takes: timedelta | None = None


@dataclass(frozen=True)
class Neighbour:
    """Another watched workflow that starts in the same minute.

    Attributes:
        name: the internal name.
        at: the first time tomorrow, UTC.
        count: how often tomorrow.
    """

    name: str
    at: datetime
    count: int


@dataclass(frozen=True)
class Outcome:
    """What would be.

    Attributes:
        choice: what was thought of.
        schedule: the schedule by which the day is drawn: the edited one, else the present one.
        objection: why it cannot be asked for, as a sentence; `""` when it can.
        warnings: what one should know, one sentence each.
        day: the start of tomorrow in the schedule's zone, UTC.
        runs: how many runs there are tomorrow.
        restarts: each restart of the execution instance tomorrow, with the runs around it, in order.
        marketing: the same for the marketing server's own.
        margin: the least room that tomorrow's runs leave to a restart; `None` without restarts or runs.
        neighbours: what else starts on one of its minutes tomorrow.
        change: the next clock change of the schedule's zone or of a restart's, if one comes for a year.
        days_to_change: how many days that is from today, counted on that zone's calendar.
        exposed: minutes of each hour whose clicks wait, or are lost; `None` when tracking's phase is not
            known, or there is no run.
    """

    choice: Choice
    schedule: Schedule
    objection: str
    warnings: tuple[str, ...]
    day: datetime
    runs: int
    restarts: tuple[Headroom, ...]
    marketing: tuple[Headroom, ...]
    margin: timedelta | None
    neighbours: tuple[Neighbour, ...]
    change: ClockChange | None
    days_to_change: int | None
    exposed: int | None

    @property
    def meets(self) -> bool:
        """Whether a run of tomorrow meets a restart."""
        return any(one.met for one in (*self.restarts, *self.marketing))


def read_minute(text: str) -> int | None:
    """Read a minute of the hour such as `20` or `:05`; `None` when it is none."""
    found = _MINUTE.fullmatch(text)
    minute = int(found[1]) if found else MINUTES_OF_HOUR
    return minute if minute < MINUTES_OF_HOUR else None


def first_choice(subject: Subject, now: datetime) -> Choice:
    """Choose what to begin with: the first offset that is safe, else the nearest safe minute, else resume."""
    if not subject.barred:
        for offset in OFFSETS:
            if _option(subject, Choice(Ask.SHIFT, offset), now).safe:
                return Choice(Ask.SHIFT, offset)
        options = propose_shifts(
            subject.schedule, subject.zone, _all(subject), subject.siblings, now, offsets=OFFSETS
        )
        run = options.nearest_safe.run_after_restart if options.nearest_safe else None
        if run is not None:
            return Choice(Ask.SHIFT, minute=run.astimezone(subject.zone).minute)
    return Choice(Ask.RESUME) if subject.paused else Choice(Ask.SHIFT, OFFSETS[0])


def what_if(subject: Subject, choice: Choice, now: datetime) -> Outcome:
    """Work out every figure of a choice.

    Args:
        subject: the workflow in question.
        choice: what is thought of.
        now: rule time, UTC.
    """
    option = None if _no_edit(subject, choice) else _option(subject, choice, now)
    schedule = (option.schedule if option else None) or subject.schedule
    day, end = _tomorrow(subject.zone, now)
    runs = [run.at for run in occurrences(schedule, day, end, subject.zone)]

    def around(windows: Iterable[RestartWindow]) -> tuple[Headroom, ...]:
        near = [one for one in restarts_near(windows, day, end) if day <= one.at < end]
        return tuple(headroom(schedule, subject.zone, one) for one in sorted(near, key=lambda one: one.at))

    restarts, marketing = around(subject.windows), around(subject.marketing)
    margins = [one.margin for one in (*restarts, *marketing) if one.margin is not None]
    neighbours = tuple(_neighbours(subject.others, runs, day, end))
    zones = dict.fromkeys((subject.zone, *(window.zone for window in _all(subject))))
    change = next_clock_change(zones, now)
    return Outcome(
        choice=choice,
        schedule=schedule,
        objection=_objection(subject, choice, option)
        or (_unsafe(subject, option, (*restarts, *marketing), neighbours) if option else ""),
        warnings=option.warnings if option else (),
        day=day,
        runs=len(runs),
        restarts=restarts,
        marketing=marketing,
        margin=min(margins, default=None),
        neighbours=neighbours,
        change=change,
        days_to_change=_days_to(change, now),
        exposed=_exposed(subject, schedule, day),
    )


def _no_edit(subject: Subject, choice: Choice) -> bool:
    """Tell whether there is no edit to look at."""
    nothing_chosen = choice.offset is None and choice.minute is None
    return choice.ask is not Ask.SHIFT or nothing_chosen or bool(subject.barred)


def _objection(subject: Subject, choice: Choice, option: ShiftOption | None) -> str:
    if choice.ask is Ask.RESUME:
        return (
            ""
            if subject.paused
            else say("It does not stand paused after an error, so there is nothing to resume.")
        )
    if subject.barred:
        return say("No shift can be asked for. {reason}", reason=subject.barred)
    return say("Choose a minute of the hour, from 0 to 59.") if option is None else ""


def _unsafe(
    subject: Subject,
    option: ShiftOption,
    restarts: tuple[Headroom, ...],
    neighbours: tuple[Neighbour, ...],
) -> str:
    """Say why a move is not safe; by tomorrow, on the schedule's own clock, where that shows it already."""
    if option.safe:
        return ""
    zone = subject.zone
    met = next((one for one in restarts if one.met), None) if option.schedule else None
    if met is not None:
        at, starts, ends = (
            moment.astimezone(zone) for moment in (met.restart.at, met.restart.starts, met.restart.ends)
        )
        run = next(run for run in met.runs if met.restart.starts <= run < met.restart.ends).astimezone(zone)
        return say(
            "Not safe: tomorrow's run of {run} would meet the restart of {restart}, which counts "
            "from {starts} to {ends} ({zone}).",
            run=f"{run:%H:%M}",
            restart=f"{at:%H:%M}",
            starts=f"{starts:%H:%M}",
            ends=f"{ends:%H:%M}",
            zone=zone.key,
        )
    siblings = {sibling.name for sibling in subject.siblings}
    taken = next((one for one in neighbours if one.name in siblings), None) if option.schedule else None
    if taken is not None:
        return say(
            "Not safe: {workflow} starts in the same minute, {time} {zone}.",
            workflow=taken.name,
            time=f"{taken.at.astimezone(zone):%H:%M}",
            zone=zone.key,
        )
    if option.schedule is None:
        return say("It cannot move there: {reason}.", reason=option.reason or "")
    return say("Not safe: {reason}.", reason=option.reason or "")


def _option(subject: Subject, choice: Choice, now: datetime) -> ShiftOption:
    about = (subject.schedule, subject.zone, _all(subject), subject.siblings, now)
    if choice.minute is not None:
        return propose_minute(*about, minute=choice.minute, duration=subject.takes)
    assert choice.offset is not None
    options = propose_shifts(*about, offsets=(choice.offset,), duration=subject.takes).options
    if options:
        return options[0]
    runs = len(subject.schedule.slots)
    nothing = say("no run meets a restart in the next 400 days, so there is nothing to move")
    return ShiftOption(choice.offset, False, nothing, (), None, (), runs, runs, None, None, None)


def _all(subject: Subject) -> tuple[RestartWindow, ...]:
    return (*subject.windows, *subject.marketing)


def _tomorrow(zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Find where tomorrow begins and ends on a zone's calendar, UTC."""
    today = now.astimezone(zone).date()
    start, end = (
        datetime.combine(today + timedelta(days=days), time(), zone).astimezone(UTC) for days in (1, 2)
    )
    return start, end


def _neighbours(
    others: Iterable[Sibling], runs: Iterable[datetime], day: datetime, end: datetime
) -> Iterator[Neighbour]:
    minutes = {at.replace(second=0, microsecond=0) for at in runs}
    for other in others:
        starts = (run.at for run in occurrences(other.schedule, day, end, other.zone))
        shared = [at for at in starts if at.replace(second=0, microsecond=0) in minutes]
        if shared:
            yield Neighbour(other.name, shared[0], len(shared))


def _days_to(change: ClockChange | None, now: datetime) -> int | None:
    if change is None:
        return None
    return (change.at.astimezone(change.zone).date() - now.astimezone(change.zone).date()).days


def _exposed(subject: Subject, schedule: Schedule, day: datetime) -> int | None:
    run = next_run(schedule, subject.zone, day)
    if run is None or subject.tracking is None:
        return None
    zone = subject.windows[0].zone if subject.windows else subject.zone
    return exposed_minutes(run.at.astimezone(zone), subject.tracking)
