"""The server that runs the WSGI callable: waitress, with every limit set, opened and closed from outside."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from wsgiref.types import WSGIApplication

import structlog
from waitress import wasyncore  # type: ignore[import-untyped]  # waitress ships no types
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]  # the same
from waitress.task import ThreadedTaskDispatcher  # type: ignore[import-untyped]  # the same

from bot.domain.errors import ConfigurationError
from bot.web.callers import CallerServer
from bot.web.slack_events import LARGEST_EVENT_BYTES

log = structlog.get_logger(__name__)

CLOSING_SECONDS = 1.5
"""How long answers under way may take once closing has begun; with the rest, closing stays under 2 s."""
REQUEST_SECONDS = 30.0
"""How long a caller may take for a whole request, and keep a connection without one."""
# The paths have smaller limits of their own and say so in a sentence. A body of this size is no mistake:
# waitress answers 413 in plain text and hangs up, whether or not the caller is still sending.
_LARGEST_BODY_BYTES = LARGEST_EVENT_BYTES + 64 * 1024
_LIMITS = {
    "max_request_body_size": _LARGEST_BODY_BYTES,
    "max_request_header_size": 32 * 1024,
    # No caller can make us open a file: what is read stays in memory, at the very worst 250 MB in all.
    "inbuf_overflow": _LARGEST_BODY_BYTES,
    "connection_limit": 100,
    "asyncore_use_poll": True,
    "backlog": 256,
    "expose_tracebacks": False,
    "clear_untrusted_proxy_headers": True,
    "ident": None,
}


class WebServer:
    """One listening socket and a bounded pool of threads, opened once and closed once.

    Args:
        application: the WSGI callable.
        host: where to listen, a name or an address; `""` is every address.
        port: 0 takes any free port.
        threads: how many requests are answered at once.
        closing_seconds: how long answers under way may take once closing has begun.
        request_seconds: how long a caller may take for a whole request, and keep a connection without one.
    """

    def __init__(
        self,
        application: WSGIApplication,
        host: str,
        port: int,
        *,
        threads: int = 8,
        closing_seconds: float = CLOSING_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._application = application
        self._host = host
        self._port = port
        self._threads = threads
        self._closing_seconds = closing_seconds
        self._request_seconds = request_seconds
        self._sockets: dict[int, object] = {}
        self._server: CallerServer | None = None
        self._loop: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on; before `open`, the one it was asked to use."""
        return self._port

    def open(self) -> None:
        """Listen, and answer from now on.

        Raises:
            ConfigurationError: the address cannot be used.
        """
        try:
            listening = listen(self._host, self._port)
        except OSError as error:
            problem = f"web.listen: cannot listen on {self._host}:{self._port}: {error.strerror}"
            raise ConfigurationError((problem,)) from error
        self._port = listening.getsockname()[1]
        self._server = self._serve(listening)
        self._loop = threading.Thread(target=self._server.run, name="web", daemon=True)
        self._loop.start()
        log.info("web.opened", host=self._host, port=self._port)

    def _serve(self, listening: socket.socket) -> CallerServer:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self._threads)
        return CallerServer(
            self._application,
            self._sockets,
            True,
            listening,
            dispatcher=dispatcher,
            adj=Adjustments(threads=self._threads, **_LIMITS),
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
            request_seconds=self._request_seconds,
        )

    def close(self) -> None:
        """Stop listening, let answers under way go out, and end the threads."""
        server, loop = self._server, self._loop
        if server is None or loop is None:
            return
        self._server = self._loop = None
        deadline = time.monotonic() + self._closing_seconds
        # Everything that touches the sockets runs in the loop's own thread.
        _run_in_loop(server, lambda: _stop_listening(server))
        while any(_at_work(channel) for channel in list(server.active_channels.values())):
            if time.monotonic() >= deadline:
                log.warning("web.closed_early", requests=len(server.active_channels))
                break
            time.sleep(0.01)  # waitress tells nobody that a request is done
        # The loop may take the step before our pull of its trigger, which is closed by then.
        with contextlib.suppress(OSError):
            _run_in_loop(server, lambda: wasyncore.close_all(self._sockets, ignore_all=True))
        loop.join()
        server.task_dispatcher.shutdown(timeout=0.2)
        log.info("web.closed", port=self._port)


def listen(host: str, port: int) -> socket.socket:
    """Bind an address.

    Args:
        host: a name or an address; `""` is every address.
        port: 0 takes any free port.

    Raises:
        OSError: it cannot be used here.
    """
    found = socket.getaddrinfo(
        host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    # A name such as `localhost` has two addresses; callers try the IPv4 one in any case.
    family, *_, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return socket.create_server((str(address[0]), port), family=family)


def _run_in_loop(server: CallerServer, step: Callable[[], None]) -> None:
    server.trigger.pull_trigger(step)


def _stop_listening(server: CallerServer) -> None:
    server.accepting = False
    # Not `server.close()`: that also closes the trigger, by which we still reach the loop.
    wasyncore.dispatcher.close(server)


def _at_work(channel: wasyncore.dispatcher) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)
