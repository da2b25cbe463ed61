"""One Socket Mode line: who begins to read it, and who ends it meanwhile."""

import logging
import threading
from collections.abc import Iterator

import pytest

from bot.gateways.slack import socket_line
from bot.gateways.slack.socket_line import Line
from tests.gateways.slack.slack_socket import SlackSocket
from tests.waiting import until


@pytest.fixture
def server() -> Iterator[SlackSocket]:
    sockets = SlackSocket()
    yield sockets
    sockets.close()


def connected(server: SlackSocket, ended: list[Line]) -> Line:
    line = Line(lambda _line, _text: None, ended.append, url=server.url, logger=logging.getLogger(__name__))
    line.connect()
    assert line.is_active()
    return line


def test_a_line_that_is_ended_while_it_begins_to_read_is_read_no_more(
    server: SlackSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing met a new line between the making and the start of its reader, which cannot be waited for."""
    troubles: list[BaseException] = []
    enders: list[threading.Thread] = []

    def end() -> None:
        try:
            line.end()
        except RuntimeError as error:
            troubles.append(error)

    class Overtaken(threading.Thread):
        """A reader whose line somebody else ends just before it starts."""

        def start(self) -> None:
            ender = threading.Thread(target=end)
            enders.append(ender)
            ender.start()
            ender.join(0.2)
            super().start()

    ended: list[Line] = []
    line = connected(server, ended)
    monkeypatch.setattr(socket_line, "Thread", Overtaken)

    line.read()
    for ender in enders:
        ender.join(10)

    assert troubles == []
    until(lambda: ended == [line])
    assert not line.is_active()
    until(lambda: server.live() == [])


def test_a_line_that_was_ended_before_it_is_read_is_never_read(server: SlackSocket) -> None:
    ended: list[Line] = []
    line = connected(server, ended)
    before = set(threading.enumerate())

    line.end()
    line.read()

    assert ended == []
    assert "slack-line" not in {thread.name for thread in set(threading.enumerate()) - before}
    assert not line.is_active()
    until(lambda: server.live() == [])
