"""`POST /slack/events`: what Slack sends, checked and read before Bolt sees it.

Bolt's own handler parses a body before it verifies it, and answers garbage in headers or body with 500 and a
traceback. So signature and shape are checked here, once, and Bolt gets the fields.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from time import monotonic
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from bot.domain.answered import Answered, Once, always, key_of
from bot.service.ports import Clock
from bot.web.answer import Refusal, require_method
from bot.web.body import read_body
from bot.web.signature import read_timestamp
from bot.web.slack_shape import read_fields

Fields = dict[str, Any]
"""A request of Slack's, read."""

LARGEST_EVENT_BYTES = 2 * 1024 * 1024
"""A button's payload carries its whole message; modals with long lists have been seen above 1 MB."""


@dataclass(frozen=True)
class SlackEndpoint:
    """Where Slack's requests go in HTTP mode.

    Attributes:
        bolt: answers a request that is known to be Slack's.
        signing_secret: of the Slack app.
        once: answers a request that comes again as it did before.
        timed: is told how long a request waited for its answer, in seconds.
    """

    bolt: Callable[[Fields], Answered]
    signing_secret: str = field(repr=False)
    once: Once = always
    timed: Callable[[float], None] = lambda _: None

    def answer(
        self, environ: WSGIEnvironment, clock: Clock, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request: by Bolt the first time, as it was answered then if it comes again.

        Raises:
            Refusal: see `checked`.
        """
        began = monotonic()
        fields = self.checked(environ, clock)
        key = key_of(fields, f"signature:{environ['HTTP_X_SLACK_SIGNATURE']}")
        given = self.once(key, lambda: self.bolt(fields))
        body = given.body.encode()
        headers = [("Content-Type", given.content_type)] if given.content_type else []
        phrase = HTTPStatus(given.status).phrase
        start_response(f"{given.status} {phrase}", [*headers, ("Content-Length", str(len(body)))])
        self.timed(monotonic() - began)
        return [body]

    def checked(self, environ: WSGIEnvironment, clock: Clock) -> Fields:
        """Verify a request (`v0` signatures, docs.slack.dev "Verifying requests from Slack") and read it.

        Raises:
            Refusal: 400, 401, 405 or 413.
        """
        require_method(environ, "POST")
        body = read_body(environ, LARGEST_EVENT_BYTES)
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "").encode("latin-1")
        if read_timestamp(timestamp, clock.machine_now()) is None or not hmac.compare_digest(
            signature, self._sign(timestamp, body)
        ):
            raise Refusal(HTTPStatus.UNAUTHORIZED, "This request is not signed by Slack within five minutes.")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            raise Refusal(HTTPStatus.BAD_REQUEST, "The body is not UTF-8.") from None
        fields = read_fields(environ.get("CONTENT_TYPE", ""), text)
        if fields is None:
            raise Refusal(HTTPStatus.BAD_REQUEST, "The body is not what Slack sends.")
        return fields

    def _sign(self, timestamp: str, body: bytes) -> bytes:
        signed = b"v0:" + timestamp.encode("latin-1") + b":" + body
        return b"v0=" + hmac.new(self.signing_secret.encode(), signed, sha256).hexdigest().encode()
