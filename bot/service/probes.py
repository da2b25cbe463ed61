"""Watch RT around its expected restart, from outside and without a log-on, and learn how long it is away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.due_work import Claim, Work
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.learning import PROBE_EVERY, observed_restarts, offset_contradiction, probing
from bot.domain.lesson import Lesson
from bot.domain.notice import Notice, drift_notice, offset_notice
from bot.domain.restart import restarts
from bot.service.office import Kind, Office, ask_for_card
from bot.service.ports import Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

A_DAY_AND_MORE = timedelta(days=2)


class Probes:
    """Probes the execution instances.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def begin(self, tx: Writing, instance: Instance, now: datetime) -> None:
        """Ask for the probing of every execution instance that may be probed."""
        for execution in instance.executions:
            if execution.probe and instance.mode is not Mode.OFF:
                key = f"probe:{instance.name}:{execution.workflow}"
                payload = {"instance": instance.name, "workflow": execution.workflow}
                tx.enqueue(Work(key, Kind.PROBE, key, now, payload))

    def probe(self, claim: Claim) -> Later | None:
        """Look at one execution instance once, if its restart is near; come back for the next look."""
        payload, now = claim.work.payload, self._office.clock.now()
        instance = self._office.instances.get(payload["instance"])
        if instance is None or instance.mode is Mode.OFF or payload["workflow"] not in instance.workflows:
            return None
        execution = instance.execution(payload["workflow"])
        if not execution.probe:
            return None
        start, end = _next_probing(execution, now)
        if now < start:
            self._conclude(instance, execution, now)
            return Later(start)
        sighting = self._office.probe.look(instance.name, execution.workflow)
        if sighting is not None:
            with self._office.store.write() as tx:
                lesson = tx.lesson(instance.name, execution.workflow) or Lesson(
                    instance.name, execution.workflow
                )
                tx.save_lesson(replace(lesson, sightings=(*lesson.sightings, sighting)))
        if now + PROBE_EVERY <= end:
            return Later(now + PROBE_EVERY)
        self._conclude(instance, execution, now)
        return Later(_next_probing(execution, end + PROBE_EVERY)[0])

    def _conclude(self, instance: Instance, execution: Execution, now: datetime) -> None:
        """Turn what the probes saw into observed restarts, and tell what contradicts the configuration."""
        with self._office.store.write() as tx:
            lesson = tx.lesson(instance.name, execution.workflow)
            if lesson is None or not lesson.sightings:
                return
            seen = tuple(
                restart
                for window in execution.windows
                for restart in observed_restarts(window, lesson.sightings)
            )
            tx.save_lesson(lesson.with_restarts(seen))
            for notice in _notices(instance, execution, lesson, now):
                if tx.add_notice(notice):
                    ask_for_card(tx, self._office, notice.key, now)
        log.info("probe.concluded", workflow=execution.workflow, restarts=len(seen))


def _notices(instance: Instance, execution: Execution, lesson: Lesson, now: datetime) -> Iterator[Notice]:
    for window in execution.windows:
        for seen in observed_restarts(window, lesson.sightings):
            notice = drift_notice(instance.name, execution.workflow, window, seen, now)
            if notice is not None:
                yield notice
        contradiction = offset_contradiction(window.zone, lesson.sightings)
        if contradiction is not None:
            yield offset_notice(instance.name, execution.workflow, window.zone, contradiction, now)


def _next_probing(execution: Execution, now: datetime) -> tuple[datetime, datetime]:
    """Find the earliest probing that is not over at *now*."""
    spans = (
        probing(restart)
        for window in execution.windows
        for restart in restarts(window, now - A_DAY_AND_MORE, now + A_DAY_AND_MORE)
    )
    return min((span for span in spans if span[1] >= now), key=lambda span: span[0])
