"""Chained messages: Campaign wraps one error into the next, `SCR-160012 ... SOP-330011 ... detail`.

This takes a message apart, so that the cause is looked for in the innermost link and never in a wrapper. What
a link means is `bot/domain/symptoms.py`.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

LONGEST = 16_000
"""Characters of a message that are read; of a longer one the beginning and the end."""

CODE_LENGTH = 10

WRAPPERS = frozenset({"SCR-160012", "SOP-330011", "WDB-200001", "XTK-170019", "WKF-560044", "BAS-010003"})
"""Codes that say only that something inside failed (as KA-19458 and KA-19380 quote them)."""

_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{3}-[0-9]{6})(?![0-9]{3})")
_ESCAPED_QUOTE = re.compile(r"\\u00(?:22|27)|\\['\"]")
_QUOTES = dict.fromkeys(map(ord, '"`´‘’‚‛“”„‟‹›«»「」『』〈〉《》〝〞＂＇'), "'")
_COLONS = dict.fromkeys(map(ord, "∶꞉ː"), ":")
_INVISIBLE = dict.fromkeys(
    [0, 0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
_MARKS = dict.fromkeys([*range(0x0300, 0x0370), 0x3099, 0x309A], None)
_TRIM = " \t\r\n.:;,-'\"()[]<>|/"


@dataclass(frozen=True)
class Link:
    """One link of a chained message.

    Attributes:
        code: such as `SOP-330011`, `""` for text without a code.
        text: the link with its code, as it was written.
    """

    code: str
    text: str

    @property
    def wrapper(self) -> bool:
        """Tell whether the link only says that something inside it failed."""
        return self.code in WRAPPERS


def cut(message: str) -> str:
    """Keep the beginning and the end of a message longer than `LONGEST` characters."""
    if len(message) <= LONGEST:
        return message
    return f"{message[: LONGEST // 2]} … {message[-LONGEST // 2 :]}"


def unescape(text: str) -> str:
    """Undo HTML escapes, also double ones, and backslashes before quotes."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "\\" in text:
        text = _ESCAPED_QUOTE.sub("'", text)
    return text


def fold(text: str) -> str:
    """Reduce *text* to one spelling for comparing: width, quotes, accents, case and spaces do not count.

    The result is for comparing only and never shown.
    """
    text = unescape(text)
    if not text.isascii():
        text = text.translate(_INVISIBLE).translate(_COLONS)
        text = unicodedata.normalize("NFKD", text).translate(_MARKS)
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.translate(_QUOTES).casefold().split())


def links(message: str) -> tuple[Link, ...]:
    """Take a message apart at its lines and codes, outermost first.

    Text before the first code of a line is a link of its own. At most `LONGEST` characters are read.
    """
    return tuple(part for line in unescape(cut(message)).splitlines() for part in _links_of(line))


def _links_of(line: str) -> Iterator[Link]:
    starts = [found.start() for found in _CODE.finditer(line)]
    before = line[: starts[0]] if starts else line
    if before.strip(_TRIM):
        yield Link("", before.strip())
    for start, end in pairwise([*starts, len(line)]):
        yield Link(line[start : start + CODE_LENGTH], line[start:end].strip())
