"""The card of an incident: what happened, why, what can be done, and how far it is.

Evidence, look-alikes and proofs hang in its thread: `commands/cards/evidence.py`.
"""

from zoneinfo import ZoneInfo

from bot.domain.incident import Incident, IncidentState
from bot.domain.instance import Mode
from bot.domain.message import Card, Reaction
from bot.domain.offer import Offer
from bot.domain.proposal import UNDECIDED, Ask, Proposal, Stage
from bot.domain.strip import strip_around
from bot.domain.verdict import Diagnosis, Evidence
from bot.service.cards import CardView
from commands.cards import evidence, markup, proposal, shadow
from commands.cards.cause import happened, named
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

MOST_BUTTONS = 3
"""More than these go into a menu."""

TELLING = ("distance", "history")
"""Kinds of facts that are shown on the card itself, where there are any."""

MOST_FACTS = 2

MOST_OPTIONS = 5
"""Slack takes no more in a menu."""

SNOOZE_MINUTES = 60
"""By the menu; `/mcsync snooze` takes any other time."""


def render(view: CardView) -> Card:
    """Render *view*, which has an incident."""
    incident, request = view.incident, view.proposal
    assert incident is not None
    zone = proposal.zone_of(view, incident.workflow)
    blocks: list[Block] = [
        markup.header(_title(view, incident, request)),
        markup.section(" ".join(_facts(view, incident, zone))),
        *_attention(incident, zone),
        *_cause(view, incident, zone),
    ]
    if request is not None:
        blocks += proposal.blocks(view, request, zone)
    taken = sum(one["type"] == "button" for block in blocks for one in block.get("elements", ()))
    if incident.state is IncidentState.CLOSED:
        blocks += _row([_note_button(incident), _reopen_button(incident)], room=MOST_BUTTONS - taken)
    elif not _busy(request):
        # Where mcsync only watches, the row is left to the question whether it was right.
        asks = view.suggestion is not None and view.instance.mode is Mode.SHADOW
        room = 0 if asks else MOST_BUTTONS - taken
        blocks += _offers(view, incident, request, room=room)
    if view.suggestion is not None:
        blocks += shadow.blocks(view, zone)
    blocks += proposal.self_approval(view)
    if view.duplicate:
        blocks.append(
            markup.context(tell("An earlier card of this incident may exist; this one is kept up to date."))
        )
    return Card(markup.spoken(blocks), blocks, _reaction(incident, request), evidence.render(incident))


def _reaction(incident: Incident, request: Proposal | None) -> Reaction:
    """Show in the channel's list how far it is."""
    if incident.state is IncidentState.CLOSED:
        return Reaction.DONE
    waiting = request is not None and request.stage in UNDECIDED | {Stage.VERIFIED}
    return Reaction.WAITING if waiting or incident.snoozed_until is not None else Reaction.OPEN


def _facts(view: CardView, incident: Incident, zone: ZoneInfo) -> list[str]:
    """Say what happened, how the workflow stands, and when it runs."""
    facts = [_failed(incident, zone)]
    if incident.state is IncidentState.CLOSED:
        closing = markup.escape(markup.cut(told(incident.closing), 1000))
        facts.append(tell("Closed: {closing}", closing=closing))
    elif incident.paused:
        facts.append(tell("The workflow *stands still* until it is started."))
    elif incident.failures:
        facts.append(tell("The workflow is not paused."))
    if incident.schedule:
        schedule = markup.escape(markup.cut(told(incident.schedule), 500))
        facts.append(tell("It runs {schedule}.", schedule=schedule))
    if proposal.is_shortened(incident.workflow, view.instance.badge.label):
        name, server = markup.escape(incident.workflow), markup.escape(incident.instance)
        facts.append(tell("Its name is {workflow} on {instance}.", workflow=name, instance=server))
    return facts


def _failed(incident: Incident, zone: ZoneInfo) -> str:
    """Say when it failed, and how often; where it has not yet, when it will."""
    first, last = markup.moment(incident.first_at, zone), markup.moment(incident.last_at, zone)
    if incident.failures == 0:
        return tell("It has not failed yet. The first such run is {moment}.", moment=first)
    if incident.failures == 1:
        return tell("Failed {moment}.", moment=last)
    return tell_count(
        "Failed {last}, {count} time since {first}.",
        "Failed {last}, {count} times since {first}.",
        incident.failures,
        last=last,
        first=first,
    )


