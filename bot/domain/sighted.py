"""What the last poll saw of a workflow. What follows from it is in `calm`, `vigil` and `sight`."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.vigil import Pulse
from bot.domain.workflow import Status


@dataclass(frozen=True)
class Sighted:
    """The last status that a poll saw, and when.

    Attributes:
        instance: the marketing server.
        status: as seen.
        at: rule time, UTC.
        period: the schedule's text, `""` until it was read.
        timezone: the scheduler's or else the workflow's `@timezone`, `""` when neither has one.
        read_at: when the definition was last read, `None` before the first time.
        journal_at: the date of the last journal line seen, `None` before the first.
        well_at: when it was last seen not standing still after an error, `None` if never.
        pulse: what is known of its runs.
    """

    instance: str
    status: Status
    at: datetime
    period: str = ""
    timezone: str = ""
    read_at: datetime | None = None
    journal_at: datetime | None = None
    well_at: datetime | None = None
    pulse: Pulse = field(default_factory=Pulse)
