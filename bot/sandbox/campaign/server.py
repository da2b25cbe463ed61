"""The stand-in as an HTTP server: sockets, paths, headers, and the ways a connection can go wrong.

Serves the marketing server at `/`, its execution instances under `/rt/<account>`, IMS at `/ims/token` and the
levers at `/_sandbox`. What a SOAP method does is in `methods.py`, what the world does in `world.py`.
"""

import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.sandbox.campaign.clock import Clock, clock_from_environment
from bot.sandbox.campaign.connection import Connection
from bot.sandbox.campaign.faults import Faults
from bot.sandbox.campaign.record import SoapRecord
from bot.sandbox.campaign.seed import Plan, build, scene
from bot.sandbox.campaign.world import World

# How often the world is advanced when nobody asks, in machine seconds.
TICK = 0.05
# How soon the listening thread notices that it shall stop, in machine seconds.
POLL = 0.01


class CampaignServer:
    """A marketing server and its execution instances, on one port of the loopback interface.

    Use it as a context manager. Constructing binds nothing; `start` does.

    Attributes:
        plan: what the world starts from; its `url` is filled in once the port is known.
        scenario: what the scene is about, on top of the plan.
        clock: rule time. Only rule time moves the world.
        world: the state; `reset` puts a new one in its place.
        faults: the troubles ordered for the next calls.
        record: where SOAP calls are written down.
        closing: set once the server is on its way out, so that nothing is held any longer.
    """

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        port: int = 0,
        clock: Clock | None = None,
        journal: Path | None = None,
        scenario: str = "collision",
    ) -> None:
        self.plan = plan or Plan()
        self.scenario = scenario
        self.clock = clock or clock_from_environment()
        self.faults = Faults()
        self.record = SoapRecord(journal)
        self.closing = threading.Event()
        self.world: World
        self._address = ("127.0.0.1", port)
        self._http: _Listener | None = None
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """The marketing server's base address; only while started."""
        assert self._http is not None
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def rt_url(self, account: str = "mcExec1") -> str:
        """Return the base address of an execution instance."""
        return f"{self.url}/rt/{account}"

    @property
    def open_connections(self) -> int:
        """How many clients are connected right now."""
        return 0 if self._http is None else self._http.open_connections

    def start(self) -> None:
        """Bind the port, build the world, and serve in threads of its own."""
        self._http = _Listener(self._address, self)
        try:
            self.plan = replace(self.plan, url=self.url)
            self.reset()
        except BaseException:
            self._http.server_close()
            raise
        for work in (self._serve, self._tick):
            thread = threading.Thread(target=work, name=f"campaign-{work.__name__.strip('_')}")
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Stop serving, whatever is still being answered; takes well under a second."""
        self.closing.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.hang_up()
            self._http.server_close()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def advance(self) -> World:
        """Bring the world up to rule time and return it."""
        world = self.world
        world.advance(self.clock())
        return world

    def reset(self, scenario: str | None = None) -> None:
        """Put the initial world back, as of now, and withdraw all faults.

        Args:
            scenario: the scenario to start instead of the present one.
        """
        self.scenario = scenario or self.scenario
        self.world = build(scene(self.scenario, self.plan), self.clock())
        self.faults = Faults()
        self.record.counts.clear()

    def _serve(self) -> None:
        assert self._http is not None
        self._http.serve_forever(poll_interval=POLL)

    def _tick(self) -> None:
        while not self.closing.wait(TICK):
            self.advance()


class _Listener(ThreadingHTTPServer):
    """The listening socket; remembers its connections so that it can hang up."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], campaign: CampaignServer) -> None:
        self.campaign = campaign
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(
            address, lambda request, client, server: Connection(request, client, server, campaign)
        )

    @property
    def open_connections(self) -> int:
        """How many connections are open."""
        with self._lock:
            return len(self._open)

    def process_request(  # type: ignore[override] # a TCP server is given a socket and an address
        self, request: socket.socket, client_address: tuple[str, int]
    ) -> None:
        """Remember the connection, then serve it in a thread of its own."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override] # as above
        """Close a connection; one that is to be reset is closed without a farewell."""
        with self._lock:
            self._open.discard(request)
        if request.fileno() >= 0 and request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(  # type: ignore[override] # as above
        self, request: socket.socket, client_address: tuple[str, int]
    ) -> None:
        """Say nothing about clients that went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Cut every connection that is still open, so that its thread ends."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def serve(
    port: int,
    *,
    seed: int = 1,
    log: Path | None = None,
    zone: str = "Europe/Paris",
    rt_restart: time | None = time(6),
    rt_zone: str = "Europe/Paris",
    rt_takes: timedelta = timedelta(seconds=180),
    scenario: str = "collision",
) -> None:
    """Serve until SIGTERM or Ctrl-C; print one line with the address.

    Args:
        port: 0 takes any that is free.
        seed: of all randomness.
        log: every SOAP call is appended here as JSON, secrets masked.
        zone: the marketing server's.
        rt_restart: the execution instance's daily restart, local time in `rt_zone`; `None` for none.
        rt_zone: the execution instance's.
        rt_takes: how long that restart lasts.
        scenario: one of `seed.SCENES`.
    """
    plan = Plan(seed=seed, zone=zone, rt_restart=rt_restart, rt_zone=rt_zone, rt_takes=rt_takes)
    ending = {signal.SIGTERM, signal.SIGINT}
    # Blocked and waited for: a handler could miss a signal that falls between two bytecodes of this thread.
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    with CampaignServer(plan, port=port, journal=log, scenario=scenario) as server:
        print(f"Campaign stand-in: {server.url}", flush=True)
        signal.sigwait(ending)
