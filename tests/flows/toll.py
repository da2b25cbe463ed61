"""A gate on the way to a server: it counts the calls that pass, and may do something at one of them.

Whoever stands behind it sees what was sent, whoever stands before it what was answered; nothing is changed.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

BEFORE, BETWEEN, AFTER = "before", "between", "after"
"""Before the server sees a call; between its deed and the answer; after the answer has left."""

SECONDS = 30
PIECE = 64 * 1024
_OWN_HEADERS = frozenset({"host", "connection", "transfer-encoding", "content-length"})


@dataclass(frozen=True)
class Mark:
    """One moment on the way.

    Attributes:
        label: of the call: a SOAP action, or a method of Slack.
        number: 1 for the first such call after the gate was armed.
        moment: `BEFORE`, `BETWEEN` or `AFTER`.
    """

    label: str
    number: int
    moment: str

    def __str__(self) -> str:
        return f"{self.moment} {self.label} {self.number}"


class Toll:
    """The gate, on a free port of loopback, as a context manager.

    Args:
        target: the server behind it.

    Attributes:
        passed: the labels of the calls since it was armed, in order.
        fired: set once the deed was done.
    """

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._lock = threading.Lock()
        self._mark: Mark | None = None
        self._deed: Callable[[], None] = lambda: None
        self.passed: list[str] = []
        self.fired = threading.Event()

    def __enter__(self) -> Self:
        """Open it."""
        toll: Toll = self

        class Passage(_Passage):
            gate = toll

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Passage)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="toll")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def arm(self, mark: Mark | None, deed: Callable[[], None] = lambda: None) -> None:
        """Count from here on, and do *deed* at *mark*."""
        with self._lock:
            self.passed, self._mark, self._deed = [], mark, deed
            self.fired.clear()

    def meets(self, label: str) -> str | None:
        """Count a call; return the moment at which the deed is to be done in it, `None` for none."""
        with self._lock:
            self.passed.append(label)
            mark = self._mark
            if mark is None or mark.label != label or self.passed.count(label) != mark.number:
                return None
            self._mark = None
            return mark.moment

    def fire(self) -> bool:
        """Do the deed; tell whether the caller is to be hung up on."""
        self._deed()
        self.fired.set()
        return True

    @contextmanager
    def forwarded(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> Iterator[http.client.HTTPResponse]:
        """Pass a request on; yield the answer as soon as it begins."""
        assert self._target.hostname is not None
        connection = http.client.HTTPConnection(self._target.hostname, self._target.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            yield connection.getresponse()
        finally:
            connection.close()

    def length_of(self, label: str, first: bytes, answer: http.client.HTTPResponse) -> int:  # noqa: ARG002 - others need it
        """Tell how long an answer is said to be, given its first piece."""
        return int(answer.getheader("Content-Length") or len(first))

    def pieces(self, label: str, answer: http.client.HTTPResponse) -> Iterator[bytes]:  # noqa: ARG002 - for others
        """Read an answer piece by piece, as it comes; where it is cut short, so is this."""
        while piece := answer.read1(PIECE):
            yield piece


class _Passage(BaseHTTPRequestHandler):
    """One connection."""

    gate: Toll
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""

    def do_GET(self) -> None:
        """Pass a page on."""
        self._pass("GET")

    def do_POST(self) -> None:
        """Pass a call on."""
        self._pass("POST")

    def _pass(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        label = self.headers.get("SOAPAction", "").strip('"') or urlsplit(self.path).path
        moment = self.gate.meets(label) if method == "POST" else None
        if moment == BEFORE and self._hangs_up():
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN_HEADERS}
        with self.gate.forwarded(method, self.path, headers, body) as answer:
            if moment == BETWEEN and self._hangs_up():
                return
            self._relay(label, answer)
        if moment == AFTER:
            self.gate.fire()

    def _relay(self, label: str, answer: http.client.HTTPResponse) -> None:
        """Pass an answer on as it comes, and whatever is wrong with it."""
        pieces = self.gate.pieces(label, answer)
        first = next(pieces, b"")
        length = self.gate.length_of(label, first, answer)
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        for piece in chain([first], pieces):
            self.wfile.write(piece)
            self.wfile.flush()
            length -= len(piece)
        if length:
            self.close_connection = True

    def _hangs_up(self) -> bool:
        self.close_connection = self.gate.fire()
        return self.close_connection

    def finish(self) -> None:
        """Say farewell, if anybody is there to hear it."""
        with suppress(ConnectionError):
            super().finish()

    def handle(self) -> None:
        """Serve until either side has gone."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True
