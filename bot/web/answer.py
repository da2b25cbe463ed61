"""What goes back to a caller: a status and a small JSON object; and how to refuse in the midst of things."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from wsgiref.types import StartResponse


@dataclass(frozen=True)
class Answer:
    """A response.

    Attributes:
        status: the HTTP status.
        body: becomes JSON.
        headers: further headers.
    """

    status: HTTPStatus
    body: Mapping[str, object]
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, start_response: StartResponse, *, without_body: bool = False) -> Iterable[bytes]:
        """Give the response to the WSGI server; *without_body* is for HEAD."""
        return send_bytes(
            start_response,
            json.dumps(self.body).encode(),
            "application/json",
            status=self.status,
            headers=self.headers,
            without_body=without_body,
        )


def send_bytes(
    start_response: StartResponse,
    body: bytes,
    content_type: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: tuple[tuple[str, str], ...] = (),
    without_body: bool = False,
) -> Iterable[bytes]:
    """Give a response to the WSGI server; *without_body* is for HEAD."""
    usual = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response(f"{status.value} {status.phrase}", [*usual, *headers])
    return [] if without_body else [body]


class Refusal(Exception):
    """A request that goes no further; only raised and caught inside `bot.web`.

    Attributes:
        answer: what the caller gets: `{"error": sentence}`.
    """

    def __init__(self, status: HTTPStatus, sentence: str, *headers: tuple[str, str]) -> None:
        self.answer = Answer(status, {"error": sentence}, headers)
        super().__init__(sentence)


def require_method(environ: Mapping[str, object], *methods: str) -> None:
    """Refuse every method but *methods*.

    Raises:
        Refusal: 405.
    """
    if environ.get("REQUEST_METHOD") not in methods:
        raise Refusal(
            HTTPStatus.METHOD_NOT_ALLOWED, f"Use {' or '.join(methods)} here.", ("Allow", ", ".join(methods))
        )
