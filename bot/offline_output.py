"""How forecasts and proposals of a text are shown: lines for people, an object for machines. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import Collision
from bot.domain.forecast import Forecast
from bot.domain.recurrence import occurrences
from bot.domain.restart import Restart, RestartWindow, restarts
from bot.domain.schedule import Schedule
from bot.domain.shift import ShiftOption, ShiftOptions
from bot.domain.strip import draw_strip
from bot.domain.wording import describe, length

_SHOWN = 20
_BEFORE, _AFTERWARDS = timedelta(minutes=5), timedelta(minutes=15)


def forecast_object(ahead: Forecast) -> dict[str, object]:
    """Write a forecast as an object that becomes JSON; instants are ISO 8601 in UTC."""
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


def forecast_lines(
    ahead: Forecast, schedule: Schedule, zone: ZoneInfo, windows: tuple[RestartWindow, ...]
) -> Iterable[str]:
    """Write a forecast in lines: the collisions and a strip of the first restart in danger."""
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
        runs = occurrences(schedule, min(shown.starts, shown.at - _BEFORE), shown.ends + _AFTERWARDS, zone)
        yield ""
        yield draw_strip(shown, [run.at for run in runs], place)


def _forecast_row(collision: Collision, zone: ZoneInfo, place: ZoneInfo) -> str:
    run, restart = collision.run.at.astimezone(zone), collision.restart.at.astimezone(place)
    row = f"{run:%a %Y-%m-%d %H:%M:%S%z}  {restart:%a %Y-%m-%d %H:%M:%S%z}  {length(collision.gap)}"
    return f"{row}, {collision.uncertain}" if collision.uncertain else row


def _first_restart(windows: tuple[RestartWindow, ...], start: datetime, end: datetime) -> Restart | None:
    firsts = (next(restarts(window, start, end), None) for window in windows)
    return min(filter(None, firsts), key=lambda restart: restart.at, default=None)


def proposal_object(option: ShiftOption, place: ZoneInfo) -> dict[str, object]:
    """Write a proposal as an object that becomes JSON; times of day are those of *place*."""
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


def shift_lines(
    found: ShiftOptions,
    proposals: tuple[ShiftOption, ...],
    schedule: Schedule,
    zone: ZoneInfo,
    place: ZoneInfo,
) -> Iterable[str]:
    """Write proposals in lines: what each comes to, or why it is refused."""
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
