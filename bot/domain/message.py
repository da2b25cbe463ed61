"""A message as the use cases know it: what it shows and where it stands. How it looks is the counter's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Reaction(StrEnum):
    """Our one reaction under a card; the values are Slack's names of emoji."""

    OPEN = "rotating_light"
    WAITING = "hourglass_flowing_sand"
    DONE = "white_check_mark"


@dataclass(frozen=True)
class Card:
    """What a message shows.

    Attributes:
        text: all of it in words, for screen readers and notifications.
        blocks: Block Kit, as plain data.
        reaction: what stands under it, `None` for nothing.
        thread: what is told in its thread, by a name that stays; each is a message that is kept true as well.
    """

    text: str
    blocks: Sequence[Mapping[str, Any]]
    reaction: Reaction | None = None
    thread: Mapping[str, "Card"] = field(default_factory=dict)


@dataclass(frozen=True)
class Posted:
    """A message's place in Slack.

    Attributes:
        key: the incident's id, or whatever else tells it from any other.
        channel: where.
        ts: the message, `""` while a post's intent is recorded and its outcome unknown.
        content: the hash of what it shows.
        intended_at: machine time of the intent.
        thread: the `ts` of the message in whose thread it stands, `""` for none.
        reaction: what stands under it, `""` for nothing.
        duplicate: whether an earlier one may exist that could not be looked for.
    """

    key: str
    channel: str
    ts: str
    content: str
    intended_at: datetime
    thread: str = ""
    reaction: str = ""
    duplicate: bool = False
