"""`/mcsync …` becomes a command: one table, one reading of it. Pure.

What a command does is in the file of its name.
"""

import difflib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from bot.domain.errors import UnreadableInput

_SMART_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
_MOMENT = re.compile(r"(?:([0-9]{4}-[0-9]{2}-[0-9]{2})[ T])?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_OFFSET = re.compile(r"\+(\d{1,2})(?:m|min)?")


@dataclass(frozen=True)
class Entry:
    """One command as the table knows it.

    Attributes:
        name: its word.
        usage: what follows the word.
        does: one sentence of help.
    """

    name: str
    usage: str
    does: str


COMMANDS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("status", "[instance | workflow]", "shows what is watched and what is wrong"),
        Entry("diagnose", "[workflow] [at TIME | paste]", "shows a failure, its cause and how we know"),
        Entry("forecast", "[workflow] [days]", "shows which runs will meet which restarts"),
        Entry(
            "shift",
            "<workflow> +5 | +10 [--dry-run]",
            "asks to move the start to so many minutes after RT's restart",
        ),
        Entry("audit", "[workflow]", "shows who did what, the latest first"),
        Entry("trust", "[instance]", "shows how often mcsync was right where it only watches"),
        Entry("help", "[command]", "shows this"),
    )
}


@dataclass(frozen=True)
class Command:
    """What somebody typed, understood.

    Attributes:
        name: a key of `COMMANDS`.
        words: what followed, in order.
    """

    name: str
    words: tuple[str, ...] = ()


def parse(text: str, *, typed: str = "/mcsync") -> Command:
    """Understand what followed the slash command; nothing at all means `status`.

    Raises:
        UnreadableInput: with what was probably meant.
    """
    try:
        words = shlex.split(text.translate(_SMART_QUOTES), comments=False)
    except ValueError:
        raise UnreadableInput("A quote is opened and not closed. Close it, or leave it out.") from None
    if not words:
        return Command("status")
    return Command(_name(words[0], typed), tuple(words[1:]))


def offset_of(word: str) -> int:
    """Read `+5`, `+5m` or `+10min` as minutes.

    Raises:
        UnreadableInput: it is something else.
    """
    match = _OFFSET.fullmatch(word)
    if match is None or not 0 < int(match[1]) < 60:  # noqa: PLR2004 - minutes inside the hour
        raise UnreadableInput(f"{word[:40]} is not an offset. Write +5 or +10: minutes after the restart.")
    return int(match[1])


def moment_of(words: Sequence[str]) -> tuple[date | None, time]:
    """Read `06:00`, `06:00:10` or `2026-11-23 06:00` as a local time, its day `None` when not told.

    Raises:
        UnreadableInput: it is something else.
    """
    match = _MOMENT.fullmatch(" ".join(words))
    if match:
        try:
            day = date.fromisoformat(match[1]) if match[1] else None
            return day, time(int(match[2]), int(match[3]), int(match[4] or 0))
        except ValueError:
            pass
    raise UnreadableInput("Write the time like this: `at 06:00` or `at 2026-11-23 06:00`.")


def _name(word: str, typed: str) -> str:
    lowered = word.lower()
    if lowered in COMMANDS:
        return lowered
    beginnings = [name for name in COMMANDS if name.startswith(lowered)]
    if len(beginnings) == 1:
        return beginnings[0]
    near = beginnings or difflib.get_close_matches(lowered, COMMANDS, n=2, cutoff=0.5)
    meant = " or ".join(f"`{typed} {name}`" for name in near) or f"`{typed} help`"
    raise UnreadableInput(f"There is no command {word[:40]}. Did you mean {meant}?")
