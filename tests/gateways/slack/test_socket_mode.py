"""The Socket Mode connection against a server that goes away, falls silent, and comes back."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import structlog
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot.domain.answered import Answered
from bot.domain.due_work import TRACE
from bot.domain.errors import SlackRefused
from bot.gateways.slack import SocketConnection
from tests.gateways.slack.conftest import Reply, ScriptedApi
from tests.gateways.slack.slack_socket import CLOSE, PING, SlackSocket, command, envelope, frame
from tests.waiting import until


class Bolt:
    """A real Bolt app with one command, which can be held up."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.answer = "as of 20 s ago"
        self.traces: list[object] = []
        self.waited: list[float] = []
        self.app = App(
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-test"),
            signing_secret="not used in Socket Mode",
            process_before_response=True,
        )
        self.app.command("/mcsync")(self._command)

    def _command(self, ack: Ack, command: dict[str, str]) -> None:
        self.texts.append(command["text"])
        assert self.gate.wait(10)
        self.traces.append(structlog.contextvars.get_contextvars().get(TRACE))
        ack(self.answer)


@pytest.fixture
def bolt() -> Bolt:
    return Bolt()


@pytest.fixture
def server(api: ScriptedApi) -> Iterator[SlackSocket]:
    sockets = SlackSocket()
    api.answer("apps.connections.open", Reply({"ok": True, "url": sockets.url}))
    yield sockets
    sockets.close()


Opener = Callable[..., SocketConnection]


@pytest.fixture
def opened(bolt: Bolt, api: ScriptedApi) -> Iterator[Opener]:
    """Opens connections that are closed in the end, and sees that no thread stays."""
    before = set(threading.enumerate())
    connections: list[SocketConnection] = []

    def make(*, count: int = 1) -> SocketConnection:
        connection = SocketConnection(bolt.app, "xapp-token", api.url, count=count, timed=bolt.waited.append)
        connections.append(connection)
        connection.open()
        return connection

    yield make
    bolt.gate.set()
    for connection in connections:
        connection.close()
    clients = {
        thread
        for thread in set(threading.enumerate()) - before
        if "_run" in thread.name or "ThreadPool" in thread.name
    }
    until(lambda: not any(thread.is_alive() for thread in clients))


def seconds(step: Callable[[], None]) -> float:
    began = time.monotonic()
    step()
    return time.monotonic() - began


def test_constructing_touches_nothing(bolt: Bolt, api: ScriptedApi) -> None:
    before = threading.active_count()

    connection = SocketConnection(bolt.app, "xapp-token", api.url)

    assert not connection.connected()
    assert threading.active_count() == before
    assert api.calls == []
    connection.close()


