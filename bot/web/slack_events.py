"""`POST /slack/events`: what Slack sends, checked before Bolt sees it.

Bolt parses a body before it verifies it, and answers garbage in headers or body with 500 and a traceback. So
signature and shape are checked here first; Bolt does the former again.
"""

import hmac
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import unquote_plus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from bot.domain.answered import Answered, Once, always, is_question
from bot.service.ports import Clock
from bot.web.answer import Refusal, require_method
from bot.web.body import read_body
from bot.web.signature import read_timestamp
from bot.web.slack_shape import is_as_slack_writes

_TEXT = re.compile(rb"(?:^|&)text=([^&]*)")

LARGEST_EVENT_BYTES = 2 * 1024 * 1024
"""A button's payload carries its whole message; modals with long lists have been seen above 1 MB."""


@dataclass(frozen=True)
class SlackEndpoint:
    """Where Slack's requests go in HTTP mode.

    Attributes:
        application: Bolt's WSGI handler.
        signing_secret: of the Slack app.
        once: answers a request that comes again as it did before.
    """

    application: WSGIApplication
    signing_secret: str = field(repr=False)
    once: Once = always

    def answer(
        self, environ: WSGIEnvironment, clock: Clock, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request: by Bolt the first time, as it was answered then if it comes again.

        Raises:
            Refusal: see `checked`.
        """
        request = self.checked(environ, clock)
        given = self.once(_key(request), lambda: _answered(self.application, request))
        body = given.body.encode()
        headers = [("Content-Type", given.content_type)] if given.content_type else []
        phrase = HTTPStatus(given.status).phrase
        start_response(f"{given.status} {phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

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


def _key(request: WSGIEnvironment) -> str:
    """Tell a request from every other: an event by its id, since Slack signs each repeat of it anew.

    A question has none, `""`.
    """
    if request.get("CONTENT_TYPE", "").startswith("application/json"):
        body = request["wsgi.input"]
        sent = json.loads(body.getvalue())
        event = sent.get("event_id") if isinstance(sent, dict) else None
        if isinstance(event, str):
            return f"event:{event}"
    texts = _TEXT.findall(request["wsgi.input"].getvalue())
    # Only commands have it. The whole form is read twice already, here and by Bolt.
    if len(texts) == 1 and is_question(unquote_plus(texts[0].decode("latin-1"))):
        return ""
    return f"signature:{request['HTTP_X_SLACK_SIGNATURE']}"


def _answered(application: WSGIApplication, request: WSGIEnvironment) -> Answered:
    """Ask Bolt, and hold what it says."""
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        said.append((status, headers))
        return lambda _: None

    body = b"".join(application(request, start_response))
    status, headers = said[-1]
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    return Answered(int(status.split()[0]), content_type, body.decode())
