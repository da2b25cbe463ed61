"""The journal of a workflow, as values: one line of it, and one failure found in it.

Reading text that people paste is in `bot/domain/paste.py`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class JournalEntry:
    """One line of xtk:workflowLog.

    Attributes:
        id: the journal id as text; ids can wrap and turn negative.
        at: `@logDate`, UTC.
        activity: the activity's name, `""` when absent.
        message: the line itself, untrusted.
        error: whether Campaign marked the line as an error.
    """

    id: str
    at: datetime
    activity: str
    message: str
    error: bool


@dataclass(frozen=True)
class Failure:
    """One failure of one workflow, whoever reported it.

    Attributes:
        instance: the configured name of the marketing server.
        workflow: the internal name.
        workflow_id: the primary key, as text.
        journal_id: the id of the journal line, `""` where none was written (KA-24179).
        at: when it happened, UTC.
        activity: the activity that failed, `""` when unknown.
        message: the line, `""` where none was written.
    """

    instance: str
    workflow: str
    workflow_id: str
    journal_id: str
    at: datetime
    activity: str
    message: str


SAME_FAILURE = timedelta(seconds=5)
"""Error lines closer together than this tell of one failure: Campaign wraps an error in further lines."""


def failures_in(
    entries: Iterable[JournalEntry], *, instance: str, workflow: str, workflow_id: str
) -> tuple[Failure, ...]:
    """Find the failures in a journal, oldest first; lines of one chain make one, named by its first."""
    chains: list[list[JournalEntry]] = []
    for entry in sorted((entry for entry in entries if entry.error), key=_order):
        if chains and entry.at - chains[-1][-1].at <= SAME_FAILURE:
            chains[-1].append(entry)
        else:
            chains.append([entry])
    return tuple(
        Failure(
            instance=instance,
            workflow=workflow,
            workflow_id=workflow_id,
            journal_id=chain[0].id,
            at=chain[0].at,
            activity=next((entry.activity for entry in chain if entry.activity), ""),
            message="\n".join(entry.message for entry in chain),
        )
        for chain in chains
    )


def starts_in(
    entries: Iterable[JournalEntry],
    scheduler: str,
    *,
    failures: Sequence[datetime] = (),
    earlier: Sequence[datetime] = (),
) -> tuple[datetime, ...]:
    """Find when the latest undisturbed runs started: the lines that the scheduler itself wrote.

    A failed run pauses the workflow, and the runs that it misses until somebody starts it say nothing of its
    schedule; so only starts without a failure between them count, the latest two or more of that kind.

    Args:
        entries: the journal, in any order.
        scheduler: the name of the scheduler activity.
        failures: when runs failed, UTC, in any order.
        earlier: starts that are known already, UTC, in any order.

    Returns:
        Instants in UTC, oldest first.
    """
    pauses = sorted(set(failures))
    stretches: dict[int, list[datetime]] = {}
    seen = {entry.at for entry in entries if entry.activity == scheduler and not entry.error}
    for start in sorted(seen | set(earlier)):
        stretches.setdefault(bisect_left(pauses, start), []).append(start)
    long_enough = [starts for starts in stretches.values() if len(starts) > 1]
    return tuple(long_enough[-1]) if long_enough else ()


def runs_in(entries: Iterable[JournalEntry], scheduler: str) -> tuple[tuple[datetime, timedelta], ...]:
    """Measure how long the runs took: from the scheduler's line to the last line before its next one.

    The newest run is left out, since it may not be over; so are runs that failed.

    Args:
        entries: the journal, in any order.
        scheduler: the name of the scheduler activity.

    Returns:
        The start in UTC and the time taken, oldest first.
    """
    runs: list[list[JournalEntry]] = []
    for entry in sorted(entries, key=lambda entry: entry.at):
        if entry.activity == scheduler and not entry.error:
            runs.append([entry])
        elif runs:
            runs[-1].append(entry)
    return tuple(
        (run[0].at, run[-1].at - run[0].at) for run in runs[:-1] if not any(entry.error for entry in run)
    )


def _order(entry: JournalEntry) -> tuple[datetime, int, str]:
    """Order lines as they were written: ids are numbers, and within one instant they only grow."""
    number = int(entry.id) if re.fullmatch(r"-?[0-9]{1,20}", entry.id) else 0
    return entry.at, number, entry.id
