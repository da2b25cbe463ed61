"""Commands from the stand-in Slack to a real Bolt app through our own doors: web server and socket."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.gateways.clock import MachineClock
from bot.gateways.slack import SocketConnection
from bot.gateways.slack.bolt_app import ask
from bot.sandbox.slack import SlackServer
from bot.web import SlackEndpoint, WebServer, build
from bot.web.application import Watching
from tests.waiting import until

SIGNING_SECRET = "sandbox-signing-secret"


@pytest.fixture(scope="module")
def server() -> Iterator[SlackServer]:
    with SlackServer() as running:
        yield running


@pytest.fixture
def app(server: SlackServer) -> App:
    server.standin.workspace.reset()
    client = WebClient("xoxb-sandbox", base_url=server.api_url, retry_handlers=[])
    found = App(client=client, signing_secret=SIGNING_SECRET, process_before_response=True)

    @found.command("/mcsync")
    def answer(ack: Ack, command: dict[str, str]) -> None:
        ack(f"heard {command['text']}")

    return found


@pytest.fixture
def over_http(server: SlackServer, app: App) -> Iterator[None]:
    web = WebServer(
        build(
            accept=lambda _instance, _key, _report, _body: True,
            secrets_of=lambda _instance: (),
            watching=Watching(
                health=lambda: {"ok": True},
                readiness=dict,
                metrics=bytes,
                metrics_type="text/plain",
                webhook_acknowledged=lambda _seconds: None,
            ),
            clock=MachineClock(),
            slack=SlackEndpoint(partial(ask, app), SIGNING_SECRET),
        ),
        "127.0.0.1",
        0,
    )
    web.open()
    server.reach_app(mode="http", request_url=f"http://127.0.0.1:{web.port}/slack/events")
    yield
    web.close()


@pytest.fixture(params=[1, 2])
def over_socket(server: SlackServer, app: App, request: pytest.FixtureRequest) -> Iterator[SocketConnection]:
    server.reach_app(mode="socket")
    connection = SocketConnection(app, "xapp-sandbox", server.api_url, count=request.param)
    connection.open()
    yield connection
    connection.close()


def do(server: SlackServer, deed: str, **wish: object) -> dict[str, Any]:
    session = requests.Session()
    session.trust_env = False
    with session:
        done: dict[str, Any] = session.post(f"{server.url}/_sandbox/{deed}", json=wish, timeout=10).json()
    return done


@pytest.mark.usefixtures("over_http")
def test_a_signed_command_comes_through_the_web_server(server: SlackServer) -> None:
    done = do(server, "command", user="U0SAM", text="/mcsync status")

    assert (done["ok"], done["shown"]) == (True, "heard status")


def test_a_command_comes_through_the_socket(server: SlackServer, over_socket: SocketConnection) -> None:
    assert over_socket.connected()

    done = do(server, "command", user="U0SAM", text="/mcsync status")

    assert (done["ok"], done["shown"]) == (True, "heard status")


@pytest.mark.parametrize("reason", ["warning", "drop"])
def test_after_a_refresh_or_a_loss_commands_come_through_again(
    server: SlackServer, over_socket: SocketConnection, reason: str
) -> None:
    def lines() -> set[object]:
        return set(server.standin.hub.connections)

    before = lines()

    do(server, "disconnect", reason=reason)
    until(lambda: len(lines() - before) >= len(before) and over_socket.connected(), seconds=10)
    done = do(server, "command", user="U0SAM", text="/mcsync status")

    assert (done["ok"], done["shown"]) == (True, "heard status")
