"""One Socket Mode line: a WebSocket that reads whole frames and knows where each message came from."""

import time
from collections.abc import Callable
from secrets import token_bytes
from threading import Lock, Thread
from typing import Any

from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState

from bot.gateways.slack.frames import FrameSocket, text_frame

_QUIET_SECONDS = 2.0
_LONGEST_FAREWELL_SECONDS = 10.0
"""Slack closes a line that it has dismissed about so long after it said so."""


class Line(Connection):
    """A connection that is read by a thread of its own until it ends.

    A line that was replaced is read on: what Slack had sent before it learnt of the new one is still coming.

    Args:
        take: is given each text that comes in, and this line.
        ended: is given this line when nothing more will come.
        options: of slack_sdk's `Connection`.
    """

    def __init__(
        self,
        take: Callable[["Line", str], None],
        ended: Callable[["Line"], None],
        **options: Any,  # noqa: ANN401 - slack_sdk's own
    ) -> None:
        super().__init__(
            on_message_listener=self._heard, on_close_listener=lambda _code, _reason: None, **options
        )
        self._take = take
        self._ended = ended
        self._state = ConnectionState()  # type: ignore[no-untyped-call] # slack_sdk forgot to type it
        self._reader: Thread | None = None
        self._beginning = Lock()
        self._closing = Lock()
        self._heard_at = self._left_at = 0.0

    def connect(self) -> None:
        """Connect and begin to read; without success `sock` stays `None`."""
        super().connect()
        connected = self.sock
        if connected is not None:
            # Set before anybody else knows of this connection. Its declared type is a TLS socket, of which
            # only `recv`, `send` and `close` are used.
            self.sock = FrameSocket(connected)  # type: ignore[assignment] # see above
            # A line that never answers a single ping would otherwise count as alive for ever.
            self.last_ping_pong_time = time.time()

    def read(self) -> None:
        """Begin to read, unless somebody has ended this line meanwhile."""
        with self._beginning:
            if self._state.terminated:
                return
            # Known only once it runs: `end` waits for it, and nobody can wait for a thread before that.
            reader = Thread(target=self._read_on, name="slack-line", daemon=True)
            reader.start()
            self._reader = reader

    def send(self, payload: str) -> None:
        """Send a text; overrides the base class, which writes its own frame (`bot.gateways.slack.frames`).

        Raises:
            SlackClientNotConnectedError: the line was lost.
        """
        frame = text_frame(payload, token_bytes(4))
        with self.sock_send_lock:
            if self.sock is None:
                raise SlackClientNotConnectedError("The line is closed.")
            try:
                self.sock.send(frame)
            except OSError as error:
                raise SlackClientNotConnectedError(f"The line is lost: {error}") from error

    def leave(self) -> None:
        """Take leave: read on until Slack closes it or has nothing more to say."""
        self._left_at = self._heard_at = time.monotonic()

    def has_left(self, *, busy: bool) -> bool:
        """Tell whether a line that takes leave may go, which may be asked at any time; *busy* ones stay."""
        now = time.monotonic()
        quiet = not busy and now - self._heard_at > _QUIET_SECONDS
        return not self.is_active() or quiet or now - self._left_at > _LONGEST_FAREWELL_SECONDS

    def disconnect(self) -> None:
        """Close the socket; overrides the base class, in which two threads doing so trip over each other."""
        with self._closing:
            super().disconnect()

    def end(self) -> None:
        """Close, and wait until nobody reads any more."""
        with self._beginning:
            self._state.terminated = True
        self.close()
        if self._reader is not None:
            self._reader.join(5)

    def _heard(self, text: str) -> None:
        self._heard_at = time.monotonic()
        self._take(self, text)

    def _read_on(self) -> None:
        self.run_until_completion(self._state)
        self.close()
        self._ended(self)
