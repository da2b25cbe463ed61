"""The whole state of the stand-in, and the loop that moves it through time.

A plain object with a lock. Time never moves by itself: `advance(now)` works off everything that happens up to
`now`, in order, whether that is a tick or a day. Nothing here knows of SOAP or HTTP.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from threading import RLock
from zoneinfo import ZoneInfo

from bot.sandbox.campaign import runs
from bot.sandbox.campaign.access import Access
from bot.sandbox.campaign.outages import Outages
from bot.sandbox.campaign.scheduler import UnreadablePeriod, next_fire
from bot.sandbox.campaign.settings import Settings
from bot.sandbox.campaign.workflow import State, Transition, Workflow, period_of, schedule_of

NEVER = datetime.max.replace(tzinfo=UTC)
# How long a waiting scheduler takes to save its own copy over a write, where `saves_over` is switched on.
SAVES_AFTER = timedelta(seconds=10)
ERROR, WARNING, INFO = 0, 1, 2


class NotNow(Exception):
    """Start, Stop or Pause does not fit the state the workflow is in (BAS-010003)."""


@dataclass(frozen=True)
class JournalLine:
    """One line of xtk:workflowLog; `kind` is its `@logType`."""

    id: int
    at: datetime
    workflow_id: int
    activity: str
    message: str
    kind: int = INFO


@dataclass(frozen=True)
class Operator:
    """One record of xtk:operator."""

    id: int
    name: str
    label: str


@dataclass(frozen=True)
class Written:
    """One accepted write.

    Attributes:
        at: rule time.
        login: who wrote.
        document: the XML as it came.
        changed: what it changed, one short sentence each; empty when it changed nothing.
    """

    at: datetime
    login: str
    document: str
    changed: tuple[str, ...]


@dataclass
class World:
    """Everything there is.

    Attributes:
        seed: all that is random comes from it.
        time: how far the world has come, UTC; it never goes back.
        zone: the marketing server's zone, and the one of workflows that name none.
        marketing: the marketing server's own restarts.
        executions: the execution instances by account.
        records: rows of other schemas, as attributes, by schema (`nms:extAccount`, `xtk:option`).
    """

    seed: int
    time: datetime
    zone: ZoneInfo
    marketing: Outages
    executions: dict[str, Outages]
    access: Access
    settings: Settings = field(default_factory=Settings)
    workflows: dict[int, Workflow] = field(default_factory=dict)
    operators: dict[int, Operator] = field(default_factory=dict)
    records: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    journal: list[JournalLine] = field(default_factory=list)
    writes: list[Written] = field(default_factory=list)
    next_journal_id: int = 918_204
    next_record_id: int = 20_000
    lock: RLock = field(default_factory=RLock)

    def advance(self, now: datetime) -> None:
        """Let everything happen that is due up to `now`; an earlier `now` than before changes nothing."""
        with self.lock:
            while (event := self._earliest()) and event[0] <= now:
                self.time = max(self.time, event[0])
                event[1]()
            self.time = max(self.time, now)

    def next_event(self) -> datetime:
        """Return when something will happen next, `NEVER` if nothing will."""
        with self.lock:
            event = self._earliest()
            edges = [away.next_edge(self.time) for away in (self.marketing, *self.executions.values())]
            return max(self.time, min([event[0] if event else NEVER, *edges]))

    def random(self, *what: object) -> Random:
        """Return a source of randomness that depends on the seed and on `what`, not on who asked before."""
        return Random(":".join(str(part) for part in (self.seed, *what)))

    def workflow(self, id_or_name: str) -> Workflow | None:
        """Find a workflow by primary key or internal name, as Campaign's control calls accept both."""
        for workflow in self.workflows.values():
            if id_or_name in (str(workflow.id), workflow.name):
                return workflow
        return None

    def operator_id(self, login: str) -> int:
        """Return the primary key of an operator, who is created at first sight, as with IMS."""
        for operator in self.operators.values():
            if operator.name == login:
                return operator.id
        operator = Operator(id=self.new_id(), name=login, label=login.capitalize())
        self.operators[operator.id] = operator
        return operator.id

    def new_id(self) -> int:
        """Return a fresh primary key."""
        self.next_record_id += 1
        return self.next_record_id

    def write_line(self, workflow: Workflow, activity: str, message: str, kind: int = INFO) -> None:
        """Add a line to the journal, at the world's time."""
        self.journal.append(
            JournalLine(self.next_journal_id, self.time, workflow.id, activity, message, kind)
        )
        self.next_journal_id += 1

    def purge_journal(self) -> None:
        """Throw away the lines that are older than their workflow's `@history` days."""
        kept = {
            workflow.id: self.time - timedelta(days=int(workflow.stored.get("history", "30")))
            for workflow in self.workflows.values()
        }
        self.journal = [line for line in self.journal if line.at >= kept.get(line.workflow_id, self.time)]

    def zone_of(self, workflow: Workflow) -> ZoneInfo:
        """Return the zone of a workflow's scheduler: its own, the workflow's, or the server's."""
        schedule = schedule_of(workflow.loaded if workflow.loaded is not None else workflow.activities)
        own = "" if schedule is None else schedule.get("timezone", "")
        for name in (own, workflow.stored.get("timezone", "")):
            if name and not name.startswith("_"):
                return ZoneInfo(name)
        return self.zone

    def start(self, workflow: Workflow, login: str) -> None:
        """Ask for a start: a fresh one, or the continuation of a pause.

        Raises:
            NotNow: it is neither stopped nor paused.
        """
        if workflow.state in (State.STOPPED, State.EDIT):
            workflow.state = State.STARTING
        elif workflow.state == State.PAUSED:
            workflow.state = State.RESUMING
        else:
            raise NotNow
        self._transit(workflow, State.STARTED, self.settings.start_seconds)
        self.write_line(workflow, "", f"Start requested by operator '{login}'.")

    def stop(self, workflow: Workflow, login: str) -> None:
        """Ask for a stop.

        Raises:
            NotNow: it is not started and not paused, or is stopping already.
        """
        if workflow.state not in (State.STARTED, State.PAUSED):
            raise NotNow
        workflow.state = State.STOPPING
        self._transit(workflow, State.STOPPED, self.settings.stop_seconds)
        self.write_line(workflow, "", f"Stop requested by operator '{login}'.")

    def pause(self, workflow: Workflow, login: str) -> None:
        """Ask for a pause.

        Raises:
            NotNow: it is not started.
        """
        if workflow.state != State.STARTED:
            raise NotNow
        workflow.state = State.PAUSING
        self._transit(workflow, State.PAUSED, self.settings.stop_seconds)
        self.write_line(workflow, "", f"Pause requested by operator '{login}'.")

    def kill(self, workflow: Workflow, login: str) -> None:
        """Stop at once, whatever the state."""
        self.write_line(workflow, "", f"Unconditional stop requested by operator '{login}'.", WARNING)
        self._arrive(workflow, State.STOPPED)

    def fire(self, workflow: Workflow) -> None:
        """Let the scheduler fire now, as Wakeup does.

        Raises:
            NotNow: it is not started, or a run is under way.
        """
        if workflow.state != State.STARTED or workflow.run is not None:
            raise NotNow
        runs.begin(self, workflow)

    def was_written(self, workflow: Workflow, login: str) -> None:
        """Note who changed a definition, and let the waiting scheduler take offence if it is that kind."""
        workflow.last_modified = self.time
        workflow.modified_by = self.operator_id(login)
        if self.settings.saves_over and workflow.loaded is not None:
            workflow.saves_at = self.time + SAVES_AFTER

    def _earliest(self) -> tuple[datetime, Callable[[], None]] | None:
        return min(self._events(), key=lambda event: event[0], default=None)

    def _events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Yield what each workflow will do next; while marketing restarts, its wfserver does nothing."""
        for workflow in self.workflows.values():
            if workflow.run is not None:
                yield runs.outcome(self, workflow, workflow.run)
            if workflow.saves_at is not None:
                yield workflow.saves_at, partial(self._save_over, workflow)
            if workflow.transition is not None:
                transition = workflow.transition
                at = self.marketing.back(transition.at)
                yield at, partial(self._arrive, workflow, transition.state)
            elif workflow.state == State.STARTED and workflow.run is None and workflow.next_run is not None:
                at = self.marketing.back(max(workflow.next_run, self.time))
                yield at, partial(self._tick, workflow)

    def _tick(self, workflow: Workflow) -> None:
        self.plan(workflow)
        runs.begin(self, workflow)

    def plan(self, workflow: Workflow) -> None:
        """Compute the next run from the schedule that is loaded."""
        try:
            workflow.next_run = next_fire(period_of(workflow.loaded), self.zone_of(workflow), self.time)
        except UnreadablePeriod as error:
            workflow.next_run = None
            workflow.state, workflow.failed = State.PAUSED, True
            schedule = schedule_of(workflow.loaded)
            workflow.error_activity = "" if schedule is None else schedule.get("name", "")
            self.write_line(workflow, workflow.error_activity, f"Invalid schedule: {error}.", ERROR)

    def _transit(self, workflow: Workflow, state: State, seconds: float) -> None:
        workflow.transition = Transition(at=self.time + timedelta(seconds=seconds), state=state)

    def _save_over(self, workflow: Workflow) -> None:
        workflow.saves_at = None
        workflow.save_loaded()

    def _arrive(self, workflow: Workflow, state: State) -> None:
        came_from, workflow.state, workflow.transition = workflow.state, state, None
        if state == State.STOPPED:
            runs.interrupt(self, workflow)
            if self.settings.saves_over:
                workflow.save_loaded()
            workflow.loaded = workflow.next_run = workflow.saves_at = None
            self.write_line(workflow, "", "Workflow stopped.")
        elif state == State.PAUSED:
            self.write_line(workflow, "", "Workflow paused.")
        elif came_from == State.STARTING:
            workflow.load()
            workflow.failed, workflow.error_activity, workflow.error_count = False, "", 0
            workflow.last_start = self.time
            self.write_line(workflow, "", "Workflow started.")
            self.plan(workflow)
        else:
            again, workflow.failed = workflow.failed, False
            self.write_line(workflow, "", "Workflow resumed.")
            self.plan(workflow)
            if again and workflow.state == State.STARTED:
                runs.begin(self, workflow)
