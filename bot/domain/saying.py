"""How a verdict says instants, lengths of time and quoted lines."""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.sentence import Sentence, joined, say

MINUTE = 60

QUOTED = 240
"""Characters of an untrusted line that evidence quotes."""

FOREIGN = 80
"""Characters of an untrusted name or value that a sentence takes in."""

_MENTION = re.compile(r"<(@|#|!subteam\^)([A-Z0-9]+)(?:\|([^<>|]*))?>")

_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "＆", "`": "ˋ", "*": "∗", "~": "∼"})


def duration(seconds: float) -> str:
    """Say a length of time in at most two units: `4 s`, `2 min 30 s`, `4 h 12 min`, `3 d`."""
    whole = round(abs(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    units = [
        (days, say("{number} d", number=days)),
        (hours, say("{number} h", number=hours)),
        (minutes, say("{number} min", number=minutes)),
        (left, say("{number} s", number=left)),
    ]
    first = next((index for index, (count, _) in enumerate(units) if count), 3)
    return joined(" ", [said for count, said in units[first : first + 2] if count] or [units[-1][1]])


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Say an instant as a time of day with its zone: `06:00:04 Europe/Paris`."""
    return f"{at.astimezone(zone):%H:%M:%S} {zone.key}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say an instant as a date and time with its zone: `2026-01-31 06:00:04 Europe/Paris`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} {zone.key}"


def apart(seconds: float) -> str:
    """Say a signed distance from an event: `30 s before`, `4 s after`."""
    if seconds < 0:
        return say("{length} before", length=duration(seconds))
    return say("{length} after", length=duration(seconds))


def stretch(first: float, last: float) -> str:
    """Say where several signed distances lie: `2-9 s after`, `from 30 s before to 1 min after`."""
    if 0 <= first <= last < MINUTE:
        if round(first) != round(last):
            return say("{first}-{last} s after", first=round(first), last=round(last))
        return apart(round(first))
    if first == last:
        return apart(first)
    return say("from {first} to {last}", first=apart(first), last=apart(last))


def listed(words: Iterable[str]) -> str:
    """Join words for a sentence: `a`, `a and b`, `a, b and c`."""
    *first, last = words
    return say("{words} and {last}", words=joined(", ", first), last=last) if first else last


def either(words: Iterable[str]) -> str:
    """Join words of which one counts: `a`, `a or b`, `a, b or c`."""
    *first, last = words
    return say("{first} or {second}", first=joined(", ", first), second=last) if first else last


def mentioned(text: str) -> str:
    """Say whom an untrusted text mentions without waking anybody: `<@U0ADA|ada>` becomes `@ada`.

    Where Slack's text brings no name, the id stands for it.
    """
    return _MENTION.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    kind, entry, name = found[1], found[2], found[3] or ""
    sign = "#" if kind == "#" else "@"
    return sign + (name.lstrip("@#") or entry)


def quoted(text: str) -> str:
    """Quote an untrusted line on one line, shortened in the middle."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 8 * QUOTED]).split())
    if len(line) > QUOTED:
        line = f"{line[: QUOTED * 2 // 3]} … {line[-QUOTED // 3 :]}"
    # A sentence of ours that needs no change keeps its origin.
    return joined("", ["“", text, "”"]) if isinstance(text, Sentence) and line == text else f"“{line}”"


def foreign(text: str) -> str:
    """Take an untrusted name or value into a sentence: on one line, short, and without any markup.

    A sentence of ours may mention people; a name that somebody gave a workflow or an operator may not.
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 8 * FOREIGN])
    line = mentioned(" ".join(shown.split()))
    return (line if len(line) <= FOREIGN else f"{line[: FOREIGN - 1]}…").translate(_MARKUP)
