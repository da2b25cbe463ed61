"""Whether this is a calm moment: nothing is stopped, written or started inside a restart window."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.collision import restarts_near
from bot.domain.restart import RestartWindow


def over_at(windows: Sequence[RestartWindow], now: datetime) -> datetime | None:
    """Tell when the restart that *now* lies in is over, UTC; `None` when it lies in none."""
    near = restarts_near(windows, now, now + timedelta(seconds=1))
    return max((restart.ends for restart in near if restart.starts <= now < restart.ends), default=None)
