"""What watching an execution instance teaches about its restarts: how long, and when.

The probing itself is not in here; a probe asks `/nl/jsp/logon.jsp`, which shows a blank page while the web
module is away, and `/r/test`, which tells the server's UTC offset. Neither needs a log-on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.restart import Restart, RestartWindow, restarts

PROBE_EVERY = timedelta(seconds=10)
PROBE_FROM = timedelta(minutes=2)
"""Before the restart."""
PROBE_UNTIL = timedelta(minutes=10)
"""After the restart."""
ANSWERED_WITHIN = timedelta(minutes=10)
"""An instance that did not answer this shortly before is not restarting: it was away already."""
ENOUGH = 5
"""Observed restarts from which on they count."""
DRIFT = timedelta(minutes=2)
"""A restart further than this from its configured time deserves a notice."""

_PERCENT = 95


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one probe saw.

    Attributes:
        at: when it asked, UTC.
        answered: whether the web module answered; a blank page, an error page and silence mean away.
        offset: the server's UTC offset, if `/r/test` told it.
    """

    at: datetime
    answered: bool
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ObservedRestart:
    """A restart that was seen from its first missing answer to the answers' return. All instants are UTC.

    Attributes:
        expected: when it was expected by configuration.
        began: the first sighting of an instance that is away.
        ended: the first sighting of an instance that is back for good.
    """

    expected: datetime
    began: datetime
    ended: datetime

    @property
    def takes(self) -> timedelta:
        """How long it took, counted as a window does: from the expected time, or from an earlier start."""
        return self.ended - min(self.expected, self.began)

    @property
    def drift(self) -> timedelta:
        """How much later than expected it began; negative when earlier."""
        return self.began - self.expected


@dataclass(frozen=True, slots=True)
class OffsetContradiction:
    """A server whose clock is not in the configured zone.

    Attributes:
        at: when it was seen, UTC.
        seen: the UTC offset that the server told.
        configured: the UTC offset that the configured zone has at that instant.
    """

    at: datetime
    seen: timedelta
    configured: timedelta


def probing(restart: Restart) -> tuple[datetime, datetime]:
    """Say from when until when to probe around a restart, in UTC; no oftener than `PROBE_EVERY`."""
    return restart.at - PROBE_FROM, restart.at + PROBE_UNTIL


def observe(restart: Restart, sightings: Iterable[Sighting]) -> ObservedRestart | None:
    """Recognise a restart in what the probes around its expected time saw.

    An instance that is away counts only if it answered within the ten minutes before. Where it answers and
    goes away again, the restart is over at the last return. Without a return there is no restart to measure.

    Args:
        restart: the restart as expected.
        sightings: in any order; those outside of the probing time only tell whether it answered before.
    """
    ordered = sorted(sightings, key=lambda sighting: sighting.at)
    start, end = probing(restart)
    began = answered = None
    for seen in ordered:
        if seen.answered:
            answered = seen.at
        elif start <= seen.at <= end and answered is not None and seen.at - answered <= ANSWERED_WITHIN:
            began = seen.at
            break
    if began is None:
        return None
    after = [seen for seen in ordered if began <= seen.at <= end]
    last_away = max(seen.at for seen in after if not seen.answered)
    ended = next((seen.at for seen in after if seen.at > last_away), None)
    return ObservedRestart(restart.at, began, ended) if ended else None


def observed_restarts(window: RestartWindow, sightings: Iterable[Sighting]) -> tuple[ObservedRestart, ...]:
    """Recognise every restart of a window in all that its probes saw, in order."""
    ordered = sorted(sightings, key=lambda sighting: sighting.at)
    if not ordered:
        return ()
    found = []
    for restart in restarts(window, ordered[0].at - PROBE_UNTIL, ordered[-1].at + PROBE_FROM):
        start, end = probing(restart)
        near = [seen for seen in ordered if start - ANSWERED_WITHIN <= seen.at <= end]
        seen_restart = observe(restart, near)
        if seen_restart:
            found.append(seen_restart)
    return tuple(found)


def learnt(
    window: RestartWindow, observed: Sequence[ObservedRestart], durations: Sequence[timedelta]
) -> RestartWindow:
    """Widen a configured window by what was seen; it never becomes narrower.

    Args:
        window: as configured.
        observed: the restarts seen; from five on, `takes` is at least their 95th percentile.
        durations: how long the workflow's runs took by its journal; `before` is at least their 95th
            percentile, since a run that is still busy when the restart comes is cut as well.
    """
    takes, before = window.takes, window.before
    if len(observed) >= ENOUGH:
        takes = max(takes, percentile([restart.takes for restart in observed]))
    if durations:
        before = max(before, percentile(durations))
    return replace(window, takes=takes, before=before)


def percentile(spans: Sequence[timedelta]) -> timedelta:
    """Take the 95th percentile by nearest rank: the smallest that at least 95 of 100 do not exceed.

    Raises:
        ValueError: there are none.
    """
    if not spans:
        raise ValueError("a percentile of nothing")
    return sorted(spans)[-(-len(spans) * _PERCENT // 100) - 1]


def drifted(observed: ObservedRestart) -> timedelta | None:
    """Say how far a restart began from its configured time, when that is more than two minutes."""
    return observed.drift if abs(observed.drift) > DRIFT else None


def offset_contradiction(zone: ZoneInfo, sightings: Iterable[Sighting]) -> OffsetContradiction | None:
    """Find the newest sighting whose UTC offset is not the configured zone's at that instant."""
    for seen in sorted(sightings, key=lambda sighting: sighting.at, reverse=True):
        configured = seen.at.astimezone(zone).utcoffset()
        if seen.offset is not None and configured is not None and seen.offset != configured:
            return OffsetContradiction(seen.at, seen.offset, configured)
    return None
