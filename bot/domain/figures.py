"""What can be counted about the work at hand, for whoever watches the program with a machine. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Tally:
    """What the store counts.

    Attributes:
        due: how many rows of work are due or held.
        oldest_due: since when the oldest of them waits, UTC; `None` when nothing is due.
        incidents: open incidents, by instance and cause.
        proposals: all proposals, by stage.
    """

    due: int
    oldest_due: datetime | None
    incidents: Mapping[tuple[str, str], int]
    proposals: Mapping[str, int]


@dataclass(frozen=True)
class Estimate:
    """How long one restart takes.

    Attributes:
        instance: the marketing server.
        workflow: the archiving workflow that meets it.
        restart: its time of day as configured, such as `06:00:00`.
        configured: how long it takes, as configured.
        learnt: how long, with what was seen; never less.
    """

    instance: str
    workflow: str
    restart: str
    configured: timedelta
    learnt: timedelta


@dataclass(frozen=True)
class Figures:
    """Everything that is counted at the moment of asking.

    Attributes:
        tally: of the store.
        waited: how long the oldest due work waits.
        unseen: how long ago each instance last answered a poll, by its name; left out before the first time.
        estimates: of the restarts.
    """

    tally: Tally
    waited: timedelta
    unseen: Mapping[str, timedelta] = field(default_factory=dict)
    estimates: tuple[Estimate, ...] = ()
