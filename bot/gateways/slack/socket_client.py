"""slack_sdk's built-in Socket Mode client, made to notice a dead line and come back calmly.

What is changed, and why, measured on slack-sdk 3.47:

- frames come whole (`bot.gateways.slack.frames`), whatever the network does to them;
- pings every second, so a silent line is noticed in about 5 s, one that was closed at once, also before the
  first pong came;
- a line that Slack replaces is read to its end, and what came in by it is acknowledged by it;
- whoever reads a line hands each message to a worker itself, not to a further thread that does so;
- a failed connection is tried again after 1, 2, 4 … 30 s, or when `Retry-After` says so, without sleeping in
  a thread that closing waits for, and also when the very first attempt fails; when Slack says that there are
  too many lines, after half a minute.
"""

import json
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from secrets import token_hex
from threading import Lock

import structlog
from slack_bolt import App
from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.domain.answered import Answered, Once, key_of
from bot.domain.due_work import TRACE
from bot.domain.errors import SlackBusy, SlackError, SlackRefused
from bot.domain.slack_request import is_well_formed, read_json
from bot.gateways.slack import border
from bot.gateways.slack.bolt_app import ask
from bot.gateways.slack.socket_line import Line

log = structlog.get_logger(__name__)

_PING_SECONDS = 1
_TIMEOUT_SECONDS = 4
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_CROWDED_SECONDS = 30.0
_UNWANTED = ("too_many_websockets", "link_disabled")
"""Why Slack sends a line away that it does not want back at once."""


