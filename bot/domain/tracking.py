"""What moving the archiving does to tracking (KA-22897).

RT's hourly `tracking` workflow prepares the rows that archiving fetches. Adobe's manual (Additional
configurations, Archiving workflow schedule) warns that moving one without the other can lose rows.
"""

from datetime import datetime, time

from bot.domain.sentence import say

HOUR = 60


def exposed_minutes(run: datetime, tracking: time) -> int:
    """Count the minutes of each hour whose clicks wait for the next archiving, or are lost.

    Args:
        run: a run of the moved schedule, in RT's zone.
        tracking: the minute phase of RT's tracking workflow.
    """
    return (run.minute - tracking.minute) % HOUR


def minute_words(minute: int | None) -> str:
    """Say the minute of the hour to which RT's tracking has to move; `None` where it is not on record."""
    return say("the minute of archiving") if minute is None else f":{minute:02d}"


def caution(run: datetime | None, tracking: time | None) -> str:
    """Say what the approver must know about tracking, in one sentence; `""` when nothing is exposed."""
    if run is None:
        return ""
    if tracking is None:
        return say(
            "The phase of RT's tracking workflow is not configured: if it is not moved to match, tracking "
            "rows may be lost (KA-22897)."
        )
    minutes = exposed_minutes(run, tracking)
    if minutes == 0:
        return ""
    first, last = tracking.minute, (tracking.minute + minutes) % HOUR
    return say(
        "RT's tracking runs at :{tracking} and archiving would run at :{archiving}: clicks of "
        ":{tracking}-:{last} may arrive late or never unless RT's tracking moves too (KA-22897).",
        tracking=f"{first:02d}",
        archiving=f"{run.minute:02d}",
        last=f"{last:02d}",
    )
