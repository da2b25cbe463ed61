"""A refused log-on is remembered and bars any further one; an administrator may have it tried once.

Three refused log-ons lock the account (KA-16410), and replicas or a crash loop are three log-ons.
"""

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import CampaignError, McsyncError, sentence_of
from bot.domain.policy import check_may_administer
from bot.domain.sentence import say
from bot.service.office import IN_THE_CHANNEL, Kind, Office, Spot, ask_for_whisper, campaign_lane
from bot.service.work import Later

log = structlog.get_logger(__name__)


class Logons:
    """Lifts the bar of a refused log-on.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def submit(self, *, key: str, user: str, instance: str, spot: Spot = IN_THE_CHANNEL) -> bool:
        """Remember a press of *Try once*; `False` when it was delivered before."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"press:{key}", now, ""):
                return False
            payload = {"user": user, "instance": instance, **spot.written()}
            tx.enqueue(Work(f"try:{instance}", Kind.TRY_ONCE, campaign_lane(instance), now, payload))
        return True

    def try_once(self, claim: Claim) -> Later | None:
        """Forget the refusal, log on once, and tell who pressed what came of it."""
        user, instance = claim.work.payload["user"], claim.work.payload["instance"]
        try:
            answer = self._try(user, instance)
        except McsyncError as error:
            answer = sentence_of(error)
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            ask_for_whisper(tx, self._office, user, answer, now, spot=Spot.read(claim.work.payload))
        return None

    def _try(self, user: str, instance: str) -> str:
        office, now = self._office, self._office.clock.now()
        person = office.slack.person(user)
        check_may_administer(person, office.roles, office.directory.members(office.roles.groups))
        with office.store.write() as tx:
            if not tx.lift_logon_bar(instance):
                return say(
                    "No refused log-on to {instance} is remembered: nothing to try.", instance=instance
                )
            tx.record(Deed(now, Event.LOGON_ALLOWED, user, "button", instance, instance, {}, person.name))
        try:
            office.campaigns[instance].statuses()
        except CampaignError as error:
            return say(
                "The log-on to {instance} did not work: {why}", instance=instance, why=sentence_of(error)
            )
        return say("The log-on to {instance} works again.", instance=instance)
