"""The card of an incident: what happened, why, what can be done, and how far it is."""

from zoneinfo import ZoneInfo

from bot.domain.incident import Incident, IncidentState
from bot.domain.instance import Instance, Mode
from bot.domain.message import Card
from bot.domain.offer import Offer
from bot.domain.proposal import UNDECIDED, Proposal, Stage
from bot.domain.verdict import Cause, Confidence, Diagnosis
from bot.service.cards import CardView
from commands.cards import markup, proposal, shadow
from commands.cards.markup import Block

TITLES: dict[Cause, str] = {
    Cause.RESTART_COLLISION: "met RT's daily restart",
    Cause.RT_UNAVAILABLE: "could not reach RT",
    Cause.MARKETING_RESTART: "met marketing's own restart",
    Cause.LATE_START: "started late, into RT's restart",
    Cause.CREDENTIALS: "was refused by RT: wrong login or password",
    Cause.ACCOUNT_LOCKED: "was refused by RT: the account is locked",
    Cause.IP_NOT_ALLOWED: "was refused by RT: address not allowed",
    Cause.CERTIFICATE: "could not trust RT's certificate",
    Cause.HTTP_ERROR: "was answered by RT with an HTTP error",
    Cause.NETWORK: "could not reach RT over the network",
    Cause.URL_NOT_ALLOWED: "may not call RT's address",
    Cause.SESSION_EXPIRED: "lost its session on RT",
    Cause.PACKAGE_MISSING: "failed: a package is missing on RT",
    Cause.INSTANCE_ID_TOO_LARGE: "failed: RT's instance id is too large",
    Cause.DEADLOCK: "met another archiving workflow: deadlock",
    Cause.TRACKING_MISALIGNED: "is out of step with RT's tracking",
    Cause.JOURNAL_MISSING: "failed and wrote nothing in its journal",
    Cause.DISABLED_OPERATOR: "failed: its operator is disabled",
    Cause.PRODUCT_BUG: "failed by a known bug of the product",
    Cause.UNKNOWN: "failed for an unknown reason",
}
"""The end of the sentence that begins with the workflow's name."""

MOST_BUTTONS = 3
"""More than these go into a menu."""

MOST_EXCLUDED = 6

CONFIDENCE: dict[Confidence, str] = {
    Confidence.CERTAIN: "certain",
    Confidence.LIKELY: "likely",
    Confidence.POSSIBLE: "possible, not sure",
    Confidence.UNKNOWN: "not known",
}


def render(view: CardView) -> Card:
    """Render *view*, which has an incident."""
    incident, request = view.incident, view.proposal
    assert incident is not None
    zone = proposal.zone_of(view, incident.workflow)
    blocks: list[Block] = [
        markup.header(_title(incident, request)),
        markup.section(markup.fitted(_facts(incident, zone))),
        *_cause(incident, offered=_offered(view)),
    ]
    if request is not None:
        blocks += proposal.blocks(request, zone)
    blocks += proposal.self_approval(view)
    taken = sum(one["type"] == "button" for block in blocks for one in block.get("elements", ()))
    if incident.state is IncidentState.CLOSED:
        blocks.append(markup.actions("mcsync_note", [_note_button(incident)]))
    elif not _busy(request):
        blocks += _offers(incident, view.instance, request, room=MOST_BUTTONS - taken)
    if view.suggestion is not None:
        blocks += shadow.blocks(view, zone)
    if view.duplicate:
        blocks.append(
            markup.context("An earlier card of this incident may exist; this one is kept up to date.")
        )
    return Card(markup.spoken(blocks), blocks)


def _facts(incident: Incident, zone: ZoneInfo) -> list[str]:
    """Say what happened, how the workflow stands, and when it runs."""
    if incident.failures == 0:
        facts = [f"It has not failed yet. The first such run is {markup.moment(incident.first_at, zone)}."]
    elif incident.failures == 1:
        facts = [f"Failed {markup.moment(incident.last_at, zone)}."]
    else:
        first, last = markup.moment(incident.first_at, zone), markup.moment(incident.last_at, zone)
        facts = [f"Failed {last}, {incident.failures} times since {first}."]
    if incident.state is IncidentState.CLOSED:
        facts.append(f"Closed: {markup.escape(incident.closing)}")
    elif incident.paused:
        facts.append("The workflow *stands still* until it is started.")
    elif incident.failures:
        facts.append("The workflow is not paused.")
    if incident.schedule:
        facts.append(f"It runs {markup.escape(incident.schedule)}.")
    if len(incident.workflow) > proposal.LONGEST_NAME or len(incident.instance) > proposal.LONGEST_INSTANCE:
        facts.append(f"Its name is {markup.escape(incident.workflow)} on {markup.escape(incident.instance)}.")
    return [" ".join(facts)]


def _title(incident: Incident, request: Proposal | None) -> str:
    what = TITLES[incident.cause] if incident.failures else "will meet RT's daily restart"
    return f"{_sign(incident, request)} {proposal.place(incident.workflow, incident.instance)} {what}"


