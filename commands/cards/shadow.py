"""The part of an incident's card where mcsync only watches: what it would have done, and what people say."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.domain.instance import Mode
from bot.domain.sentence import say
from bot.domain.trust import Answer, Rating
from bot.service.cards import CardView
from commands.cards import markup
from commands.cards.markup import CONTEXT_ELEMENTS, Block
from commands.language import tell, tell_count, told

SAID: Mapping[Answer, str] = {Answer.RIGHT: say("✅ Right"), Answer.WRONG: say("❌ Wrong")}


def blocks(view: CardView, zone: ZoneInfo) -> list[Block]:
    """Render the question and its answers; without a question where mcsync may propose by now."""
    assert view.suggestion is not None
    watching = view.instance.mode is Mode.SHADOW
    shown: list[Block] = []
    if watching:
        shown.append(markup.section(markup.escape(sentence(view))))
    if watching and view.suggestion.known:
        incident, workflow = view.suggestion.incident, view.suggestion.workflow
        agree = tell("Right: what mcsync would have done about {workflow}", workflow=workflow)
        object_to = tell("Wrong: what mcsync would have done about {workflow}", workflow=workflow)
        yes = markup.button(tell("Yes"), "mcsync_right", incident, label=agree)
        no = markup.button(tell("No"), "mcsync_wrong", incident, label=object_to)
        shown.append(markup.actions("mcsync_rate", [yes, no]))
    if view.ratings:
        shown.append(markup.context(*_answers(view.ratings, zone)))
    return shown


def sentence(view: CardView) -> str:
    """Say what mcsync would have done, and ask whether that was right."""
    assert view.suggestion is not None
    if not view.suggestion.known:
        return tell(
            "mcsync does not know the cause: in propose mode it would offer no shift, so it asks nothing."
        )
    would = told(view.suggestion.would).rstrip(".")
    return tell("In propose mode mcsync would {would}. Was that right?", would=would)


def _answers(ratings: tuple[Rating, ...], zone: ZoneInfo) -> list[str]:
    lines = [f"{told(SAID[one.answer])}: <@{one.user}> {markup.moment(one.at, zone)}" for one in ratings]
    if len(lines) > CONTEXT_ELEMENTS:
        left = len(lines) - CONTEXT_ELEMENTS + 1
        lines = [tell_count("…{count} earlier answer", "…{count} earlier answers", left), *lines[left:]]
    return lines
