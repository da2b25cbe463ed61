"""Verdicts on demand: about a failure of the past, and about text that somebody pasted.

Everything comes from the store and the configuration: no call to Campaign on this path.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.diagnosis import diagnose
from bot.domain.errors import NotFound, UnreadableInput
from bot.domain.instance import Execution, Instance
from bot.domain.journal import Failure
from bot.domain.lesson import effective_windows
from bot.domain.paste import Pasted, read_paste
from bot.domain.paste_verdict import PasteVerdict, judge_paste
from bot.domain.policy import check_may_view
from bot.domain.restart import RestartWindow
from bot.domain.sentence import say
from bot.domain.verdict import Diagnosis
from bot.service.office import Office
from bot.service.pictures import HISTORY
from bot.service.ports import Reading


@dataclass(frozen=True)
class Place:
    """A workflow on its instance; two instances may have workflows of the same name.

    Attributes:
        instance: the marketing server.
        workflow: internal name.
    """

    instance: str
    workflow: str


@dataclass(frozen=True)
class PastVerdict:
    """The verdict on a failure of the past.

    Attributes:
        failure: as it is on record.
        diagnosis: the verdict.
        asked: the time to which it is the nearest, UTC; `None` for the latest failure.
        zone: the instance's.
    """

    failure: Failure
    diagnosis: Diagnosis
    asked: datetime | None
    zone: ZoneInfo


@dataclass(frozen=True)
class PastedVerdict:
    """The verdict on pasted text.

    Attributes:
        verdict: how many failures, which one was judged, and the verdict.
        place: whose restarts it was compared with, `None` when the workflow is not watched.
    """

    verdict: PasteVerdict
    place: Place | None


def check_reader(office: Office, user: str) -> None:
    """Let *user* read what mcsync knows; asks Slack who that is.

    Raises:
        NotAllowed: the person is not of this workspace.
        SlackError: Slack does not tell.
    """
    check_may_view(office.slack.person(user))


def places(office: Office) -> tuple[Place, ...]:
    """List the watched workflows in the order of the configuration."""
    return tuple(
        Place(instance.name, execution.workflow)
        for instance in office.instances.values()
        for execution in instance.executions
    )


# --- A failure of the past ------------------------------------------------------------------------


def judge_latest(office: Office, workflow: str | None) -> PastVerdict:
    """Judge the latest failure on record, of one workflow or of all.

    Raises:
        NotFound: the workflow is not watched, or no failure is on record.
    """
    now = office.clock.now()
    return replace(_judge_nearest(office, workflow, lambda _: now), asked=None)


def judge_past(office: Office, workflow: str | None, day: date | None, clock: time) -> PastVerdict:
    """Judge the failure nearest to a local time, of one workflow or of all.

    Args:
        office: what the use cases share.
        workflow: internal name, `None` for all.
        day: `None` for the last time that it was *clock*.
        clock: in the zone of the instance.

    Raises:
        NotFound: the workflow is not watched, or no failure is on record.
    """
    now = office.clock.now()
    return _judge_nearest(office, workflow, lambda zone: _instant(day, clock, zone, now))


def _judge_nearest(
    office: Office, workflow: str | None, asked_in: Callable[[ZoneInfo], datetime]
) -> PastVerdict:
    if workflow is not None:
        office.instance_of(workflow)
    found = []
    with office.store.read() as tx:
        for instance in office.instances.values():
            asked = asked_in(instance.zone)
            for execution in instance.executions:
                failure = tx.nearest_failure(instance.name, execution.workflow, asked)
                if failure is not None and workflow in (None, execution.workflow):
                    found.append((failure, asked, instance, execution))
        if not found and workflow:
            raise NotFound(
                say(
                    "mcsync has no failure of {workflow} on record. Paste the lines of its journal instead.",
                    workflow=workflow,
                )
            )
        if not found:
            raise NotFound(say("mcsync has no failure on record. Paste the lines of its journal instead."))
        failure, asked, instance, execution = min(found, key=lambda one: abs(one[0].at - one[1]))
        diagnosis = _told(tx, failure) or _judged(tx, office, failure, instance, execution)
    return PastVerdict(failure, diagnosis, asked, instance.zone)


def _instant(day: date | None, clock: time, zone: ZoneInfo, now: datetime) -> datetime:
    """Turn a local time into UTC; without a day it is the last such time, now included."""
    if day is not None:
        return datetime.combine(day, clock, zone).astimezone(UTC)
    today = now.astimezone(zone).date()
    at = datetime.combine(today, clock, zone).astimezone(UTC)
    return at if at <= now else datetime.combine(today - timedelta(days=1), clock, zone).astimezone(UTC)


def _told(tx: Reading, failure: Failure) -> Diagnosis | None:
    """Find the verdict that was given at the time, with the journal and the probes at hand."""
    for incident in tx.incidents(open_only=False):
        same = (incident.instance, incident.workflow) == (failure.instance, failure.workflow)
        if same and incident.failures and incident.last_at == failure.at:
            return incident.diagnosis
    return None


def _judged(
    tx: Reading, office: Office, failure: Failure, instance: Instance, execution: Execution
) -> Diagnosis:
    """Judge anew by what is on record; the schedule of that time is not, and today's may be another."""
    lesson = tx.lesson(instance.name, execution.workflow)
    earlier = tx.failures(instance.name, execution.workflow, since=failure.at - HISTORY)
    return diagnose(
        failure,
        windows=effective_windows(execution, lesson),
        marketing_windows=instance.windows,
        sightings=lesson.sightings if lesson else (),
        history=[one for one in earlier if one.at < failure.at],
        phrases=office.phrases,
    )


