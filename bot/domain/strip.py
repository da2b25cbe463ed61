"""A strip of the time around a restart, drawn in text: `05:55 ·· 06:00 ▓▓▓ 06:04 ·· 06:05 ✓ 60 s`.

For the command line and for cards alike.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import restarts_near
from bot.domain.restart import Restart, RestartWindow
from bot.domain.sentence import joined
from bot.domain.wording import clock_time, length

LEAD = timedelta(minutes=5)
"""How much calm time is shown before a restart."""


def draw_strip(restart: Restart, runs: Iterable[datetime], zone: ZoneInfo) -> str:
    """Draw the restart as a block and each run as a mark: `✓` and its distance, or `✗` inside of the window.

    Args:
        restart: the restart; its block reaches from the restart itself to the end of its window.
        runs: instants near the restart, aware.
        zone: the zone in which the times are written.
    """

    def written(moment: datetime) -> str:
        return clock_time(moment.astimezone(zone).time())

    earlier: list[str] = []
    during: list[str] = []
    later: list[str] = []
    for at in sorted(set(runs)):
        if at < restart.starts:
            earlier.append(joined(" ", (written(at), "✓", length(restart.starts - at))))
        elif at >= restart.ends:
            later.append(joined(" ", (written(at), "✓", length(at - restart.ends))))
        else:
            during.append(f"{written(at)} ✗")
    first = earlier or [written(restart.at - LEAD)]
    block = f"{written(restart.at)} ▓▓▓ {written(restart.ends)}"
    return joined(" ·· ", (*first, *during, block, *later))


HALF_AN_HOUR = timedelta(minutes=30)


def strip_around(
    windows: Sequence[RestartWindow],
    at: datetime,
    offsets: Iterable[int],
    zone: ZoneInfo,
) -> str:
    """Draw the hour around the restart next to a run, and where the run could be instead.

    Args:
        windows: when RT is away.
        at: when the run failed, or will be; aware.
        offsets: minutes after the restart, for each place where the run could be.
        zone: the zone in which the times are written.

    Returns:
        The strip; `""` when no restart lies within half an hour of *at*.
    """
    near = [
        restart
        for restart in restarts_near(windows, at - HALF_AN_HOUR, at + HALF_AN_HOUR)
        if abs(restart.at - at) <= HALF_AN_HOUR
    ]
    if not near:
        return ""
    restart = min(near, key=lambda one: abs(one.at - at))
    return draw_strip(restart, [at, *(restart.at + timedelta(minutes=one) for one in offsets)], zone)
