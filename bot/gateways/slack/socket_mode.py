"""The Socket Mode connection: several lines to Slack, so that one is up while another is replaced.

How one line behaves is `bot.gateways.slack.socket_client`.
"""

import time
from collections.abc import Callable

from slack_bolt import App

from bot.domain.answered import Once, always
from bot.domain.errors import SlackRefused
from bot.gateways.slack.gateway import SLACK_API_URL
from bot.gateways.slack.socket_client import Client

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
        once: answers a request that comes again as it did before.
        timed: is told how long a request waited for its acknowledgement, in seconds.
    """

    def __init__(
        self,
        app: App,
        app_token: str,
        api_url: str = SLACK_API_URL,
        *,
        count: int = 1,
        once: Once = always,
        timed: Callable[[float], None] = lambda _: None,
    ) -> None:
        if not 1 <= count <= _MOST_CONNECTIONS:
            raise ValueError(f"Slack allows 1 to {_MOST_CONNECTIONS} connections, not {count}.")
        self._app = app
        self._app_token = app_token
        self._api_url = api_url
        self._count = count
        self._once = once
        self._timed = timed
        self._clients: list[Client] = []
        self._closed = False

    def open(self) -> None:
        """Connect, and stay connected from now on; also when Slack cannot be reached at first.

        Raises:
            SlackRefused: Slack does not accept the app token; nothing is left open.
        """
        try:
            for _ in range(self._count):
                if self._closed:
                    return
                client = Client(self._app, self._app_token, self._api_url, self._once, self._timed)
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
        self._closed = True
        clients, self._clients = self._clients, []
        deadline = time.monotonic() + _DRAIN_SECONDS
        for client in clients:
            client.drain(deadline)
        for client in clients:
            client.close()
