"""One request and what is known of it so far. No input or output happens here."""

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_QUOTE = 300
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass
class Exchange:
    """The state of one request, kept by the one thread that makes it.

    Attributes:
        url: where it goes.
        what: for people, such as `xtk:workflow#Stop`.
        seconds: how long it may take in all.
        answer: the qualified name of the element that answers it, for SOAP only.
        outputs: the names of the elements that must stand in it.
        secrets: what must not appear in any text made from the answer.
        ends_at: the moment of the deadline, on the monotonic clock.
        connected: whether a connection was made. Before that, the request surely was not sent.
        status: the HTTP status, 0 before there is one.
    """

    url: str
    what: str
    seconds: float
    answer: str = ""
    outputs: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    ends_at: float = field(init=False)
    connected: bool = False
    status: int = 0

    def __post_init__(self) -> None:
        """Start the clock."""
        self.ends_at = monotonic() + self.seconds

    @property
    def host(self) -> str:
        """Name the server, for people."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2] or self.url
        except ValueError:
            return self.url

    def remaining(self) -> float:
        """Give the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self.ends_at - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def quote(self, text: str) -> str:
        """Make one short printable line of *text* from outside, with our secrets blacked out."""
        for secret in filter(None, self.secrets):
            for written in (secret, escape(secret), quote_plus(secret)):
                text = text.replace(written, "•••")
        line = _UNPRINTABLE.sub(" ", text).strip()
        return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


_CURRENT: ContextVar[Exchange] = ContextVar("campaign_exchange")


def current() -> Exchange:
    """Give the exchange that this thread is in the middle of."""
    return _CURRENT.get()


@contextmanager
def exchanging(exchange: Exchange) -> "Iterator[Exchange]":
    """Make *exchange* the current one, for this thread only."""
    token = _CURRENT.set(exchange)
    try:
        yield exchange
    finally:
        _CURRENT.reset(token)
