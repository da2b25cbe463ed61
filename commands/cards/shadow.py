"""The part of an incident's card where mcsync only watches: what it would have done, and what people say."""

from zoneinfo import ZoneInfo

from bot.domain.instance import Mode
from bot.domain.trust import Answer, Rating
from bot.service.cards import CardView
from commands.cards import markup
from commands.cards.markup import CONTEXT_ELEMENTS, Block

SAID: dict[Answer, str] = {Answer.RIGHT: "✅ Right", Answer.WRONG: "❌ Wrong"}


def blocks(view: CardView, zone: ZoneInfo) -> list[Block]:
    """Render the question and its answers; without a question where mcsync may propose by now."""
    assert view.suggestion is not None
    watching = view.instance.mode is Mode.SHADOW
    shown: list[Block] = []
    if watching:
        shown.append(markup.section(markup.escape(sentence(view))))
    if watching and view.suggestion.known:
        about = f"what mcsync would have done about {view.suggestion.workflow}"
        yes = markup.button("Yes", "mcsync_right", view.suggestion.incident, label=f"Right: {about}")
        no = markup.button("No", "mcsync_wrong", view.suggestion.incident, label=f"Wrong: {about}")
        shown.append(markup.actions("mcsync_rate", [yes, no]))
    if view.ratings:
        shown.append(markup.context(*_answers(view.ratings, zone)))
    return shown


def sentence(view: CardView) -> str:
    """Say what mcsync would have done, and ask whether that was right."""
    assert view.suggestion is not None
    if not view.suggestion.known:
        return "mcsync does not know the cause: in propose mode it would offer no shift, so it asks nothing."
    return f"In propose mode mcsync would {view.suggestion.would}. Was that right?"


def _answers(ratings: tuple[Rating, ...], zone: ZoneInfo) -> list[str]:
    lines = [f"{SAID[one.answer]}: <@{one.user}> {markup.moment(one.at, zone)}" for one in ratings]
    if len(lines) > CONTEXT_ELEMENTS:
        left = len(lines) - CONTEXT_ELEMENTS + 1
        lines = [f"…{left} earlier answers", *lines[left:]]
    return lines
