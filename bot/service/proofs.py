"""Prove a change: the next run was due, has passed, and left no error behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.domain.attention import reopened
from bot.domain.audit import Deed, Event
from bot.domain.collision import restarts_near
from bot.domain.due_work import Claim, Work
from bot.domain.incident import IncidentState
from bot.domain.instance import Instance
from bot.domain.journal import JournalEntry, failures_in
from bot.domain.lesson import effective_windows
from bot.domain.proposal import Ask, Proposal, Stage
from bot.domain.recurrence import next_run
from bot.domain.restart import Restart, RestartWindow
from bot.domain.sentence import joined, say
from bot.domain.sighted import Sighted
from bot.domain.workflow import Status
from bot.service.closing import close_incident
from bot.service.endings import AFTER_A_RUN
from bot.service.office import Kind, Office, ask_for_card, ask_for_reply, campaign_lane
from bot.service.outlook import understood
from bot.service.ports import Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(seconds=60)
"""How soon we look again at a run that is still busy, or has not begun."""

AN_HOUR = timedelta(hours=1)

NEVER_BEGAN = timedelta(minutes=30)
"""How long after its time a run may be missing before the proof has failed."""


class Proofs:
    """Looks whether the run after a change passed.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def prove(self, claim: Claim) -> Later | None:
        """Look whether the first run passed, later whether the next restart was survived.

        A Campaign that cannot be asked is asked again later.
        """
        office, now = self._office, self._office.clock.now()
        with office.store.read() as tx:
            proposal = tx.proposal(claim.work.payload["proposal"])
            if proposal is None or proposal.stage is not Stage.VERIFIED:
                return None
            planned = proposal.predicted_run or proposal.requested_at
            since = planned - timedelta(minutes=1)
            lesson = tx.lesson(proposal.instance, proposal.workflow)
            known = tx.failures(proposal.instance, proposal.workflow, since=since)
            seen = next(
                (s for s in tx.sighted(proposal.instance) if s.status.name == proposal.workflow), None
            )
        instance = office.instances[proposal.instance]
        execution = instance.execution(proposal.workflow)
        restart = _next_restart(effective_windows(execution, lesson), planned)
        after_restart = _run_after(restart, proposal, seen, instance)
        target = planned if proposal.run_passed_at is None else after_restart
        campaign = office.campaigns[proposal.instance]
        status = next((s for s in campaign.statuses() if s.name == proposal.workflow), None)
        if status is None or not _passed(status, target):
            if status is not None and status.busy and not status.failed:
                return Later(now + LOOK_AGAIN)
            if now - target < NEVER_BEGAN and not (status and status.failed_pause):
                return Later(now + LOOK_AGAIN)
            self._fail(proposal, say("The run after the change did not pass: look at the journal."), now)
            return None
        entries = campaign.journal(status.id, since)
        failures = known or failures_in(
            entries, instance=proposal.instance, workflow=proposal.workflow, workflow_id=status.id
        )
        zone = execution.windows[0].zone
        if failures:
            failed_at = f"{failures[0].at.astimezone(zone):%Y-%m-%d %H:%M:%S} {zone.key}"
            self._fail(proposal, say("A run after the change failed at {moment}.", moment=failed_at), now)
            return None
        if proposal.run_passed_at is not None:
            self._prove(proposal, restart, zone, entries, now)
            return None
        self._run_passed(proposal, planned, zone, entries, now)
        if proposal.ask is not Ask.SHIFT:
            return None
        return Later(max(after_restart + AFTER_A_RUN, now + LOOK_AGAIN))

    def _run_passed(
        self,
        proposal: Proposal,
        planned: datetime,
        zone: ZoneInfo,
        entries: Sequence[JournalEntry],
        now: datetime,
    ) -> None:
        """Write down and tell that the first run passed, which is all that a start or an undo has to prove.

        Neither promised anything about the next restart: the incident stays open, with its offers.
        """
        sentence = say(
            "The run of {time} {zone} passed without an error.",
            time=f"{planned.astimezone(zone):%H:%M}",
            zone=zone.key,
        )
        stage, event = Stage.VERIFIED, Event.RUN_PASSED
        if proposal.ask is not Ask.SHIFT:
            stage, event = Stage.PROVED, Event.CHANGE_PROVED
        with self._office.store.write() as tx:
            current = tx.proposal(proposal.id)
            if current is None or current.stage is not Stage.VERIFIED:
                return
            tx.save_proposal(current, replace(current, stage=stage, run_passed_at=now, reason=sentence))
            details = {"run": planned.isoformat()}
            tx.record(Deed(now, event, "mcsync", "timer", proposal.instance, proposal.id, details))
            card = proposal.incident_id or proposal.id
            ask_for_reply(tx, self._office, card, _with_lines(sentence, entries, zone), now)
            ask_for_card(tx, self._office, card, now)
        if stage is Stage.PROVED:
            log.info("change.proved", proposal=proposal.id)
        else:
            log.info("change.run_passed", proposal=proposal.id)

    def _prove(
        self,
        proposal: Proposal,
        restart: Restart,
        zone: ZoneInfo,
        entries: Sequence[JournalEntry],
        now: datetime,
    ) -> None:
        at = restart.at.astimezone(zone)
        sentence = say(
            "The restart of {moment} {zone} was survived; no run failed since the change.",
            moment=f"{at:%Y-%m-%d %H:%M}",
            zone=zone.key,
        )
        with self._office.store.write() as tx:
            current = tx.proposal(proposal.id)
            if current is None or current.stage is not Stage.VERIFIED:
                return
            tx.save_proposal(current, replace(current, stage=Stage.PROVED, reason=sentence))
            details = {"restart": restart.at.isoformat()}
            tx.record(
                Deed(now, Event.CHANGE_PROVED, "mcsync", "timer", proposal.instance, proposal.id, details)
            )
            incident = tx.incident(proposal.incident_id) if proposal.incident_id else None
            if incident is not None and incident.state is IncidentState.OPEN:
                close_incident(tx, self._office, incident, sentence, now)
            card = proposal.incident_id or proposal.id
            ask_for_reply(tx, self._office, card, _with_lines(sentence, entries[-6:], zone), now)
            ask_for_card(tx, self._office, card, now)
        log.info("change.proved", proposal=proposal.id)

    def _fail(self, proposal: Proposal, sentence: str, now: datetime) -> None:
        with self._office.store.write() as tx:
            current = tx.proposal(proposal.id)
            if current is None or current.stage is not Stage.VERIFIED:
                return
            tx.save_proposal(current, replace(current, stage=Stage.FAILED, reason=sentence, unproved_at=now))
            details = {"sentence": sentence}
            tx.record(
                Deed(now, Event.CHANGE_FAILED, "mcsync", "timer", proposal.instance, proposal.id, details)
            )
            payload = {
                "instance": proposal.instance,
                "workflow": proposal.workflow,
                "source": "poll",
                "tries": "1",
            }
            key, lane = f"look:{proposal.instance}:{proposal.workflow}", campaign_lane(proposal.instance)
            tx.enqueue(Work(key, Kind.LOOK, lane, now, payload))
            self._reopen(tx, proposal, sentence, now)
            ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.warning("change.not_proved", proposal=proposal.id, reason=sentence)

    def _reopen(self, tx: Writing, proposal: Proposal, sentence: str, now: datetime) -> None:
        """Make the incident concern people again, and say so in its thread; it may be closed meanwhile."""
        what = say("Undo on the card asks to put the previous schedule back.")
        if proposal.ask is not Ask.SHIFT:
            what = say("The card offers what can be done.")
        text = joined(" ", [say("Open again."), sentence, what])
        ask_for_reply(tx, self._office, proposal.incident_id or proposal.id, text, now)
        incident = tx.incident(proposal.incident_id) if proposal.incident_id else None
        if incident is None:
            return
        is_closed = incident.state is IncidentState.CLOSED
        again = reopened(incident, now) if is_closed else replace(incident, reopened_at=now)
        tx.save_incident(incident, again)
        details = {"because": sentence, "proposal": proposal.id}
        tx.record(
            Deed(now, Event.INCIDENT_REOPENED, "mcsync", "timer", incident.instance, incident.id, details)
        )


