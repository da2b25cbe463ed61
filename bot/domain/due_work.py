"""A row of due work, and the claim of a worker on it. Who does it is in `bot.service.work`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

TRACE = "trace"
"""The key in every line of the log that ties together what one request brought about."""


@dataclass(frozen=True)
class Work:
    """A row of due work.

    Attributes:
        key: what it is about; asking twice for the same key makes one row.
        kind: which use case does it.
        lane: one row per lane runs at a time.
        due_at: rule time, UTC.
        payload: plain text values the use case needs.
    """

    key: str
    kind: str
    lane: str
    due_at: datetime
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """Work that one worker holds.

    Attributes:
        work: the row.
        owner: who holds it.
        attempt: 1 for the first time; with `owner` it fences a finish that comes too late.
        wanted: how often the work had been asked for when it was claimed.
        trace: that of whoever asked for it first, `""` for none.
        quiet_until: before this, rule time, nothing of its lane is to be begun; `None` where nobody said so.
    """

    work: Work
    owner: str
    attempt: int
    wanted: int
    trace: str = ""
    quiet_until: datetime | None = None
