"""Whoever sends to a program under measurement: a process of its own, one thread, kept connections.

`python -m tests.bench.client` takes orders as lines of JSON and answers each with the times it took. Only the
standard library is used, so that it costs the machine little.
"""

import selectors
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.bench.orders import answer_orders
from tests.bench.signed import Key, campaign_request, slack_request

KINDS: dict[str, Callable[[Key, int], bytes]] = {"slack": slack_request, "campaign": campaign_request}
_CHUNK = 65536
_ANSWER_SECONDS = 30.0


class BadAnswer(Exception):
    """An answer that no measurement may rest on."""


@dataclass
class Connection:
    """One kept connection: at most one request is under way.

    Attributes:
        socket: connected.
        sent_at: when the present request went out, on the monotonic clock.
        received: what of its answer has come.
    """

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""

    def send(self, request: bytes) -> None:
        """Send a request."""
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what has come; tell whether the answer is whole.

        Raises:
            BadAnswer: the connection was closed, or the answer is not a success.
        """
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise BadAnswer(f"closed after {self.received[:200]!r}")
        self.received += chunk
        return is_whole(self.received)


def is_whole(answer: bytes) -> bool:
    """Tell whether an HTTP/1.1 answer has come to its end.

    Raises:
        BadAnswer: its status is not 2xx, or it does not say where it ends.
    """
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 2"):
        raise BadAnswer(repr(answer[:300]))
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return body.endswith(b"0\r\n\r\n")
    _, found, rest = lower.partition(b"content-length:")
    if not found:
        raise BadAnswer(f"no length: {answer[:300]!r}")
    return len(body) >= int(rest.partition(b"\r\n")[0])


@dataclass(frozen=True)
class Order:
    """What to send.

    Attributes:
        port: on loopback.
        kind: one of `KINDS`.
        secret: signs the requests.
        clients: how many connections send at once.
        seconds: for how long.
        path: of the request.
        text: what a command says; for a webhook the workflow that it is about.
        per_second: begin requests at this steady rate; 0 sends the next one as soon as one is answered.
        warm_up: how many requests go before, unmeasured.
    """

    port: int
    kind: str
    secret: str
    clients: int = 1
    seconds: float = 1.0
    path: str = ""
    text: str = ""
    per_second: float = 0.0
    warm_up: int = 20
    numbers: "count[int]" = field(default_factory=lambda: count(time.time_ns()))

    def request(self) -> bytes:
        """Make the next request; no two are the same."""
        return KINDS[self.kind](Key(self.secret, self.port, self.path, self.text), next(self.numbers))


def carry_out(order: Order) -> dict[str, object]:
    """Send, and tell how long each answer took, in milliseconds, and how long all of it took, in seconds."""
    connections = [
        Connection(socket.create_connection(("127.0.0.1", order.port), _ANSWER_SECONDS))
        for _ in range(order.clients)
    ]
    for connection in connections:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for number in range(order.warm_up):
            one = connections[number % len(connections)]
            one.send(order.request())
            while not one.receive():
                pass
        if order.per_second:
            return _at_a_rate(order, connections[0])
        return _one_after_the_other(order, connections)
    finally:
        for connection in connections:
            connection.socket.close()


def _one_after_the_other(order: Order, connections: list[Connection]) -> dict[str, object]:
    taken: list[float] = []
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(order.request())
        busy, end = len(connections), began + order.seconds
        while busy:
            ready = selector.select(_ANSWER_SECONDS)
            if not ready:
                raise BadAnswer(f"no answer for {_ANSWER_SECONDS:.0f} s")
            for key, _ in ready:
                connection = key.data
                if not connection.receive():
                    continue
                now = time.perf_counter()
                taken.append(1000 * (now - connection.sent_at))
                if now < end:
                    connection.send(order.request())
                else:
                    busy -= 1
                    selector.unregister(connection.socket)
        return {"ms": taken, "seconds": time.perf_counter() - began}


def _at_a_rate(order: Order, connection: Connection) -> dict[str, object]:
    taken: list[float] = []
    began = time.perf_counter()
    while (due := began + len(taken) / order.per_second) < began + order.seconds:
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.send(order.request())
        while not connection.receive():
            pass
        taken.append(1000 * (time.perf_counter() - connection.sent_at))
    return {"ms": taken, "seconds": time.perf_counter() - began}


def main() -> None:
    """Carry out orders until there are no more."""

    def deed(order: Mapping[str, Any]) -> dict[str, object]:
        try:
            return carry_out(Order(**order))
        except (BadAnswer, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    answer_orders(deed)


if __name__ == "__main__":
    main()
