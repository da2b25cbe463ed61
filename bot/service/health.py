"""Once a day, and at every start: are the database and the record of who did what sound, how do things stand?

The answer is one log line. It tells the last digest, so whoever keeps the log can show that nothing was cut
off the record since; what it told is sealed in the store as well.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import structlog

from bot.domain.audit import AuditEntry, DamagedEntry, Examination, Seal, examine
from bot.domain.due_work import Claim, Work
from bot.domain.incident import identify
from bot.domain.notice import Notice
from bot.domain.proposal import Stage
from bot.domain.sentence import joined, say, say_count
from bot.service.office import Kind, Office, ask_for_card
from bot.service.ports import Reading, Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

DAILY_AT = time(0)
"""When the line is written, UTC."""

MOST_FLAWS_TOLD = 5

_BEFORE_ALL = -(2**63)
_PAGE = 1000
_MOST_INCIDENTS = 10_000


class Health:
    """Examines the record and writes the daily line.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def begin(self, tx: Writing, now: datetime) -> None:
        """Ask for the examination now, and every day from then on."""
        tx.enqueue(Work("health", Kind.HEALTH, "health", now))

    def examine(self, claim: Claim) -> Later:
        """Examine database and record, write the line and seal what it told; tell flaws in the channel."""
        del claim
        office, now = self._office, self._office.clock.now()
        if damage := office.store.damage():
            # First, since what is damaged may be what is read next.
            self._tell_damage(damage, now)
        with office.store.read() as tx:
            found = examine_record(tx)
            open_incidents = len(tx.incidents(limit=_MOST_INCIDENTS))
            waiting = _waiting(tx, office)
        log.info(
            "health.daily",
            record="broken" if found.flaws else "sound",
            last_sequence=found.last.sequence if found.last else 0,
            last_digest=found.last.digest if found.last else "",
            incidents_open=open_incidents,
            proposals_waiting=waiting,
        )
        with office.store.write() as tx:
            if found.last is not None:
                tx.add_seal(Seal(found.last.sequence, found.last.digest, now))
            if found.flaws:
                self._tell(tx, found, now)
        return Later(_next(now))

    def _tell_damage(self, damage: tuple[str, ...], now: datetime) -> None:
        log.error("health.database_damaged", flaws=damage[:MOST_FLAWS_TOLD], flaws_in_all=len(damage))
        notice = Notice(
            key=f"damage:{identify(*damage)}",
            instance="",
            title=say("The database is damaged"),
            text=say(
                "Some of it can no longer be read, so what mcsync knows is not whole. Stop mcsync, keep the "
                "database aside for inspection and restore the latest backup; mcsync db check names what is "
                "damaged."
            ),
            at=now,
            lasting=True,
        )
        with self._office.store.write() as tx:
            if tx.add_notice(notice):
                ask_for_card(tx, self._office, notice.key, now)

    def _tell(self, tx: Writing, found: Examination, now: datetime) -> None:
        log.error("health.record_broken", flaws=found.flaws[:MOST_FLAWS_TOLD], flaws_in_all=len(found.flaws))
        left = len(found.flaws) - MOST_FLAWS_TOLD
        sentences = list(found.flaws[:MOST_FLAWS_TOLD])
        if left > 0:
            sentences.append(say_count("And {count} more.", "And {count} more.", left))
        sentences.append(
            say(
                "Somebody had a hand in the database: keep a copy of it and run mcsync audit verify. "
                "mcsync goes on and adds to the record."
            )
        )
        notice = Notice(
            key=f"record:{identify(*found.flaws)}",
            instance="",
            title=say("The record of who did what is not sound"),
            text=joined(" ", sentences),
            at=now,
            lasting=True,
        )
        if tx.add_notice(notice):
            ask_for_card(tx, self._office, notice.key, now)


def examine_record(tx: Reading, *, last_digest: str = "") -> Examination:
    """Examine the whole record, from one consistent picture, against everything that was sealed.

    Args:
        tx: an open picture.
        last_digest: see `bot.domain.audit.examine`.
    """
    return examine(trail(tx), tx.seals(), last_digest=last_digest)


def trail(tx: Reading) -> Iterator[AuditEntry | DamagedEntry]:
    """Walk the whole record in order, page by page, while the picture is open."""
    after = _BEFORE_ALL
    while page := tx.audit_trail(after=after, limit=_PAGE):
        yield from page
        if page[-1].sequence <= after:
            return  # a damaged number leads nowhere, and was told
        after = page[-1].sequence


def _waiting(tx: Reading, office: Office) -> int:
    found = [
        tx.undecided(instance.name, workflow)
        for instance in office.instances.values()
        for workflow in instance.workflows
    ]
    return sum(proposal is not None and proposal.stage is Stage.WAITING for proposal in found)


def _next(now: datetime) -> datetime:
    today = datetime.combine(now.date(), DAILY_AT, now.tzinfo)
    return today if today > now else today + timedelta(days=1)
