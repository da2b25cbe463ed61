"""An office for tests: a real store, a clock turned by hand, and stand-ins with a state of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from bot.domain.due_work import Claim, Work
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.learning import Sighting
from bot.domain.policy import Roles
from bot.domain.restart import RestartWindow
from bot.gateways.store import SqlStore, create_store
from bot.service.office import Office
from bot.service.work import Later

if TYPE_CHECKING:
    from bot.service.ports import Directory, Slack

PARIS = ZoneInfo("Europe/Paris")
WORKFLOW = "mcSynch_mcExec1"


@dataclass
class TurnedClock:
    """Both clocks, turned by hand."""

    at: datetime

    def now(self) -> datetime:
        """Tell rule time."""
        return self.at

    def machine_now(self) -> datetime:
        """Tell machine time."""
        return self.at


@dataclass
class RestartingRt:
    """An execution instance that is away for a while every day; answers as a probe sees it."""

    clock: TurnedClock
    away_from: time
    takes: timedelta
    offset: timedelta | None = None
    looks: list[datetime] = field(default_factory=list)

    def look(self, instance: str, workflow: str) -> Sighting | None:
        """Look once."""
        del instance, workflow
        now = self.clock.at
        self.looks.append(now)
        gone = datetime.combine(now.astimezone(PARIS).date(), self.away_from, PARIS).astimezone(UTC)
        return Sighting(now, not gone <= now < gone + self.takes, self.offset)


@dataclass
class Readers:
    """The `Locales` port without a Slack: everybody reads the channel's language unless told otherwise.

    Attributes:
        known: locales by user.
        zones: time zones by user.
    """

    known: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)

    def locale(self, user: str) -> str:
        return self.known.get(user, "")

    def zone(self, user: str) -> str:
        return self.zones.get(user, "")


@contextmanager
def opened(
    folder: Path, clock: TurnedClock, *, takes: timedelta = timedelta(minutes=1), away_from: time = time(6)
) -> Iterator[tuple[Office, SqlStore, RestartingRt]]:
    """Open an office that watches one workflow of one instance."""
    window = RestartWindow(time(6), PARIS, timedelta(minutes=1), takes, timedelta(minutes=1))
    execution = Execution("mcExec1", WORKFLOW, (window,), time(0), probe=True)
    instance = Instance("prod", PARIS, PARIS, Mode.PROPOSE, timedelta(seconds=60), (), (execution,))
    store = create_store(f"sqlite:///{folder / 'office.db'}")
    rt = RestartingRt(clock, away_from, timedelta(seconds=180))
    store.open()
    try:
        office = Office(
            clock=clock,
            store=store,
            slack=cast("Slack", None),
            directory=cast("Directory", None),
            locales=Readers(),
            probe=rt,
            campaigns={},
            instances={"prod": instance},
            roles=Roles(),
            channel="C0OPS",
            expiry=timedelta(hours=1),
        )
        yield office, store, rt
    finally:
        store.close()


def run_until(
    do: Callable[[Claim], Later | None], clock: TurnedClock, payload: dict[str, str], end: datetime
) -> None:
    """Do one piece of work again and again, each time when it asked to be done, until *end*."""
    claim = Claim(Work("k", "kind", "lane", clock.at, payload), "test", 1, 1)
    while clock.at < end:
        later = do(claim)
        assert later is not None
        assert later.due_at > clock.at
        clock.at = later.due_at
