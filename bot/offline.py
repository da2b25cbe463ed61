"""`mcsync forecast` and `mcsync shift`: the same rules as in Slack, on a text and a restart time.

No server, no Slack, no configuration. What is unusable ends with exit status 2 and one sentence.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from bot.domain.forecast import Plan
from bot.domain.forecast import forecast as look_ahead
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import propose_shifts
from bot.offline_output import forecast_lines, forecast_object, proposal_object, shift_lines
from bot.offline_words import Read, read_day, read_days, read_length, read_schedule, read_time, read_zone

COLLIDES = 3
"""Exit status: a collision lies ahead, or no shift is safe."""

Command = TypeVar("Command", bound=Callable[..., None])


def _asked(command: Command) -> Command:
    """Give a command the options that both share."""
    length_of_time = Read("length", read_length)
    options = (
        click.option("--period-file", "schedule", required=True, type=Read("file", read_schedule),
                     help="The <period> text; - reads standard input."),
        click.option("--zone", required=True, type=Read("zone", read_zone),
                     help="The IANA zone that the schedule runs in."),
        click.option("--restart", "times", required=True, multiple=True, type=Read("HH:MM", read_time),
                     help="A daily restart; may be repeated."),
        click.option("--restart-zone", type=Read("zone", read_zone),
                     help="The IANA zone of the restarts.  [default: that of the schedule]"),
        click.option("--before", default="1m", show_default=True, type=length_of_time,
                     help="How long before a restart no run may start."),
        click.option("--takes", default="3m", show_default=True, type=length_of_time,
                     help="How long a restart takes."),
        click.option("--margin", default="1m", show_default=True, type=length_of_time,
                     help="What is added to that for safety."),
        click.option("--from", "start", type=Read("date", read_day),
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
    type=Read("number", read_days),
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
        click.echo(json.dumps(forecast_object(ahead)))
    else:
        click.echo("\n".join(forecast_lines(ahead, schedule, zone, windows)))
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
            "proposals": [proposal_object(option, place) for option in proposals],
        }
        click.echo(json.dumps(answer))
    else:
        click.echo("\n".join(shift_lines(found, proposals, schedule, zone, place)))
    raise SystemExit(0 if any(option.safe for option in proposals) else COLLIDES)


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
