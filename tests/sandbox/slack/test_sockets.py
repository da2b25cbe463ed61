"""Socket Mode frame by frame, with a bare WebSocket client in the app's place."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import requests
from slack_bolt import App
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.sockets import TICKET_SECONDS
from tests.sandbox.slack.generous import MANIFEST
from tests.sandbox.slack.person import Hands
from tests.waiting import until

Json = dict[str, Any]


@pytest.fixture(scope="module", name="alone")
def _alone() -> Iterator[SlackServer]:
    """A stand-in of this module's own, in Socket Mode, where nobody else connects."""
    with SlackServer(manifest=MANIFEST, mode="socket", ack_seconds=0.3, event_retries=(0.0,)) as server:
        yield server


@pytest.fixture(name="person")
def _person(alone: SlackServer) -> Iterator[Hands]:
    """A person's hands in that stand-in."""
    person = Hands(alone.url)
    with person.http:
        yield person


def new_url(server: SlackServer) -> str:
    """Ask for the URL of one connection."""
    headers = {"Authorization": "Bearer xapp-sandbox"}
    answer = requests.post(f"{server.api_url}apps.connections.open", headers=headers, timeout=5).json()
    assert answer["ok"]
    return str(answer["url"])


def joined(server: SlackServer, stack: ExitStack) -> ClientConnection:
    """Connect and read the hello."""
    connection = stack.enter_context(connect(new_url(server), proxy=None))
    assert read(connection)["type"] == "hello"
    return connection


def read(connection: ClientConnection) -> Json:
    """Read one frame."""
    frame: Json = json.loads(connection.recv(timeout=5))
    return frame


def commanded(person: Hands, done: list[Json]) -> threading.Thread:
    """Type a command in the background; its outcome is appended."""
    thread = threading.Thread(
        target=lambda: done.append(person.do("command", user="U0SAM", text="/mcsync status"))
    )
    thread.start()
    return thread


def until_connections(person: Hands, count: int) -> list[Json]:
    """Wait until the stand-in counts so many connections."""
    for _ in range(300):
        found: list[Json] = person.look("connections")["connections"]
        if len(found) == count:
            return found
        time.sleep(0.01)  # the stand-in tells nobody that a line ended
    pytest.fail(f"never {count} connections")


def test_a_url_is_good_for_one_connection(alone: SlackServer, person: Hands) -> None:
    url = new_url(alone)
    assert url.startswith("ws://127.0.0.1:")
    with connect(url, proxy=None) as connection:
        hello = read(connection)
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": "A0MCSYNC"}
        with pytest.raises(InvalidStatus), connect(url, proxy=None):
            pass
    until_connections(person, 0)


def test_a_url_grows_old(alone: SlackServer) -> None:
    url = new_url(alone)
    tickets = alone.standin.hub._tickets
    for ticket in tickets:
        tickets[ticket] -= TICKET_SECONDS + 1

    with pytest.raises(InvalidStatus), connect(url, proxy=None):
        pass


def test_an_envelope_is_acknowledged_with_a_payload(alone: SlackServer, person: Hands) -> None:
    done: list[Json] = []
    with ExitStack() as stack:
        connection = joined(alone, stack)
        thread = commanded(person, done)
        envelope = read(connection)
        connection.send("no json")
        connection.send("[]")
        connection.send(json.dumps({"envelope_id": "another"}))
        answer = {"envelope_id": envelope["envelope_id"], "payload": {"text": "fine"}}
        connection.send(json.dumps(answer))
        connection.send(json.dumps(answer))
        thread.join()

    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "status"
    assert (done[0]["ok"], done[0]["shown"]) == (True, "fine")
    until_connections(person, 0)


def test_silence_shows_operation_timeout(alone: SlackServer, person: Hands) -> None:
    with ExitStack() as stack:
        joined(alone, stack)

        done = person.do("command", user="U0SAM", text="/mcsync")

    assert (done["error"], done["ms"] >= 300) == ("operation_timeout", True)
    until_connections(person, 0)


def test_without_a_connection_nothing_is_delivered(person: Hands) -> None:
    until_connections(person, 0)

    assert person.do("command", user="U0SAM", text="/mcsync")["error"] == "dispatch_failed"


