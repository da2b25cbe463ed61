"""`POST /slack/events`: what Slack sends, checked before Bolt sees it.

Bolt parses a body before it verifies it, and answers garbage in headers or body with 500 and a traceback. So
signature and shape are checked here first; Bolt does the former again.
"""

import hmac
import io
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from wsgiref.types import WSGIApplication, WSGIEnvironment

from bot.service.ports import Clock
from bot.web.answer import Refusal, require_method
from bot.web.body import read_body
from bot.web.signature import read_timestamp
from bot.web.slack_shape import is_as_slack_writes

LARGEST_EVENT_BYTES = 2 * 1024 * 1024
"""A button's payload carries its whole message; modals with long lists have been seen above 1 MB."""


@dataclass(frozen=True)
class SlackEndpoint:
    """Where Slack's requests go in HTTP mode.

    Attributes:
        application: Bolt's WSGI handler.
        signing_secret: of the Slack app.
    """

    application: WSGIApplication
    signing_secret: str = field(repr=False)

    def checked(self, environ: WSGIEnvironment, clock: Clock) -> WSGIEnvironment:
        """Verify a request (`v0` signatures, docs.slack.dev "Verifying requests from Slack").

        Returns:
            The same request with its body read, of known length, ready for `application`.

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
        if not is_as_slack_writes(environ.get("CONTENT_TYPE", ""), text):
            raise Refusal(HTTPStatus.BAD_REQUEST, "The body is not what Slack sends.")
        return {**environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}

    def _sign(self, timestamp: str, body: bytes) -> bytes:
        signed = b"v0:" + timestamp.encode("latin-1") + b":" + body
        return b"v0=" + hmac.new(self.signing_secret.encode(), signed, sha256).hexdigest().encode()
