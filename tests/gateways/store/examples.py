"""Values to put into a store, complete and distinct; every instant is UTC."""

from datetime import UTC, datetime, timedelta

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Work
from bot.domain.incident import Incident
from bot.domain.journal import Failure
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.message import Posted
from bot.domain.notice import Notice
from bot.domain.offer import Offer
from bot.domain.proposal import Ask, Ending, Proposal, Stage, Step, StepRecord
from bot.domain.sighted import Sighted
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Exclusion, Remedy
from bot.domain.workflow import Activity, Definition, Status

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
"""Rule time in most tests; with microseconds, so that nothing may lose them silently."""


def failure(**changes: object) -> Failure:
    values: dict[str, object] = {
        "instance": "prod",
        "workflow": "mcSynch_mcExec1",
        "workflow_id": "4900",
        "journal_id": "-2147483648",
        "at": NOON,
        "activity": "js",
        "message": "Empty return for method 'Logon' of service 'xtk:session' <b>\x00 \u2028 \U0001f600",
    }
    return Failure(**{**values, **changes})  # type: ignore[arg-type] # names and types are the dataclass's own


def diagnosis(cause: Cause = Cause.RESTART_COLLISION) -> Diagnosis:
    return Diagnosis(
        cause=cause,
        confidence=Confidence.CERTAIN,
        evidence=(Evidence("distance", "7 s after RT's restart", 7.25), Evidence("words", "empty return")),
        excluded=(Exclusion(Cause.CREDENTIALS, "the log-on worked an hour before"),),
        remedy=Remedy.SHIFT,
        steps=("Shift the start.", "Start the workflow."),
        sources=("KA-05406",),
    )


def incident(**changes: object) -> Incident:
    values: dict[str, object] = {
        "id": "incident-1",
        "instance": "prod",
        "workflow": "mcSynch_mcExec1",
        "workflow_id": "4900",
        "diagnosis": diagnosis(),
        "first_at": NOON,
        "last_at": NOON,
        "failures": 1,
        "message": "Empty return",
        "paused": True,
        "schedule": "every hour at :00",
        "period": "m_tmStartTime=00:00",
        "offers": (
            Offer(5, safe=True, reason="", period_after="m_tmStartTime=00:05", run_after_restart=NOON),
            Offer(10, safe=False, reason="another workflow runs then"),
        ),
        "no_offer": "",
        "caution": "clicks of :00-:05",
    }
    return Incident(**{**values, **changes})  # type: ignore[arg-type] # names and types are the dataclass's own


def proposal(**changes: object) -> Proposal:
    values: dict[str, object] = {
        "id": "proposal-1",
        "incident_id": "incident-1",
        "instance": "prod",
        "workflow": "mcSynch_mcExec1",
        "workflow_id": "4900",
        "ask": Ask.SHIFT,
        "offset_minutes": 5,
        "period_before": "m_tmStartTime=00:00",
        "period_after": "m_tmStartTime=00:05",
        "predicted_run": NOON + timedelta(minutes=65),
        "summary": "every hour at :00 becomes :05",
        "caution": "",
        "requested_by": "U0SAM",
        "requested_at": NOON,
        "expires_at": NOON + timedelta(hours=1),
    }
    return Proposal(**{**values, **changes})  # type: ignore[arg-type] # names and types are the dataclass's own


def half_applied() -> Proposal:
    """Fill every field that only carrying out fills."""
    return proposal(
        stage=Stage.APPLYING,
        decided_by="U0ADA",
        decided_at=NOON,
        reason="looks right",
        steps=(
            StepRecord(Step.STOP, NOON, NOON + timedelta(seconds=3)),
            StepRecord(Step.WRITE, NOON, None, "no answer", sent=False),
        ),
        ending=Ending(Stage.FAILED, "Stopped, and started again."),
        doing="Waiting for the stop.",
        begun_at=NOON,
        backup=Definition(
            (Activity("schedule", "schedule", "<schedule/>"), Activity("js", "js", "<js>&amp;</js>")),
            "<activities><schedule/><js>&amp;</js></activities>",
            period="m_tmStartTime=00:00",
            scheduler="schedule",
            timezone="",
        ),
    )


def sighted(name: str = "mcSynch_mcExec1", instance: str = "prod", **changes: object) -> Sighted:
    status = Status(name, "4900", 13, failed=True, error_count=1, process_id=0, next_run=NOON)
    values: dict[str, object] = {"instance": instance, "status": status, "at": NOON}
    return Sighted(**{**values, **changes})  # type: ignore[arg-type] # names and types are the dataclass's own


def posted(key: str = "incident-1", ts: str = "") -> Posted:
    return Posted(key, "C012", ts, "hash", NOON)


def lesson(workflow: str = "mcSynch_mcExec1", **changes: object) -> Lesson:
    values: dict[str, object] = {
        "instance": "prod",
        "workflow": workflow,
        "runs": ((NOON, timedelta(seconds=2.5)), (NOON + timedelta(hours=1), timedelta(0))),
    }
    return Lesson(**{**values, **changes})  # type: ignore[arg-type] # names and types are the dataclass's own


def notice(key: str = "drift:prod") -> Notice:
    return Notice(key, "prod", "RT restarts at another time", "It went away at 06:10.", NOON)


def logon_bar(instance: str = "prod") -> LogonBar:
    return LogonBar(instance, "digest", NOON, "XSV-350012 Invalid login or password.")


def deed(subject: str = "incident-1") -> Deed:
    return Deed(
        NOON, Event.INCIDENT_OPENED, "mcsync", "webhook", "prod", subject, {"b": "2", "a": "été <\x00>"}
    )


def work(
    key: str = "poll:prod", *, lane: str = "campaign:prod", due_at: datetime = NOON, **payload: str
) -> Work:
    return Work(key, "poll", lane, due_at, payload)
