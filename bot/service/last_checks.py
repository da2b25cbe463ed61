"""What is looked at once more directly before an effect: who approved, the mode, whether the slot is free.

Reads only; what follows from it is the business of `bot/service/beginnings.py`.
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import NotAllowed, SlackError, sentence_of
from bot.domain.instance import Mode
from bot.domain.policy import check_may_decide, only_watched
from bot.domain.proposal import Ask, Proposal
from bot.domain.safety import Safety
from bot.domain.sentence import say
from bot.service.gatherings import slots_asked_for
from bot.service.office import Office
from bot.service.outlook import understood
from bot.service.pictures import siblings_of
from bot.service.ports import Reading


def lapsed_votes(office: Office, proposal: Proposal) -> tuple[dict[str, str], dict[str, str]]:
    """Find the votes that are no longer valid, each with the reason; and what the voters are called.

    The groups are read uncached: one that Slack does not tell has nobody in it.
    """
    groups = office.directory.members(office.roles.groups, fresh=True)
    lapsed, names = {}, {}
    for vote in proposal.votes:
        try:
            person = office.slack.person(vote.user)
            names[vote.user] = person.name
            check_may_decide(person, proposal.requested_by, office.roles, groups)
        except (NotAllowed, SlackError) as error:
            lapsed[vote.user] = sentence_of(error)
    return lapsed, names


def mode_forbids(office: Office, proposal: Proposal) -> str:
    """Say why nothing may be changed on that server as mcsync is configured now; `""` when it may."""
    instance = office.instances.get(proposal.instance)
    if instance is not None and instance.mode is Mode.PROPOSE:
        return ""
    return only_watched(proposal.instance, office.roles)


def slot_taken(office: Office, tx: Reading, proposal: Proposal, now: datetime) -> str:
    """Look whether a sibling starts in the minute that was approved; a sentence, `""` while it is free.

    An undo puts back what was there before, whoever shared its minute then.
    """
    if proposal.ask is not Ask.SHIFT:
        return ""
    instance = office.instances[proposal.instance]
    everything = tx.sighted(instance.name)
    seen = next((one for one in everything if one.status.name == proposal.workflow), None)
    readable = understood(replace(seen, period=proposal.period_after), instance) if seen else None
    if readable is None:
        return ""
    schedule, zone = readable
    siblings = siblings_of(tx, instance, proposal.workflow, everything)
    asked_for = slots_asked_for(tx, instance, proposal.workflow)
    shared = Safety(zone, (), (*siblings, *asked_for), now).shared_minute(schedule)
    if not shared:
        return ""
    return say("{objection} (KA-23471), so nothing was changed. Ask for another minute.", objection=shared)
