"""What hangs in the thread of an incident's card: how we know, and what it is not."""

from collections.abc import Mapping

from bot.domain.incident import Incident
from bot.domain.message import Card
from commands.cards import cause, markup
from commands.language import tell, told

LONGEST_LINE = 400
MOST_CHARACTERS = 2900


def render(incident: Incident) -> Mapping[str, Card]:
    """Render the replies by their names; one that has nothing to say is left out."""
    verdict = incident.diagnosis
    replies = {}
    known = []
    if verdict.evidence:
        known.append(
            markup.section(_listed(tell("How we know"), [told(fact.text) for fact in verdict.evidence]))
        )
    if incident.message.strip():
        known.append(markup.section(markup.code(incident.message, 1500)))
    if verdict.sources:
        known.append(markup.context(cause.sources(verdict)))
    if known:
        replies["evidence"] = Card(markup.spoken(known), known)
    if verdict.excluded:
        excluded = [markup.section(_listed(tell("What it is not"), cause.excluded(verdict)))]
        replies["excluded"] = Card(markup.spoken(excluded), excluded)
    return replies


def _listed(title: str, lines: list[str]) -> str:
    shown = [f"• {markup.escape(markup.cut(line, LONGEST_LINE))}" for line in lines]
    return markup.fitted([f"*{title}*", *shown], MOST_CHARACTERS)
