"""What we have learnt of one archiving workflow and its execution instance, beside the configuration."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.instance import Execution
from bot.domain.learning import ObservedRestart, Sighting, learnt, percentile
from bot.domain.restart import RestartWindow

MOST_RUNS = 200
MOST_RESTARTS = 60


@dataclass(frozen=True)
class Lesson:
    """What was seen of one workflow and its execution instance.

    Attributes:
        instance: the marketing server.
        workflow: internal name.
        sightings: what the probes of the present restart saw, not yet concluded from.
        observed: the restarts that were seen, oldest first.
        runs: when runs started and how long they took, oldest first.
        collision_ahead: the first collision that the last look ahead saw, UTC; `None` if none.
    """

    instance: str
    workflow: str
    sightings: tuple[Sighting, ...] = ()
    observed: tuple[ObservedRestart, ...] = ()
    runs: tuple[tuple[datetime, timedelta], ...] = ()
    collision_ahead: datetime | None = None

    @property
    def usual_run(self) -> timedelta | None:
        """How long a run takes: 19 of 20 took no longer. `None` when none was seen to its end."""
        return percentile([took for _, took in self.runs]) if self.runs else None

    def with_runs(self, runs: tuple[tuple[datetime, timedelta], ...]) -> "Lesson":
        """Add *runs*; one that was seen before counts once."""
        merged = sorted({**dict(self.runs), **dict(runs)}.items())
        return replace(self, runs=tuple(merged[-MOST_RUNS:]))

    def with_restarts(self, observed: tuple[ObservedRestart, ...]) -> "Lesson":
        """Conclude: add *observed* and forget the sightings that told of them."""
        merged = {restart.expected: restart for restart in (*self.observed, *observed)}
        kept = tuple(merged[at] for at in sorted(merged))[-MOST_RESTARTS:]
        return replace(self, observed=kept, sightings=())


def effective_windows(execution: Execution, lesson: Lesson | None) -> tuple[RestartWindow, ...]:
    """Widen the configured windows by what was learnt; they never become narrower."""
    if lesson is None:
        return execution.windows
    durations = [took for _, took in lesson.runs]
    return tuple(
        learnt(
            window,
            [seen for seen in lesson.observed if belongs(seen, window)],
            durations,
        )
        for window in execution.windows
    )


def belongs(seen: ObservedRestart, window: RestartWindow) -> bool:
    """Tell whether a restart that was seen is one of *window*."""
    local = seen.expected.astimezone(window.zone)
    return (local.hour, local.minute) == (window.at.hour, window.at.minute)
