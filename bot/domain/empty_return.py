"""Judging an empty return for Logon: a restart collision, or the same words for another reason.

The confidence follows written rules: each fact is worth points (`POINTS`), the points add up, and the sum is
read by `confidence`. No model, no chance: the same input gives the same verdict, and the evidence says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.case import Case
from bot.domain.coincidence import Habit
from bot.domain.facts import Fact, collect, unexplained_habit
from bot.domain.verdict import Cause, Confidence, Evidence

POINTS: Mapping[Cause, Mapping[Fact, int]] = {
    Cause.RESTART_COLLISION: {
        Fact.EXACT_WORDS: 2,
        Fact.PARTIAL_WORDS: 1,
        Fact.AWAY: 2,
        Fact.IN_DANGER: 1,
        Fact.UNCERTAIN: -1,
        Fact.REPEATED: 1,
        Fact.ELSEWHERE: -3,
        Fact.SEEN_AWAY: 1,
        Fact.AWAY_BEFORE: -3,
        Fact.SEEN_UP: -3,
        Fact.ON_TIME: 1,
        Fact.OUT_OF_TURN: -3,
        Fact.PASSED_BEFORE: 1,
    },
    Cause.LATE_START: {
        Fact.EXACT_WORDS: 1,
        Fact.AWAY: 1,
        Fact.IN_DANGER: 1,
        Fact.LATE: 1,
        Fact.SEEN_AWAY: 1,
        Fact.AWAY_BEFORE: -2,
        Fact.SEEN_UP: -2,
    },
    Cause.MARKETING_RESTART: {
        Fact.EXACT_WORDS: 1,
        Fact.MARKETING_AWAY: 1,
        Fact.CLEAR_OF_RESTARTS: 1,
        Fact.SEEN_UP: 1,
        Fact.SEEN_AWAY: -2,
    },
    Cause.RT_UNAVAILABLE: {
        Fact.EXACT_WORDS: 2,
        Fact.PARTIAL_WORDS: 1,
        Fact.CLEAR_OF_RESTARTS: 2,
        Fact.NEAR_A_RESTART: 1,
        Fact.OUTAGE: 1,
        Fact.SEEN_AWAY: 1,
        Fact.SEEN_UP: -1,
        Fact.HABIT: -2,
    },
}
"""What each fact is worth for each verdict; a fact that is not listed is worth nothing."""


CERTAIN_FROM = 5
LIKELY_FROM = 3


@dataclass(frozen=True)
class Judgement:
    """What an empty return comes to.

    Attributes:
        cause: the verdict.
        confidence: how sure it is.
        facts: the facts it stands on, with their evidence, the most telling first.
        habit: a time of day that the failures keep to although no restart is configured then.
    """

    cause: Cause
    confidence: Confidence
    facts: Mapping[Fact, Evidence]
    habit: Habit | None


def confidence(points: int) -> Confidence:
    """Read a sum of points."""
    if points >= CERTAIN_FROM:
        return Confidence.CERTAIN
    return Confidence.LIKELY if points >= LIKELY_FROM else Confidence.POSSIBLE


def judge(case: Case) -> Judgement:
    """Judge a failure whose words name an empty return and whose time is known."""
    pattern = unexplained_habit(case)
    facts = collect(case, pattern)
    cause = _cause(case, facts)
    points = sum(POINTS[cause].get(fact, 0) for fact in facts)
    return Judgement(cause=cause, confidence=confidence(points), facts=facts, habit=pattern)


def _cause(case: Case, facts: Mapping[Fact, Evidence]) -> Cause:
    """Choose the verdict that the time allows; the points then say how sure it is."""
    if case.inside and Fact.OUTAGE not in facts:
        return Cause.LATE_START if Fact.LATE in facts else Cause.RESTART_COLLISION
    if not case.inside and Fact.MARKETING_AWAY in facts:
        return Cause.MARKETING_RESTART
    return Cause.RT_UNAVAILABLE