# --- Pasted text ----------------------------------------------------------------------------------


def read_pasted(office: Office, text: str, zone: ZoneInfo) -> Pasted:
    """Read pasted text whose local times are in *zone*.

    Raises:
        UnreadableInput: it holds neither a journal line nor an error.
    """
    return read_paste(text, zone, phrases=office.phrases)


def judge_pasted(office: Office, pasted: Pasted, chosen: Place | None = None) -> PastedVerdict:
    """Judge the latest failure of pasted text by the restarts of the workflow that it tells of.

    Args:
        office: what the use cases share.
        pasted: as `read_pasted` gives it.
        chosen: whose restarts count; `None` lets the text tell.

    Raises:
        UnreadableInput: the text tells of another workflow than *chosen*, or leaves open which of several
            restarts counts.
        NotFound: *chosen* is not watched.
    """
    with office.store.read() as tx:
        place = chosen or _told_place(tx, office, pasted)
        if place is None:
            return PastedVerdict(judge_paste(pasted, windows=(), phrases=office.phrases), None)
        windows, marketing = _windows(tx, office, place)
        lesson = tx.lesson(place.instance, place.workflow)
    verdict = judge_paste(
        pasted,
        windows=windows,
        marketing_windows=marketing,
        sightings=lesson.sightings if lesson else (),
        workflow=chosen.workflow if chosen else None,
        phrases=office.phrases,
    )
    return PastedVerdict(verdict, place)


def _told_place(tx: Reading, office: Office, pasted: Pasted) -> Place | None:
    """Find the workflow whose failure will be judged; `None` when it is none of ours."""
    failures = pasted.failures()
    if not failures:
        return None
    name = failures[-1].workflow.casefold()
    fitting = [place for place in places(office) if name in ("", place.workflow.casefold())]
    if len({_windows(tx, office, place) for place in fitting}) > 1:
        raise UnreadableInput(say("Choose the workflow: mcsync knows several whose restarts differ."))
    return fitting[0] if fitting else None


def _windows(
    tx: Reading, office: Office, place: Place
) -> tuple[tuple[RestartWindow, ...], tuple[RestartWindow, ...]]:
    """Find RT's restarts, as configured and learnt, and marketing's."""
    instance = office.instances.get(place.instance)
    if instance is None:
        known = ", ".join(office.instances)
        raise NotFound(
            say("mcsync knows no instance named {name}. It knows: {names}.", name=place.instance, names=known)
        )
    execution = instance.execution(place.workflow)
    return effective_windows(execution, tx.lesson(place.instance, place.workflow)), instance.windows


def reading_zone(office: Office, place: Place | None) -> ZoneInfo:
    """Find the zone in which people of *place* read a journal: the instance's, or that of the first one."""
    instance = office.instances.get(place.instance) if place else None
    return (instance or next(iter(office.instances.values()))).zone
