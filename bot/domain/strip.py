"""A strip of the time around a restart, drawn in text: `05:55 ·· 06:00 ▓▓▓ 06:04 ·· 06:05 ✓ 60 s`.

For the command line and for cards alike.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.restart import Restart
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

    earlier, during, later = [], [], []
    for at in sorted(set(runs)):
        if at < restart.starts:
            earlier.append(f"{written(at)} ✓ {length(restart.starts - at)}")
        elif at >= restart.ends:
            later.append(f"{written(at)} ✓ {length(at - restart.ends)}")
        else:
            during.append(f"{written(at)} ✗")
    first = earlier or [written(restart.at - LEAD)]
    block = f"{written(restart.at)} ▓▓▓ {written(restart.ends)}"
    return " ·· ".join((*first, *during, block, *later))
