"""What we know of a Campaign workflow: its state, its definition, and the fence around what we may touch.

Values and pure comparisons only. How they travel as XML is `bot/gateways/campaign`.
"""

import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.domain.errors import Fenced, UnreadableDefinition
from bot.domain.sentence import say


class State(IntEnum):
    """`@state` of xtk:workflow (source: Adobe's JavaScript SDK)."""

    EDIT = 0
    RUNNING = 2
    TESTING = 9
    STARTING = 10
    STARTED = 11
    PAUSING = 12
    PAUSED = 13
    RESUMING = 14
    STOPPING = 15
    STOPPING_NOW = 16
    RESTARTING = 17
    RESTARTING_NOW = 18
    STOPPED = 20


_STATES: Mapping[int, str] = {
    State.EDIT: say("edit"),
    State.RUNNING: say("running"),
    State.TESTING: say("testing"),
    State.STARTING: say("starting"),
    State.STARTED: say("started"),
    State.PAUSING: say("pausing"),
    State.PAUSED: say("paused"),
    State.RESUMING: say("resuming"),
    State.STOPPING: say("stopping"),
    State.STOPPING_NOW: say("stopping now"),
    State.RESTARTING: say("restarting"),
    State.RESTARTING_NOW: say("restarting now"),
    State.STOPPED: say("stopped"),
}


@dataclass(frozen=True)
class Status:
    """What one poll sees of a workflow.

    Attributes:
        name: the internal name, such as `mcSynch_mcExec1`.
        id: the primary key, as text.
        state: a `State`, or a number that Campaign may add one day.
        failed: whether the last execution ended in an error.
        error_count: consecutive errors.
        process_id: 0 while no task runs.
        next_run: the server's `nextProcessingDate` in UTC, if it has one.
    """

    name: str
    id: str
    state: int
    failed: bool
    error_count: int
    process_id: int
    next_run: datetime | None

    @property
    def started(self) -> bool:
        """Tell whether the scheduler is waiting or working."""
        return self.state == State.STARTED

    @property
    def stopped(self) -> bool:
        """Tell whether the workflow has come to rest and may be started from the beginning."""
        return self.state in (State.STOPPED, State.EDIT)

    @property
    def failed_pause(self) -> bool:
        """Tell whether the workflow stands still after an error, until somebody starts it."""
        return self.state == State.PAUSED and self.failed

    @property
    def state_name(self) -> str:
        """Say the state in words, or its number where we know no word."""
        return _STATES.get(self.state) or say("state {number}", number=self.state)

    @property
    def busy(self) -> bool:
        """Tell whether a task runs right now (KA-23881)."""
        return self.process_id != 0


@dataclass(frozen=True)
class Activity:
    """One activity of a definition.

    Attributes:
        kind: the element's name, such as `schedule` or `js`.
        name: its key inside `<activities>`.
        xml: the whole element in canonical XML (C14N), so that equal text means equal content.
    """

    kind: str
    name: str
    xml: str


@dataclass(frozen=True)
class Definition:
    """The activities of a workflow, read from the server.

    Attributes:
        activities: in document order.
        xml: the complete `<activities>` element in canonical XML: the backup that a restore writes.
        period: the text of the only scheduler's `<period>`, or `None` when there is not exactly one.
        scheduler: the name of that scheduler, or `None`.
        timezone: that scheduler's `@timezone`, `""` when absent.
    """

    activities: tuple[Activity, ...]
    xml: str
    period: str | None
    scheduler: str | None
    timezone: str

    @property
    def digest(self) -> str:
        """Compute what tells this definition from any other (SHA-256 of `xml`), for the record."""
        return hashlib.sha256(self.xml.encode()).hexdigest()

    def changed_besides_period(self, other: "Definition") -> tuple[str, ...]:
        """Name the activities in which *other* differs, the scheduler's `<period>` text left out."""
        mine, theirs = _frames(self), _frames(other)
        return tuple(
            sorted(key[1] for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
        )


@dataclass(frozen=True)
class Workflow:
    """A workflow read in full.

    Attributes:
        status: as a poll sees it.
        label: for people.
        timezone: the workflow's own `@timezone`, `""` when absent.
        on_error: `@onError`; 0 pauses the workflow, which is the default.
        last_start: UTC, if ever.
        last_modified: the server's text, compared and never computed with.
        modified_by: the login that saved it last, `""` when unknown.
        definition: its activities.
    """

    status: Status
    label: str
    timezone: str
    on_error: int
    last_start: datetime | None
    last_modified: str
    modified_by: str
    definition: Definition


def fence(workflow: Workflow, configured: frozenset[str]) -> None:
    """Refuse whatever is not a configured workflow with exactly one scheduler.

    Campaign demands the Administration right for technical workflows, so this fence is ours.

    Raises:
        Fenced: the workflow is not configured.
        UnreadableDefinition: it has no scheduler, or several.
    """
    name = workflow.status.name
    if name not in configured:
        raise Fenced(
            say(
                "{name} is not one of the configured workflows, so mcsync does not touch it: add it to "
                "mcsync.toml first.",
                name=name,
            )
        )
    if workflow.definition.period is None:
        raise UnreadableDefinition(
            say("{name} does not have exactly one scheduler, so mcsync leaves it to the console.", name=name)
        )


def _frames(definition: Definition) -> dict[tuple[str, str], str]:
    """Map each activity to its XML, the period's own text cut out of the scheduler."""
    escaped = html.escape(definition.period or "", quote=False).replace(
        "\r", "&#xD;"
    )  # as C14N writes a text
    period = f">{escaped}</period>"
    return {
        (activity.kind, activity.name): (
            activity.xml.replace(period, "></period>", 1)
            if activity.name == definition.scheduler
            else activity.xml
        )
        for activity in definition.activities
    }
