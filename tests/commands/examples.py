"""Values to render: an ordinary day, and one on which everything is as long and as hostile as it can be."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.forecast import Plan
from bot.domain.incident import Incident
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.offer import Offer
from bot.domain.proposal import Ask, Proposal, Stage, Step, StepRecord, TrackingChoice, Vote
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.sighted import Sighted
from bot.domain.three_way import Found
from bot.domain.tracking import caution
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Exclusion, Remedy
from bot.domain.workflow import State, Status
from tests.periods import every

PARIS = ZoneInfo("Europe/Paris")
SIX = datetime(2026, 11, 24, 5, 0, 2, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
BEFORE, AFTER = every("1h", "00:00"), every("1h", "00:05")
RUN = datetime(2026, 11, 25, 5, 5, tzinfo=UTC)
NAME = "mcSynch_mcExec1"
EMPTY_RETURN = (
    "SCR-160012 JavaScript: error while evaluating script 'mcSynch_mcExec1/soapImport'.\n"
    "Empty return for method 'Logon' of service 'xtk:session'"
)


@dataclass(frozen=True)
class Words:
    """The words that come from elsewhere.

    Attributes:
        workflow: its internal name.
        instance: its server.
        message: the journal line.
        said: what Campaign, a person or the server says in a sentence.
        lines: how many facts, look-alikes and steps a verdict has.
    """

    workflow: str = NAME
    instance: str = "prod"
    message: str = EMPTY_RETURN
    said: str = ""
    lines: int = 0


ORDINARY = Words()

HOSTILE = (
    "<!channel> <@U0EVE> <https://evil.example|click> & *bold* _italic_ ~struck~ `code` ```block``` "
    ":white_check_mark: @here #general > quoted\n*Approved* by nobody\r\n\x1b[2J\u202egnp.exe\n"
)
LONG_NAME = "mcSynch_" + "Execution_Instance_Number_Seventeen_Of_The_Northern_Region"[:52]
LONGEST = Words(
    workflow=LONG_NAME,
    instance="production-of-the-northern-region-with-a-long-name-of-its-own"[:60],
    message=(HOSTILE * 30)[:4000],
    said=(HOSTILE * 10)[:900],
    lines=14,
)


def instance(words: Words = ORDINARY, mode: Mode = Mode.PROPOSE, *more: str) -> Instance:
    """Configure a marketing server with one watched workflow, or with *more*."""
    window = RestartWindow(time(6), PARIS)
    executions = tuple(
        Execution(name.removeprefix("mcSynch_"), name, (window,), time(0), probe=True)
        for name in (words.workflow, *more)
    )
    marketing = (RestartWindow(time(6), PARIS, timedelta(), timedelta(minutes=3), timedelta()),)
    return Instance(words.instance, PARIS, PARIS, mode, timedelta(seconds=60), marketing, executions)


def diagnosis(
    words: Words = ORDINARY,
    cause: Cause = Cause.RESTART_COLLISION,
    confidence: Confidence = Confidence.CERTAIN,
) -> Diagnosis:
    """Form a verdict."""
    facts = [
        Evidence("distance", "06:00:02 is 2 s after RT's restart at 06:00:00: RT is away then.", 2),
        Evidence("history", "6 of the last 6 failures with these words fall +2 s to +6 s from a restart."),
        Evidence("line", f"The journal says “{words.message.splitlines()[-1][:240]}”."),
    ]
    facts += [Evidence("line", f"Fact {n}: {words.said}") for n in range(words.lines)]
    others = [Exclusion(Cause.CREDENTIALS, "the same log-on passed an hour before.")]
    others += [Exclusion(Cause.NETWORK, f"Reason {n}: {words.said}") for n in range(words.lines)]
    steps = ["Move the start behind the restart, then start the workflow."]
    if cause is not Cause.RESTART_COLLISION:
        steps = ["Correct the password of the external account.", "Start the workflow."]
    steps += [f"Step {n}: {words.said}" for n in range(words.lines)]
    remedy = Remedy.SHIFT if cause is Cause.RESTART_COLLISION else Remedy.FIX_CREDENTIALS
    return Diagnosis(
        cause, confidence, tuple(facts), tuple(others), remedy, tuple(steps), ("KA-05406", "KA-22897")
    )


FIVE = Offer(5, safe=True, reason="", period_after=AFTER, run_after_restart=RUN, margin_seconds=60)
TEN = replace(FIVE, offset_minutes=10, period_after=every("1h", "00:10"), margin_seconds=360)


def unsafe(offset: int, words: Words = ORDINARY) -> Offer:
    """Refuse an offset."""
    reason = "the run of 2026-11-25 06:05 would meet the restart of 06:00, which counts from 05:59 to 06:06"
    return Offer(offset, safe=False, reason=f"{reason} {words.said}".strip())


def incident(words: Words = ORDINARY, **changes: object) -> Incident:
    """Open an incident: a collision, paused, with two offers."""
    usual = Incident(
        id="0123456789abcdef",
        instance=words.instance,
        workflow=words.workflow,
        workflow_id="4900",
        diagnosis=diagnosis(words),
        first_at=SIX,
        last_at=SIX,
        failures=1,
        message=words.message,
        paused=True,
        schedule="every hour from 00:00",
        period=BEFORE,
        offers=(FIVE, TEN),
        no_offer="",
        caution=caution(RUN.astimezone(PARIS), time(0)),
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # names and types are the dataclass's own


def steps(*kinds: Step, outcome: str = "", crashed: bool = False) -> tuple[StepRecord, ...]:
    """Take steps ten seconds apart; the last one ends as told."""
    found = [
        StepRecord(kind, NOW + timedelta(seconds=10 * n), NOW + timedelta(seconds=10 * n + 2))
        for n, kind in enumerate(kinds)
    ]
    if found:
        last = found[-1]
        found[-1] = replace(last, outcome=outcome, ended_at=None if crashed else last.ended_at)
    return tuple(found)


SUMMARIES = {
    Ask.SHIFT: "Move {}: every hour from 00:00 → every hour from 00:05, and start it.",
    Ask.RESUME: "Start {} once; its schedule stays.",
    Ask.UNDO: "Put {} back: every hour from 00:05 → every hour from 00:00, and start it.",
}
TRIED: dict[Stage, tuple[StepRecord, ...]] = {
    Stage.APPLYING: steps(Step.STOP, Step.WRITE, crashed=True),
    Stage.VERIFIED: steps(Step.STOP, Step.WRITE, Step.START),
    Stage.PROVED: steps(Step.STOP, Step.WRITE, Step.START),
    Stage.VOID: steps(Step.STOP, Step.START),
    Stage.FAILED: steps(Step.STOP, Step.WRITE, Step.START),
    Stage.UNCLEAR: steps(Step.STOP, Step.WRITE, Step.START, outcome="No answer came within 20 s."),
    Stage.SET_ASIDE: steps(Step.STOP, Step.WRITE, Step.START, outcome="No answer came within 20 s."),
    Stage.OVERTAKEN: steps(Step.STOP, Step.WRITE, Step.START),
}
REASONS: dict[Stage, str] = {
    Stage.PROVED: "The run of 06:05 UTC passed without an error.",
    Stage.DENIED: "Wait until the campaign of tonight is out.",
    Stage.VOID: "eve changed the schedule after this was asked for, so mcsync did not change the schedule.",
    Stage.FAILED: "The run after the change failed at 06:05:04 UTC.",
    Stage.UNCLEAR: "The workflow could not be started: start it in the console now, or archiving stops.",
    Stage.SET_ASIDE: "It runs again; I compared it by hand.",
    Stage.OVERTAKEN: "The schedule was moved again.",
}


def proposal(
    stage: Stage = Stage.WAITING, words: Words = ORDINARY, ask: Ask = Ask.SHIFT, **changes: object
) -> Proposal:
    """Write a proposal as it stands in *stage*."""
    decided = stage not in {Stage.WAITING, Stage.EXPIRED}
    resume = ask is Ask.RESUME
    taken = TRIED.get(stage, ())
    if resume:
        taken = tuple(record for record in taken if record.step is Step.START)
    approved = decided and stage is not Stage.DENIED
    usual = Proposal(
        id="fedcba9876543210",
        incident_id="0123456789abcdef",
        instance=words.instance,
        workflow=words.workflow,
        workflow_id="4900",
        ask=ask,
        offset_minutes=5 if ask is Ask.SHIFT else None,
        period_before=AFTER if ask is Ask.UNDO else BEFORE,
        period_after=AFTER if ask is Ask.SHIFT else BEFORE,
        predicted_run=None if resume else RUN,
        summary=SUMMARIES[ask].format(words.workflow),
        caution="" if resume else caution(RUN.astimezone(PARIS), time(0)),
        tracking_gap=ask is Ask.SHIFT,
        in_effect=stage in {Stage.VERIFIED, Stage.PROVED, Stage.FAILED, Stage.OVERTAKEN},
        tracking_minute=0 if ask is Ask.SHIFT else None,
        archiving_minute=5 if ask is Ask.SHIFT else None,
        requested_by="U0SAM",
        requested_at=NOW - timedelta(minutes=5),
        expires_at=NOW + timedelta(minutes=55),
        stage=stage,
        votes=(Vote("U0ADA", NOW, TrackingChoice.NONE if resume else TrackingChoice.ACCEPTED),)
        if approved
        else (),
        decided_by="U0ADA" if decided else "",
        decided_at=NOW if decided else None,
        reason=f"{REASONS.get(stage, '')} {words.said}".strip() if decided else "",
        steps=taken,
        doing="",
        begun_at=NOW if taken else None,
        found=found(words) if stage is Stage.VOID else None,
        set_aside_by="U0ADA" if stage is Stage.SET_ASIDE else "",
        set_aside_at=NOW if stage is Stage.SET_ASIDE else None,
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # names and types are the dataclass's own


def found(words: Words = ORDINARY) -> Found:
    """Find that somebody has moved the schedule and changed an activity."""
    activities = [f"soapImport{words.said} (js) was changed", *(f"more{n} (js)" for n in range(words.lines))]
    return Found(every("1h", "00:20"), "started", tuple(activities), words.said or "eve", SIX)


def sighted(name: str = NAME, state: int = State.STARTED, **changes: object) -> Sighted:
    """Write down what a poll saw."""
    next_run = RUN if state == State.STARTED else None
    status = Status(name, "4900", state, failed=False, error_count=0, process_id=0, next_run=next_run)
    seen = Sighted("prod", status, NOW - timedelta(seconds=20), AFTER)
    if changes:
        status = replace(status, **changes)  # type: ignore[arg-type] # as above
    return replace(seen, status=status)


def plan(name: str = NAME, text: str = BEFORE) -> Plan:
    """Plan to look ahead for a workflow."""
    return Plan(name, Schedule.parse(text), PARIS, (RestartWindow(time(6), PARIS),))
