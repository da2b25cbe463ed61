"""The summary card of several workflows with one cause: who is concerned, how far each is, its slot."""

from collections import Counter
from enum import Enum, auto

from bot.domain.gathering import Member, latest
from bot.domain.incident import IncidentState
from bot.domain.instance import Mode
from bot.domain.message import Card, Reaction
from bot.domain.proposal import UNDECIDED, Stage
from bot.domain.sentence import say
from bot.domain.three_way import in_words
from bot.service.cards import CardView
from commands.cards import evidence, markup, proposal
from commands.cards.cause import named
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

MOST_WORKFLOWS = 20
"""More than these are told in one text each; Slack takes 50 blocks and some 13 000 characters."""

MOST_NAMES = 60


class Standing(Enum):
    """How a workflow may stand, the worst first."""

    ATTENTION = auto()
    STILL = auto()
    WAITING = auto()
    UNDER_WAY = auto()
    NOT_PAUSED = auto()
    CLOSED = auto()


OWN_CARDS = say("Each workflow keeps its own card, request and approval: look into the thread.")
OWN_MINUTES = say("The minutes offered differ, so that no two archiving workflows start at once (KA-23471).")


def render(view: CardView) -> Card:
    """Render *view*, which has the workflows of a summary."""
    members = view.members
    first = members[0].incident
    zone = proposal.zone_of(view, first.workflow)
    title = f"{_sign(members)} {_title(view)}: {named(first.diagnosis)}"
    facts = tell("Latest failure {when}.", when=markup.moment(latest(members), zone))
    facts = f"{facts} {_counted(members)}"
    if not any(member.incident.failures for member in members):
        ahead = min(member.incident.first_at for member in members)
        when = markup.moment(ahead, zone)
        facts = tell("None has failed yet. The first such run is {when}.", when=when)
    blocks = [markup.header(title), markup.section(facts)]
    lines = [_line(view, member) for member in members[:MOST_WORKFLOWS]]
    blocks += lines
    if len(members) > MOST_WORKFLOWS:
        blocks.append(markup.section(markup.fitted(_rest(members[MOST_WORKFLOWS:]))))
    offered = any("accessory" in line for line in lines)
    own = " ".join(map(told, (OWN_CARDS, OWN_MINUTES) if offered else (OWN_CARDS,)))
    blocks += [markup.context(own), *proposal.self_approval(view)]
    if view.duplicate:
        blocks.append(markup.context(tell("An earlier summary may exist; this one is kept up to date.")))
    return Card(markup.spoken(blocks), blocks, _reaction(members), evidence.render(first))


def _title(view: CardView) -> str:
    badge = view.instance.badge
    label = markup.short(badge.label, proposal.LONGEST_INSTANCE)
    server = f"{badge.emoji} {label} ({told(badge.colour)})"
    return tell_count(
        "{count} workflow on {server}", "{count} workflows on {server}", len(view.members), server=server
    )


def _line(view: CardView, member: Member) -> Block:
    """Tell one workflow, with the button that asks for its own slot where one is free and nothing waits."""
    incident, request = member.incident, member.proposal
    name = markup.escape(markup.short(incident.workflow, 60))
    block = markup.section(f"{_member_sign(member)} *{name}* · {markup.escape(_state(member))}")
    busy = request is not None and request.stage in UNDECIDED | {Stage.VERIFIED}
    slot = next((offer for offer in incident.offers if offer.safe), None)
    closed = incident.state is IncidentState.CLOSED
    if slot is None or busy or closed or view.instance.mode is not Mode.PROPOSE:
        return block
    own = tell("Offered: {schedule}", schedule=markup.escape(told(in_words(slot.period_after))))
    block["text"] = markup.mrkdwn(f"{block['text']['text']}. {own}")
    block["accessory"] = markup.button(
        tell("Shift {minutes} min", minutes=f"{slot.offset_minutes:+d}"),
        f"mcsync_shift_{slot.offset_minutes}",
        incident.id,
        label=_shift_label(markup.short(incident.workflow, 28), slot.offset_minutes),
    )
    return block


