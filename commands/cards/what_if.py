"""The box in which somebody tries another minute: what it comes to, and the request itself."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.headroom import Headroom
from bot.domain.proposal import Ask
from bot.domain.saying import listed
from bot.domain.strip import draw_strip
from bot.domain.what_if import Neighbour, Outcome, Subject
from bot.domain.wording import describe, length
from bot.service.what_ifs import WhatIfView
from commands.cards import markup, proposal
from commands.cards.markup import Block

VIEW = "mcsync_what_if"
"""The callback id of the box."""

ASK, START, MINUTE, PURPOSE = (
    "mcsync_what_if_ask",
    "mcsync_what_if_start",
    "mcsync_what_if_minute",
    "mcsync_what_if_purpose",
)
"""The ids of its fields, as blocks and as actions."""

OTHER = "minute"
"""The value of the option *Another minute*; the others are minutes after the restart."""

MOST_PURPOSE = 500
MOST_RESTARTS = 6
MOST_NEIGHBOURS = 8
_OPTION_TEXT = 75

ASKS: dict[Ask, str] = {Ask.SHIFT: "Shift and restart", Ask.RESUME: "Resume only"}
MEANINGS: dict[Ask, str] = {
    Ask.SHIFT: "Move the start, then start the workflow again.",
    Ask.RESUME: "Start it again; its schedule stays as it is.",
}


def opening(incident_id: str) -> dict[str, Any]:
    """Build the box as it opens, before anything was worked out."""
    return _box(incident_id, [markup.section("⏳ Working out what another minute would come to…")])


def render(view: WhatIfView) -> dict[str, Any]:
    """Render the filled box; without fields where nothing can be asked for."""
    place = markup.escape(proposal.place_on(view.incident.workflow, view.instance.badge))
    blocks = [markup.section(f"*{place}*")]
    if view.hindrance:
        blocks.append(markup.section(f"⛔ {markup.escape(view.hindrance)}"))
    subject, outcome = view.subject, view.outcome
    if subject is None or outcome is None:
        return _box(view.incident.id, blocks)
    blocks += _now(subject)
    if view.hindrance:
        return _box(view.incident.id, [*blocks, *_figures(subject, outcome)])
    return _box(
        view.incident.id,
        [*blocks, *_choices(view, outcome), *_verdict(outcome), *_figures(subject, outcome), _purpose()],
        submit="Ask for it",
    )


def _box(incident_id: str, blocks: list[Block], *, submit: str = "") -> dict[str, Any]:
    box: dict[str, Any] = {
        "type": "modal",
        "callback_id": VIEW,
        "private_metadata": incident_id,
        "title": _plain("What if?"),
        "close": _plain("Not now"),
        "blocks": blocks,
    }
    if submit:
        box["submit"] = _plain(submit)
    return box


def _now(subject: Subject) -> list[Block]:
    told = f"It runs {describe(subject.schedule)} {subject.zone.key}."
    if subject.paused:
        told += " It stands still until it is started."
    return [markup.context(markup.escape(told))]


# --- The fields -----------------------------------------------------------------------------------


def _choices(view: WhatIfView, outcome: Outcome) -> list[Block]:
    subject, chosen = view.subject, outcome.choice
    assert subject is not None
    asks = [ask for ask in ASKS if ask is Ask.SHIFT or subject.paused]
    options = [_option(ASKS[ask], ask.value, MEANINGS[ask]) for ask in asks]
    fields = [_radio(ASK, "What to do", options, chosen.ask.value)]
    if chosen.ask is not Ask.SHIFT:
        return fields
    starts = [
        _option(f"+{one.choice.offset} min after the restart", str(one.choice.offset), _in_short(one))
        for one in view.offsets
    ]
    starts.append(_option("Another minute of the hour", OTHER, "Any minute from 0 to 59."))
    start = OTHER if chosen.offset is None else str(chosen.offset)
    fields.append(_radio(START, "Start", starts, start))
    if start == OTHER:
        fields.append(_minute(subject, chosen.minute))
    return fields


def _in_short(outcome: Outcome) -> str:
    """Say in a few words what an offset comes to."""
    if outcome.objection:
        return outcome.objection
    margin = "" if outcome.margin is None else f", {length(outcome.margin)} clear of every restart"
    return f"Runs {describe(outcome.schedule)}{margin}"


def _minute(subject: Subject, minute: int | None) -> Block:
    element: Block = {
        "type": "number_input",
        "action_id": MINUTE,
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": "59",
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]},
    }
    if minute is not None:
        element["initial_value"] = str(minute)
    return {
        "type": "input",
        "block_id": MINUTE,
        "dispatch_action": True,
        "label": _plain("Minute of the hour"),
        "hint": _plain(f"0 to 59, by the clock of {subject.zone.key}."),
        "element": element,
    }


def _purpose() -> Block:
    return {
        "type": "input",
        "block_id": PURPOSE,
        "optional": True,
        "label": _plain("Why? Everybody sees it on the card."),
        "element": {
            "type": "plain_text_input",
            "action_id": PURPOSE,
            "multiline": True,
            "max_length": MOST_PURPOSE,
        },
    }


def _radio(block_id: str, label: str, options: list[Block], chosen: str) -> Block:
    element: Block = {"type": "radio_buttons", "action_id": block_id, "options": options}
    initial = next((option for option in options if option["value"] == chosen), None)
    if initial is not None:
        element["initial_option"] = initial
    return {
        "type": "input",
        "block_id": block_id,
        "dispatch_action": True,
        "label": _plain(label),
        "element": element,
    }


def _option(text: str, value: str, description: str) -> Block:
    return {
        "text": _plain(markup.cut(text, _OPTION_TEXT)),
        "value": value,
        "description": _plain(markup.cut(markup.printable(description), _OPTION_TEXT)),
    }


# --- What it comes to -----------------------------------------------------------------------------


def _verdict(outcome: Outcome) -> list[Block]:
    """Say whether it can be asked for, and what one should know before."""
    sign = f"⛔ {markup.escape(outcome.objection)}" if outcome.objection else "✅ This can be asked for."
    blocks = [markup.section(sign)]
    warnings = list(outcome.warnings)
    if outcome.choice.ask is Ask.RESUME and outcome.meets:
        warnings.append("Resuming alone avoids nothing: a run of tomorrow meets a restart again.")
    if warnings:
        blocks.append(markup.context(*[f"⚠️ {markup.escape(warning)}" for warning in warnings]))
    return blocks


def _figures(subject: Subject, outcome: Outcome) -> list[Block]:
    """Lay out tomorrow, and every figure one by one."""
    zone = subject.zone
    day = f"{outcome.day.astimezone(zone):%A, %Y-%m-%d}"
    strips = [f"RT: {_strip(one, zone)}" for one in outcome.restarts]
    strips += [f"Marketing: {_strip(one, zone)}" for one in outcome.marketing]
    if len(strips) > MOST_RESTARTS:
        strips[MOST_RESTARTS:] = [f"…and {len(strips) - MOST_RESTARTS} more restarts"]
    runs = "1 run" if outcome.runs == 1 else f"{outcome.runs} runs"
    drawn = [f"*Tomorrow, {day}:* {runs}, {describe(outcome.schedule)}, times of {zone.key}", *strips]
    lines = [_margin(outcome), _neighbours(outcome, subject), _change(outcome), _tracking(subject, outcome)]
    return [
        markup.section(markup.fitted(drawn)),
        markup.section(markup.fitted([f"• {line}" for line in lines])),
    ]


def _strip(one: Headroom, zone: ZoneInfo) -> str:
    return f"`{draw_strip(one.restart, one.runs, zone)}`{' ⛔' if one.met else ''}"


def _margin(outcome: Outcome) -> str:
    if outcome.margin is None:
        return "*Margin:* tomorrow has no run or no restart to measure from."
    if outcome.meets:
        return "*Margin:* none, a run meets a restart."
    return f"*Margin:* {outcome.margin.total_seconds():.0f} s between a run and the nearest restart's danger."


def _neighbours(outcome: Outcome, subject: Subject) -> str:
    if not subject.others:
        return "*On the same minute:* mcsync watches no other workflow."
    if not outcome.neighbours:
        return "*On the same minute:* no other watched workflow starts then."
    names = [markup.escape(_neighbour(one, subject)) for one in outcome.neighbours[:MOST_NEIGHBOURS]]
    if len(outcome.neighbours) > MOST_NEIGHBOURS:
        names.append(f"{len(outcome.neighbours) - MOST_NEIGHBOURS} more")
    return f"*On the same minute:* {listed(names)}."


def _neighbour(one: Neighbour, subject: Subject) -> str:
    at = f"{one.at.astimezone(subject.zone):%H:%M}"
    return f"{one.name} ({one.count} times, first {at})" if one.count > 1 else f"{one.name} (at {at})"


def _change(outcome: Outcome) -> str:
    change, days = outcome.change, outcome.days_to_change
    if change is None or days is None:
        return "*Next clock change:* none within a year."
    direction = "forward" if change.by.total_seconds() > 0 else "back"
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    day = change.at.astimezone(change.zone)
    by = f"{direction} by {length(abs(change.by))}"
    return f"*Next clock change:* {when}, {day:%Y-%m-%d}: {change.zone.key} {by}."


def _tracking(subject: Subject, outcome: Outcome) -> str:
    if outcome.exposed is None:
        return "*Tracking:* the phase of RT's tracking workflow is not configured (KA-22897)."
    if not outcome.exposed:
        return "*Tracking:* no minute of the hour is exposed: archiving starts with RT's tracking."
    assert subject.tracking is not None
    minutes = "1 minute" if outcome.exposed == 1 else f"{outcome.exposed} minutes"
    return (
        f"*Tracking:* {minutes} of each hour exposed: RT's tracking runs at :{subject.tracking.minute:02d}; "
        "clicks of these minutes may arrive late or never unless it moves too (KA-22897)."
    )


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
