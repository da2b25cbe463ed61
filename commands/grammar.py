"""`/mcsync …` becomes a command: one table, one reading of it. Pure.

What a command does is in the file of its name.
"""

import difflib
import re
import shlex
from dataclasses import dataclass

from bot.domain.errors import UnreadableInput

_SMART_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
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
        Entry("diagnose", "[workflow]", "shows the latest failure, its cause and how we know"),
        Entry("forecast", "[workflow] [days]", "shows which runs will meet which restarts"),
        Entry("shift", "<workflow> +5 | +10", "asks to move the start to so many minutes after RT's restart"),
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
