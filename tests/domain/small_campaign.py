"""A Campaign small enough to read: one workflow, its engine, other people, and a wire that loses things.

The model knows nothing of `bot.domain.change`; `carry_out` drives that decision as `bot/service/changes.py`
does: read, decide, record the intent, do, record the outcome, read again. Time is a number that is turned.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.calm import over_at
from bot.domain.change import Decision, End, Scene, Take, Wait, decide
from bot.domain.proposal import Ending, Proposal, Stage, Step, StepRecord
from bot.domain.recurrence import next_run
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.workflow import Definition, State, Workflow
from tests.domain.change_examples import ID, NAME, OPERATOR, PARIS, definition
from tests.domain.change_examples import workflow as workflow_as_read

BLIND_SECONDS = 10
CALL_SECONDS = 1
DEPLOY_SECONDS = 40
MOST_DECISIONS = 3000
WRECK = "(lost)"


class Fate(Enum):
    """What becomes of a request."""

    ANSWERED = "answered"
    NOT_SENT = "it surely did not run"
    LOST_REQUEST = "it did not run, and nobody says so"
    LOST_ANSWER = "it ran, and nobody says so"
    FAULT = "it did not run, and Campaign says so"
    KILLED_BEFORE = "the bot is killed before it is sent"
    KILLED_AFTER = "the bot is killed after it ran"


class Hand(Enum):
    """What somebody else does in the console."""

    EDIT_SCHEDULE = "edits the schedule"
    EDIT_SCRIPT = "edits another activity"
    UNDO = "puts the old schedule back"
    STOP = "stops it"
    START = "starts it"
    PAUSE = "pauses it"
    REPLACE = "replaces it by another of the same name"


@dataclass
class SmallCampaign:
    """One workflow and its engine.

    Attributes:
        now: what time it is.
        stored: the text of `<period>` in the database.
        original: what it was in the beginning.
        elsewhere: what other people write there.
        windows: when RT is away; a run that starts then fails.
        stop_seconds: how long a Stop waits, and how long it then takes.
        start_seconds: the same for a Start.
        run_seconds: how long a run takes.
        saves_its_own_copy: whether a waiting scheduler saves its own copy over what was written.
        wrecks: whether our write takes another activity with it.
        over: whether other people have gone home.
    """

    now: datetime
    stored: str
    elsewhere: str
    windows: tuple[RestartWindow, ...] = ()
    stop_seconds: tuple[int, int] = (3, 10)
    start_seconds: tuple[int, int] = (3, 10)
    run_seconds: int = 40
    saves_its_own_copy: bool = True
    wrecks: bool = False
    state: int = State.STARTED
    failed: bool = False
    busy_until: datetime | None = None
    loaded: str | None = None
    next_run: datetime | None = None
    script: str = "soapImport()"
    id: str = ID
    modified_by: str = "admin"
    stopped_by: str = ""
    writes: list[str] = field(default_factory=list)
    restored: int = 0
    in_transit: bool = False
    over: bool = False
    timeline: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.original = self.stored
        if self.state == State.STARTED:
            self._started()
        elif self.state == State.PAUSED:
            self.failed, self.loaded, self.stopped_by = True, self.stored, "an error"

    # --- Time -------------------------------------------------------------------------------------

    def after(self, seconds: float, happening: Callable[[], None]) -> None:
        """Let *happening* happen later."""
        self.timeline.append((self.now + timedelta(seconds=seconds), len(self.timeline), happening))

    def turn(self, seconds: float) -> None:
        """Let time pass, and happen what falls due, in order."""
        end = self.now + timedelta(seconds=seconds)
        while True:
            due = min(
                (entry for entry in self.timeline if entry[0] <= end), default=None, key=lambda e: e[:2]
            )
            run = self.next_run if self.state == State.STARTED and not self.in_transit else None
            if run is not None and run <= end and (due is None or run <= due[0]):
                self.now = max(self.now, run)
                self._run()
            elif due is not None:
                self.timeline.remove(due)
                self.now = max(self.now, due[0])
                due[2]()
            else:
                break
        self.now = end

    def _plan(self) -> None:
        assert self.loaded is not None
        after = self.now + timedelta(seconds=1)
        run = next_run(Schedule.parse(self.loaded), PARIS, after)
        self.next_run = run.at if run else None

    def _run(self) -> None:
        if over_at(self.windows, self.now) is not None:
            self.state, self.failed, self.next_run, self.busy_until = State.PAUSED, True, None, None
            self.stopped_by = "an error"
            return
        self.busy_until = self.now + timedelta(seconds=self.run_seconds)
        self._plan()

    def _started(self) -> None:
        self.state, self.failed, self.in_transit, self.loaded = State.STARTED, False, False, self.stored
        self.busy_until = None
        self._plan()

    # --- What can be asked of it ------------------------------------------------------------------

    def stop(self, by: str) -> bool:
        """Ask for a stop; `False` is a fault."""
        if self.in_transit or self.state not in (State.STARTED, State.PAUSED):
            return False
        self.in_transit = True
        waits, takes = self.stop_seconds

        def begin() -> None:
            self.state = State.STOPPING
            self.after(takes, rest)

        def rest() -> None:
            self.state, self.failed, self.in_transit, self.loaded = State.STOPPED, False, False, None
            self.next_run, self.busy_until, self.stopped_by = None, None, by

        self.after(waits, begin)
        return True

    def start(self, _by: str) -> bool:
        """Ask for a start; `False` is a fault."""
        if self.in_transit or self.state not in (State.STOPPED, State.PAUSED):
            return False
        self.in_transit = True
        resumed = self.state == State.PAUSED
        waits, takes = self.start_seconds

        def begin() -> None:
            self.state = State.RESUMING if resumed else State.STARTING
            self.after(takes, run)

        def run() -> None:
            if not resumed:
                self._started()
                return
            # A resumed workflow keeps what it had loaded, and runs the failed activity again at once.
            self.state, self.failed, self.in_transit = State.STARTED, False, False
            self._run()

        self.after(waits, begin)
        return True

    def write(self, period: str) -> bool:
        """Write the schedule."""
        self.writes.append(period)
        self.stored, self.modified_by = period, OPERATOR
        if self.wrecks:
            self.script = WRECK
        if self.loaded is not None and self.saves_its_own_copy:
            self.after(20, self._save_own_copy)
        return True

    def restore(self, backup: Definition) -> bool:
        """Write a complete backup back."""
        self.restored += 1
        self.stored, self.modified_by = backup.period or "", OPERATOR
        self.script = backup.activities[-1].xml.partition("<script>")[2].partition("</script>")[0]
        return True

    def _save_own_copy(self) -> None:
        if self.loaded is not None:
            self.stored = self.loaded

    def lend(self, hand: Hand) -> None:
        """Let somebody else do something, unless the play is over."""
        if self.over:
            return
        match hand:
            case Hand.EDIT_SCHEDULE:
                self.stored, self.modified_by = self.elsewhere, "eve"
            case Hand.EDIT_SCRIPT:
                self.script, self.modified_by = f"{self.script};", "eve"
            case Hand.UNDO:
                self.stored, self.modified_by = self.original, "eve"
            case Hand.STOP:
                self.stop("eve")
            case Hand.START:
                self.start("eve")
            case Hand.PAUSE if self.state == State.STARTED and not self.in_transit:
                self.state, self.next_run, self.stopped_by = State.PAUSED, None, "eve"
            case Hand.REPLACE:
                self.id = "9999"
            case _:
                pass

    def read(self) -> Workflow:
        """Show the workflow as a reader sees it now."""
        busy = self.busy_until is not None and self.now < self.busy_until
        seen = workflow_as_read(
            self.state,
            failed=self.failed,
            busy=busy,
            next_run=self.next_run,
            id=self.id,
            modified_by=self.modified_by,
        )
        assert seen.status.name == NAME
        return replace(seen, definition=definition(self.stored, script=self.script))


@dataclass(frozen=True)
class Moment:
    """One decision, and what it was taken from."""

    scene: Scene
    decision: Decision
    proposal: Proposal


@dataclass
class Bot:
    """The loop of `bot/service/changes.py`, with a wire whose fates are given.

    Attributes:
        campaign: what it talks to.
        proposal: what it carries out.
        fates: of its requests, in order; after the last one each is answered.
        sight: whether its readings succeed, in order; after the last one each does.
        marketing: marketing's own restart windows.
    """

    campaign: SmallCampaign
    proposal: Proposal
    fates: Iterator[Fate]
    sight: Iterator[bool]
    marketing: Sequence[RestartWindow] = ()
    history: list[Moment] = field(default_factory=list)

    def carry_out(self) -> Proposal:
        """Work until the end."""
        campaign = self.campaign
        self.proposal = replace(
            self.proposal, stage=Stage.APPLYING, ending=None, reason="", begun_at=campaign.now
        )
        for _ in range(MOST_DECISIONS):
            campaign.turn(CALL_SECONDS)
            if not next(self.sight, True):
                campaign.turn(BLIND_SECONDS)
                continue
            scene = Scene(
                campaign.read(),
                PARIS,
                campaign.now,
                over_at(campaign.windows, campaign.now),
                over_at(self.marketing, campaign.now),
                OPERATOR,
            )
            decision = decide(self.proposal, scene)
            self.history.append(Moment(scene, decision, self.proposal))
            match decision:
                case Wait():
                    self.proposal = replace(self.proposal, doing=decision.because, ending=decision.ending)
                    campaign.turn(decision.seconds)
                case Take():
                    self._take(decision, scene.workflow)
                case End():
                    return self._end(decision.ending)
        raise AssertionError(f"no end after {MOST_DECISIONS} decisions; the last: {self.history[-1]}")

    def _take(self, decision: Take, seen: Workflow) -> None:
        record = StepRecord(decision.step, self.campaign.now)
        self.proposal = replace(
            self.proposal,
            steps=(*self.proposal.steps, record),
            ending=decision.ending,
            backup=self.proposal.backup or seen.definition,
        )
        fate = next(self.fates, Fate.ANSWERED)
        accepted = False
        self.campaign.turn(CALL_SECONDS)
        if fate in (Fate.ANSWERED, Fate.LOST_ANSWER, Fate.KILLED_AFTER):
            accepted = self._do(decision.step)
        if fate in (Fate.KILLED_BEFORE, Fate.KILLED_AFTER):
            self.campaign.turn(DEPLOY_SECONDS)
            return
        self.campaign.turn(CALL_SECONDS)
        outcome = "" if fate is Fate.ANSWERED and accepted else f"{decision.step}: {fate.value}"
        lost = fate in (Fate.LOST_REQUEST, Fate.LOST_ANSWER)
        done = replace(
            record,
            ended_at=self.campaign.now,
            outcome=outcome,
            sent=fate is not Fate.NOT_SENT,
            answered=not lost,
        )
        self.proposal = replace(self.proposal, steps=(*self.proposal.steps[:-1], done))

    def _do(self, step: Step) -> bool:
        match step:
            case Step.STOP:
                return self.campaign.stop("mcsync")
            case Step.START:
                return self.campaign.start("mcsync")
            case Step.WRITE:
                return self.campaign.write(self.proposal.period_after)
            case Step.RESTORE:
                assert self.proposal.backup is not None
                return self.campaign.restore(self.proposal.backup)

    def _end(self, ending: Ending) -> Proposal:
        self.proposal = replace(
            self.proposal, stage=ending.stage, reason=ending.sentence, ending=None, doing=""
        )
        return self.proposal
