"""The journal of a workflow, as values: one line of it, and one failure found in it.

Reading text that people paste is in `bot/domain/paste.py`.
"""

from dataclasses import dataclass
from datetime import datetime


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
