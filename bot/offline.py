"""`mcsync forecast` and `mcsync shift`: the same rules as in Slack, on a text and a restart time.

No server, no Slack, no configuration. What is unusable ends with exit status 2 and one sentence.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from bot.domain.collision import Collision
from bot.domain.errors import McsyncError, UnreadableInput, UnreadableSchedule
from bot.domain.forecast import Forecast, Plan
from bot.domain.forecast import forecast as look_ahead
from bot.domain.period import LONGEST_TEXT
from bot.domain.recurrence import occurrences
from bot.domain.restart import Restart, RestartWindow, restarts
from bot.domain.schedule import Schedule
from bot.domain.shift import ShiftOption, ShiftOptions, propose_shifts
from bot.domain.strip import LEAD, draw_strip
from bot.domain.wording import describe, length
from bot.domain.zones import load_zone

COLLIDES = 3
"""Exit status: a collision lies ahead, or no shift is safe."""

LONGEST_LOOK = 3660
"""Days: ten years."""

LONGEST_PART = timedelta(hours=12)
"""Of a restart's window: its before, takes or margin."""

YEARS = range(1970, 2201)

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_LENGTH = re.compile(r"(?:([0-9]{1,2})h)?(?:([0-9]{1,3})m)?(?:([0-9]{1,5})s)?")
_COUNT = re.compile(r"[0-9]{1,6}")
_SHOWN = 20
_AFTERWARDS = timedelta(minutes=15)

Command = TypeVar("Command", bound=Callable[..., None])


