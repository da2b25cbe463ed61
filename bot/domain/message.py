"""A message as the use cases know it: what it shows and where it stands. How it looks is the counter's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Card:
    """What a message shows.

    Attributes:
        text: all of it in words, for screen readers and notifications.
        blocks: Block Kit, as plain data.
    """

    text: str
    blocks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Posted:
    """A card's place in Slack.

    Attributes:
        key: the incident's id.
        channel: where.
        ts: the message, `""` while a post's intent is recorded and its outcome unknown.
        content: the hash of what it shows.
        intended_at: machine time of the intent.
    """

    key: str
    channel: str
    ts: str
    content: str
    intended_at: datetime
