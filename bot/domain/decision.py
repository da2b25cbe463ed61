"""What a decision about carrying out can be, what it is taken from, and how long anything is waited for.

Values only. How a decision is reached is `bot/domain/change.py`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.proposal import Ending, Step
from bot.domain.workflow import Workflow

PATIENCE = timedelta(minutes=2)
"""How long an asynchronous Stop or Start may take before we say that it is unclear."""

LOST_PATIENCE = timedelta(seconds=30)
"""How long a request without an answer on record may still take effect."""

CRASH_PATIENCE = timedelta(seconds=15)
"""How long a Stop or a Start may still take effect after a crash: asking a second time does no harm."""

IDLE_PATIENCE = timedelta(minutes=45)
"""How long we wait for a quiet moment to stop the workflow in."""

STOP_MAY_COME = timedelta(hours=2)
"""How long a Stop whose effect nobody saw may still take effect: until then the workflow is looked after."""

LOST_MAY_COME = timedelta(minutes=10)
"""How long a request whose answer was lost is given before anybody acts as if it had done nothing."""

RT_PATIENCE = timedelta(minutes=30)
"""How long we wait for RT to answer before we say that the workflow cannot be started."""

BEFORE_NEXT_RUN = timedelta(minutes=3)
"""Closer to the next run than this, the workflow is not stopped."""

PREDICTION_TOLERANCE = timedelta(seconds=60)
"""How far the server's next run may lie from ours."""

MOST_TRIES = 3
"""How often a step is tried before people are asked; *Check again* counts anew."""


@dataclass(frozen=True)
class Take:
    """Record the intent of *step*, then take it.

    Attributes:
        step: which.
        ending: what will be the end once this is done, `None` while undecided.
    """

    step: Step
    ending: Ending | None = None


@dataclass(frozen=True)
class Wait:
    """Read again after *seconds* of rule time.

    Attributes:
        seconds: how long.
        because: what we wait for, for people.
        ending: as in `Take`.
    """

    seconds: int
    because: str
    ending: Ending | None = None


@dataclass(frozen=True)
class End:
    """Nothing is left to do.

    Attributes:
        ending: how it ended.
    """

    ending: Ending


Decision = Take | Wait | End


@dataclass(frozen=True)
class Scene:
    """What a decision is taken from, besides the proposal.

    Attributes:
        workflow: as Campaign shows it now.
        zone: of its schedule.
        now: rule time, UTC.
        rt_back_at: when RT's restart window is over, `None` outside of one.
        marketing_back_at: when marketing's own restart window is over, `None` outside of one.
        operator: the login by which we write, `""` when it is not known.
        rt_answers: whether RT answered just now; `None` where nobody asked, or what was seen says nothing.
    """

    workflow: Workflow
    zone: ZoneInfo
    now: datetime
    rt_back_at: datetime | None = None
    marketing_back_at: datetime | None = None
    operator: str = ""
    rt_answers: bool | None = None