def _attention(incident: Incident, zone: ZoneInfo) -> list[Block]:
    """Say who takes care of it, and when people are reminded."""
    if incident.state is IncidentState.CLOSED:
        return []
    lines = []
    if incident.acknowledged_at is not None:
        person, when = f"<@{incident.acknowledged_by}>", markup.moment(incident.acknowledged_at, zone)
        lines.append(tell("👀 {person} takes care of it since {moment}", person=person, moment=when))
    if incident.snoozed_until is not None:
        person, when = f"<@{incident.snoozed_by}>", markup.moment(incident.snoozed_until, zone)
        lines.append(tell("💤 Put off by {person} until {moment}", person=person, moment=when))
    return [markup.context(*lines)] if lines else []


def _title(view: CardView, incident: Incident, request: Proposal | None) -> str:
    place = proposal.place_on(incident.workflow, view.instance.badge)
    return f"{_sign(incident, request)} {happened(incident, place)}"


def _sign(incident: Incident, request: Proposal | None) -> str:
    if incident.state is IncidentState.CLOSED:
        return "🟢"
    if request is not None and request.stage is Stage.PROVED:
        # A mere start moved nothing, so the next restart may be met again; whatever else is open needs care.
        return "🟡" if request.ask is Ask.RESUME else "🔴"
    if request is not None and request.stage in proposal.UNDER_WAY:
        return proposal.SIGNS[request.stage]
    return "🔴"


def _cause(view: CardView, incident: Incident, zone: ZoneInfo) -> list[Block]:
    """Say why it happened and draw it; what to do as well, unless a button does it."""
    verdict, request = incident.diagnosis, view.proposal
    lines = [tell("*Cause:* {cause}", cause=named(verdict))]
    lines += [f"• {markup.escape(markup.cut(told(fact.text), 400))}" for fact in _telling(verdict)]
    offsets = [offer.offset_minutes for offer in incident.offers if offer.safe]
    if request is not None and request.offset_minutes is not None:
        offsets = [request.offset_minutes]
    strip = strip_around(view.windows, incident.last_at, offsets, zone)
    if strip:
        lines.append(f"`{told(strip)}`")
    blocks = [markup.section(markup.fitted(lines))]
    offered = view.instance.mode is Mode.PROPOSE and any(offer.safe for offer in incident.offers)
    if not offered and verdict.steps and incident.state is IncidentState.OPEN and not _busy(request):
        steps = [
            f"{number}. {markup.escape(markup.cut(told(step), 400))}"
            for number, step in enumerate(verdict.steps[:5], start=1)
        ]
        blocks.append(markup.section(markup.fitted([tell("*What to do now*"), *steps])))
    return blocks


def _telling(verdict: Diagnosis) -> list[Evidence]:
    """Choose the facts that say most at a glance; the thread tells all of them."""
    found = [fact for kind in TELLING for fact in verdict.evidence if fact.kind == kind]
    return (found or list(verdict.evidence))[:MOST_FACTS]


def _busy(request: Proposal | None) -> bool:
    """Tell whether nothing new can be asked for while this one is under way."""
    return request is not None and (request.stage in UNDECIDED or request.stage is Stage.VERIFIED)


def _offers(view: CardView, incident: Incident, request: Proposal | None, *, room: int) -> list[Block]:
    """Build the buttons that ask for a change or care, at most *room* in sight; say why others are none."""
    care = [*_care_buttons(incident), _note_button(incident)]
    if view.instance.mode is not Mode.PROPOSE:
        reason = tell(
            "mcsync offers nothing on {instance}: its mode is {mode}.",
            instance=markup.escape(incident.instance),
            mode=view.instance.mode.value,
        )
        return [markup.context(reason), *_row(care, room=room)]
    safe = [offer for offer in incident.offers if offer.safe]
    reasons = _reasons(incident, safe)
    blocks = [markup.context(*reasons)] if reasons else []
    buttons = [_shift_button(incident, offer) for offer in safe]
    if buttons and request is None:
        buttons[0]["style"] = "primary"
    if incident.paused:
        name = markup.short(incident.workflow, 30)
        label = tell("Ask to resume {workflow} without moving its schedule", workflow=name)
        buttons.append(markup.button(tell("Resume only"), "mcsync_resume", incident.id, label=label))
    if incident.paused or incident.diagnosis.offers_shift:
        buttons.append(more_button(incident))
    return [*blocks, *_row([*buttons, *care], room=room)]


