"""How far mcsync may be trusted: what it would have done where it only watches, and what people said of it.

Raising an instance from `shadow` to `propose` is an administrator's decision; these are the figures for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Incident
from bot.domain.saying import either
from bot.domain.sentence import say
from bot.domain.verdict import Cause, Confidence
from bot.domain.verdict_words import REMEDIES


class Answer(StrEnum):
    """What somebody said to "Was that right?"."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True)
class Suggestion:
    """What mcsync would have done about an incident, had it been allowed to offer anything.

    Attributes:
        incident: the incident's id.
        instance: the marketing server.
        workflow: internal name.
        would: the end of the sentence "In propose mode mcsync would ..."; a reason in it keeps its full stop.
        known: whether a cause was found; where none was, mcsync abstains and asks nothing.
        at: the failure it is about, UTC.
    """

    incident: str
    instance: str
    workflow: str
    would: str
    known: bool
    at: datetime


@dataclass(frozen=True)
class Rating:
    """One person's answer about one incident; the last one counts.

    Attributes:
        incident: the incident's id.
        instance: the marketing server.
        user: the Slack id.
        answer: right or wrong.
        would: what the answer is about, as in `Suggestion.would`.
        at: rule time, UTC.
    """

    incident: str
    instance: str
    user: str
    answer: Answer
    would: str
    at: datetime


@dataclass(frozen=True)
class TrackRecord:
    """The record of one instance.

    Attributes:
        agreed: incidents about which everybody who answered said yes.
        disputed: those about which somebody said no, latest first.
        abstained: those without an answer, or without a known cause.
    """

    agreed: int
    disputed: tuple[Suggestion, ...]
    abstained: int

    @property
    def rated(self) -> int:
        """Count the incidents that somebody answered about."""
        return self.agreed + len(self.disputed)


def suggest(incident: Incident) -> Suggestion:
    """Say what mcsync would have done about *incident* in propose mode."""
    verdict = incident.diagnosis
    return Suggestion(
        incident=incident.id,
        instance=incident.instance,
        workflow=incident.workflow,
        would=_would(incident),
        known=verdict.cause is not Cause.UNKNOWN and verdict.confidence is not Confidence.UNKNOWN,
        at=incident.last_at,
    )


def standing(suggestion: Suggestion, ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    """List the answers about what mcsync says now, oldest first; those about anything else do not count."""
    found = [one for one in ratings if one.incident == suggestion.incident and one.would == suggestion.would]
    return tuple(sorted(found, key=lambda one: (one.at, one.user)))


def track_record(suggestions: Sequence[Suggestion], ratings: Sequence[Rating]) -> TrackRecord:
    """Count the answers; one "no" weighs more than any number of "yes"."""
    agreed, abstained, disputed = 0, 0, []
    by_incident: dict[str, list[Rating]] = {}
    for rating in ratings:
        by_incident.setdefault(rating.incident, []).append(rating)
    for suggestion in suggestions:
        answers = {one.answer for one in standing(suggestion, by_incident.get(suggestion.incident, ()))}
        if not suggestion.known or not answers:
            abstained += 1
        elif Answer.WRONG in answers:
            disputed.append(suggestion)
        else:
            agreed += 1
    disputed.sort(key=lambda one: one.at, reverse=True)
    return TrackRecord(agreed, tuple(disputed), abstained)


def _would(incident: Incident) -> str:
    verdict = incident.diagnosis
    shifts = [
        say("Shift {offset} min", offset=f"+{offer.offset_minutes}")
        for offer in incident.offers
        if offer.safe
    ]
    if shifts:
        resume = [say("Resume only")] if incident.paused else []
        return say("offer {buttons}", buttons=either([*shifts, *resume]))
    if verdict.offers_shift:
        reason = incident.no_offer or say("no offset is safe")
        if incident.paused:
            return say("offer no shift but Resume only: {reason}", reason=reason)
        return say("offer no shift: {reason}", reason=reason)
    remedy = REMEDIES[verdict.remedy]
    if incident.paused:
        return say("offer no shift but Resume only; remedy: {remedy}", remedy=remedy)
    return say("offer no shift; remedy: {remedy}", remedy=remedy)
