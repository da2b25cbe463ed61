"""What the offline commands are given: words of the command line become values, or one sentence.

What is unusable ends with exit status 2.
"""

import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import click

from bot.domain.errors import McsyncError, UnreadableInput, UnreadableSchedule
from bot.domain.period import LONGEST_TEXT
from bot.domain.schedule import Schedule
from bot.domain.zones import load_zone

LONGEST_LOOK = 3660
"""Days: ten years."""

LONGEST_PART = timedelta(hours=12)
"""Of a restart's window: its before, takes or margin."""

YEARS = range(1970, 2201)

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_LENGTH = re.compile(r"(?:([0-9]{1,2})h)?(?:([0-9]{1,3})m)?(?:([0-9]{1,5})s)?")
_COUNT = re.compile(r"[0-9]{1,6}")


class Unusable(click.ClickException):
    """Input that cannot be used: one sentence on standard error, exit status 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, file=file, err=file is None)


class Read(click.ParamType[object]):
    """An option whose text one of our own readers turns into a value."""

    def __init__(self, name: str, reader: Callable[[str], object]) -> None:
        self.name = name
        self.reader = reader

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Read the text.

        Raises:
            Unusable: it cannot be read; the sentence names the option.
        """
        del ctx
        try:
            return self.reader(str(value))
        except McsyncError as error:
            raise Unusable(f"{param.opts[0] if param else self.name}: {error}") from error


def read_schedule(source: str) -> Schedule:
    """Read a `<period>` text from a file, or from standard input for `-`; one newline at its end is dropped.

    Raises:
        UnreadableInput: there is no such file, or it is no text.
        UnreadableSchedule: the schedule has a form that we refuse.
    """
    limit = 4 * LONGEST_TEXT
    try:
        if source == "-":
            data = sys.stdin.buffer.read(limit)
        else:
            with Path(source).open("rb") as file:
                data = file.read(limit)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableInput(f"The file cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise UnreadableInput("The file is not a UTF-8 text.") from error
    return Schedule.parse(text.removesuffix("\n").removesuffix("\r"))


def read_time(text: str) -> time:
    """Read a local time of day, `HH:MM` or `HH:MM:SS`.

    Raises:
        UnreadableInput: it is none.
    """
    match = _TIME.fullmatch(text)
    if match:
        try:
            hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return time(hours, minutes, seconds)
        except ValueError:
            pass
    raise UnreadableInput(f"{text[:40]!r} is not a time of day such as 06:00.")


def read_zone(name: str) -> ZoneInfo:
    """Load a zone by its IANA name.

    Raises:
        UnreadableInput: there is no such zone.
    """
    try:
        return load_zone(name)
    except UnreadableSchedule as error:
        raise UnreadableInput(f"{error.reason}.") from error


def read_length(text: str) -> timedelta:
    """Read a length of time up to twelve hours, such as `90s`, `3m`, `1h` or `1h30m`.

    Raises:
        UnreadableInput: it is none.
    """
    match = _LENGTH.fullmatch(text)
    if match and text:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if span <= LONGEST_PART:
            return span
    raise UnreadableInput(f"{text[:40]!r} is not a length of time such as 90s, 3m or 1h, up to 12h.")


def read_day(text: str) -> datetime:
    """Read a date and take 00:00 UTC of it.

    Raises:
        UnreadableInput: it is no date from 1970 to 2200.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise UnreadableInput(f"{text[:40]!r} is not a date such as 2027-03-20, from 1970 to 2200.")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def read_days(text: str) -> int:
    """Read a number of days.

    Raises:
        UnreadableInput: it is not a whole number from 1 to ten years.
    """
    if not _COUNT.fullmatch(text) or not 1 <= int(text) <= LONGEST_LOOK:
        raise UnreadableInput(f"{text[:40]!r} is not a number of days from 1 to {LONGEST_LOOK}.")
    return int(text)