@pytest.mark.parametrize("count", [0, 11])
def test_slack_allows_ten_connections(bolt: Bolt, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        SocketConnection(bolt.app, "xapp-token", count=count)


def test_a_command_reaches_bolt_and_its_answer_goes_back(
    opened: Opener, server: SlackSocket, bolt: Bolt, api: ScriptedApi
) -> None:
    connection = opened()
    assert connection.connected()
    assert api.calls[0].headers["Authorization"] == "Bearer xapp-token"

    server.line(0).send(command("status", "e7"))
    until(lambda: bool(server.line(0).answers))

    assert server.line(0).answers == [{"envelope_id": "e7", "payload": {"text": "as of 20 s ago"}}]
    assert bolt.texts == ["status"]


def test_every_request_has_a_trace_of_its_own_and_is_timed_with_its_answer(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    opened()
    bolt.gate.clear()

    server.line(0).send(command("status", "e1"), command("help", "e2"))
    until(lambda: len(bolt.texts) > 0)
    threading.Timer(0.1, bolt.gate.set).start()
    until(lambda: len(bolt.waited) == 2)

    assert len(set(bolt.traces)) == 2
    assert None not in bolt.traces
    assert min(bolt.waited) >= 0.05


def test_an_answer_of_any_length_goes_back(opened: Opener, server: SlackSocket, bolt: Bolt) -> None:
    opened()
    bolt.answer = "y" * 100_000

    server.line(0).send(command("status"))
    until(lambda: bool(server.line(0).answers))

    assert server.line(0).answers == [{"envelope_id": "e1", "payload": {"text": bolt.answer}}]


def test_a_payload_of_a_megabyte_reaches_bolt(opened: Opener, server: SlackSocket, bolt: Bolt) -> None:
    opened()

    server.line(0).send(command("x" * 1_200_000))
    until(lambda: bool(server.line(0).answers))

    assert bolt.texts == ["x" * 1_200_000]


def test_a_command_that_stops_half_way_for_a_while_arrives_whole(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    opened()
    line, sent = server.line(0), command("patience")

    line.send(sent[:20], sent[20:] + command("and the next", "e2"), pause=0.5)
    until(lambda: len(line.answers) == 2)

    assert sorted(bolt.texts) == ["and the next", "patience"]


def test_what_is_not_what_slack_sends_is_told_and_the_line_goes_on(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    opened()
    line = server.line(0)
    malformed = (
        frame(b'{"type": "slash_commands", '),
        envelope("interactive", {"type": "block_actions", "actions": []}),
        envelope("interactive", {"type": "view_submission", "view": {"callback_id": {}}}),
        envelope("events_api", {"type": "event_callback", "event_id": "\ud800", "event": {"type": "x"}}),
        envelope("slash_commands", {"command": 7}),
    )

    with structlog.testing.capture_logs() as logs:
        line.send(*malformed, command("after them", "e9"))
        until(lambda: bool(line.answers))
        until(lambda: [entry["event"] for entry in logs].count("socket.malformed") == 5)

    assert [answer["envelope_id"] for answer in line.answers] == ["e9"]
    assert bolt.texts == ["after them"]
    assert len(server.lines) == 1
    assert "socket.request_failed" not in [entry["event"] for entry in logs]


def test_thousands_of_frames_at_once_are_all_read(opened: Opener, server: SlackSocket, bolt: Bolt) -> None:
    opened()
    line = server.line(0)

    line.send(frame(b"", PING) * 3000 + command("after them"))
    until(lambda: bool(line.answers))

    assert bolt.texts == ["after them"]
    until(lambda: len(line.pongs) == 3000)


def test_a_line_that_is_dropped_is_replaced_within_moments(opened: Opener, server: SlackSocket) -> None:
    connection = opened()

    server.line(0).drop()
    taken = seconds(lambda: until(lambda: len(server.lines) == 2 and connection.connected()))

    assert taken < 4.0
    server.line(1).send(command("back again"))
    until(lambda: bool(server.line(1).answers))


@pytest.mark.parametrize("since", ["the first ping", "later"])
def test_a_line_that_falls_silent_is_replaced(opened: Opener, server: SlackSocket, since: str) -> None:
    server.ponging = since == "later"
    connection = opened()
    if since == "later":
        until(lambda: server.line(0).pings >= 2)
        server.line(0).ponging = False
    server.ponging = True

    taken = seconds(lambda: until(lambda: len(server.lines) == 2 and connection.connected()))

    assert 2.0 < taken < 9.0


def test_a_refresh_by_slack_takes_a_moment_and_loses_nothing(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    connection = opened()
    disconnect = frame(json.dumps({"type": "disconnect", "reason": "refresh_requested"}).encode())
    server.line(0).send(command("before", "e1") + disconnect)

    taken = seconds(lambda: until(lambda: len(server.lines) == 2 and connection.connected()))
    server.line(1).send(command("after", "e2"))
    until(lambda: bool(server.line(1).answers))

    assert taken < 2.0
    until(lambda: sorted(bolt.texts) == ["after", "before"])
    until(server.line(0).closed.is_set)
    assert len(server.live()) == 1


def dismissal(reason: str) -> bytes:
    return frame(json.dumps({"type": "disconnect", "reason": reason}).encode())


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_an_answer_under_way_leaves_on_the_line_it_came_from(
    opened: Opener, server: SlackSocket, bolt: Bolt, reason: str
) -> None:
    connection = opened()
    bolt.gate.clear()
    server.line(0).send(command("slow", "e1"))
    until(lambda: bolt.texts == ["slow"])
    server.line(0).send(dismissal(reason))
    until(lambda: len(server.lines) == 2 and connection.connected())

    bolt.gate.set()

    until(lambda: bool(server.line(0).answers))
    assert [answer["envelope_id"] for answer in server.line(0).answers] == ["e1"]
    assert server.line(1).answers == []


def test_what_slack_still_sends_on_a_line_that_it_dismissed_is_heard(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    opened()
    server.line(0).send(dismissal("refresh_requested"))
    until(lambda: len(server.lines) == 2)

    server.line(0).send(command("on its way", "e1"))

    until(lambda: bool(server.line(0).answers))
    assert bolt.texts == ["on its way"]


def test_a_line_that_is_one_too_many_is_not_opened_again_at_once(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    connection = opened(count=2)
    until(lambda: len(server.live()) == 2)

    server.line(1).send(dismissal("too_many_websockets"))
    until(server.line(1).closed.is_set)
    # Several pings later, each of which would have been an occasion.
    pings = server.line(0).pings
    until(lambda: server.line(0).pings >= pings + 3)

    assert len(server.lines) == 2
    assert connection.connected()
    server.line(0).send(command("still here"))
    until(lambda: bolt.texts == ["still here"])


def test_an_event_that_slack_repeats_is_done_once_and_answered_each_time(
    bolt: Bolt, api: ScriptedApi, server: SlackSocket
) -> None:
    known: dict[str, Answered] = {}

    def once(key: str, answer: Callable[[], Answered]) -> Answered:
        return known[key] if key in known else known.setdefault(key, answer())

    connection = SocketConnection(bolt.app, "xapp-token", api.url, once=once)
    connection.open()
    for name, event in (("e1", "Ev1"), ("e2", "Ev1"), ("e2", "Ev1"), ("e3", "Ev2")):
        answers = len(server.line(0).answers)
        server.line(0).send(command("look", name, event_id=event))
        until(lambda answers=answers: len(server.line(0).answers) > answers)  # type: ignore[misc] # keeps its count
    server.line(0).send(command("typed", "e4") + command("typed", "e4"))
    until(lambda: len(server.line(0).answers) == 6)
    connection.close()

    assert bolt.texts == ["look", "look", "typed"]
    assert {answer["payload"]["text"] for answer in server.line(0).answers} == {"as of 20 s ago"}


def test_a_close_by_slack_with_or_without_a_code_is_followed_by_a_new_line(
    opened: Opener, server: SlackSocket
) -> None:
    connection = opened()

    def again(count: int) -> bool:
        return len(server.lines) == count and connection.connected()

    for number, payload in enumerate((b"", b"\x03\xe8bye")):
        server.line(number).send(frame(payload, CLOSE))
        until(partial(again, number + 2))


def test_with_two_connections_one_stays_while_the_other_comes_back(
    opened: Opener, server: SlackSocket, bolt: Bolt
) -> None:
    connection = opened(count=2)
    until(lambda: len(server.live()) == 2)

    server.line(0).drop()
    assert connection.connected()
    server.line(1).send(command("still here"))
    until(lambda: bool(server.line(1).answers))
    until(lambda: len(server.live()) == 2)

    assert bolt.texts == ["still here"]


def test_a_bad_token_is_told_at_once_and_nothing_stays_open(
    opened: Opener, bolt: Bolt, api: ScriptedApi
) -> None:
    before = threading.active_count()
    api.answer("apps.connections.open", Reply({"ok": False, "error": "invalid_auth"}))
    connection = SocketConnection(bolt.app, "xapp-token", api.url, count=2)

    with pytest.raises(SlackRefused, match="Check the token"):
        connection.open()

    assert opened is not None
    assert not connection.connected()
    until(lambda: threading.active_count() <= before)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>", 503),
        Reply(reset=True),
        Reply({"ok": True}),
        Reply(status=429, headers={"Retry-After": "1"}),
    ],
)
def test_a_slack_that_is_away_at_first_is_tried_again(
    opened: Opener, server: SlackSocket, api: ScriptedApi, reply: Reply
) -> None:
    api.answer("apps.connections.open", reply, Reply({"ok": True, "url": server.url}))

    connection = opened()
    assert not connection.connected()

    until(connection.connected)
    assert len(api.called("apps.connections.open")) == 2


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # slack_sdk leaves the refused socket to be collected
def test_a_handshake_that_is_refused_is_tried_again(opened: Opener, server: SlackSocket) -> None:
    server.status = 503
    connection = opened()
    assert not connection.connected()

    server.status = 101
    until(connection.connected)


def test_failures_are_tried_again_ever_more_slowly(
    opened: Opener, server: SlackSocket, api: ScriptedApi
) -> None:
    api.answer("apps.connections.open", Reply(b"", 500))
    began = time.monotonic()
    with structlog.testing.capture_logs() as logs:
        opened()
        until(lambda: len(api.called("apps.connections.open")) == 3)
    elapsed = time.monotonic() - began

    assert elapsed >= 3.0, "after 1 s, then after 2 s"
    assert {entry["event"] for entry in logs} == {"socket.unreachable"}
    assert server.lines == []


def test_a_wait_that_slack_asks_for_is_kept(opened: Opener, server: SlackSocket, api: ScriptedApi) -> None:
    busy = Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3600"})
    api.answer("apps.connections.open", busy, Reply({"ok": True, "url": server.url}))

    connection = opened()
    time.sleep(2.2)  # two tries would fall into it, if it did not wait

    assert not connection.connected()
    assert len(api.called("apps.connections.open")) == 1
    assert seconds(connection.close) < 2.0


def test_a_token_that_is_refused_later_is_logged_and_tried_again(
    opened: Opener, server: SlackSocket, api: ScriptedApi
) -> None:
    connection = opened()
    refused = Reply({"ok": False, "error": "invalid_auth"})
    api.answer("apps.connections.open", refused, Reply({"ok": True, "url": server.url}))

    with structlog.testing.capture_logs() as logs:
        server.line(0).drop()
        until(lambda: len(server.lines) == 2 and connection.connected())

    assert [entry["code"] for entry in logs if entry["event"] == "socket.refused"] == ["invalid_auth"]


def test_closing_is_quick_and_final(opened: Opener, server: SlackSocket) -> None:
    connection = opened(count=2)

    assert seconds(connection.close) < 3.0

    assert not connection.connected()
    until(lambda: server.live() == [])
    time.sleep(0.3)  # a new line would be opened in it
    assert len(server.lines) == 2
    connection.close()


def test_closing_while_a_new_line_is_on_its_way_leaves_none(
    opened: Opener, server: SlackSocket, api: ScriptedApi
) -> None:
    connection = opened()
    slow = Reply({"ok": True, "url": server.url}, delay=0.5)
    api.answer("apps.connections.open", slow)
    server.line(0).drop()
    until(lambda: len(api.called("apps.connections.open")) == 2)

    connection.close()

    server.line(1)
    until(lambda: server.live() == [])


def test_closing_lets_a_command_under_way_answer(opened: Opener, server: SlackSocket, bolt: Bolt) -> None:
    connection = opened()
    bolt.gate.clear()
    server.line(0).send(command("under way"))
    until(lambda: bolt.texts == ["under way"])

    threading.Timer(0.2, bolt.gate.set).start()
    connection.close()

    assert server.line(0).answers == [{"envelope_id": "e1", "payload": {"text": "as of 20 s ago"}}]


def test_closing_does_not_wait_for_ever(opened: Opener, server: SlackSocket, bolt: Bolt) -> None:
    connection = opened()
    bolt.gate.clear()
    server.line(0).send(command("stuck"))
    until(lambda: bolt.texts == ["stuck"])
    threading.Timer(2.0, bolt.gate.set).start()

    with structlog.testing.capture_logs() as logs:
        assert seconds(connection.close) < 4.0

    assert "socket.closed_early" in [entry["event"] for entry in logs]


def test_an_unknown_command_is_not_acknowledged(opened: Opener, server: SlackSocket) -> None:
    opened()
    line = server.line(0)
    line.send(command("x", "e1", command="/other"))
    line.send(command("y", "e2"))
    until(lambda: bool(line.answers))

    assert [answer["envelope_id"] for answer in line.answers] == ["e2"]


def test_nothing_that_goes_over_the_line_is_logged(
    opened: Opener, server: SlackSocket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        opened()
        server.line(0).send(command("confidential"))
        until(lambda: bool(server.line(0).answers))

    told = [record for record in caplog.records if not record.name.startswith("slack_bolt")]
    for text in (caplog.text, str(logs)):
        assert "xapp-" not in text
        assert "ticket" not in text
    assert "confidential" not in "".join(record.getMessage() for record in told)
