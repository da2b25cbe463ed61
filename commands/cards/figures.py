"""What another minute comes to: tomorrow drawn, and every figure in a sentence of its own.

The box in which it is chosen is `commands/cards/what_if.py`.
"""

from zoneinfo import ZoneInfo

from bot.domain.headroom import Headroom
from bot.domain.saying import listed
from bot.domain.sentence import say
from bot.domain.strip import draw_strip
from bot.domain.what_if import Neighbour, Outcome, Subject
from bot.domain.wording import describe, length, weekday
from bot.domain.zones import ClockChange
from commands.cards import markup
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

MOST_RESTARTS = 6
MOST_NEIGHBOURS = 8


def blocks(subject: Subject, outcome: Outcome) -> list[Block]:
    """Lay out tomorrow, and every figure one by one."""
    zone = subject.zone
    tomorrow = outcome.day.astimezone(zone)
    drawn = tell_count(
        "*Tomorrow, {weekday}, {day}:* {count} run, {schedule}, times of {zone}",
        "*Tomorrow, {weekday}, {day}:* {count} runs, {schedule}, times of {zone}",
        outcome.runs,
        weekday=weekday(tomorrow),
        day=f"{tomorrow:%Y-%m-%d}",
        schedule=describe(outcome.schedule),
        zone=zone.key,
    )
    lines = [_margin(outcome), _neighbours(outcome, subject), _change(outcome), _tracking(subject, outcome)]
    return [
        markup.section(markup.fitted([drawn, *_strips(outcome, zone)])),
        markup.section(markup.fitted([f"• {line}" for line in lines])),
    ]


def _strips(outcome: Outcome, zone: ZoneInfo) -> list[str]:
    strips = [tell("RT: {strip}", strip=_strip(one, zone)) for one in outcome.restarts]
    strips += [tell("Marketing: {strip}", strip=_strip(one, zone)) for one in outcome.marketing]
    if len(strips) > MOST_RESTARTS:
        left = len(strips) - MOST_RESTARTS
        strips[MOST_RESTARTS:] = [tell_count("…and {count} more restart", "…and {count} more restarts", left)]
    return strips


def _strip(one: Headroom, zone: ZoneInfo) -> str:
    return f"`{told(draw_strip(one.restart, one.runs, zone))}`{' ⛔' if one.met else ''}"


def _margin(outcome: Outcome) -> str:
    if outcome.margin is None:
        return tell("*Margin:* tomorrow has no run or no restart to measure from.")
    if outcome.meets:
        return tell("*Margin:* none, a run meets a restart.")
    return tell(
        "*Margin:* {seconds} s between a run and the time kept free around the nearest restart.",
        seconds=f"{outcome.margin.total_seconds():.0f}",
    )


def _neighbours(outcome: Outcome, subject: Subject) -> str:
    if not subject.others:
        return tell("*On the same minute:* mcsync watches no other workflow.")
    if not outcome.neighbours:
        return tell("*On the same minute:* no other watched workflow starts then.")
    names = [_neighbour(one, subject) for one in outcome.neighbours[:MOST_NEIGHBOURS]]
    if len(outcome.neighbours) > MOST_NEIGHBOURS:
        left = len(outcome.neighbours) - MOST_NEIGHBOURS
        names.append(tell_count("{count} more", "{count} more", left))
    return tell("*On the same minute:* {workflows}.", workflows=listed(names))


def _neighbour(one: Neighbour, subject: Subject) -> str:
    name, at = markup.escape(one.name), f"{one.at.astimezone(subject.zone):%H:%M}"
    if one.count == 1:
        return tell("{workflow} (at {time})", workflow=name, time=at)
    return tell_count(
        "{workflow} ({count} time, first {time})",
        "{workflow} ({count} times, first {time})",
        one.count,
        workflow=name,
        time=at,
    )


def _change(outcome: Outcome) -> str:
    change, days = outcome.change, outcome.days_to_change
    if change is None or days is None:
        return tell("*Next clock change:* none within a year.")
    how = {
        "day": f"{change.at.astimezone(change.zone):%Y-%m-%d}",
        "change": _clocks_go(change),
    }
    if days == 0:
        return tell("*Next clock change:* today, {day}: {change}.", **how)
    if days == 1:
        return tell("*Next clock change:* tomorrow, {day}: {change}.", **how)
    return tell_count(
        "*Next clock change:* in {count} day, {day}: {change}.",
        "*Next clock change:* in {count} days, {day}: {change}.",
        days,
        **how,
    )


def _clocks_go(change: ClockChange) -> str:
    zone, by = change.zone.key, length(abs(change.by))
    if change.by.total_seconds() > 0:
        return say("{zone} forward by {length}", zone=zone, length=by)
    return say("{zone} back by {length}", zone=zone, length=by)


def _tracking(subject: Subject, outcome: Outcome) -> str:
    if outcome.exposed is None:
        return tell("*Tracking:* the phase of RT's tracking workflow is not configured (KA-22897).")
    if not outcome.exposed:
        return tell("*Tracking:* no minute of the hour is exposed: archiving starts with RT's tracking.")
    assert subject.tracking is not None
    return tell_count(
        "*Tracking:* {count} minute of each hour exposed: RT's tracking runs at :{minute}; "
        "clicks of these minutes may arrive late or never unless it moves too (KA-22897).",
        "*Tracking:* {count} minutes of each hour exposed: RT's tracking runs at :{minute}; "
        "clicks of these minutes may arrive late or never unless it moves too (KA-22897).",
        outcome.exposed,
        minute=f"{subject.tracking.minute:02d}",
    )
