"""What machines that watch the program are shown, put together: health, readiness, figures.

Part of the composition root; nothing is decided in here.
"""

from collections.abc import Callable, Mapping
from importlib.metadata import version

from bot.domain.vitals import Vitals
from bot.gateways.metrics import CONTENT_TYPE, Metrics, Present
from bot.gateways.scheduler import Scheduler
from bot.gateways.slack import SocketConnection
from bot.service.figures import readiness, take_figures
from bot.service.office import Office
from bot.web.application import Watching

SILENT_BELL_SECONDS = 30
"""After so long without a ring the program is not well: due work lies about."""


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
    return Watching(
        health=lambda: _health(office),
        readiness=lambda: readiness(office),
        metrics=metrics.exposition,
        metrics_type=CONTENT_TYPE,
        webhook_acknowledged=lambda seconds: metrics.acknowledged("webhook", seconds),
    )


def _present(office: Office, socket: SocketConnection | None) -> Callable[[], Present]:
    def present() -> Present:
        vitals = office.vitals()
        return Present(
            version=vitals.version,
            bell_quiet_seconds=vitals.bell_quiet_seconds,
            socket_ages=socket.ages() if socket else (),
            figures=lambda: take_figures(office),
        )

    return present


def _health(office: Office) -> Mapping[str, object]:
    """Say whether the program lives: its bell rings. What it can reach is a matter of readiness."""
    now, vitals = office.clock.now(), office.vitals()
    with office.store.read() as tx:
        due, upcoming = tx.due(now), tx.next_due(now)
    return {
        "ok": vitals.bell_quiet_seconds < SILENT_BELL_SECONDS,
        "now": now.isoformat(),
        "due": due,
        "next_due": upcoming.isoformat() if upcoming else None,
        "slack": vitals.slack,
        "bell_quiet_seconds": round(vitals.bell_quiet_seconds, 1),
    }
