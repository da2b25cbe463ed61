"""The card of an incident: what happened, why, what can be done, and how far it is."""

from zoneinfo import ZoneInfo

from bot.domain.incident import Incident, IncidentState
from bot.domain.instance import Instance, Mode
from bot.domain.offer import Offer
from bot.domain.proposal import UNDECIDED, Proposal, Stage
from bot.domain.verdict import Cause, Confidence
from bot.service.cards import CardView
from bot.service.ports import Card
from commands.cards import markup, proposal, shadow
from commands.cards.markup import Block

TITLES: dict[Cause, str] = {
    Cause.RESTART_COLLISION: "met RT's daily restart",
    Cause.RT_UNAVAILABLE: "could not reach RT",
    Cause.MARKETING_RESTART: "met marketing's own restart",
    Cause.LATE_START: "started late, into RT's restart",
    Cause.CREDENTIALS: "was refused by RT: wrong login or password",
    Cause.ACCOUNT_LOCKED: "was refused by RT: the account is locked",
    Cause.JOURNAL_MISSING: "failed and wrote nothing in its journal",
    Cause.UNKNOWN: "failed for an unknown reason",
}
"""The end of the sentence that begins with the workflow's name; other causes are shown by their own name."""

MOST_EXCLUDED = 6

CONFIDENCE: dict[Confidence, str] = {
    Confidence.CERTAIN: "certain",
    Confidence.LIKELY: "likely",
    Confidence.POSSIBLE: "possible, not sure",
    Confidence.UNKNOWN: "not known",
}


def render(view: CardView) -> Card:
    """Render *view*, which has an incident."""
    incident = view.incident
    assert incident is not None
    zone = view.instance.execution(incident.workflow).windows[0].zone
    title = _title(incident, view.proposal)
    blocks: list[Block] = [markup.header(title)]
    blocks.append(markup.section(" ".join(_facts(incident, zone))))
    blocks.append(markup.section(_cause(incident)))
    if view.proposal is not None:
        blocks += proposal.blocks(view.proposal, zone)
    if incident.state is IncidentState.OPEN and not _busy(view.proposal):
        blocks += _offers(incident, view.instance, view.proposal)
    if view.suggestion is not None:
        blocks += shadow.blocks(view, zone)
    if view.duplicate:
        blocks.append(
            markup.context("An earlier card of this incident may exist; this one is kept up to date.")
        )
    return Card(_text(title, incident, view), blocks)


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
        facts.append("The workflow is running again.")
    if incident.schedule:
        facts.append(f"It runs {markup.escape(incident.schedule)}.")
    return facts


def _title(incident: Incident, request: Proposal | None) -> str:
    what = TITLES.get(incident.cause, incident.cause.value.replace("-", " "))
    if incident.failures == 0:
        what = "will meet RT's daily restart"
    place = f"{incident.workflow} on {incident.instance}"
    return f"{_sign(incident, request)} {place} {what}"


def _sign(incident: Incident, request: Proposal | None) -> str:
    if incident.state is IncidentState.CLOSED:
        return "🟢"
    if request is not None and request.stage is Stage.VERIFIED:
        return "🔵"
    if request is not None and request.stage in UNDECIDED and request.stage is not Stage.UNCLEAR:
        return "🟡"
    return "🔴"


def _cause(incident: Incident) -> str:
    verdict = incident.diagnosis
    lines = [f"*Cause:* {verdict.cause.value.replace('-', ' ')} ({CONFIDENCE[verdict.confidence]})"]
    lines += [f"• {markup.escape(markup.cut(evidence.text, 400))}" for evidence in verdict.evidence[:3]]
    if not verdict.offers_shift and verdict.steps:
        lines.append("*What to do now:*")
        lines += [
            f"{number}. {markup.escape(step)}" for number, step in enumerate(verdict.steps[:5], start=1)
        ]
    if incident.message:
        lines.append(markup.code(incident.message.splitlines()[-1], 300))
    if verdict.excluded:
        names = ", ".join(out.cause.value.replace("-", " ") for out in verdict.excluded[:MOST_EXCLUDED])
        more = (
            f" and {len(verdict.excluded) - MOST_EXCLUDED} more"
            if len(verdict.excluded) > MOST_EXCLUDED
            else ""
        )
        lines.append(f"Ruled out: {names}{more} (`/mcsync diagnose` says why)")
    if verdict.sources:
        lines.append(f"_Source: {markup.escape(', '.join(verdict.sources[:4]))}_")
    return "\n".join(lines)


def _busy(request: Proposal | None) -> bool:
    """Tell whether nothing new can be asked for while this one is under way."""
    return request is not None and (request.stage in UNDECIDED or request.stage is Stage.VERIFIED)


def _offers(incident: Incident, instance: Instance, request: Proposal | None) -> list[Block]:
    if instance.mode is not Mode.PROPOSE:
        return [
            markup.context(
                f"mcsync only watches {markup.escape(instance.name)} ({instance.mode.value} mode)."
            )
        ]
    blocks: list[Block] = []
    reasons = [
        f"{offer.offset_minutes:+d} is not offered: {markup.escape(offer.reason)}"
        for offer in incident.offers
        if not offer.safe
    ]
    if incident.no_offer:
        reasons.append(f"No shift is offered: {markup.escape(incident.no_offer)}")
    if incident.caution and any(offer.safe for offer in incident.offers):
        reasons.append(f"⚠️ {markup.escape(incident.caution)}")
    warnings = dict.fromkeys(warning for offer in incident.offers if offer.safe for warning in offer.warnings)
    reasons += [f"⚠️ {markup.escape(warning)}" for warning in warnings]
    if reasons:
        blocks.append(markup.context(*reasons))
    buttons = [_shift_button(incident, offer) for offer in incident.offers if offer.safe]
    if buttons and request is None:
        buttons[0]["style"] = "primary"
    if incident.paused:
        buttons.append(
            markup.button(
                "Resume only",
                "mcsync_resume",
                incident.id,
                label=f"Ask to resume {incident.workflow} without moving its schedule",
            )
        )
    if buttons:
        blocks.append(markup.actions("mcsync_offers", buttons[:3]))
    return blocks


def _shift_button(incident: Incident, offer: Offer) -> Block:
    return markup.button(
        f"Shift {offer.offset_minutes:+d} min",
        f"mcsync_shift_{offer.offset_minutes}",
        incident.id,
        label=f"Ask to move {incident.workflow} to {offer.offset_minutes} minutes after the restart",
    )


def _text(title: str, incident: Incident, view: CardView) -> str:
    """Say all of it in words."""
    zone = view.instance.execution(incident.workflow).windows[0].zone
    parts = [
        f"{title}.",
        f"Failed {markup.clock(incident.last_at, zone)}, {incident.failures} in all."
        if incident.failures
        else f"The first such run is {markup.clock(incident.first_at, zone)}.",
        f"Cause: {incident.cause.value.replace('-', ' ')} ({CONFIDENCE[incident.diagnosis.confidence]}).",
    ]
    if incident.state is IncidentState.CLOSED:
        parts.append(f"Closed: {incident.closing}")
    elif view.proposal is not None:
        parts.append(proposal.sentence(view.proposal))
    elif view.instance.mode is not Mode.PROPOSE:
        parts.append(
            shadow.sentence(view) if view.suggestion else f"mcsync only watches {incident.instance}."
        )
    else:
        safe = [f"{offer.offset_minutes:+d}" for offer in incident.offers if offer.safe]
        parts.append(f"Offered: shift {' or '.join(safe)} minutes." if safe else incident.no_offer)
    return markup.escape(markup.cut(" ".join(part for part in parts if part), 2000))
