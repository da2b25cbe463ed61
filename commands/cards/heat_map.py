"""The week's map in text: hours as rows, weekdays as columns, in the server's zone."""

from bot.domain.heat_map import HOURS, WEEKDAYS, HeatMap
from bot.domain.sentence import say
from commands.cards import markup, tables
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

DAYS = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))
FAILED, AHEAD, NOTHING = "✗", "○", "·"
MOST = 9
"""A greater number is written as `9+`."""

_CELL = 6
_HOURS = 7


def blocks(week: HeatMap, number: int, *, chart: bool) -> list[Block]:
    """Render one map: what it says in words, the grid, and a chart by weekday.

    Args:
        week: what to draw.
        number: tells its blocks from those of another map.
        chart: whether to add a chart.
    """
    found = [markup.section(_finding(week))]
    if week.empty:
        return found
    shown = [*found, _preformatted(f"mcsync_week_{number}", grid(week))]
    legend = (
        tell("{sign} failed in the last 7 days", sign=FAILED),
        tell("{sign} will meet a restart in the next 7 days", sign=AHEAD),
        tell("hours of {zone}", zone=week.zone.key),
    )
    shown.append(markup.context(" · ".join(legend)))
    if chart:
        by_day = {
            tell("failed runs"): [week.failed_on(day) for day in range(WEEKDAYS)],
            tell("collisions ahead"): [week.meeting_on(day) for day in range(WEEKDAYS)],
        }
        days, title = [told(day) for day in DAYS], tell("The week by weekday")
        shown.append(tables.bars("mcsync_week_chart", title, days, by_day, tell("Number of runs")))
    return shown


def grid(week: HeatMap) -> str:
    """Draw the map; hours in which nothing is stand together in one row."""
    lines = [" " * _HOURS + "".join(f"{told(day)[: _CELL - 1]:<{_CELL}}" for day in DAYS).rstrip()]
    hour = 0
    while hour < HOURS:
        last = hour
        while hour not in week.hours and last + 1 < HOURS and last + 1 not in week.hours:
            last += 1
        name = f"{hour:02}" if last == hour else f"{hour:02}–{last:02}"
        cells = "".join(f"{_cell(week, day, hour):<{_CELL}}" for day in range(WEEKDAYS))
        lines.append(f"{name:<{_HOURS}}{cells}".rstrip())
        hour = last + 1
    return "\n".join(lines)


def _cell(week: HeatMap, day: int, hour: int) -> str:
    failed, ahead = week.failures.get((day, hour), 0), week.collisions.get((day, hour), 0)
    return f"{_mark(FAILED, failed)}{_mark(AHEAD, ahead)}" or NOTHING


def _mark(sign: str, count: int) -> str:
    if not count:
        return ""
    return f"{sign}{MOST}+" if count > MOST else f"{sign}{count}"


def _finding(week: HeatMap) -> str:
    """Say in a sentence what the map shows, for whoever does not see it."""
    if week.empty:
        none = tell("No run failed in the last 7 days, and none will meet a restart in the next 7 days.")
        return f"🟢 {none}"
    failed, ahead = sum(week.failures.values()), sum(week.collisions.values())
    behind = tell_count("One run failed in the last 7 days", "{count} runs failed in the last 7 days", failed)
    coming = tell_count(
        "one run will meet a restart in the next 7 days",
        "{count} runs will meet a restart in the next 7 days",
        ahead,
    )
    hours = tell("Hours concerned: {hours}.", hours=", ".join(f"{hour:02}" for hour in week.hours))
    if not failed:
        behind = tell("No run failed in the last 7 days")
    if not ahead:
        coming = tell("no run will meet a restart in the next 7 days")
    return f"{'🔴' if ahead else '🟡'} {behind}; {coming}. {hours}"


def _preformatted(block_id: str, text: str) -> Block:
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}],
    }