class Client(SocketModeClient):
    """One line after the other, one at a time but for farewells.

    Args:
        app: Bolt's app.
        app_token: `xapp-…`.
        api_url: the base of the Web API.
        once: answers a request that comes again as it did before.
        timed: is told how long a request waited for its acknowledgement, in seconds.
    """

    def __init__(
        self, app: App, app_token: str, api_url: str, once: Once, timed: Callable[[float], None]
    ) -> None:
        web_client = border.web_client(app_token, api_url, _TIMEOUT_SECONDS)
        logger = logging.getLogger("bot.gateways.slack.socket_client")
        # At DEBUG it logs whole messages; the coming and going of connections is logged here in our words.
        logger.setLevel(logging.ERROR)
        self._app = app
        self._once = once
        self._timed = timed
        self._not_before = 0.0
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._lock = Lock()
        self._at_work: dict[Line, int] = {}
        self._line: Line | None = None
        self._leaving: list[Line] = []
        self.since = time.monotonic()
        super().__init__(app_token, logger, web_client, ping_interval=_PING_SECONDS)
        # The base class asks the environment by itself; the Web API's client knows better.
        self.proxy = web_client.proxy
        # Two threads of the base class, for what is done elsewhere here.
        for thread in (self.current_session_runner, self.message_processor):
            thread.shutdown()  # type: ignore[no-untyped-call] # slack_sdk forgot to type it

    # --- Coming and going -------------------------------------------------------------------------

    def open(self) -> None:
        """Connect for the first time, and start to watch the connection.

        Raises:
            SlackRefused: Slack does not accept the app token.
        """
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
        """Open a line in place of the present one, which takes leave; without success that one stays."""
        line = Line(
            self._take,
            self._ended,
            url=self.wss_uri,
            logger=self.logger,
            ping_interval=self.ping_interval,
            proxy=self.proxy,
            proxy_headers=self.proxy_headers,
            on_error_listener=self._on_error,
            ssl_context=self.web_client.ssl,
        )
        line.connect()
        if not line.is_active():
            return
        with self._lock:
            old, self._line = self._line, line
            self.current_session = line
            if old is not None and old.is_active():
                old.leave()
                self._leaving.append(old)
        line.read()
        if self.closed:
            # Closed while we were connecting: nobody else would close this line.
            line.end()

    def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - the base class's
        """Connect anew unless we are to wait; a failure is logged and remembered, not raised."""
        try:
            self._connect(force=force)
        except SlackRefused as error:
            # A token that is refused later may be accepted again once an administrator has acted.
            log.error("socket.refused", reason=str(error), code=error.code)  # noqa: TRY400 - says it all

    def drain(self, deadline: float) -> None:
        """Wait until what has come in is done, at most until *deadline* (monotonic)."""
        while self._at_work:
            if time.monotonic() >= deadline:
                log.warning("socket.closed_early", requests=sum(self._at_work.values()))
                return
            time.sleep(0.02)  # on the way out only; no lock for it while it runs

    def close(self) -> None:
        """Disconnect and end the threads."""
        self.closed = True
        with self._lock:
            leaving, self._leaving = self._leaving, []
        for line in (*leaving, *((self._line,) if self._line is not None else ())):
            line.end()
        super().close()
        log.info("socket.closed")

    def _connect(self, *, force: bool) -> None:
        if self.closed or time.monotonic() < self._not_before:
            return
        line = self._line
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
            if self._line is not line:
                self._pause_seconds = _FIRST_PAUSE_SECONDS
                self.since = time.monotonic()
                log.info("socket.connected", session=self.session_id())
            elif force or not self.is_connected():
                self._wait_longer()
                log.warning("socket.unreachable", reason="The WebSocket could not be opened.")

    def _wait_longer(self) -> None:
        self._not_before = time.monotonic() + self._pause_seconds
        self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)

    def _run_current_session(self) -> None:
        """Do nothing; overrides the base class, which reads one line at a time: ours read themselves."""

    def process_messages(self) -> None:
        """Do nothing; overrides the base class, in which a message waits twice for a thread."""

    def _monitor_current_session(self) -> None:
        """Ping, and connect anew once the line is dead; overrides the base class, every `_PING_SECONDS`."""
        if self._line is not None:
            self._line.check_state()
        with self._lock:
            gone = [line for line in self._leaving if line.has_left(busy=line in self._at_work)]
            self._leaving = [line for line in self._leaving if line not in gone]
        for line in gone:
            line.end()
        if not self.closed and not self.is_connected():
            self.connect_to_new_endpoint()

    def _on_error(self, error: Exception) -> None:
        """Log the loss of a line; overrides the base class, which would call it an error."""
        log.warning("socket.lost", session=self.session_id(), reason=str(error) or type(error).__name__)

    def _ended(self, line: Line) -> None:
        if line is self._line and not self.closed:
            self.connect_to_new_endpoint()

    # --- What comes in ----------------------------------------------------------------------------

    def _take(self, line: Line, text: str) -> None:
        with self._lock:
            self._at_work[line] = self._at_work.get(line, 0) + 1
        self.message_workers.submit(self._heed, line, text).add_done_callback(_tell_failure)

    def _heed(self, line: Line, text: str) -> None:
        began = time.monotonic()
        try:
            message = read_json(text) if text.startswith("{") else {}
            if not isinstance(message, dict):
                log.warning("socket.malformed", session=line.session_id)
                return
            if message.get("type") == "disconnect":
                self._dismissed(line, str(message.get("reason", "")))
                return
            request = SocketModeRequest.from_dict(message)
            if request is not None:
                with structlog.contextvars.bound_contextvars(**{TRACE: token_hex(4)}):
                    self._answer(line, request)
                self._timed(time.monotonic() - began)
        finally:
            with self._lock:
                self._at_work[line] -= 1
                if not self._at_work[line]:
                    del self._at_work[line]

    def _dismissed(self, line: Line, reason: str) -> None:
        """Slack is about to close *line*."""
        log.info("socket.dismissed", session=line.session_id, reason=reason)
        if line is not self._line:
            return
        if reason in _UNWANTED:
            # Spread, since whoever else is one too many was told so at the same moment.
            self._not_before = time.monotonic() + _CROWDED_SECONDS * random.uniform(1, 1.5)  # noqa: S311 - no secret
            line.close()
            return
        self.connect_to_new_endpoint(force=True)

    def _answer(self, line: Line, request: SocketModeRequest) -> None:
        if not is_well_formed(request.payload):
            log.warning("socket.malformed", session=line.session_id, envelope=request.envelope_id)
            return
        key = key_of(request.payload, f"envelope:{request.envelope_id}")
        given = self._once(key, lambda: ask(self._app, request.payload))
        if given.status != HTTPStatus.OK:
            return
        try:
            # Slack waits for it on the line that the request came from and nowhere else.
            line.send(_acknowledgement(request.envelope_id, given))
        except SlackClientNotConnectedError:
            # Done, and Slack does not know. It asks again where it can; then the answer is remembered.
            log.warning("socket.answer_lost", session=line.session_id)


def _acknowledgement(envelope_id: str, given: Answered) -> str:
    """Write what Slack is sent; a body that is JSON already is put in as it is."""
    if not given.body:
        return json.dumps({"envelope_id": envelope_id})
    is_json = given.content_type.startswith("application/json")
    payload = given.body if is_json else json.dumps({"text": given.body})
    return f'{{"envelope_id": {json.dumps(envelope_id)}, "payload": {payload}}}'


def _tell_failure(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        log.error("socket.request_failed", exc_info=error)
