"""Whether the failing run began when it was planned: on time, late, or out of turn.

A scheduler may fire late: the workflow was still busy, or wfserver stood still for a while (Campaign Classic,
scheduler). Moving the schedule does not help then. Facts only; `bot/domain/empty_return.py` judges them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.journal import JournalEntry
from bot.domain.recurrence import occurrences
from bot.domain.schedule import Schedule

RUN_GAP = timedelta(minutes=5)
"""A silence in the journal longer than this ends a run: every activity of mcSynch writes lines."""

ON_TIME = timedelta(minutes=2)
"""A run that starts this soon after its planned time started on time: wfserver looks every 20 s."""

EARLY = timedelta(seconds=30)
"""A run may seem to begin this much before its planned time: two servers, two clocks."""

LONG_RUN = timedelta(minutes=15)
"""Longer than mcSynch usually takes: without a journal, a run planned earlier is not taken for this one."""

RHYTHM_NEEDS = 4
"""Earlier starts at the same minute before the journal alone tells when runs are planned."""

RHYTHM_OF = 60
"""Earlier starts that are looked at."""

RHYTHM_SHARE = 0.7
"""The share of them that must agree."""

_LOOK_BACK = (
    timedelta(hours=2),
    timedelta(days=1),
    timedelta(days=8),
    timedelta(days=40),
    timedelta(days=400),
)
_HOUR = 3600


class Turn(StrEnum):
    """How the failing run began."""

    ON_TIME = "on-time"
    LATE = "late"
    OUT_OF_TURN = "out-of-turn"


@dataclass(frozen=True)
class Punctuality:
    """When the failing run was planned and when it began.

    Attributes:
        planned: the planned start, UTC.
        began: the first line of the run, UTC.
        turn: how the two fit.
        by_schedule: whether the schedule tells the planned start; otherwise the rhythm of earlier runs does.
    """

    planned: datetime
    began: datetime
    turn: Turn
    by_schedule: bool


def punctuality(
    at: datetime, journal: Sequence[JournalEntry], schedule: Schedule | None, zone: ZoneInfo | None
) -> Punctuality | None:
    """Compare the start of the run that failed at *at* (UTC) with its plan; `None` when no plan is known."""
    lines = sorted(entry.at for entry in journal if entry.at <= at)
    first_lines = starts(lines)
    began = first_lines[-1] if first_lines and at - lines[-1] <= RUN_GAP else at
    if schedule is not None and zone is not None:
        planned = last_run(schedule, zone, at + EARLY)
    else:
        planned = _by_rhythm([start for start in first_lines if start < began], began)
    if planned is None:
        return None
    on_time = [line for line in lines if planned - EARLY <= line <= planned + ON_TIME]
    if planned - EARLY <= began <= planned + ON_TIME:
        turn = Turn.ON_TIME
    elif on_time:
        turn = Turn.OUT_OF_TURN
    elif lines and lines[0] < planned - EARLY:
        turn = Turn.LATE
    elif at - planned > LONG_RUN:
        turn = Turn.OUT_OF_TURN
    else:
        return None
    return Punctuality(planned, began, turn, by_schedule=schedule is not None and zone is not None)


def starts(lines: Sequence[datetime]) -> list[datetime]:
    """List when runs began, from the sorted instants of journal lines: each line after a long silence."""
    return [*lines[:1], *(line for before, line in pairwise(lines) if line - before > RUN_GAP)]


def last_run(schedule: Schedule, zone: ZoneInfo, until: datetime) -> datetime | None:
    """Find the last planned start at or before *until*, `None` when there is none in 400 days."""
    for back in _LOOK_BACK:
        runs = occurrences(schedule, until - back, until + timedelta(milliseconds=1), zone)
        if found := deque(runs, maxlen=1):
            return found[0].at
    return None


def _by_rhythm(earlier: Sequence[datetime], began: datetime) -> datetime | None:
    """Tell from earlier starts at the same minute of the hour when the run was planned, if they agree."""
    if len(earlier) < RHYTHM_NEEDS:
        return None
    recent = earlier[-RHYTHM_OF:]
    phases = [start.timestamp() % _HOUR for start in recent]
    tolerance = ON_TIME.total_seconds()
    agreeing = {phase: sum(_apart(phase, other) <= tolerance for other in phases) for phase in phases}
    phase, count = max(agreeing.items(), key=lambda item: (item[1], -item[0]))
    if count < RHYTHM_NEEDS or count < RHYTHM_SHARE * len(recent):
        return None
    since = (began.timestamp() + EARLY.total_seconds() - phase) % _HOUR
    return datetime.fromtimestamp(began.timestamp() + EARLY.total_seconds() - since, UTC)


def _apart(one: float, other: float) -> float:
    """Measure how far two phases of the hour are apart, in seconds."""
    distance = abs(one - other) % _HOUR
    return min(distance, _HOUR - distance)
