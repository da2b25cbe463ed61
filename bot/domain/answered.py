"""What a request of Slack's was answered: the same request gets the same answer, and has its effect once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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


Once = Callable[[str, Callable[[], Answered]], Answered]
"""Answer a request by its key: compute the answer the first time, remember it for every other."""


def always(_key: str, answer: Callable[[], Answered]) -> Answered:
    """Answer without a memory: an `Once` for whoever has none."""
    return answer()
