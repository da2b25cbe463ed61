"""What a request of Slack's was answered: the same request gets the same answer, and has its effect once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NOT_NOW = 503
"""The HTTP status for a caller who should come back: another process is about the same request right now."""


@dataclass(frozen=True)
class Answered:
    """An answer.

    Attributes:
        status: of HTTP; in Socket Mode only 200 is sent at all.
        content_type: of the body.
        body: text, mostly JSON.
    """

    status: int
    content_type: str = ""
    body: str = ""


@dataclass(frozen=True)
class Request:
    """A request that came in.

    Attributes:
        key: what tells it from every other.
        at: when somebody last began to answer it, machine time, UTC.
        answer: `None` while nobody has finished.
    """

    key: str
    at: datetime
    answer: Answered | None = None


QUESTIONS = frozenset({"status", "help"})
"""Commands that only show what is in the store."""


def is_question(text: str) -> bool:
    """Tell whether a slash command, by what followed it, changes nothing and shows nothing to others.

    A repeat of it may be answered anew, so nothing need be written before it is answered.
    """
    words = text.lower().split()
    return bool(words) and words[0] in QUESTIONS and not any(word.startswith(_DASHES) for word in words)


def key_of(fields: Mapping[str, Any], sent_as: str) -> str:
    """Tell a request from every other.

    Args:
        fields: what Slack sent.
        sent_as: names the sending: its signature or its envelope. An event has an id of its own besides,
            since Slack signs and wraps each repeat of it anew.

    Returns:
        `""` for a question.
    """
    event = fields.get("event_id")
    if isinstance(event, str):
        return f"event:{event}"
    if "command" in fields and is_question(str(fields.get("text", ""))):
        return ""
    return sent_as


_DASHES = ("-", "\N{EN DASH}", "\N{EM DASH}")
"""What an option such as `--share` begins with, as keyboards write it."""

Once = Callable[[str, Callable[[], Answered]], Answered]
"""Answer a request by its key: compute the answer the first time, remember it for every other.

A request without a key (`""`) is a question and is not remembered.
"""


def always(_key: str, answer: Callable[[], Answered]) -> Answered:
    """Answer without a memory: an `Once` for whoever has none."""
    return answer()
