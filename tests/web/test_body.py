"""Reading bodies under servers that behave otherwise than ours."""

import io
from typing import Any

import pytest

from bot.web.answer import Refusal
from bot.web.body import read_body


def request(body: bytes, **entries: object) -> dict[str, Any]:
    return {"wsgi.input": io.BytesIO(body), **entries}


def test_a_declared_length_is_read_and_no_more() -> None:
    assert read_body(request(b"abcdef", CONTENT_LENGTH="3"), 10) == b"abc"


def test_without_length_or_marked_end_nothing_is_read() -> None:
    environ = request(b"abc")

    assert read_body(environ, 10) == b""
    assert environ["wsgi.input"].tell() == 0


def test_a_marked_end_needs_no_length() -> None:
    assert read_body(request(b"abc", **{"wsgi.input_terminated": True}), 3) == b"abc"


@pytest.mark.parametrize("entries", [{"wsgi.input_terminated": True}, {"CONTENT_LENGTH": "5"}])
def test_too_long_a_body_is_refused_without_reading_it_all(entries: dict[str, object]) -> None:
    environ = request(b"x" * 10_000, **entries)

    with pytest.raises(Refusal) as refusal:
        read_body(environ, 4)

    assert refusal.value.answer.status == 413
    assert environ["wsgi.input"].tell() <= 5


@pytest.mark.parametrize("length", ["-1", "abc", "1.0", "\u00b2", "+1", " 1"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(Refusal, match="not a number"):
        read_body(request(b"x", CONTENT_LENGTH=length), 4)


def test_an_endless_length_is_too_large_rather_than_a_surprise() -> None:
    with pytest.raises(Refusal, match="at most"):
        read_body(request(b"x", CONTENT_LENGTH="9" * 5000), 4)


def test_a_body_cut_short_is_refused() -> None:
    with pytest.raises(Refusal, match="ended before"):
        read_body(request(b"x", CONTENT_LENGTH="3"), 4)
