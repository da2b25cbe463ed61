"""The journal of a workflow, as values: one line of it, and one failure found in it.

Reading text that people paste is in `bot/domain/paste.py`.
"""

from collections.abc import Iterable
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
    for entry in sorted((entry for entry in entries if entry.error), key=lambda entry: (entry.at, entry.id)):
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


def starts_in(entries: Iterable[JournalEntry], scheduler: str) -> tuple[datetime, ...]:
    """Find when runs started: the lines that the scheduler itself wrote, oldest first."""
    return tuple(sorted(entry.at for entry in entries if entry.activity == scheduler and not entry.error))
