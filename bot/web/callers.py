"""Callers who keep a connection: each owes a whole request within a time, and none keeps another out.

Waitress counts silence only, so a byte every few seconds would hold a connection for ever, and when all are
held it lets nobody in. Here the time from the first byte to the last is counted; and where no place is left,
whoever has kept one the longest without asking anything gives it up to the next who comes.
"""

import contextlib
import socket
from collections.abc import Iterator
from time import monotonic

import structlog
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress ships no types
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]  # the same

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1


class CallerChannel(HTTPChannel):  # type: ignore[misc]  # untyped, as above
    """One connection.

    Attributes:
        owes_since: when the caller connected, was last answered, or after that began its next request.
        began: whether a byte of that request has come.
        several: whether it sent several requests in one breath.
    """

    def __init__(self, *args: object, **named: object) -> None:
        self.owes_since = monotonic()
        self.began = False
        self.several = False
        super().__init__(*args, **named)

    def received(self, data: bytes) -> object:
        """Take what came."""
        if not self.began:
            self.began = True
            self.owes_since = monotonic()
        taken = super().received(data)
        if len(self.requests) > 1:
            self._take_the_first()
        return taken

    def service(self) -> None:
        """Answer one request, in a thread of the pool."""
        super().service()
        self.began = False
        self.owes_since = monotonic()
        if self.several:
            with self.requests_lock:
                self.close_when_flushed = True
            self.server.pull_trigger()

    def owes(self) -> bool:
        """Tell whether it is the caller's turn: to send a whole request, or to read what was answered."""
        return not self.requests

    def is_at_it(self) -> bool:
        """Tell whether it has begun to send or has yet to read, and is not merely kept for later."""
        return self.began or bool(self.total_outbufs_len)

    def hang_up(self) -> None:
        """Close within the next round of the loop, also if the caller reads nothing."""
        self.will_close = True
        # Only so does the loop hear of it where what was answered is still in the caller's way.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def _take_the_first(self) -> None:
        # Nobody honest sends the second before the first is answered. Three hundred small ones fit into one
        # read, and their answers, unread, would fill the memory and hold a thread of the pool.
        with self.requests_lock:
            for request in self.requests[1:]:
                request.close()
            del self.requests[1:]
            self.several = True


class CallerServer(TcpWSGIServer):  # type: ignore[misc]  # untyped, as above
    """The listening socket.

    Args:
        request_seconds: how long a connection may be kept without a whole request, and how long one may take.
    """

    channel_class = CallerChannel

    def __init__(self, *args: object, request_seconds: float, **named: object) -> None:
        self._request_seconds = request_seconds
        self._next_sweep = 0.0
        self._crowded_out = 0
        super().__init__(*args, **named)

    def readable(self) -> bool:
        """Tell whether somebody may be let in; asked in every round of the loop."""
        now = monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            self._sweep(now)
        if not self.accepting:
            return False
        if len(self._map) < self.adj.connection_limit:
            return True
        self._make_room()
        return False

    def _sweep(self, now: float) -> None:
        overdue = [caller for caller in self._owing() if now - caller.owes_since > self._request_seconds]
        late = sum(caller.is_at_it() for caller in overdue)
        for caller in overdue:
            caller.hang_up()
        if late or self._crowded_out:
            log.warning("web.hung_up", late=late, crowded_out=self._crowded_out)
        self._crowded_out = 0

    def _make_room(self) -> None:
        owing = min(self._owing(), key=lambda caller: caller.owes_since, default=None)
        if owing is not None:
            owing.hang_up()
            self._crowded_out += 1

    def _owing(self) -> Iterator[CallerChannel]:
        return (caller for caller in self.active_channels.values() if caller.owes() and not caller.will_close)
