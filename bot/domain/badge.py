"""How people tell their servers apart at a glance: a name, a colour word and an emoji for each.

The colour is a word as well as a sign, since not everybody sees the sign.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.sentence import joined, say

EMOJI = {"red": "🟥", "orange": "🟧", "yellow": "🟨", "green": "🟩", "blue": "🟦", "purple": "🟪"}
"""By colour word; any other word goes with `PLAIN`."""

COLOURS: Mapping[str, str] = {
    word: word
    for word in (say("red"), say("orange"), say("yellow"), say("green"), say("blue"), say("purple"))
}
"""The words for colours that other languages have; any other word is a name and stays as it is."""

PLAIN = "⬜"

_KINDS = (
    ("yellow", re.compile(r"stag|stg|uat|pre.?prod|accept", re.IGNORECASE)),
    ("green", re.compile(r"dev|test|sand|qa|demo|lab", re.IGNORECASE)),
    ("red", re.compile(r"prod|prd|live", re.IGNORECASE)),
)
"""What a server is for, by its name; the first that fits counts, since `preprod` is not production."""

OTHER = "blue"


@dataclass(frozen=True)
class Badge:
    """What tells a server from any other.

    Attributes:
        label: what people call it.
        colour: a word.
        emoji: one sign.
    """

    label: str
    colour: str
    emoji: str

    def __str__(self) -> str:
        """Write it as it stands in a headline; what is returned is a sentence, for its colour is a word."""
        return joined(" ", (self.emoji, self.label, joined("", ("(", self.colour, ")"))))


def badge_of(name: str, *, label: str = "", colour: str = "", emoji: str = "") -> Badge:
    """Fill in what the configuration leaves out, by the server's *name*: production is red."""
    guessed = next((word for word, pattern in _KINDS if pattern.search(name)), OTHER)
    colour = colour or guessed
    return Badge(label or name, COLOURS.get(colour, colour), emoji or EMOJI.get(colour, PLAIN))
