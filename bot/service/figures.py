"""Counts for `/metrics`, and whether the program is ready to serve for `/readyz`. Reads only."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from bot.domain.errors import StoreError
from bot.domain.figures import Estimate, Figures
from bot.domain.instance import Instance, Mode
from bot.domain.lesson import effective_windows
from bot.domain.sight import Sight
from bot.service.office import Office
from bot.service.ports import Reading

SEEN_WITHIN = timedelta(minutes=5)
"""How long ago an instance may have answered its last poll; two polls where it is polled less often."""


def take_figures(office: Office) -> Figures:
    """Count.

    Raises:
        StoreError: the store cannot be asked.
    """
    now = office.clock.now()
    with office.store.read() as tx:
        tally = tx.tally(now)
        sights = [tx.sight(name) for name in office.instances]
        estimates = tuple(_estimates(tx, office))
    return Figures(
        tally=tally,
        waited=max(now - tally.oldest_due, timedelta()) if tally.oldest_due else timedelta(),
        unseen={sight.instance: now - sight.seen_at for sight in sights if sight and sight.seen_at},
        estimates=estimates,
    )


def readiness(office: Office, look: Callable[[], Mapping[str, str]] | None = None) -> Mapping[str, str]:
    """Say of each thing that serving needs how it is: `ok`, or what is the matter.

    Args:
        office: what the use cases share.
        look: `last_answers`, asked in a way that comes back in time; itself if left out.

    Returns:
        By name: `store`, `slack`, and `campaign:<instance>` for each instance that is watched.
    """
    way = office.vitals().slack
    slack = "ok" if way in ("http", "connected") else f"the socket is {way}"
    try:
        answers = look() if look else last_answers(office)
    except StoreError as error:
        return {"store": str(error), "slack": slack}
    # Whoever can read and not write takes no request: a full disk is one.
    return {"store": office.store.trouble() or "ok", "slack": slack, **answers}


def last_answers(office: Office) -> Mapping[str, str]:
    """Say of each instance that is watched whether it has answered lately, as `campaign:<instance>`.

    Raises:
        StoreError: the store cannot be asked.
    """
    now = office.clock.now()
    with office.store.read() as tx:
        return {
            f"campaign:{instance.name}": _seen(instance, tx.sight(instance.name), now)
            for instance in office.instances.values()
            if instance.mode is not Mode.OFF
        }


def _seen(instance: Instance, sight: Sight | None, now: datetime) -> str:
    if sight is None or sight.seen_at is None:
        return "it has not answered yet"
    ago = now - sight.seen_at
    if ago <= max(SEEN_WITHIN, 2 * instance.poll):
        return "ok"
    return f"it last answered {ago // timedelta(seconds=1)} s ago"


def _estimates(tx: Reading, office: Office) -> Iterator[Estimate]:
    for instance in office.instances.values():
        for execution in instance.executions:
            lesson = tx.lesson(instance.name, execution.workflow)
            effective = effective_windows(execution, lesson)
            for configured, learnt in zip(execution.windows, effective, strict=True):
                at = configured.at.isoformat()
                yield Estimate(instance.name, execution.workflow, at, configured.takes, learnt.takes)
