"""The server's life: opening, limits, closing."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import structlog

from bot.domain.errors import ConfigurationError
from bot.web import WebServer
from bot.web.slack_events import LARGEST_EVENT_BYTES
from tests.waiting import until
from tests.web.conftest import Caller

PATIENCE = 20.0
"""Seconds that even a machine with too much to do needs for none of this."""


class SlowPage:
    """A page that waits for the test."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.release = threading.Event()

    def __call__(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.asked.set()
        self.release.wait(3 * PATIENCE)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


def page(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def test_constructing_opens_nothing() -> None:
    before = threading.active_count()

    server = WebServer(page, "127.0.0.1", 0)

    assert server.port == 0
    assert threading.active_count() == before
    server.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", ""])
def test_port_0_takes_a_free_port(host: str) -> None:
    server = WebServer(page, host, 0)
    server.open()

    assert Caller(server.port)("GET", "/").body == b"ok"

    server.close()


def test_an_ipv6_address_may_stand_in_brackets() -> None:
    server = WebServer(page, "[::1]", 0)
    server.open()
    connection = http.client.HTTPConnection("::1", server.port, timeout=PATIENCE)
    connection.request("GET", "/")

    assert connection.getresponse().read() == b"ok"

    connection.close()
    server.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_an_address_that_cannot_be_used_is_a_problem_of_the_configuration(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = WebServer(page, host, port)
        with pytest.raises(ConfigurationError, match=rf"web\.listen: cannot listen on {host}:{port}: \w+"):
            server.open()


def test_closing_waits_for_no_idle_caller_ends_threads_and_frees_the_port() -> None:
    before = set(threading.enumerate())
    server = WebServer(page, "127.0.0.1", 0, closing_seconds=60)
    server.open()
    idle = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    half = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    half.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    Caller(server.port)("GET", "/")

    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < PATIENCE

    assert idle.recv(1) == b""
    idle.close()
    half.close()
    again = WebServer(page, "127.0.0.1", server.port)
    again.open()
    again.close()
    server.close()
    assert {thread for thread in threading.enumerate() if thread.is_alive()} <= before


def test_an_answer_under_way_still_goes_out_while_nobody_new_is_let_in() -> None:
    slow = SlowPage()
    server = WebServer(slow, "127.0.0.1", 0, closing_seconds=60)
    server.open()
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(Caller(server.port)("GET", "/").body))
    asking.start()
    assert slow.asked.wait(PATIENCE)

    closing = threading.Thread(target=server.close)
    closing.start()
    refused = False
    deadline = time.monotonic() + PATIENCE
    while not refused and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE).close()
            time.sleep(0.01)  # until nobody listens any more
        except ConnectionRefusedError:
            refused = True
        except ConnectionResetError:
            pass  # it came between the last who was let in and the end of listening
    slow.release.set()
    closing.join()
    asking.join()

    assert refused
    assert answers == [b"done"]


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    slow = SlowPage()
    server = WebServer(slow, "127.0.0.1", 0, closing_seconds=0.1)
    server.open()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert slow.asked.wait(PATIENCE)

        with structlog.testing.capture_logs() as logs:
            server.close()
        assert not slow.release.is_set()
        assert [entry["event"] for entry in logs] == ["web.closed_early", "web.closed"]
        assert connection.recv(1) == b""
    slow.release.set()


# --- Callers who keep what they can ---------------------------------------------------------------

ALL_PLACES = 100
"""As many connections as are ever open; two of them are the server's own."""
BEGUN = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n"


def is_hung_up(connection: socket.socket) -> bool:
    """Look without waiting whether the other side has closed."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class Tricklers:
    """Callers who hold as many connections as they get, by a byte now and then.

    Args:
        port: of the server.
        count: how many connections they keep trying to hold.
        before: what each sends at once.
    """

    def __init__(self, port: int, count: int, before: bytes = BEGUN) -> None:
        self._port = port
        self._count = count
        self._before = before
        self._held: list[socket.socket] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._trickle)
        self.most_open = 0
        self.lost = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for connection in self._held:
            connection.close()

    def _trickle(self) -> None:
        while not self._over.wait(0.01):
            held = [connection for connection in self._held if self._still_open(connection)]
            self.most_open = max(self.most_open, len(held))
            while len(held) < self._count and not self._over.is_set():
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
                connection.sendall(self._before)
                held.append(connection)
            self._held = held

    def _still_open(self, connection: socket.socket) -> bool:
        if not is_hung_up(connection):
            with contextlib.suppress(OSError):
                connection.send(b"x")
                return True
        connection.close()
        self.lost += 1
        return False


def test_callers_who_trickle_in_all_places_keep_nobody_out() -> None:
    server = WebServer(page, "127.0.0.1", 0)
    server.open()
    with Tricklers(server.port, 2 * ALL_PLACES) as tricklers:
        until(lambda: tricklers.lost > ALL_PLACES)

        for _ in range(20):
            assert Caller(server.port)("POST", "/", b"honest").body == b"ok"
    server.close()


def test_at_most_a_hundred_connections_are_open_and_none_opens_a_file() -> None:
    server = WebServer(page, "127.0.0.1", 0)
    server.open()
    before = open_files()
    with contextlib.ExitStack() as theirs:
        connections = [
            theirs.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
            for _ in range(2 * ALL_PLACES)
        ]
        for connection in connections:
            with contextlib.suppress(OSError):  # the first ones are hung up on already
                connection.sendall(BEGUN + b"x" * 590_000)
        until(lambda: sum(map(is_hung_up, connections)) >= ALL_PLACES)

        ours = open_files() - before - len(connections)
        assert ours <= ALL_PLACES
    server.close()


def test_a_body_as_large_as_slacks_largest_leaves_no_file_behind_even_where_none_may_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_file(*_: object, **__: object) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", no_file)
    monkeypatch.setattr("waitress.buffers.TempfileBasedBuffer.newfile", no_file)
    lengths: list[int] = []

    def measure(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        lengths.append(len(environ["wsgi.input"].read()))
        return page(environ, start_response)

    server = WebServer(measure, "127.0.0.1", 0)
    server.open()

    assert Caller(server.port)("POST", "/", b"x" * LARGEST_EVENT_BYTES).body == b"ok"

    assert lengths == [LARGEST_EVENT_BYTES]
    server.close()


@pytest.mark.parametrize(
    ("first", "then"),
    [(b"", b""), (b"POST", b"x"), (BEGUN, b"x"), (b"", b"\r\n\r\n"), (b"GET / HTTP/1.1\r\n", b"X: y\r\n")],
    ids=["silent", "in the method", "in the body", "empty lines", "in the headers"],
)
def test_whoever_asks_nothing_whole_in_time_is_hung_up_on_however_much_comes_meanwhile(
    first: bytes, then: bytes
) -> None:
    server = WebServer(page, "127.0.0.1", 0, request_seconds=0.3)
    server.open()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(first)

        def hung_up() -> bool:
            if is_hung_up(connection):
                return True
            with contextlib.suppress(OSError):
                connection.send(then)
            return False

        until(hung_up)
    server.close()


def test_whoever_reads_no_answer_is_hung_up_on() -> None:
    def long_page(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "8000000")])
        return [b"x" * 8_000_000]

    server = WebServer(long_page, "127.0.0.1", 0, request_seconds=0.3)
    server.open()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

        with structlog.testing.capture_logs() as logs:
            until(lambda: "web.hung_up" in [entry["event"] for entry in logs])

        taken = 0
        with contextlib.suppress(ConnectionError):
            while some := connection.recv(1_000_000):
                taken += len(some)
        assert taken < 8_000_000
    server.close()


def test_a_slow_answer_is_not_the_callers_fault() -> None:
    slow = SlowPage()
    server = WebServer(slow, "127.0.0.1", 0, request_seconds=0.5)
    server.open()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", "/")
    assert slow.asked.wait(PATIENCE)
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as silent:
        until(lambda: is_hung_up(silent))  # so much time is over

    slow.release.set()

    assert connection.getresponse().read() == b"done"
    connection.close()
    server.close()


def test_of_several_requests_in_one_breath_the_first_is_answered_and_the_connection_closed() -> None:
    server = WebServer(page, "127.0.0.1", 0)
    server.open()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 200)

        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while some := connection.recv(100_000):
                answer += some
        assert 1 <= answer.count(b"HTTP/1.1 200 OK") <= 2
    server.close()


def test_endless_headers_are_refused() -> None:
    server = WebServer(page, "127.0.0.1", 0)
    server.open()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 431 ")
    server.close()
