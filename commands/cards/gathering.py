"""The summary card of several workflows with one cause: who is concerned, how far each is, its slot."""

from collections import Counter

from bot.domain.gathering import Member, latest
from bot.domain.incident import IncidentState
from bot.domain.instance import Mode
from bot.domain.message import Card, Reaction
from bot.domain.proposal import UNDECIDED, Stage
from bot.domain.three_way import in_words
from bot.service.cards import CardView
from commands.cards import evidence, markup, proposal
from commands.cards.cause import named
from commands.cards.markup import Block

MOST_WORKFLOWS = 20
"""More than these are told in one text each; Slack takes 50 blocks and some 13 000 characters."""

MOST_NAMES = 60

STANDINGS = ("needs attention", "standing still", "waiting for approval", "under way", "not paused", "closed")
"""How a workflow may stand, the worst first."""

OWN_CARDS = (
    "Each workflow keeps its own card, request and approval: look into the thread. The minutes offered "
    "differ, so that no two archiving workflows start at once (KA-23471)."
)


def render(view: CardView) -> Card:
    """Render *view*, which has the workflows of a summary."""
    members = view.members
    first = members[0].incident
    zone = proposal.zone_of(view, first.workflow)
    badge = view.instance.badge
    server = f"{badge.emoji} {markup.short(badge.label, proposal.LONGEST_INSTANCE)} ({badge.colour})"
    title = f"{_sign(members)} {len(members)} workflows on {server}: {named(first.diagnosis)}"
    facts = f"Latest failure {markup.moment(latest(members), zone)}. {_counted(members)}"
    if not any(member.incident.failures for member in members):
        ahead = min(member.incident.first_at for member in members)
        facts = f"None has failed yet. The first such run is {markup.moment(ahead, zone)}."
    blocks = [markup.header(title), markup.section(facts)]
    blocks += [_line(view, member) for member in members[:MOST_WORKFLOWS]]
    if len(members) > MOST_WORKFLOWS:
        blocks.append(markup.section(markup.fitted(_rest(members[MOST_WORKFLOWS:]))))
    blocks += [markup.context(OWN_CARDS), *proposal.self_approval(view)]
    if view.duplicate:
        blocks.append(markup.context("An earlier summary may exist; this one is kept up to date."))
    return Card(markup.spoken(blocks), blocks, _reaction(members), evidence.render(first))


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
    words = f"{block['text']['text']}. Its own minute: {markup.escape(in_words(slot.period_after))}"
    block["text"] = markup.mrkdwn(words)
    name, side = markup.short(incident.workflow, 28), "after" if slot.offset_minutes > 0 else "before"
    block["accessory"] = markup.button(
        f"Shift {slot.offset_minutes:+d} min",
        f"mcsync_shift_{slot.offset_minutes}",
        incident.id,
        label=f"Ask to move {name} to {abs(slot.offset_minutes)} min {side} restart",
    )
    return block


def _rest(members: tuple[Member, ...]) -> list[str]:
    lines = [f"*And {len(members)} more:*"]
    lines += [
        f"{_member_sign(member)} {markup.escape(markup.short(member.incident.workflow, 40))} · "
        f"{markup.escape(markup.cut(_state(member), 60))}"
        for member in members[:MOST_NAMES]
    ]
    if len(members) > MOST_NAMES:
        lines.append(f"…and {len(members) - MOST_NAMES} more")
    return lines


def _state(member: Member) -> str:
    """Say in a few words how far one workflow is."""
    incident, request = member.incident, member.proposal
    if incident.state is IncidentState.CLOSED:
        return f"Closed. {incident.closing}"
    if request is not None and request.stage in proposal.UNDER_WAY | {Stage.UNCLEAR}:
        return proposal.heading(request)
    return "Stands still until it is started" if incident.paused else "Not paused"


def _counted(members: tuple[Member, ...]) -> str:
    """Count how the workflows are: what is worst comes first."""
    counts = Counter(_standing(member) for member in members)
    told = ", ".join(f"{word}: {counts[word]}" for word in STANDINGS if counts[word])
    return f"{told[0].upper()}{told[1:]}."


def _standing(member: Member) -> str:
    incident, request = member.incident, member.proposal
    if incident.state is IncidentState.CLOSED:
        return "closed"
    if request is not None and request.stage is Stage.UNCLEAR:
        return "needs attention"
    if request is not None and request.stage is Stage.WAITING:
        return "waiting for approval"
    if request is not None and request.stage in proposal.UNDER_WAY:
        return "under way"
    return "standing still" if incident.paused else "not paused"


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