def _next_restart(windows: Sequence[RestartWindow], after: datetime) -> Restart:
    """Find the first restart whose window begins after *after*."""
    found = (
        restart
        for restart in restarts_near(windows, after, after + timedelta(days=3))
        if restart.starts > after
    )
    return next(found)


def _run_after(restart: Restart, proposal: Proposal, seen: Sighted | None, instance: Instance) -> datetime:
    """Tell when the first run after a restart is due by the schedule that was asked for, UTC.

    An hour after the restart where the schedule cannot be read: archiving is hourly.
    """
    asked_for = replace(seen, period=proposal.period_after) if seen is not None else None
    rules = understood(asked_for, instance) if asked_for is not None else None
    run = next_run(*rules, restart.ends) if rules is not None else None
    return run.at if run is not None else restart.ends + AN_HOUR


def _with_lines(sentence: str, entries: Sequence[JournalEntry], zone: ZoneInfo) -> str:
    lines = [f"{entry.at.astimezone(zone):%H:%M:%S} {entry.message[:120]}" for entry in entries[:8]]
    quoted = (
        "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "ˋ")
    )
    return joined("\n", [sentence, f"```{quoted}```"]) if lines else sentence


def _passed(status: Status, planned: datetime) -> bool:
    """Tell whether the run of *planned* is over and the next one is planned."""
    later = status.next_run is not None and status.next_run > planned + timedelta(seconds=60)
    return status.started and not status.failed and not status.busy and later
