"""Several workflows with one cause: people see one summary of them, and each keeps a card of its own.

Pure. Who keeps the summary true is `bot/service/gatherings.py`; how it looks is the counter's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incident import Incident, IncidentState, identify
from bot.domain.proposal import Proposal

TOGETHER = timedelta(minutes=10)
"""How far apart failures of one cause may lie: one restart of RT, and the polls that find what it did."""

MARK = "together-"
"""How the key of a summary begins, so that nobody takes it for an incident's."""


@dataclass(frozen=True)
class Member:
    """One workflow of a summary.

    Attributes:
        incident: what happened to it.
        proposal: the latest request about it, `None` if there was none.
    """

    incident: Incident
    proposal: Proposal | None = None


def belong_together(one: Incident, other: Incident) -> bool:
    """Tell whether two incidents are one event to people: one server, one cause, about one time."""
    return (
        one.instance == other.instance
        and one.workflow != other.workflow
        and one.cause is other.cause
        and abs(one.last_at - other.last_at) <= TOGETHER
    )


def gather(fresh: Incident, others: Iterable[Incident]) -> tuple[str, tuple[Incident, ...]]:
    """Find the summary that *fresh* belongs to.

    Args:
        fresh: an incident that was just opened, or failed once more.
        others: the open incidents beside it.

    Returns:
        The key of the summary, `""` while *fresh* is alone; and those of *others* that join it only now.
    """
    companions = [
        other
        for other in others
        if other.state is IncidentState.OPEN and other.id != fresh.id and belong_together(fresh, other)
    ]
    if not companions:
        return "", ()
    known = sorted(other.gathering for other in companions if other.gathering)
    key = known[0] if known else MARK + identify(*sorted((fresh.id, *(one.id for one in companions))))
    return key, tuple(one for one in companions if not one.gathering)


def latest(members: Iterable[Member]) -> datetime:
    """Tell when the latest of them failed."""
    return max(member.incident.last_at for member in members)
