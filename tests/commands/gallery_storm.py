"""Summaries of several workflows with one cause: a handful, at every point of their way, and very many."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.gathering import MARK, Member
from bot.domain.incident import IncidentState
from bot.domain.instance import Mode
from bot.domain.proposal import Stage
from bot.service.cards import CardView
from commands.cards import render
from tests.commands import examples
from tests.commands.examples import FIVE, NOW, TEN, Words, unsafe
from tests.commands.exhibits import Exhibit, message

KEY = f"{MARK}0123456789abcdef"


def member(words: Words, number: int, stage: Stage | None = None, **changes: object) -> Member:
    """Make a workflow of a summary, with a request in *stage* if given."""
    name = f"{words.workflow}{number}"
    incident = examples.incident(words, workflow=name, id=f"{number:016x}", gathering=KEY, **changes)
    request = examples.proposal(stage, words, workflow=name) if stage is not None else None
    return Member(incident, request)


def summary(words: Words, members: tuple[Member, ...], **changes: object) -> Exhibit:
    """Show a summary."""
    view = CardView(KEY, None, None, None, examples.instance(words), members=members)
    return message(render(replace(view, **changes)))  # type: ignore[arg-type] # the dataclass's own names


def summaries(words: Words) -> Iterator[tuple[str, Exhibit]]:
    """Show summaries on an ordinary day, or with *words* as bad as they can be."""
    later = replace(TEN, offset_minutes=-6)
    begun = (
        member(words, 1),
        member(words, 2, offers=(unsafe(5, words), TEN)),
        member(words, 3, offers=(unsafe(5, words), unsafe(10, words), later)),
    )
    yield "storm begins", summary(words, begun)
    closing = f"The restart was survived. {words.said}".strip()
    under_way = (
        member(words, 1, Stage.WAITING),
        member(words, 2, Stage.VERIFIED, paused=False),
        member(words, 3, Stage.UNCLEAR),
        member(words, 4, Stage.DENIED),
        member(words, 5, state=IncidentState.CLOSED, closed_at=NOW, closing=closing, paused=False),
        member(words, 6, paused=False, offers=()),
    )
    yield "storm under way", summary(words, under_way, duplicate=True)
    over = tuple(replace(one, incident=under_way[4].incident) for one in under_way[3:5])
    yield "storm over", summary(words, over)
    ahead = tuple(member(words, n, failures=0, message="", paused=False) for n in (1, 2))
    yield "storm lies ahead", summary(words, ahead)
    yield "storm watched only", summary(words, begun, instance=examples.instance(words, Mode.SHADOW))
    yield "storm by oneself", summary(words, begun[:2], self_approval=True)
    many = tuple(
        member(words, n, offers=(replace(FIVE, offset_minutes=n),), last_at=NOW + timedelta(seconds=n))
        for n in range(1, 101)
    )
    yield "storm of 100 workflows", summary(words, many)
