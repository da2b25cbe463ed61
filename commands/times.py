"""What people write for a time, for a while, or for a new start. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import UnreadableInput
from bot.domain.sentence import joined, say
from commands.grammar import echo

_MOMENT = re.compile(r"(?:([0-9]{4}-[0-9]{2}-[0-9]{2})[ T])?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_OFFSET = re.compile(r"\+([0-9]{1,2})(?:m|min)?")
_MINUTE = re.compile(r":([0-5]?[0-9])")
_SPAN = re.compile(r"([0-9]{1,4})\s*(m|min|minutes?|h|hours?|d|days?)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LEADS = ("until", "till", "for")


def offset_of(word: str) -> int:
    """Read `+5`, `+5m` or `+10min` as minutes.

    Raises:
        UnreadableInput: it is something else.
    """
    match = _OFFSET.fullmatch(word)
    if match is None or not 0 < int(match[1]) < 60:  # noqa: PLR2004 - minutes inside the hour
        raise UnreadableInput(
            say("{word} is not an offset. Write +5 or +10: minutes after the restart.", word=echo(word))
        )
    return int(match[1])


def shift_of(word: str) -> tuple[int | None, int | None]:
    """Read `+5` as minutes after the restart or `:25` as a minute of the hour; the other one is `None`.

    Raises:
        UnreadableInput: it is neither.
    """
    match = _MINUTE.fullmatch(word)
    if match:
        return None, int(match[1])
    try:
        return offset_of(word), None
    except UnreadableInput:
        raise UnreadableInput(
            say(
                "{word} is no new start. Write +5 or +10 for minutes after the restart, "
                "or :25 for a minute of the hour.",
                word=echo(word),
            )
        ) from None


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
    raise UnreadableInput(say("Write the time like this: `at 06:00` or `at 2026-11-23 06:00`."))


def is_until(word: str) -> bool:
    """Tell whether a word begins or is a time to put something off until."""
    lowered = word.lower()
    # A bare number is no name either: it is a time without its unit, and told so.
    return lowered in _LEADS or word.isdecimal() or bool(_SPAN.match(lowered) or _MOMENT.match(word))


def until_of(words: Sequence[str], now: datetime, zone: ZoneInfo) -> datetime:
    """Read `30m`, `for 2 h`, `until 09:00` or `2026-11-24 09:00` as an instant, UTC.

    Args:
        words: what was written.
        now: aware.
        zone: of a time of day; one that is over today is meant for tomorrow.

    Raises:
        UnreadableInput: it is something else.
    """
    written = [word.lower() for word in words]
    if written and written[0] in _LEADS:
        written = written[1:]
    span = _SPAN.fullmatch(" ".join(written))
    if span and int(span[1]) > 0:
        return now.astimezone(UTC) + int(span[1]) * _UNITS[span[2][0]]
    try:
        day, clock = moment_of(written)
    except UnreadableInput:
        how = say("Write for how long: `30m`, `2h`, `1d` or `until 09:00`.")
        if not written:
            raise UnreadableInput(how) from None
        wrong = say("{word} is no length of time and no time of day.", word=echo(" ".join(written)))
        raise UnreadableInput(joined(" ", (wrong, how))) from None
    today = now.astimezone(zone).date()
    at = datetime.combine(day or today, clock, zone).astimezone(UTC)
    if day is None and at <= now:
        at = datetime.combine(today + timedelta(days=1), clock, zone).astimezone(UTC)
    return at
