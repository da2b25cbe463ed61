"""Slack's way of writing a message, undone."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.message import MOST_CHARACTERS, text_of


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("see <https://rt1.example.com/r/test>", "see https://rt1.example.com/r/test"),
        ("<https://rt1.example.com|rt1.example.com> away", "rt1.example.com away"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<@U0ADA> <#C0OPS|ops> <!here> <!subteam^S1|@admins>", "@U0ADA ops @here @admins"),
        ("<!date^1795500000^{date}|23 Nov>", "23 Nov"),
        ("<!date^1795500000^{date}>", "@date"),
        ("open < and close", "open < and close"),
        ("", ""),
    ],
)
def test_a_text_is_read_as_its_author_wrote_it(text: str, written: str) -> None:
    assert text_of({"text": text}) == written


def test_what_is_shared_or_attached_is_read_too() -> None:
    message = {
        "text": "Look:",
        "attachments": [
            {"pretext": "from a mail", "text": "06:00:04 &lt;err&gt;", "fallback": "not this"},
            {"fallback": "only this"},
            "nonsense",
        ],
        "files": [{"preview": "2026-11-23 06:00:04 line <b>\nnext"}, {"name": "picture.png"}, None],
    }

    assert text_of(message) == (
        "Look:\nfrom a mail\n06:00:04 <err>\nonly this\n2026-11-23 06:00:04 line <b>\nnext"
    )


def test_what_stands_there_twice_is_read_once() -> None:
    assert text_of({"text": "line", "attachments": [{"text": "line"}]}) == "line"


@pytest.mark.parametrize("message", [{}, {"text": None}, {"text": 7, "attachments": {}, "files": "x"}])
def test_a_message_without_text_has_none(message: dict[str, object]) -> None:
    assert text_of(message) == ""


def test_no_message_is_longer_than_what_is_read_of_it() -> None:
    assert len(text_of({"text": "x" * (MOST_CHARACTERS + 10)})) == MOST_CHARACTERS


@pytest.mark.parametrize("hostile", ["<" * 200_000, "<a|" * 70_000, "<>|" * 70_000, "&" * 200_000])
def test_hostile_text_takes_no_time(hostile: str) -> None:
    began = time.process_time()
    text_of({"text": hostile})
    assert time.process_time() - began < 1


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_what_slack_escaped_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert text_of({"text": escaped}) == (text if text.strip() else "")