def _reasons(incident: Incident, safe: list[Offer]) -> list[str]:
    """Say why a shift is not offered, and what one should know of those that are."""
    reasons = [
        tell(
            "{offset} is not offered: {reason}",
            offset=f"{offer.offset_minutes:+d}",
            reason=markup.escape(told(offer.reason)),
        )
        for offer in incident.offers
        if not offer.safe
    ]
    if incident.no_offer:
        reason = markup.escape(told(incident.no_offer))
        reasons.append(tell("No shift is offered. {reason}", reason=reason))
    if incident.caution and safe:
        reasons.append(f"⚠️ {markup.escape(told(incident.caution))}")
    warnings = dict.fromkeys(warning for offer in safe for warning in offer.warnings)
    return reasons + [f"⚠️ {markup.escape(told(warning))}" for warning in warnings]


def _row(buttons: list[Block], *, room: int) -> list[Block]:
    """Show *room* of *buttons*, and the rest in a menu."""
    seen, hidden = buttons[:room], buttons[room:]
    if len(hidden) > MOST_OPTIONS:
        # What a command does as well gives way to what only a press does.
        hidden = [one for one in hidden if one["action_id"] != "mcsync_snooze"][:MOST_OPTIONS]
    if hidden:
        # The value of an option names the button that it stands for.
        options = {one["text"]["text"]: f"{one['action_id']}:{one['value']}" for one in hidden}
        seen.append(markup.overflow("mcsync_other", options))
    return [markup.actions("mcsync_offers", seen)] if seen else []


def _care_buttons(incident: Incident) -> list[Block]:
    name = markup.short(incident.workflow, 30)
    snooze = markup.button(
        tell("Put off for an hour"),
        "mcsync_snooze",
        f"{incident.id}:{SNOOZE_MINUTES}",
        label=tell("Be reminded of {workflow} in an hour", workflow=name),
    )
    if incident.acknowledged_by:
        return [snooze]
    label = tell("Tell everybody that you take care of {workflow}", workflow=name)
    care = markup.button(tell("I take care of it"), "mcsync_acknowledge", incident.id, label=label)
    return [care, snooze]


def _reopen_button(incident: Incident) -> Block:
    name = markup.short(incident.workflow, 30)
    label = tell("Open the incident of {workflow} again", workflow=name)
    return markup.button(tell("Open again"), "mcsync_reopen", incident.id, label=label)


def more_button(incident: Incident) -> Block:
    """Build the button that opens the box in which another minute can be tried."""
    name = markup.short(incident.workflow, 30)
    label = tell("Try another minute for {workflow} and see what it comes to", workflow=name)
    return markup.button(tell("More…"), "mcsync_what_if", incident.id, label=label)


def _note_button(incident: Incident) -> Block:
    name = markup.short(incident.workflow, 30)
    label = tell("Tell all about {workflow} to me alone, ready for support", workflow=name)
    return markup.button(tell("Case note"), "mcsync_case_note", incident.id, label=label)


def _shift_button(incident: Incident, offer: Offer) -> Block:
    name, minutes = markup.short(incident.workflow, 30), abs(offer.offset_minutes)
    if offer.offset_minutes > 0:
        label = tell_count(
            "Ask to move {workflow} to {count} minute after the restart",
            "Ask to move {workflow} to {count} minutes after the restart",
            minutes,
            workflow=name,
        )
    else:
        label = tell_count(
            "Ask to move {workflow} to {count} minute before the restart",
            "Ask to move {workflow} to {count} minutes before the restart",
            minutes,
            workflow=name,
        )
    words = tell("Shift {offset} min", offset=f"{offer.offset_minutes:+d}")
    return markup.button(words, f"mcsync_shift_{offer.offset_minutes}", incident.id, label=label)
