"""What people are told of a collision that lies ahead, so that the first failure need never happen."""

from zoneinfo import ZoneInfo

from bot.domain.collision import Collision
from bot.domain.sentence import say, say_count
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Remedy
from bot.domain.wording import clock_change, weekday


def foretell(collision: Collision, zone: ZoneInfo, *, count: int, days: int) -> Diagnosis:
    """Put a collision ahead into the form of a verdict.

    Args:
        collision: the first one.
        zone: of the schedule.
        count: how many lie ahead.
        days: how far we looked.
    """
    run = collision.run.at.astimezone(zone)
    restart = collision.restart.at.astimezone(zone)
    seconds = collision.gap.total_seconds()
    text = say(
        "The run of {weekday}, {moment} {zone} meets the restart of {restart}.",
        weekday=weekday(run),
        moment=f"{run:%Y-%m-%d %H:%M}",
        zone=zone.key,
        restart=f"{restart:%H:%M:%S}",
    )
    evidence = [Evidence("distance", text, seconds)]
    if count > 1:
        lie_ahead = say_count(
            "{count} collision lies within the next {days} days.",
            "{count} collisions lie within the next {days} days.",
            count,
            days=days,
        )
        evidence.append(Evidence("forecast", lie_ahead, None))
    if collision.uncertain:
        doubt = say("A clock change makes its time uncertain ({why}).", why=clock_change(collision.uncertain))
        evidence.append(Evidence("forecast", doubt, None))
    return Diagnosis(
        cause=Cause.RESTART_COLLISION,
        confidence=Confidence.LIKELY,
        evidence=tuple(evidence),
        excluded=(),
        remedy=Remedy.SHIFT,
        steps=(say("Move the start of the workflow to a few minutes after the restart, before that day."),),
        sources=("KA-05406",),
    )
