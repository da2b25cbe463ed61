"""The Socket Mode connection: slack_sdk's built-in client, made to notice a dead line and come back calmly.

What is changed, and why, measured on slack-sdk 3.47:

- frames come whole (`bot.gateways.slack.frames`), whatever the network does to them;
- pings every second, so a silent line is noticed in about 5 s, one that was closed at once, also before the
  first pong came;
- a lock that closing needs is held for 0.2 s at most, so a refresh by Slack takes a moment instead of 3 s;
- a failed connection is tried again after 1, 2, 4 … 30 s, or when `Retry-After` says so, without sleeping in
  a thread that closing waits for, and also when the very first attempt fails.
"""

import logging
import time
from threading import Lock

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin import client as builtin_client
from slack_sdk.socket_mode.builtin.connection import Connection
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.domain.errors import SlackBusy, SlackError, SlackRefused
from bot.gateways.slack import border
from bot.gateways.slack.frames import FrameSocket
from bot.gateways.slack.gateway import SLACK_API_URL

log = structlog.get_logger(__name__)

_PING_SECONDS = 1
_TIMEOUT_SECONDS = 4
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_DRAIN_SECONDS = 1.0
"""How long requests that have come in may take once closing has begun."""
_MOST_CONNECTIONS = 10
"""Slack's limit for one app."""


class SocketConnection:
    """One or more Socket Mode connections of one app, opened once and closed once.

    Constructing touches nothing.
    Slack sends each request to one of the connections. With two, one still takes requests while Slack
    replaces the other.

    Args:
        app: Bolt's app; requests reach `App.dispatch` as in its own adapter.
        app_token: `xapp-…`.
        api_url: the base of the Web API.
        count: how many connections, 1 to 10.
    """

    def __init__(self, app: App, app_token: str, api_url: str = SLACK_API_URL, *, count: int = 1) -> None:
        if not 1 <= count <= _MOST_CONNECTIONS:
            raise ValueError(f"Slack allows 1 to {_MOST_CONNECTIONS} connections, not {count}.")
        self._app = app
        self._app_token = app_token
        self._api_url = api_url
        self._count = count
        self._clients: list[_Client] = []

    def open(self) -> None:
        """Connect, and stay connected from now on; also when Slack cannot be reached at first.

        Raises:
            SlackRefused: Slack does not accept the app token; nothing is left open.
        """
        try:
            for _ in range(self._count):
                client = _Client(self._app, self._app_token, self._api_url)
                self._clients.append(client)
                client.open()
        except SlackRefused:
            self.close()
            raise

    def connected(self) -> bool:
        """Tell whether at least one connection is up."""
        return any(client.is_connected() for client in self._clients)

    def ages(self) -> tuple[float, ...]:
        """Tell how long each connection that is up has been up, in seconds."""
        now = time.monotonic()
        return tuple(now - client.since for client in self._clients if client.is_connected())

    def close(self) -> None:
        """Finish what has come in, then disconnect, within a few seconds."""
        clients, self._clients = self._clients, []
        deadline = time.monotonic() + _DRAIN_SECONDS
        for client in clients:
            client.drain(deadline)
        for client in clients:
            client.close()


class _Connection(Connection):
    """A connection that reads whole frames."""

    def connect(self) -> None:
        """Connect; without success `sock` stays `None`."""
        super().connect()
        connected = self.sock
        if connected is not None:
            # Set before anybody else knows of this connection. Its declared type is a TLS socket, of which
            # only `recv`, `send` and `close` are used.
            self.sock = FrameSocket(connected)  # type: ignore[assignment]
            # A line that never answers a single ping would otherwise count as alive for ever.
            self.last_ping_pong_time = time.time()


