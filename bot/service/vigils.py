"""The one quiet watch: a workflow that no longer works, an instance that cannot be seen; each told once.

When that is so is decided in `bot/domain/vigil.py` and `bot/domain/sight.py`. One notice per episode, and
its card says when the episode is over.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.collision import TOLERANCE
from bot.domain.due_work import Work
from bot.domain.errors import CampaignError, LogonBarred, LogonRefused, sentence_of
from bot.domain.instance import Execution, Instance
from bot.domain.lesson import effective_windows
from bot.domain.notice import Notice, ended
from bot.domain.saying import moment, quoted
from bot.domain.sentence import say
from bot.domain.sight import (
    Sight,
    blindness_key,
    blindness_notice,
    missed_look,
    seen_again,
    worth_telling,
)
from bot.domain.sighted import Sighted
from bot.domain.vigil import (
    GRACE,
    Silence,
    expected_runs,
    gap_of,
    last_passed,
    silence,
    silence_key,
    silence_notice,
)
from bot.service.office import Kind, Office, ask_for_card, campaign_lane
from bot.service.outlook import understood
from bot.service.ports import Writing

log = structlog.get_logger(__name__)

READ_ANEW_FOR = timedelta(minutes=30)
"""For so long after a missed run we wait until its journal could be read; then people are told without it."""


class Vigils:
    """Keeps the watch; the polls tell it what they see.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    # --- An instance ------------------------------------------------------------------------------

    def unseen(self, instance: Instance, error: CampaignError) -> None:
        """Note that an instance could not be asked, and tell it when that has lasted."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            known = tx.sight(instance.name) or Sight(instance.name)
            sight = missed_look(known, now, gap_of(instance.poll))
            if isinstance(error, LogonRefused):
                details = {"reason": str(error)}
                tx.record(
                    Deed(now, Event.LOGON_REFUSED, "mcsync", "poll", instance.name, instance.name, details)
                )
            if sight.told or worth_telling(sight, instance.windows, now):
                self._tell_blindness(tx, instance, sight, error, now)
                sight = replace(sight, told=True)
            tx.save_sight(sight)

    def seen(self, tx: Writing, instance: Instance, now: datetime) -> None:
        """Note that an instance answered, inside the caller's transaction; end what was told."""
        sight = tx.sight(instance.name) or Sight(instance.name)
        if sight.told:
            self._end(
                tx,
                blindness_key(sight),
                say("Seen again since {moment}.", moment=moment(now, instance.zone)),
                now,
                "vigil.seen",
            )
        tx.save_sight(seen_again(sight, now))

    def _tell_blindness(
        self, tx: Writing, instance: Instance, sight: Sight, error: CampaignError, now: datetime
    ) -> None:
        refused, reason = isinstance(error, LogonRefused | LogonBarred), sentence_of(error)
        bar = tx.logon_bar(instance.name)
        if refused and bar is not None:
            reason = say(
                "It refused the log-on at {moment}: {line}.",
                moment=moment(bar.at, instance.zone),
                line=quoted(bar.sentence),
            )
        notice = blindness_notice(sight, reason, refused=refused, zone=instance.zone, now=now)
        told = tx.notice(notice.key)
        if told is None:
            self._tell(tx, notice, now, "vigil.blind")
        elif notice.try_once and not told.try_once:
            # What began as a silent server turned out to be a refusal: somebody has to do something.
            tx.save_notice(replace(notice, at=told.at))
            ask_for_card(tx, self._office, notice.key, now)

    # --- Its workflows ----------------------------------------------------------------------------

    def watch(self, tx: Writing, instance: Instance, listed: Collection[str], now: datetime) -> None:
        """Look after every configured workflow, inside the caller's transaction.

        Args:
            tx: holds what the poll saw already.
            instance: the marketing server.
            listed: the workflows that Campaign lists.
            now: rule time, UTC.
        """
        sighted = {seen.status.name: seen for seen in tx.sighted(instance.name)}
        for execution in instance.executions:
            seen = sighted.get(execution.workflow)
            if seen is not None:
                self._look_after(tx, instance, execution, seen, listed=execution.workflow in listed, now=now)

    def _look_after(
        self,
        tx: Writing,
        instance: Instance,
        execution: Execution,
        seen: Sighted,
        *,
        listed: bool,
        now: datetime,
    ) -> None:
        name, pulse = execution.workflow, seen.pulse
        lesson = tx.lesson(instance.name, name)
        starts = [at for at, _ in lesson.runs] if lesson else []
        if pulse.silent_from is not None:
            passed_at = last_passed(pulse, starts)
            if passed_at is not None and passed_at >= pulse.silent_from - TOLERANCE:
                ending = say("A run that began at {moment} passed.", moment=moment(passed_at, instance.zone))
                self._end(tx, silence_key(instance.name, name, pulse.silent_from), ending, now, "vigil.runs")
                tx.save_sighted(replace(seen, pulse=replace(pulse, silent_from=None)))
            return
        if any(incident.failures and incident.paused for incident in tx.open_incidents(instance.name, name)):
            return  # its card says that it stands still
        schedule, zone = understood(seen, instance) or (None, None)
        found = silence(
            pulse,
            expected_runs(schedule, zone, starts, now - GRACE),
            starts=starts,
            windows=(*effective_windows(execution, lesson), *instance.windows),
            now=now,
        )
        if found is None:
            return
        if listed and _journal_may_know(seen, found, now):
            payload = {"instance": instance.name, "workflow": name, "source": "poll"}
            key = f"look:{instance.name}:{name}"
            tx.enqueue(Work(key, Kind.LOOK, campaign_lane(instance.name), now, payload))
            return
        notice = silence_notice(instance.name, seen.status, found, listed=listed, zone=instance.zone, now=now)
        self._tell(tx, notice, now, "vigil.silent")
        tx.save_sighted(replace(seen, pulse=replace(pulse, silent_from=found.missed[0])))

    # --- Telling ----------------------------------------------------------------------------------

    def _tell(self, tx: Writing, notice: Notice, now: datetime, event: str) -> None:
        if tx.add_notice(notice):
            ask_for_card(tx, self._office, notice.key, now)
            log.warning(event, instance=notice.instance, notice=notice.key)

    def _end(self, tx: Writing, key: str, ending: str, now: datetime, event: str) -> None:
        notice = tx.notice(key)
        if notice is not None and notice.ended_at is None:
            tx.save_notice(ended(notice, ending, now))
            ask_for_card(tx, self._office, key, now)
            log.info(event, instance=notice.instance, notice=key)


def _journal_may_know(seen: Sighted, found: Silence, now: datetime) -> bool:
    """Tell whether the journal should be read before people are told: it shows runs that no poll saw."""
    read_lately = seen.read_at is not None and now - seen.read_at < GRACE
    return not read_lately and now - found.missed[-1] < READ_ANEW_FOR
