"""The server's life: opening, limits, closing."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import structlog

from bot.domain.errors import ConfigurationError
from bot.web import WebServer
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


def test_two_hundred_silent_callers_keep_nobody_out() -> None:
    server = WebServer(page, "127.0.0.1", 0)
    server.open()
    with contextlib.ExitStack() as silent:
        for _ in range(200):
            silent.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))

        assert Caller(server.port)("GET", "/").body == b"ok"
    server.close()


def test_endless_headers_are_refused() -> None:
    server = WebServer(page, "127.0.0.1", 0)
    server.open()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 431 ")
    server.close()
