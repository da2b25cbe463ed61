"""A strip of the time around a restart, drawn in text: `05:59 ▓ 06:00:07 ✗ ▓ 06:04 ·· 06:05 ✓ +60 s`.

For the command line and for cards alike.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import restarts_near
from bot.domain.restart import Restart, RestartWindow
from bot.domain.sentence import joined
from bot.domain.wording import clock_time, length

HALF_AN_HOUR = timedelta(minutes=30)


def draw_strip(restart: Restart, runs: Iterable[datetime], zone: ZoneInfo) -> str:
    """Draw the danger as a block and each run where it falls: `✓` and its distance, or `✗` inside the block.

    A distance counts from the nearer end of the block: `-9 min` before it, `+60 s` after it.

    Args:
        restart: the restart; its block is the time in which a run can come to harm.
        runs: instants near the restart, aware.
        zone: the zone in which the times are written.
    """

    def written(moment: datetime) -> str:
        return clock_time(moment.astimezone(zone).time())

    earlier: list[str] = []
    met: list[str] = []
    later: list[str] = []
    for at in sorted(set(runs)):
        if at < restart.starts:
            earlier.append(joined("", (written(at), " ✓ ", length(at - restart.starts))))
        elif at >= restart.ends:
            later.append(joined("", (written(at), " ✓ +", length(at - restart.ends))))
        else:
            met.append(f"{written(at)} ✗")
    during = joined(" ▓ ", ("", *met, "")) if met else " ▓▓▓ "
    block = joined("", (written(restart.starts), during, written(restart.ends)))
    return joined(" ·· ", (*earlier, block, *later))


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
