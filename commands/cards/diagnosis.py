"""The answer to `diagnose`: the whole verdict, with evidence, exclusions, steps and sources."""

from zoneinfo import ZoneInfo

from bot.domain.incident import Incident
from bot.service.ports import Card
from commands.cards import markup
from commands.cards.incident import CONFIDENCE

MOST_LINES = 12


def render(incident: Incident, zone: ZoneInfo) -> Card:
    """Render the verdict on the latest failure of *incident*."""
    verdict = incident.diagnosis
    cause = verdict.cause.value.replace("-", " ")
    head = f"{incident.workflow} on {incident.instance}: {cause} ({CONFIDENCE[verdict.confidence]})"
    blocks = [
        markup.header(head),
        markup.section(
            f"Latest failure {markup.moment(incident.last_at, zone)}, {incident.failures} in all."
        ),
    ]
    if incident.message:
        blocks.append(markup.section(markup.code(incident.message, 1500)))
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
    text = " ".join([f"{head}.", *(evidence.text for evidence in verdict.evidence), *verdict.steps])
    return Card(markup.escape(markup.cut(text, 3000)), blocks)


def _listed(title: str, lines: list[str]) -> str:
    shown = [f"• {markup.escape(markup.cut(line, 220))}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"…and {len(lines) - MOST_LINES} more")
    return "\n".join([f"*{title}*", *shown])