class Unusable(click.ClickException):
    """Input that cannot be used: one sentence on standard error, exit status 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, file=file, err=file is None)


class _Read(click.ParamType[object]):
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


def _asked(command: Command) -> Command:
    """Give a command the options that both share."""
    length_of_time = _Read("length", read_length)
    options = (
        click.option("--period-file", "schedule", required=True, type=_Read("file", read_schedule),
                     help="The <period> text; - reads standard input."),
        click.option("--zone", required=True, type=_Read("zone", read_zone),
                     help="The IANA zone that the schedule runs in."),
        click.option("--restart", "times", required=True, multiple=True, type=_Read("HH:MM", read_time),
                     help="A daily restart; may be repeated."),
        click.option("--restart-zone", type=_Read("zone", read_zone),
                     help="The IANA zone of the restarts.  [default: that of the schedule]"),
        click.option("--before", default="1m", show_default=True, type=length_of_time,
                     help="How long before a restart no run may start."),
        click.option("--takes", default="3m", show_default=True, type=length_of_time,
                     help="How long a restart takes."),
        click.option("--margin", default="1m", show_default=True, type=length_of_time,
                     help="What is added to that for safety."),
        click.option("--from", "start", type=_Read("date", read_day),
                     help="The first day, from 00:00 UTC on.  [default: today]"),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@_asked
@click.option(
    "--days",
    default="21",
    show_default=True,
    type=_Read("number", read_days),
    help="How many times 24 hours to look ahead.",
)
def forecast(
    *,
    schedule: Schedule,
    zone: ZoneInfo,
    times: tuple[time, ...],
    restart_zone: ZoneInfo | None,
    before: timedelta,
    takes: timedelta,
    margin: timedelta,
    start: datetime | None,
    days: int,
    as_json: bool,
) -> None:
    """List the runs that will meet a restart. Exit status 3 when there are any."""
    place = restart_zone or zone
    windows = tuple(RestartWindow(at, place, before, takes, margin) for at in times)
    (ahead,) = look_ahead([Plan("", schedule, zone, windows)], start or _today(), days)
    if as_json:
        click.echo(json.dumps(_forecast_object(ahead)))
    else:
        click.echo("\n".join(_forecast_lines(ahead, schedule, zone, windows)))
    raise SystemExit(COLLIDES if ahead.collisions else 0)


@click.command()
@_asked
def shift(
    *,
    schedule: Schedule,
    zone: ZoneInfo,
    times: tuple[time, ...],
    restart_zone: ZoneInfo | None,
    before: timedelta,
    takes: timedelta,
    margin: timedelta,
    start: datetime | None,
    as_json: bool,
) -> None:
    """Propose the smallest edits that clear the restart. Exit status 3 when none is safe."""
    place = restart_zone or zone
    windows = tuple(RestartWindow(at, place, before, takes, margin) for at in times)
    found = propose_shifts(schedule, zone, windows, (), start or _today())
    proposals = (*found.options, *filter(None, [found.nearest_safe]))
    if as_json:
        answer = {
            "refused": found.refused,
            "proposals": [_proposal_object(option, place) for option in proposals],
        }
        click.echo(json.dumps(answer))
    else:
        click.echo("\n".join(_shift_lines(found, proposals, schedule, zone, place)))
    raise SystemExit(0 if any(option.safe for option in proposals) else COLLIDES)


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _forecast_object(ahead: Forecast) -> dict[str, object]:
    return {
        "runs": ahead.runs,
        "restarts": ahead.restarts,
        "collisions": [
            {
                "run": _utc(collision.run.at),
                "restart": _utc(collision.restart.at),
                "gap_seconds": int(collision.gap.total_seconds()),
                "uncertain": collision.uncertain,
            }
            for collision in ahead.collisions
        ],
    }


def _forecast_lines(
    ahead: Forecast, schedule: Schedule, zone: ZoneInfo, windows: tuple[RestartWindow, ...]
) -> Iterable[str]:
    place = windows[0].zone
    yield f"{describe(schedule)}, {zone.key}"
    yield (
        f"{ahead.start:%Y-%m-%d} to {ahead.end:%Y-%m-%d} UTC: {_counted(ahead.runs, 'run')}, "
        f"{_counted(ahead.restarts, 'restart')}, {_counted(len(ahead.collisions), 'collision')}"
    )
    if ahead.collisions:
        yield ""
        yield f"{'run, ' + zone.key:<28}  {'restart, ' + place.key:<28}  gap"
        for collision in ahead.collisions[:_SHOWN]:
            yield _forecast_row(collision, zone, place)
        if len(ahead.collisions) > _SHOWN:
            yield f"and {len(ahead.collisions) - _SHOWN} more"
    shown = ahead.first.restart if ahead.first else _first_restart(windows, ahead.start, ahead.end)
    if shown:
        runs = occurrences(schedule, min(shown.starts, shown.at - LEAD), shown.ends + _AFTERWARDS, zone)
        yield ""
        yield draw_strip(shown, [run.at for run in runs], place)


def _forecast_row(collision: Collision, zone: ZoneInfo, place: ZoneInfo) -> str:
    run, restart = collision.run.at.astimezone(zone), collision.restart.at.astimezone(place)
    row = f"{run:%a %Y-%m-%d %H:%M:%S%z}  {restart:%a %Y-%m-%d %H:%M:%S%z}  {length(collision.gap)}"
    return f"{row}, {collision.uncertain}" if collision.uncertain else row


def _first_restart(windows: tuple[RestartWindow, ...], start: datetime, end: datetime) -> Restart | None:
    firsts = (next(restarts(window, start, end), None) for window in windows)
    return min(filter(None, firsts), key=lambda restart: restart.at, default=None)


def _proposal_object(option: ShiftOption, place: ZoneInfo) -> dict[str, object]:
    run = option.run_after_restart
    return {
        "offset_minutes": option.offset_minutes,
        "safe": option.safe,
        "reason": option.reason,
        "period": option.schedule.text if option.schedule else None,
        "changed_keys": list(option.changed_keys),
        "runs_per_day_before": option.runs_per_day_before,
        "runs_per_day_after": option.runs_per_day_after,
        "run_after_restart": f"{run.astimezone(place):%H:%M:%S}" if run else None,
    }


def _shift_lines(
    found: ShiftOptions,
    proposals: tuple[ShiftOption, ...],
    schedule: Schedule,
    zone: ZoneInfo,
    place: ZoneInfo,
) -> Iterable[str]:
    yield f"{describe(schedule)}, {zone.key}"
    if found.refused:
        yield found.refused
    for option in proposals:
        label = f"{option.offset_minutes:+d} min"
        if not option.safe or option.schedule is None:
            yield f"{label:<8}  refused: {option.reason}"
            continue
        yield f"{label:<8}  {describe(option.schedule)}; {_counted(option.runs_per_day_after, 'run')} a day"
        for key in option.changed_keys:
            yield f"{'':<8}  {key}='{option.schedule.value(key)}'"
        for warning in option.warnings:
            yield f"{'':<8}  {warning}"
        if option.restart and option.run_after_restart:
            yield f"{'':<8}  {draw_strip(option.restart, [option.run_after_restart], place)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _utc(moment: datetime) -> str:
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"