def test_an_event_that_is_not_acknowledged_comes_again(alone: SlackServer, person: Hands) -> None:
    with ExitStack() as stack:
        connection = joined(alone, stack)

        done = person.do("event", type="app_home_opened", user="U0SAM")

        first, again = read(connection), read(connection)
        connection.send(json.dumps({"envelope_id": again["envelope_id"]}))
    assert done["error"] == "operation_timeout"
    assert (first["type"], first["accepts_response_payload"], first["retry_attempt"]) == (
        "events_api",
        False,
        0,
    )
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "http_timeout")
    assert again["payload"] == first["payload"]
    until_connections(person, 0)


def test_ten_connections_share_the_work_and_an_eleventh_is_sent_away(
    alone: SlackServer, person: Hands
) -> None:
    with ExitStack() as stack:
        connections = [joined(alone, stack) for _ in range(10)]
        eleventh = stack.enter_context(connect(new_url(alone), proxy=None))
        assert read(eleventh)["reason"] == "too_many_websockets"
        with pytest.raises(ConnectionClosed):
            eleventh.recv(timeout=5)

        threads = [commanded(person, []) for _ in range(10)]
        envelopes = [read(connection) for connection in connections]
        for thread in threads:
            thread.join()

    assert len({envelope["envelope_id"] for envelope in envelopes}) == 10
    until_connections(person, 0)


def test_a_connection_that_is_to_leave_gets_nothing_while_there_is_another(
    alone: SlackServer, person: Hands
) -> None:
    done: list[Json] = []
    with ExitStack() as stack:
        old = joined(alone, stack)
        assert person.do("disconnect", reason="warning") == {"ok": True, "connections": 1}
        frame = read(old)
        assert (frame["type"], frame["reason"]) == ("disconnect", "warning")
        new = joined(alone, stack)
        assert [one["is_leaving"] for one in until_connections(person, 2)] == [True, False]
        for _ in range(3):
            thread = commanded(person, done)
            new.send(json.dumps({"envelope_id": read(new)["envelope_id"]}))
            thread.join()

    assert [one["ok"] for one in done] == [True] * 3
    until_connections(person, 0)


def test_a_refresh_closes_the_old_connection_after_a_while(alone: SlackServer, person: Hands) -> None:
    with ExitStack() as stack:
        old = joined(alone, stack)

        assert person.do("disconnect", reason="refresh_requested", close_after=0.05)["connections"] == 1

        assert read(old)["reason"] == "refresh_requested"
        with pytest.raises(ConnectionClosed):
            old.recv(timeout=5)
    until_connections(person, 0)


def test_a_connection_that_left_by_itself_is_not_closed_twice(alone: SlackServer, person: Hands) -> None:
    with ExitStack() as stack:
        old = joined(alone, stack)
        leaving = threading.Thread(target=person.do, args=("disconnect",), kwargs={"close_after": 0.2})
        leaving.start()
        assert read(old)["reason"] == "refresh_requested"
        old.close()
        leaving.join()
    until_connections(person, 0)


def test_a_dropped_connection_fails_what_it_was_carrying(alone: SlackServer, person: Hands) -> None:
    done: list[Json] = []
    with ExitStack() as stack:
        connection = joined(alone, stack)
        thread = commanded(person, done)
        read(connection)
        other = Hands(alone.url)
        with other.http:
            assert other.do("disconnect", reason="drop")["connections"] == 1
        with pytest.raises((ConnectionClosed, ConnectionResetError)):
            connection.recv(timeout=5)
        thread.join()

    assert done[0]["error"] == "operation_timeout"
    until_connections(person, 0)


@pytest.mark.usefixtures("over_socket")
@pytest.mark.parametrize("reason", ["refresh_requested", "drop"])
def test_slacks_own_client_comes_back(slack: SlackServer, app: App, hands: Hands, reason: str) -> None:
    slack.standin.installation = replace(slack.standin.installation, ack_seconds=8.0)
    app.command("/mcsync")(lambda ack: ack("here again"))
    [before] = hands.look("connections")["connections"]

    hands.do("disconnect", reason=reason, close_after=0.05)

    def is_another() -> bool:
        now = hands.look("connections")["connections"]
        return bool(now and now[-1]["number"] != before["number"])

    until(is_another, seconds=10)
    assert hands.do("command", user="U0SAM", text="/mcsync")["shown"] == "here again"
