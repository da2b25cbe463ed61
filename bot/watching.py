"""What machines that watch the program are shown, put together: health, readiness, figures.

Part of the composition root; nothing is decided in here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import version

from bot.domain.errors import StoreError
from bot.domain.vitals import Vitals
from bot.gateways.glance import Glance
from bot.gateways.metrics import CONTENT_TYPE, Metrics, Present
from bot.gateways.scheduler import Scheduler
from bot.gateways.slack import SocketConnection
from bot.service.figures import last_answers, readiness, take_figures
from bot.service.office import Office
from bot.web.application import Watching

SILENT_BELL_SECONDS = 30
"""After so long without a ring the program is not well: due work lies about."""

_HEALTH_SECONDS = 0.5
"""How long `/healthz` waits for what it shows beside: who asks may give up after a second, and restart us."""
_READY_SECONDS = 3.0
"""How long `/readyz` and `/metrics` wait for the store."""

Queue = tuple[datetime, int, datetime | None]
"""When the store was asked, what was due then, and when something falls due next."""


def take_vitals(socket: SocketConnection | None, scheduler: Scheduler) -> Vitals:
    """Look at the running program; no *socket* means that Slack calls by HTTP."""
    slack = "http" if socket is None else "connected" if socket.connected() else "disconnected"
    return Vitals(version("mcsync"), slack, scheduler.quiet_seconds())


def watching(office: Office, socket: SocketConnection | None, metrics: Metrics) -> Watching:
    """Put together what the web server shows.

    Args:
        office: what the use cases share.
        socket: the way to Slack; `None` by HTTP.
        metrics: what is measured.
    """
    metrics.watch(_present(office, socket))
    queue = Glance(lambda: _queue(office), _HEALTH_SECONDS)
    answers = Glance(lambda: last_answers(office), _READY_SECONDS)
    return Watching(
        health=lambda: _health(office, queue),
        readiness=lambda: readiness(office, answers.take),
        metrics=metrics.exposition,
        metrics_type=CONTENT_TYPE,
        webhook_acknowledged=lambda seconds: metrics.acknowledged("webhook", seconds),
    )


def _present(office: Office, socket: SocketConnection | None) -> Callable[[], Present]:
    figures = Glance(lambda: take_figures(office), _READY_SECONDS)

    def present() -> Present:
        vitals = office.vitals()
        return Present(
            version=vitals.version,
            bell_quiet_seconds=vitals.bell_quiet_seconds,
            socket_ages=socket.ages() if socket else (),
            figures=figures.take,
            store_writable=not office.store.trouble(),
        )

    return present


def _queue(office: Office) -> Queue:
    now = office.clock.now()
    with office.store.read() as tx:
        return now, tx.due(now), tx.next_due(now)


def _health(office: Office, queue: Glance[Queue]) -> Mapping[str, object]:
    """Say whether the program lives: its bell rings. What it can reach is a matter of readiness.

    What is due is shown beside, `None` where the store does not tell: a restart would not mend that.
    """
    vitals = office.vitals()
    try:
        now, due, upcoming = queue.take()
    except StoreError:
        now, due, upcoming = office.clock.now(), None, None
    return {
        "ok": vitals.bell_quiet_seconds < SILENT_BELL_SECONDS,
        "now": now.isoformat(),
        "due": due,
        "next_due": upcoming.isoformat() if upcoming else None,
        "slack": vitals.slack,
        "bell_quiet_seconds": round(vitals.bell_quiet_seconds, 1),
    }