class _Client(SocketModeClient):
    """The built-in client with our way of coming back."""

    def __init__(self, app: App, app_token: str, api_url: str) -> None:
        web_client = border.web_client(app_token, api_url, _TIMEOUT_SECONDS)
        logger = logging.getLogger("bot.gateways.slack.socket_client")
        # At DEBUG it logs whole messages; the coming and going of connections is logged here in our words.
        logger.setLevel(logging.ERROR)
        self._app = app
        self._not_before = 0.0
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._lock = Lock()
        self._at_work = 0
        self.since = time.monotonic()
        super().__init__(app_token, logger, web_client, ping_interval=_PING_SECONDS)
        # The base class asks the environment by itself; the Web API's client knows better.
        self.proxy = web_client.proxy
        self.socket_mode_request_listeners.append(self._handle)

    def open(self) -> None:
        """Connect for the first time, and start to watch the connection.

        Raises:
            SlackRefused: Slack does not accept the app token.
        """
        # The base class names its connection class in its module, and offers no other way in.
        builtin_client.Connection = _Connection  # type: ignore[attr-defined]
        self._connect(force=False)
        self.current_app_monitor_started = True
        if not self.current_app_monitor.is_alive():
            self.current_app_monitor.start()

    def issue_new_wss_url(self) -> str:
        """Ask Slack where to connect; the base class would sleep through a 429.

        Raises:
            SlackError: Slack did not say.
        """
        url = border.call(self.web_client, "apps.connections.open").get("url")
        if not isinstance(url, str):
            raise border.unreadable("apps.connections.open")
        return url

    def connect(self) -> None:
        """Open a session in place of the present one."""
        super().connect()
        if self.closed:
            # Closed while we were connecting: nobody else would close this session.
            self.disconnect()

    def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - the base class's
        """Connect anew unless we are to wait; a failure is logged and remembered, not raised."""
        try:
            self._connect(force=force)
        except SlackRefused as error:
            # A token that is refused later may be accepted again once an administrator has acted.
            log.error("socket.refused", reason=str(error), code=error.code)  # noqa: TRY400 - says it all

    def drain(self, deadline: float) -> None:
        """Wait until what has come in is done, at most until *deadline* (monotonic)."""
        quiet = 0
        # Twice in a row: between the queue and a worker a message is for a moment in neither.
        while quiet < 2:  # noqa: PLR2004 - see above
            quiet = quiet + 1 if self._at_work == 0 and self.message_queue.empty() else 0
            if time.monotonic() >= deadline:
                log.warning("socket.closed_early", requests=self._at_work)
                return
            time.sleep(0.02)

    def close(self) -> None:
        """Disconnect and end the threads."""
        self.closed = True
        # Wakes the thread that waits for messages, which the base class's `close` joins.
        self.message_queue.put(None)
        super().close()
        log.info("socket.closed")

    def _connect(self, *, force: bool) -> None:
        if self.closed or time.monotonic() < self._not_before:
            return
        session = self.session_id()
        try:
            super().connect_to_new_endpoint(force)
        except SlackRefused:
            self._wait_longer()
            raise
        except SlackBusy as error:
            self._not_before = time.monotonic() + error.retry_after
            log.warning("socket.busy", reason=str(error))
        except SlackError as error:
            self._wait_longer()
            log.warning("socket.unreachable", reason=str(error))
        else:
            if not self.is_connected():
                self._wait_longer()
                log.warning("socket.unreachable", reason="The WebSocket could not be opened.")
            elif self.session_id() != session:
                self._pause_seconds = _FIRST_PAUSE_SECONDS
                self.since = time.monotonic()
                log.info("socket.connected", session=self.session_id())

    def _wait_longer(self) -> None:
        self._not_before = time.monotonic() + self._pause_seconds
        self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)

    def _monitor_current_session(self) -> None:
        """Ping, and connect anew once the line is dead; overrides the base class, every `_PING_SECONDS`."""
        if self.current_session is not None:
            self.current_session.check_state()
        if self.auto_reconnect_enabled and not self.is_connected():
            self.connect_to_new_endpoint()

    def _on_error(self, error: Exception) -> None:
        """Log the loss of a line; overrides the base class, which would call it an error."""
        log.warning("socket.lost", session=self.session_id(), reason=str(error) or type(error).__name__)

    def _handle(self, _client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        with self._lock:
            self._at_work += 1
        try:
            send_response(self, request, run_bolt_app(self._app, request), began)
        finally:
            with self._lock:
                self._at_work -= 1
