"""Reading a request's body, never more of it than is allowed."""

from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from bot.web.answer import Refusal


def read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    """Read the whole body, at most *limit* bytes.

    A body without a length is read to its end where the server marks the end (`wsgi.input_terminated`, as
    waitress does after undoing chunked encoding); elsewhere it counts as empty.

    Raises:
        Refusal: 413 when it is longer, 400 when its length is not a number or the body ends before it.
    """
    declared = environ.get("CONTENT_LENGTH", "")
    if not declared:
        body = environ["wsgi.input"].read(limit + 1) if environ.get("wsgi.input_terminated") else b""
    elif not (declared.isascii() and declared.isdecimal()):
        raise Refusal(HTTPStatus.BAD_REQUEST, "Content-Length is not a number.")
    elif len(declared) > len(str(limit)) or int(declared) > limit:
        raise _too_large(limit)
    else:
        body = environ["wsgi.input"].read(int(declared))
        if len(body) < int(declared):
            raise Refusal(HTTPStatus.BAD_REQUEST, "The body ended before its Content-Length.")
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> Refusal:
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body may have at most {limit // 1024} KiB.")
