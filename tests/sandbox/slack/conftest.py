"""A running Slack stand-in, a Web API client for it, a person's hands, and an app to talk to."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.generous import MANIFEST
from tests.sandbox.slack.person import Hands
from tests.waiting import until

SIGNING_SECRET = "sandbox-signing-secret"


@pytest.fixture(scope="session")
def server() -> Iterator[SlackServer]:
    """The stand-in of this process, started once."""
    with SlackServer(manifest=MANIFEST) as running:
        yield running


@pytest.fixture
def slack(server: SlackServer) -> Iterator[SlackServer]:
    """The stand-in as on its first day; the app must acknowledge within 0.5 s."""
    before, clock = server.standin.installation, server.standin.workspace.now
    server.standin.installation = replace(before, ack_seconds=0.5, event_retries=())
    server.standin.workspace.reset()
    server.standin.faults.clear()
    server.standin.last = None
    yield server
    server.standin.installation, server.standin.workspace.now = before, clock


@pytest.fixture
def client(slack: SlackServer) -> WebClient:
    """A client that tries each call once."""
    return WebClient("xoxb-sandbox", base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def hands(slack: SlackServer) -> Iterator[Hands]:
    """A person's hands and eyes."""
    person = Hands(slack.url)
    with person.http:
        yield person


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:  # noqa: ANN401 - the signature of the standard library
        pass


@pytest.fixture
def app(client: WebClient) -> App:
    """A Bolt app without listeners yet."""
    return App(client=client, signing_secret=SIGNING_SECRET, process_before_response=True)


@pytest.fixture
def over_http(slack: SlackServer, app: App) -> Iterator[str]:
    """The app, reached by signed HTTP; gives its request URL."""
    with make_server(
        "127.0.0.1", 0, SlackRequestHandler(app), server_class=_Threaded, handler_class=_Quiet
    ) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.02,))
        thread.start()
        url = f"http://127.0.0.1:{web.server_port}/slack/events"
        slack.reach_app(mode="http", request_url=url)
        yield url
        web.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def socket_handler(server: SlackServer) -> Iterator[SocketModeHandler]:
    """One Socket Mode connection for a module's tests, because the SDK takes a second to close one.

    Not for the session: its pings use the global `random`, which hypothesis does not suffer beside it.
    """
    client = WebClient("xoxb-sandbox", base_url=server.api_url)
    handler = SocketModeHandler(
        App(client=client, signing_secret=SIGNING_SECRET), "xapp-sandbox", ping_interval=0.3
    )
    handler.client.connect()
    yield handler
    handler.client.auto_reconnect_enabled = False
    hands = Hands(server.url)
    with hands.http:
        hands.do("disconnect", reason="drop")  # otherwise close() waits for the silent socket
    # Closing while it notices the drop is a race in the SDK.
    until(lambda: not handler.client.is_connected(), seconds=30)
    handler.client.close()


@pytest.fixture
def over_socket(slack: SlackServer, app: App, socket_handler: SocketModeHandler) -> None:
    """The app, reached over Socket Mode."""
    slack.reach_app(mode="socket")
    socket_handler.app = app


@pytest.fixture(params=["over_http", "over_socket"])
def reached(request: pytest.FixtureRequest) -> str:
    """The app, reached the one way and the other."""
    request.getfixturevalue(request.param)
    return str(request.param)