def _shift_label(name: str, offset: int) -> str:
    if offset > 0:
        return tell("Ask to move {workflow} to {minutes} min after restart", workflow=name, minutes=offset)
    return tell("Ask to move {workflow} to {minutes} min before restart", workflow=name, minutes=-offset)


def _rest(members: tuple[Member, ...]) -> list[str]:
    lines = [tell_count("*And {count} more:*", "*And {count} more:*", len(members))]
    lines += [
        f"{_member_sign(member)} {markup.escape(markup.short(member.incident.workflow, 40))} · "
        f"{markup.escape(markup.cut(_state(member), 60))}"
        for member in members[:MOST_NAMES]
    ]
    if len(members) > MOST_NAMES:
        lines.append(markup.more(len(members) - MOST_NAMES))
    return lines


def _state(member: Member) -> str:
    """Say in a few words how far one workflow is."""
    incident, request = member.incident, member.proposal
    if incident.state is IncidentState.CLOSED:
        return tell("Closed. {reason}", reason=incident.closing)
    if request is not None and request.stage in proposal.UNDER_WAY | {Stage.UNCLEAR}:
        return told(proposal.heading(request))
    return tell("Stands still until it is started") if incident.paused else tell("Not paused")


def _counted(members: tuple[Member, ...]) -> str:
    """Count how the workflows are: what is worst comes first."""
    counts = Counter(_standing(member) for member in members)
    counted = ", ".join(_standing_words(one, counts[one]) for one in Standing if counts[one])
    return f"{counted[0].upper()}{counted[1:]}."


def _standing_words(standing: Standing, count: int) -> str:
    """Say how many stand so; other languages tell one from many."""
    match standing:
        case Standing.ATTENTION:
            return tell_count("needs attention: {count}", "need attention: {count}", count)
        case Standing.STILL:
            return tell_count("standing still: {count}", "standing still: {count}", count)
        case Standing.WAITING:
            return tell_count("waiting for approval: {count}", "waiting for approval: {count}", count)
        case Standing.UNDER_WAY:
            return tell_count("under way: {count}", "under way: {count}", count)
        case Standing.NOT_PAUSED:
            return tell_count("not paused: {count}", "not paused: {count}", count)
        case Standing.CLOSED:
            return tell_count("closed: {count}", "closed: {count}", count)


def _standing(member: Member) -> Standing:
    incident, request = member.incident, member.proposal
    if incident.state is IncidentState.CLOSED:
        return Standing.CLOSED
    if request is not None and request.stage is Stage.UNCLEAR:
        return Standing.ATTENTION
    if request is not None and request.stage is Stage.WAITING:
        return Standing.WAITING
    if request is not None and request.stage in proposal.UNDER_WAY:
        return Standing.UNDER_WAY
    return Standing.STILL if incident.paused else Standing.NOT_PAUSED


def _member_sign(member: Member) -> str:
    if member.incident.state is IncidentState.CLOSED:
        return "🟢"
    if member.proposal is not None and member.proposal.stage in proposal.UNDER_WAY:
        return proposal.SIGNS[member.proposal.stage]
    return "🔴"


def _sign(members: tuple[Member, ...]) -> str:
    """Show the worst of the signs of all."""
    signs = {_member_sign(member) for member in members}
    return next(sign for sign in ("🔴", "🟡", "🔵", "🟢") if sign in signs)


def _reaction(members: tuple[Member, ...]) -> Reaction:
    if all(member.incident.state is IncidentState.CLOSED for member in members):
        return Reaction.DONE
    waiting = any(m.proposal is not None and m.proposal.stage in UNDECIDED for m in members)
    return Reaction.WAITING if waiting else Reaction.OPEN
