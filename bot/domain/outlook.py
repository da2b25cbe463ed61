"""What people are told of a collision that lies ahead, so that the first failure need never happen."""

from zoneinfo import ZoneInfo

from bot.domain.collision import Collision
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Remedy


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
    text = f"The run of {run:%A, %Y-%m-%d %H:%M} {zone.key} meets the restart of {restart:%H:%M:%S}."
    evidence = [Evidence("distance", text, seconds)]
    if count > 1:
        evidence.append(Evidence("forecast", f"{count} collisions lie within the next {days} days.", None))
    if collision.uncertain:
        evidence.append(
            Evidence("forecast", f"A clock change makes its time uncertain ({collision.uncertain}).", None)
        )
    return Diagnosis(
        cause=Cause.RESTART_COLLISION,
        confidence=Confidence.LIKELY,
        evidence=tuple(evidence),
        excluded=(),
        remedy=Remedy.SHIFT,
        steps=("Move the start of the workflow to a few minutes after the restart, before that day.",),
        sources=("KA-05406",),
    )
