"""The answers to `diagnose`: the whole verdict, with evidence, exclusions, steps and sources."""

from zoneinfo import ZoneInfo

from bot.domain.incident import Incident
from bot.domain.message import Card
from bot.domain.saying import duration, side
from bot.domain.verdict import Diagnosis
from bot.service.verdicts import PastVerdict, Place
from commands.cards import markup, proposal
from commands.cards.cause import named
from commands.cards.markup import Block

MOST_LINES = 12
MOST_CHARACTERS = 2600
"""Of one of three lists, so that a verdict stays below what Slack takes in one message."""


def render(incident: Incident, zone: ZoneInfo) -> Card:
    """Render the verdict on the latest failure of *incident*."""
    title = headline(proposal.place(incident.workflow, incident.instance), incident.diagnosis)
    lead = f"Latest failure {markup.moment(incident.last_at, zone)}, {incident.failures} in all."
    if incident.failures == 0:
        lead = f"It has not failed yet. The first such run is {markup.moment(incident.first_at, zone)}."
    return _card(
        title, lead, incident.diagnosis, incident.message, Place(incident.instance, incident.workflow)
    )


def render_past(past: PastVerdict) -> Card:
    """Render the verdict on a failure of the past."""
    failure = past.failure
    title = headline(proposal.place(failure.workflow, failure.instance), past.diagnosis)
    which = "the latest failure on record"
    if past.asked is not None:
        seconds = (failure.at - past.asked).total_seconds()
        which = f"{duration(seconds)} {side(seconds)} the time that you asked for"
    lead = f"Failed {markup.moment(failure.at, past.zone)}: {which}."
    return _card(title, lead, past.diagnosis, failure.message, Place(failure.instance, failure.workflow))


def headline(subject: str, verdict: Diagnosis) -> str:
    """Name the cause of what happened to *subject*, and how sure it is."""
    return f"{subject}: {named(verdict)}"


def reasons(verdict: Diagnosis, message: str) -> list[Block]:
    """Build the blocks of a verdict: the line, how we know, what it is not, what to do, sources."""
    blocks = [markup.section(markup.code(message, 1500))] if message.strip() else []
    for title, lines in (
        ("How we know", [evidence.text for evidence in verdict.evidence]),
        (
            "What it is not",
            [f"{out.cause.value.replace('-', ' ')}: {out.because}" for out in verdict.excluded],
        ),
        ("What to do", list(verdict.steps)),
    ):
        if lines:
            blocks.append(markup.section(_listed(title, lines)))
    if verdict.sources:
        blocks.append(markup.context(f"Sources: {markup.escape(', '.join(verdict.sources))}"))
    return blocks


def paste_button(place: Place | None) -> Block:
    """Build the button that opens the box for pasted text."""
    value = key_of(place) if place else "any"
    label = "Paste journal lines and have them diagnosed"
    return markup.actions(
        "mcsync_paste", [markup.button("Paste a journal", "mcsync_paste", value, label=label)]
    )


def key_of(place: Place) -> str:
    """Write a place as the value of a button or an option."""
    return f"{place.instance}/{place.workflow}"


def _card(title: str, lead: str, verdict: Diagnosis, message: str, place: Place) -> Card:
    blocks = [markup.header(title), markup.section(lead), *reasons(verdict, message), paste_button(place)]
    return Card(markup.spoken(blocks), blocks)


def _listed(title: str, lines: list[str]) -> str:
    shown = [f"• {markup.escape(markup.cut(line, 220))}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"…and {len(lines) - MOST_LINES} more")
    return markup.fitted([f"*{title}*", *shown], MOST_CHARACTERS)
