"""A server of raw sockets that says exactly what a test tells it to say, well-behaved or not."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

HERE = Path(__file__).parent
CERTIFICATE = HERE / "loopback-certificate.pem"
KEY = HERE / "loopback-key.pem"

Reply = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Request:
    """What one connection asked for.

    Attributes:
        line: such as `POST /nl/jsp/soaprouter.jsp HTTP/1.1`.
        headers: with names in lower case.
        body: as text.
    """

    line: str
    headers: Mapping[str, str]
    body: str

    @property
    def action(self) -> str:
        """The SOAPAction without its quotes; the path for other requests."""
        return self.headers.get("soapaction", "").strip('"') or self.line.split(" ")[1]


class RawServer:
    """Answers each connection by the next reply ordered for its action; the last one is kept for good.

    Attributes:
        requests: what was asked, in order.
    """

    def __init__(self, *, tls: bool = False) -> None:
        self.requests: list[Request] = []
        self._replies: dict[str, list[Reply]] = {}
        self._tls = tls
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}"

    def on(self, action: str, *replies: Reply) -> None:
        """Order replies for an action or a path, in place of what was ordered before."""
        with self._lock:
            self._replies[action] = list(replies)

    def count(self, action: str) -> int:
        """Count the requests with an action."""
        return sum(request.action == action for request in self.requests)

    def last(self, action: str) -> Request:
        """Find the last request with an action."""
        return next(request for request in reversed(self.requests) if request.action == action)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        # Closing alone does not wake an accept on every system.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if not self._tls:
                self._answer(connection)
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE, KEY)
            with context.wrap_socket(connection, server_side=True) as secure:
                self._answer(secure)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        request = read_request(connection)
        with self._lock:
            self.requests.append(request)
            waiting = self._replies.get(request.action) or self._replies.get("*") or [http(404, "no reply")]
            reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        reply(connection)


def read_request(connection: socket.socket) -> Request:
    """Read one whole request."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Request(first, headers, body.decode())


def http(
    status: int, body: str | bytes, *, content_type: str = "text/xml; charset=utf-8", **headers: str
) -> Reply:
    """Answer like a proper server; `headers` have `_` for `-`."""
    return raw(
        head(status, length=len(_encoded(body)), content_type=content_type, **headers) + _encoded(body)
    )


def head(status: int, *, length: int | None, content_type: str = "text/xml", **headers: str) -> bytes:
    """Compose the head of an answer; without a length it ends with the connection."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {content_type}", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def raw(content: bytes) -> Reply:
    """Send just these bytes, then close."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(content)

    return reply


def reset(content: bytes = b"") -> Reply:
    """Send some bytes, then break the connection."""

    def reply(connection: socket.socket) -> None:
        if content:
            connection.sendall(content)
            # A reset throws away what the other side has not read yet.
            time.sleep(0.05)  # as the line above says
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return reply


def trickle(content: bytes, *, every: float, size: int = 1) -> Reply:
    """Send bytes a few at a time, each well within any timeout of a single read."""

    def reply(connection: socket.socket) -> None:
        for start in range(0, len(content), size):
            connection.sendall(content[start : start + size])
            time.sleep(every)  # the trickle is the purpose

    return reply


def silence(seconds: float) -> Reply:
    """Say nothing for a while, then close."""

    def reply(_connection: socket.socket) -> None:
        time.sleep(seconds)  # the silence is the purpose

    return reply


def refused_url() -> str:
    """Find an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def _encoded(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()
