"""Taking a webhook durably: signed, checked, one transaction, against one bare insert."""

from collections.abc import Iterator

from bot.sandbox.programs import WEBHOOK_SECRET
from tests.bench.effort import Effort
from tests.bench.figures import Pair, alternate, percentile
from tests.bench.program import Program
from tests.bench.row import Aim, Row, ratio_row
from tests.bench.stage import WORKFLOW, Burst, Stage, Watched, burst

INSERT = "bare WSGI and one sqlite3 insert, same server and durability"
CROWD = 8


def measure(effort: Effort) -> Iterator[Row]:
    """Measure one client, then several at once.

    Each burst is for an instance of its own: a single one may not bring so many deliveries.
    """
    watched = [Watched(f"prod{number}") for number in range(2 * effort.pairs)]
    fresh = iter(watched)
    with (
        Stage(watched=watched) as stage,
        Program("tests.bench.floors.insert", str(stage.folder / "floor.db")) as insert,
        Program("tests.bench.client") as client,
    ):
        for clients in (1, CROWD):

            def deliver(port: int, clients: int = clients, *, to: str = "prod") -> Burst:
                return burst(
                    client,
                    port=port,
                    kind="campaign",
                    secret=WEBHOOK_SECRET,
                    path=f"/webhooks/campaign/{to}",
                    text=WORKFLOW,
                    clients=clients,
                    seconds=effort.seconds,
                )

            pairs = alternate(
                effort.pairs,
                lambda: deliver(stage.port, to=next(fresh).name),
                lambda: deliver(int(insert.first_line)),
            )
            yield from _rows(clients, pairs)


def _rows(clients: int, pairs: list[tuple[Burst, Burst]]) -> Iterator[Row]:
    what = f"webhook taken durably (fsync), {clients} client{'s' if clients > 1 else ''}"
    yield ratio_row(
        f"webhook-{clients}-rate",
        f"{what}: rate",
        [Pair(ours.per_second, floor.per_second) for ours, floor in pairs],
        "/s",
        against=INSERT,
        aim=Aim(0.6, "×", at_least=True),
        bound=(
            "the one wait for the disk is short here, 0.15 ms, so processor time counts: with fsync off, "
            "160 µs where the floor takes 10, in some hundred calls, of which two lines in the log take 31; "
            "behind the wait the same calls take twice as long, as in cold caches; and three pages go to "
            "SQLite's log, not two"
        ),
    )
    yield ratio_row(
        f"webhook-{clients}-p99",
        f"{what}: p99",
        [Pair(percentile(ours.ms, 0.99), percentile(floor.ms, 0.99)) for ours, floor in pairs],
        "ms",
        against=INSERT,
        aim=Aim(1, "×") if clients == CROWD else None,
        bound="other threads of the same interpreter: the floor has none that work for Campaign and Slack",
    )
