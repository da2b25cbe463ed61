"""A notice: something people should know once, and when it is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.learning import ObservedRestart, OffsetContradiction, drifted
from bot.domain.restart import RestartWindow


@dataclass(frozen=True)
class Notice:
    """What is told once.

    Attributes:
        key: the same fact has the same key, so it is told once.
        instance: the marketing server, `""` where mcsync itself is concerned.
        title: one line.
        text: what was seen and what to do.
        at: rule time, UTC.
        lasting: whether what it tells goes on, so that somebody has to do something.
        try_once: whether it offers to try a refused log-on once.
        ended_at: when what it tells was over, `None` until then.
        ending: how it ended, one sentence; `""` until then.
    """

    key: str
    instance: str
    title: str
    text: str
    at: datetime
    lasting: bool = False
    try_once: bool = False
    ended_at: datetime | None = None
    ending: str = ""


def ended(notice: Notice, ending: str, now: datetime) -> Notice:
    """End what *notice* tells; *ending* is one sentence."""
    return replace(notice, ended_at=now, ending=ending, try_once=False)


def drift_notice(
    instance: str, workflow: str, window: RestartWindow, seen: ObservedRestart, now: datetime
) -> Notice | None:
    """Tell that RT restarts at another time than configured; `None` within two minutes."""
    drift = drifted(seen)
    if drift is None:
        return None
    began = seen.began.astimezone(window.zone)
    return Notice(
        key=f"drift:{instance}:{workflow}:{window.at:%H:%M}:{began:%H:%M}",
        instance=instance,
        title=f"RT of {workflow} restarts at another time than configured",
        text=(
            f"It went away at {began:%H:%M:%S} {window.zone.key}; configured is {window.at:%H:%M:%S}. "
            f'If that is its new time, write restart = "{began:%H:%M}" in mcsync.toml.'
        ),
        at=now,
    )


def offset_notice(
    instance: str, workflow: str, zone: ZoneInfo, found: OffsetContradiction, now: datetime
) -> Notice:
    """Tell that RT's clock is not in the configured zone."""
    return Notice(
        key=f"offset:{instance}:{workflow}:{zone.key}:{_offset(found.seen)}",
        instance=instance,
        title=f"RT of {workflow} is not in the configured time zone",
        text=(
            f"Its clock is {_offset(found.seen)} from UTC; {zone.key} is {_offset(found.configured)} now. "
            "Correct `zone` in mcsync.toml, or every window is at the wrong hour."
        ),
        at=now,
    )


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
