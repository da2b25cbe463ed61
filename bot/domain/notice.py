"""A notice: something people should know once, and when it is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.learning import ObservedRestart, OffsetContradiction, drifted
from bot.domain.restart import RestartWindow
from bot.domain.sentence import say


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
        title=say("RT of {workflow} restarts at another time than configured", workflow=workflow),
        text=say(
            "It went away at {seen} {zone}; configured is {configured}. "
            'If that is its new time, write restart = "{restart}" in mcsync.toml.',
            seen=f"{began:%H:%M:%S}",
            zone=window.zone.key,
            configured=f"{window.at:%H:%M:%S}",
            restart=f"{began:%H:%M}",
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
        title=say("RT of {workflow} is not in the configured time zone", workflow=workflow),
        text=say(
            "Its clock is {seen} from UTC; {zone} is {configured} now. "
            "Correct `zone` in mcsync.toml, or every window is at the wrong hour.",
            seen=_offset(found.seen),
            zone=zone.key,
            configured=_offset(found.configured),
        ),
        at=now,
    )


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
