"""How mcsync itself is: the way to Slack, the store and its queue, what it sees, and the record."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import Examination, Seal
from bot.domain.instance import Instance, Mode
from bot.domain.logon_bar import LogonBar
from bot.domain.sight import Sight
from bot.domain.vitals import Vitals
from bot.service.health import examine_record
from bot.service.office import Office

MOST_EXAMINED = 5000
"""Longer records are not examined while somebody waits: the daily examination says how they are."""

QUIET_TOO_LONG = 30.0
"""Seconds after which due work lies about."""


@dataclass(frozen=True)
class InstanceCondition:
    """Whether one server is seen.

    Attributes:
        instance: as configured.
        sight: when it was last seen, `None` before the first poll.
        bar: a refused log-on that is remembered, if any.
    """

    instance: Instance
    sight: Sight | None
    bar: LogonBar | None

    @property
    def is_well(self) -> bool:
        """Whether it is seen, or is not meant to be."""
        seen = self.sight is not None and self.sight.blind_since is None
        return self.instance.mode is Mode.OFF or (seen and self.bar is None)


@dataclass(frozen=True)
class ConditionView:
    """How mcsync is.

    Attributes:
        now: rule time, UTC.
        vitals: what the program says of itself.
        due: how much work is due or under way.
        next_due: when the next work falls due, UTC.
        entries: how many entries the record has.
        examination: of the record; `None` when it is too long to be examined while somebody waits.
        seal: what the last daily line told of the record, `None` before the first.
        instances: in the order of the configuration.
    """

    now: datetime
    vitals: Vitals
    due: int
    next_due: datetime | None
    entries: int
    examination: Examination | None
    seal: Seal | None
    instances: tuple[InstanceCondition, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing here needs anybody."""
        sound = self.examination is None or not self.examination.flaws
        reached = self.vitals.slack != "disconnected" and self.vitals.bell_quiet_seconds < QUIET_TOO_LONG
        return sound and reached and all(one.is_well for one in self.instances)


def take_condition(office: Office) -> ConditionView:
    """Read how mcsync is; the store's own answer shows that it can be read."""
    now = office.clock.now()
    with office.store.read() as tx:
        entries, seals = tx.last_entry(), tx.seals()
        return ConditionView(
            now=now,
            vitals=office.vitals(),
            due=tx.due(now),
            next_due=tx.next_due(now),
            entries=entries,
            examination=examine_record(tx) if entries <= MOST_EXAMINED else None,
            seal=seals[-1] if seals else None,
            instances=tuple(
                InstanceCondition(instance, tx.sight(instance.name), tx.logon_bar(instance.name))
                for instance in office.instances.values()
            ),
        )
