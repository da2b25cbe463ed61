"""Bringing a payload to the app, by signed HTTP or over Socket Mode, within a deadline."""

import asyncio
import hashlib
import hmac
import http.client
import io
import json
import time
import urllib.parse
from dataclasses import dataclass
from typing import Any, cast

from bot.sandbox.slack.refusal import Json

_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something that the app is to be told.

    Attributes:
        kind: "slash_commands", "interactive" or "events_api", as Socket Mode names them.
        payload: the JSON payload; for a command its form fields.
        retry: which retry of an event this is; 0 is the first try.
        reason: why it is retried, "http_error" or "http_timeout".
    """

    kind: str
    payload: Json
    retry: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery went.

    Attributes:
        ms: how long it took until the answer or the deadline, in milliseconds.
        status: HTTP status; 200 for an acknowledged envelope; `None` where nothing came back.
        body: the acknowledgement's content: a JSON object, a text, or `None`.
        error: `operation_timeout`, `dispatch_failed`, or `None` when the app acknowledged.
    """

    ms: float
    status: int | None = None
    body: Json | str | None = None
    error: str | None = None


def form_body(parcel: Parcel) -> tuple[str, bytes]:
    """Return content type and body of a parcel as Slack posts it."""
    if parcel.kind == "events_api":
        return "application/json", json.dumps(parcel.payload).encode()
    fields = parcel.payload
    if parcel.kind == "interactive":
        fields = {"payload": json.dumps(parcel.payload)}
    # Half a character leaves as bytes that are no UTF-8: whoever writes a form by hand may send such.
    return "application/x-www-form-urlencoded", urllib.parse.urlencode(
        fields, errors="surrogatepass"
    ).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return Slack's `X-Slack-Signature` of a body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A signed request, kept so that it can be sent again to the byte."""

    body: bytes
    headers: dict[str, str]


def signed_request(parcel: Parcel, secret: str, *, now: float) -> SignedRequest:
    """Return the request for a parcel; `now` is machine time in seconds."""
    content_type, body = form_body(parcel)
    timestamp = str(int(now))
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "User-Agent": _AGENT,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }
    if parcel.retry:
        headers |= {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.reason}
    return SignedRequest(body, headers)


class _Recorded:
    """Bytes that `http.client` reads like a socket."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, _mode: str) -> io.BytesIO:
        """Return the bytes as a file."""
        return io.BytesIO(self._received)


def read_response(received: bytes) -> tuple[int, str, bytes]:
    """Return status, content type and body of a whole HTTP/1.1 response.

    Raises:
        http.client.HTTPException: what came is no response, or was cut short.
    """
    response = http.client.HTTPResponse(cast("Any", _Recorded(received)), method="POST")
    response.begin()
    body = response.read()
    return response.status, response.headers.get_content_type(), body


def read_acknowledgement(content_type: str, body: bytes) -> Json | str | None:
    """Return what the app said inside its acknowledgement; `None` for nothing."""
    text = body.decode("utf-8", "replace")
    if not text.strip():
        return None
    if content_type == "application/json" or text.lstrip().startswith("{"):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, dict) else text
    return text


async def post(url: str, request: SignedRequest) -> tuple[int, str, bytes]:
    """Post to a URL on a connection of its own; returns status, content type and body.

    Raises:
        OSError: no connection, or it broke.
        http.client.HTTPException: an answer that is no HTTP, or cut short.
    """
    parts = urllib.parse.urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=parts.scheme == "https" or None)
    try:
        path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        headers = {"Host": parts.netloc, "Connection": "close", **request.headers}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode("latin-1") + request.body)
        await writer.drain()
        received = await reader.read()
    finally:
        writer.close()
    return read_response(received)


async def send(url: str, request: SignedRequest, *, seconds: float) -> Outcome:
    """Post a signed request to the app and wait so many seconds for its acknowledgement, no longer."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            status, content_type, body = await post(url, request)
    except TimeoutError:
        return Outcome(milliseconds_since(started), error="operation_timeout")
    except (OSError, http.client.HTTPException):
        return Outcome(milliseconds_since(started), error="dispatch_failed")
    content = read_acknowledgement(content_type, body)
    error = None if http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES else "dispatch_failed"
    return Outcome(milliseconds_since(started), status, content, error)


def milliseconds_since(started: float) -> float:
    """Return milliseconds since a monotonic instant."""
    return round((time.monotonic() - started) * 1000, 3)