def _sign(incident: Incident, request: Proposal | None) -> str:
    if incident.state is IncidentState.CLOSED:
        return "🟢"
    if request is not None and request.stage in proposal.UNDER_WAY:
        return proposal.SIGNS[request.stage]
    return "🔴"


def _offered(view: CardView) -> bool:
    """Tell whether the remedy is a button, so that nobody needs the steps by hand."""
    incident = view.incident
    assert incident is not None
    return view.instance.mode is Mode.PROPOSE and any(offer.safe for offer in incident.offers)


def _cause(incident: Incident, *, offered: bool) -> list[Block]:
    """Say why it happened and how we know; what to do as well, unless a button does it."""
    verdict = incident.diagnosis
    lines = [f"*Cause:* {named(verdict)}"]
    lines += [f"• {markup.escape(markup.cut(evidence.text, 400))}" for evidence in verdict.evidence[:3]]
    blocks = [markup.section(markup.fitted(lines))]
    if not offered and verdict.steps:
        steps = [
            f"{number}. {markup.escape(markup.cut(step, 400))}"
            for number, step in enumerate(verdict.steps[:5], start=1)
        ]
        blocks.append(markup.section(markup.fitted(["*What to do now*", *steps])))
    if incident.message.strip():
        blocks.append(markup.section(markup.code(incident.message.strip().splitlines()[-1], 300)))
    if verdict.excluded:
        names = ", ".join(out.cause.value.replace("-", " ") for out in verdict.excluded[:MOST_EXCLUDED])
        left = len(verdict.excluded) - MOST_EXCLUDED
        more = f" and {left} more" if left > 0 else ""
        blocks.append(markup.context(f"Ruled out: {names}{more} (`/mcsync diagnose` says why)"))
    if verdict.sources:
        blocks.append(markup.context(f"Sources: {markup.escape(', '.join(verdict.sources[:4]))}"))
    return blocks


def named(verdict: Diagnosis) -> str:
    """Name a cause and how sure it is."""
    return f"{verdict.cause.value.replace('-', ' ')} ({CONFIDENCE[verdict.confidence]})"


def _busy(request: Proposal | None) -> bool:
    """Tell whether nothing new can be asked for while this one is under way."""
    return request is not None and (request.stage in UNDECIDED or request.stage is Stage.VERIFIED)


def _offers(incident: Incident, instance: Instance, request: Proposal | None, *, room: int) -> list[Block]:
    """Build the buttons that ask for a change, at most *room* in sight, and say why others are none."""
    if instance.mode is not Mode.PROPOSE:
        name = markup.escape(instance.name)
        told = markup.context(f"mcsync offers nothing on {name}: its mode is {instance.mode.value}.")
        return [told, markup.actions("mcsync_note", [_note_button(incident)])] if request else [told]
    reasons = [
        f"{offer.offset_minutes:+d} is not offered: {markup.escape(offer.reason)}"
        for offer in incident.offers
        if not offer.safe
    ]
    if incident.no_offer:
        reasons.append(f"No shift is offered. {markup.escape(incident.no_offer)}")
    safe = [offer for offer in incident.offers if offer.safe]
    if incident.caution and safe:
        reasons.append(f"⚠️ {markup.escape(incident.caution)}")
    warnings = dict.fromkeys(warning for offer in safe for warning in offer.warnings)
    reasons += [f"⚠️ {markup.escape(warning)}" for warning in warnings]
    blocks = [markup.context(*reasons)] if reasons else []
    buttons = [_shift_button(incident, offer) for offer in safe]
    if buttons and request is None:
        buttons[0]["style"] = "primary"
    if incident.paused:
        label = f"Ask to resume {markup.short(incident.workflow, 30)} without moving its schedule"
        buttons.append(markup.button("Resume only", "mcsync_resume", incident.id, label=label))
    if incident.paused or incident.diagnosis.offers_shift:
        buttons.append(more_button(incident))
    if request is not None:
        buttons.append(_note_button(incident))
    seen, hidden = buttons[:room], buttons[room:]
    if hidden:
        # The value of an option names the button that it stands for.
        options = {one["text"]["text"]: f"{one['action_id']}:{one['value']}" for one in hidden}
        seen.append(markup.overflow("mcsync_other", options))
    return [*blocks, markup.actions("mcsync_offers", seen)] if seen else blocks


def more_button(incident: Incident) -> Block:
    """Build the button that opens the box in which another minute can be tried."""
    label = f"Try another minute for {markup.short(incident.workflow, 30)} and see what it comes to"
    return markup.button("More…", "mcsync_what_if", incident.id, label=label)


def _note_button(incident: Incident) -> Block:
    label = f"Tell all about {markup.short(incident.workflow, 30)} to me alone, ready for support"
    return markup.button("Case note", "mcsync_case_note", incident.id, label=label)


def _shift_button(incident: Incident, offer: Offer) -> Block:
    name, side = markup.short(incident.workflow, 30), "after" if offer.offset_minutes > 0 else "before"
    return markup.button(
        f"Shift {offer.offset_minutes:+d} min",
        f"mcsync_shift_{offer.offset_minutes}",
        incident.id,
        label=f"Ask to move {name} to {abs(offer.offset_minutes)} minutes {side} the restart",
    )
