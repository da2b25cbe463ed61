"""The answers to `diagnose`: the whole verdict, with evidence, exclusions, steps and sources."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident
from bot.domain.message import Card
from bot.domain.saying import duration
from bot.domain.verdict import Diagnosis
from bot.service.verdicts import PastVerdict, Place
from commands.cards import markup, proposal
from commands.cards.cause import excluded, named, sources
from commands.cards.markup import Block
from commands.language import tell, told

NEAR = timedelta(minutes=30)
"""A failure further away than this from the time that was asked for is another one."""

MOST_LINES = 12
MOST_CHARACTERS = 2600
"""Of one of three lists, so that a verdict stays below what Slack takes in one message."""


def render(incident: Incident, zone: ZoneInfo) -> Card:
    """Render the verdict on the latest failure of *incident*."""
    title = headline(proposal.place(incident.workflow, incident.instance), incident.diagnosis)
    lead = tell(
        "Latest failure {when}, {count} in all.",
        when=markup.moment(incident.last_at, zone),
        count=incident.failures,
    )
    if incident.failures == 0:
        first = markup.moment(incident.first_at, zone)
        lead = tell("It has not failed yet. The first such run is {when}.", when=first)
    return _card(
        title, lead, incident.diagnosis, incident.message, Place(incident.instance, incident.workflow)
    )


def render_past(past: PastVerdict) -> Card:
    """Render the verdict on a failure of the past."""
    failure, nothing = past.failure, []
    if past.asked is not None and abs(failure.at - past.asked) > NEAR:
        asked = markup.moment(past.asked, past.zone)
        nothing = [markup.section(tell("Nothing is on record at {asked}; the nearest failure:", asked=asked))]
    title = headline(proposal.place(failure.workflow, failure.instance), past.diagnosis)
    return _card(
        title,
        _past_lead(past),
        past.diagnosis,
        failure.message,
        Place(failure.instance, failure.workflow),
        before=nothing,
    )


def _past_lead(past: PastVerdict) -> str:
    when = markup.moment(past.failure.at, past.zone)
    if past.asked is None:
        return tell("Failed {when}: the latest failure on record.", when=when)
    seconds = (past.failure.at - past.asked).total_seconds()
    if seconds < 0:
        return tell(
            "Failed {when}: {time} before the time that you asked for.", when=when, time=duration(seconds)
        )
    return tell("Failed {when}: {time} after the time that you asked for.", when=when, time=duration(seconds))


def headline(subject: str, verdict: Diagnosis) -> str:
    """Name the cause of what happened to *subject*, and how sure it is."""
    return f"{subject}: {named(verdict)}"


def reasons(verdict: Diagnosis, message: str) -> list[Block]:
    """Build the blocks of a verdict: the line, how we know, what it is not, what to do, sources."""
    blocks = [markup.section(markup.code(message, 1500))] if message.strip() else []
    for title, lines in (
        (tell("How we know"), [told(evidence.text) for evidence in verdict.evidence]),
        (tell("What it is not"), excluded(verdict)),
        (tell("What to do"), [told(step) for step in verdict.steps]),
    ):
        if lines:
            blocks.append(markup.section(_listed(title, lines)))
    if verdict.sources:
        blocks.append(markup.context(sources(verdict)))
    return blocks


def paste_button(place: Place | None) -> Block:
    """Build the button that opens the box for pasted text."""
    value = key_of(place) if place else "any"
    label = tell("Paste journal lines and have them diagnosed")
    return markup.actions(
        "mcsync_paste", [markup.button(tell("Paste a journal"), "mcsync_paste", value, label=label)]
    )


def key_of(place: Place) -> str:
    """Write a place as the value of a button or an option."""
    return f"{place.instance}/{place.workflow}"


def _card(
    title: str, lead: str, verdict: Diagnosis, message: str, place: Place, *, before: Sequence[Block] = ()
) -> Card:
    """Build the answer; what has to be read *before* the verdict stands above it."""
    verdict_blocks = [markup.header(title), markup.section(lead), *reasons(verdict, message)]
    blocks = [*before, *verdict_blocks, paste_button(place)]
    return Card(markup.spoken(blocks), blocks)


def _listed(title: str, lines: list[str]) -> str:
    shown = [f"• {markup.escape(markup.cut(line, 220))}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(markup.more(len(lines) - MOST_LINES))
    return markup.fitted([f"*{title}*", *shown], MOST_CHARACTERS)
