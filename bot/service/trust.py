"""Where mcsync only watches, people say whether it would have been right: taken in here, and counted."""

from dataclasses import dataclass

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import McsyncError, NotFound, SlackBusy, SlackUnreachable, sentence_of
from bot.domain.instance import Instance
from bot.domain.policy import check_may_rate
from bot.domain.sentence import say
from bot.domain.trust import Answer, Rating, TrackRecord, standing, track_record
from bot.service.office import IN_THE_CHANNEL, Kind, Office, Spot, ask_for_card, ask_for_whisper
from bot.service.work import Later

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class TrustView:
    """One instance and its record.

    Attributes:
        instance: as configured.
        record: the figures.
        objections: who said no, about the incidents of `record.disputed`.
    """

    instance: Instance
    record: TrackRecord
    objections: tuple[Rating, ...]


class Trust:
    """Takes in what people say of a verdict.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def submit(
        self, *, key: str, user: str, incident_id: str, answer: Answer, spot: Spot = IN_THE_CHANNEL
    ) -> bool:
        """Remember a press of *Yes* or *No*; `False` when it was delivered before."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"press:{key}", now, ""):
                return False
            payload = {"user": user, "incident": incident_id, "answer": answer.value, **spot.written()}
            # One row per person and incident: of two presses in a row, the later one is taken in.
            about = f"rate:{incident_id}:{user}"
            tx.enqueue(Work(about, Kind.RATE, about, now, payload))
        return True

    def rate(self, claim: Claim) -> Later | None:
        """Let one answer count, or tell who pressed why it does not."""
        payload, now = claim.work.payload, self._office.clock.now()
        try:
            self._rate(payload["user"], payload["incident"], Answer(payload["answer"]))
        except (SlackBusy, SlackUnreachable):
            raise  # who it was is not known yet, and an answer does no harm later
        except McsyncError as error:
            with self._office.store.write() as tx:
                ask_for_whisper(
                    tx, self._office, payload["user"], sentence_of(error), now, spot=Spot.read(payload)
                )
        return None

    def _rate(self, user: str, incident_id: str, answer: Answer) -> None:
        office, now = self._office, self._office.clock.now()
        person = office.slack.person(user)
        check_may_rate(person)
        with office.store.write() as tx:
            suggestion = tx.suggestion(incident_id)
            if suggestion is None:
                raise NotFound(
                    say(
                        "This incident is no longer known here, so there is nothing to rate. "
                        "Look at the newest card."
                    )
                )
            before = [one for one in standing(suggestion, tx.ratings_of(incident_id)) if one.user == user]
            if before and before[0].answer is answer:
                return
            tx.save_rating(Rating(incident_id, suggestion.instance, user, answer, suggestion.would, now))
            details = {"answer": answer.value, "would": suggestion.would}
            tx.record(
                Deed(
                    now,
                    Event.VERDICT_RATED,
                    user,
                    "button",
                    suggestion.instance,
                    incident_id,
                    details,
                    person.name,
                )
            )
            ask_for_card(tx, office, incident_id, now)
        log.info("verdict.rated", incident=incident_id, answer=answer.value)


def take_trust(office: Office, name: str | None = None) -> tuple[TrustView, ...]:
    """Read the record of every instance, or of the one named *name*.

    Raises:
        NotFound: no instance has that name.
    """
    if name is not None and name not in office.instances:
        raise NotFound(
            say(
                "mcsync watches no instance of that name. It knows: {names}.",
                names=", ".join(office.instances),
            )
        )
    views = []
    with office.store.read() as tx:
        for instance in office.instances.values():
            if name in (None, instance.name):
                ratings = tx.ratings(instance.name)
                record = track_record(tx.suggestions(instance.name), ratings)
                objections = [
                    one
                    for suggestion in record.disputed
                    for one in standing(suggestion, ratings)
                    if one.answer is Answer.WRONG
                ]
                views.append(TrustView(instance, record, tuple(objections)))
    return tuple(views)
