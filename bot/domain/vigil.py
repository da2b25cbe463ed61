"""The one quiet watch over a workflow: does it still work, whatever may be the cause?

Pure. When people are told is decided here, and what they are told; who is told, and where this is remembered,
is `bot/service/vigils.py`. Whether an instance can be seen at all is `bot/domain/sight.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.calm import over_at
from bot.domain.collision import TOLERANCE
from bot.domain.notice import Notice
from bot.domain.recurrence import occurrences
from bot.domain.restart import RestartWindow
from bot.domain.saying import moment
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say
from bot.domain.workflow import Status

ENOUGH = 2
"""So many expected runs in a row without a success are told."""

GRACE = timedelta(minutes=10)
"""How long after its planned start a run may be under way, or its end unread."""

SHORTEST_GAP = timedelta(minutes=5)

_LOOKS_BACK = (timedelta(hours=6), timedelta(days=3), timedelta(days=45), timedelta(days=800))
_HABIT = 11


@dataclass(frozen=True)
class Pulse:
    """What is known of the runs of one workflow. All instants are UTC.

    Attributes:
        since: from when on it has been watched without a gap, `None` before the first look.
        begun: the start of a run that is not known to be over: as planned, or when it was late, as seen.
        passed_at: the start of the latest run that was seen to pass.
        silent_from: the first run that was missed, while people have been told so.
    """

    since: datetime | None = None
    begun: datetime | None = None
    passed_at: datetime | None = None
    silent_from: datetime | None = None


@dataclass(frozen=True)
class Silence:
    """A workflow that does not work.

    Attributes:
        missed: the last two expected runs, UTC.
        passed_at: when the latest run that passed began, UTC; `None` if none is known.
    """

    missed: tuple[datetime, ...]
    passed_at: datetime | None


def gap_of(poll: timedelta) -> timedelta:
    """Tell how far two looks may lie apart and still be one watch; *poll* is the time between two of them."""
    return max(SHORTEST_GAP, 3 * poll)


def beat(
    pulse: Pulse,
    before: Status | None,
    after: Status,
    *,
    seen_at: datetime | None,
    now: datetime,
    gap: timedelta,
) -> Pulse:
    """Compare two looks at a workflow: a run counts when its time has come, is over, and left no failure.

    Args:
        pulse: what was known.
        before: the look before, `None` at the first one.
        after: this look.
        seen_at: when the look before was.
        now: when this look is.
        gap: see `gap_of`.
    """
    watched = pulse.since is not None and seen_at is not None and now - seen_at <= gap
    begun, passed_at = pulse.begun, pulse.passed_at
    if before is not None and before.started and _moved_on(before, after):
        assert before.next_run is not None
        # An overdue run began after the look before, whatever it was planned for.
        begun = max(before.next_run, seen_at or before.next_run)
    if not after.started or after.failed or (before is not None and after.error_count > before.error_count):
        begun = None
    if begun is not None and not after.busy:
        passed_at, begun = max(begun, passed_at or begun), None
    return replace(pulse, since=pulse.since if watched else now, begun=begun, passed_at=passed_at)


def _moved_on(before: Status, after: Status) -> bool:
    """Tell whether the server plans a later run than before: then the time of that one has come."""
    return before.next_run is not None and after.next_run is not None and after.next_run > before.next_run


def last_passed(pulse: Pulse, starts: Sequence[datetime]) -> datetime | None:
    """Tell when the latest run that passed began, as a poll saw it or the journal shows it (*starts*)."""
    known = [*starts, *([pulse.passed_at] if pulse.passed_at else [])]
    return max(known, default=None)


def expected_runs(
    schedule: Schedule | None, zone: ZoneInfo | None, starts: Sequence[datetime], until: datetime
) -> tuple[datetime, ...]:
    """Find the last two runs that were to begin before *until*, UTC, oldest first; fewer if there are fewer.

    A run that a clock change makes uncertain is not expected. Where the schedule is not understood, what
    counts is the usual time between the *starts* that the journal shows.
    """
    if schedule is None or zone is None:
        return _by_habit(sorted(starts)[-_HABIT:], until)
    found: list[datetime] = []
    for back in _LOOKS_BACK:
        found = [run.at for run in occurrences(schedule, until - back, until, zone) if not run.uncertain]
        if len(found) >= ENOUGH:
            break
    return tuple(found[-ENOUGH:])


def _by_habit(starts: Sequence[datetime], until: datetime) -> tuple[datetime, ...]:
    spans = sorted(later - earlier for earlier, later in pairwise(starts))
    if not spans or not spans[len(spans) // 2]:
        return ()
    usual = spans[len(spans) // 2]
    count = (until - starts[-1]) // usual
    if count < ENOUGH:
        return ()
    return tuple(starts[-1] + number * usual for number in range(count - ENOUGH + 1, count + 1))


def silence(
    pulse: Pulse,
    missed: tuple[datetime, ...],
    *,
    starts: Sequence[datetime],
    windows: Sequence[RestartWindow],
    now: datetime,
) -> Silence | None:
    """Tell whether a workflow has had no successful run for two intervals; `None` if all is well.

    Args:
        pulse: what polls saw.
        missed: the expected runs up to ten minutes ago, see `expected_runs` and `GRACE`.
        starts: when runs began that passed, as the journal shows.
        windows: the restarts of RT and of marketing, in which nobody is told.
        now: rule time, UTC.
    """
    if len(missed) < ENOUGH or pulse.since is None or missed[0] < pulse.since:
        return None
    passed_at = last_passed(pulse, starts)
    if passed_at is not None and passed_at >= missed[0] - TOLERANCE:
        return None
    return None if over_at(windows, now) else Silence(missed, passed_at)


def silence_key(instance: str, workflow: str, silent_from: datetime) -> str:
    """Name the notice of one silence."""
    return f"silent:{instance}:{workflow}:{silent_from.isoformat()}"


def silence_notice(
    instance: str, status: Status, found: Silence, *, listed: bool, zone: ZoneInfo, now: datetime
) -> Notice:
    """Tell that a workflow does not work.

    Args:
        instance: the marketing server.
        status: as last seen.
        found: what was missed.
        listed: whether Campaign still lists the workflow.
        zone: the server's.
        now: rule time, UTC.
    """
    first, second = (f"{at.astimezone(zone):%H:%M}" for at in found.missed)
    sentences: list[str] = [
        say(
            "No run passed at {first} nor at {second} {zone}, and no failure explains it.",
            first=first,
            second=second,
            zone=zone.key,
        )
    ]
    if found.passed_at:
        passed_at = moment(found.passed_at, zone)
        sentences.append(say("The last run that passed began at {moment}.", moment=passed_at))
    sentences.append(_advice(status, zone, now) if listed else _gone(instance))
    return Notice(
        key=silence_key(instance, status.name, found.missed[0]),
        instance=instance,
        title=say("{workflow} on {instance} does not archive", workflow=status.name, instance=instance),
        text=joined(" ", sentences),
        at=now,
        lasting=True,
    )


def _gone(instance: str) -> str:
    return say(
        "Campaign does not list it on {instance} any more: was it renamed or deleted?", instance=instance
    )


def _advice(status: Status, zone: ZoneInfo, now: datetime) -> str:
    if status.busy:
        return say("A run is under way and does not end: look at its journal.")
    if not status.started:
        return say("It is {state}: somebody starts it in the console.", state=status.state_name)
    if status.next_run is not None and status.next_run <= now:
        planned = moment(status.next_run, zone)
        return say(
            "The server planned a run for {planned} and did not begin it: look whether wfserver runs.",
            planned=planned,
        )
    return say("It is started: look at its journal and its schedule.")
