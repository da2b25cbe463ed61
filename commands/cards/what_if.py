"""The box in which somebody tries another minute: what it comes to, and the request itself."""

from collections.abc import Mapping

from bot.domain.proposal import Ask
from bot.domain.sentence import say
from bot.domain.what_if import Outcome, Subject
from bot.domain.wording import describe, length
from bot.service.what_ifs import WhatIfView
from commands.cards import figures, markup, proposal
from commands.cards.markup import Block
from commands.language import tell, told

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
_OPTION_TEXT = 75

ASKS: Mapping[Ask, str] = {Ask.SHIFT: say("Shift and restart"), Ask.RESUME: say("Resume only")}
MEANINGS: Mapping[Ask, str] = {
    Ask.SHIFT: say("Move the start, then start the workflow again."),
    Ask.RESUME: say("Start it again; its schedule stays as it is."),
}


def opening(incident_id: str) -> Block:
    """Build the box as it opens, before anything was worked out."""
    return _box(incident_id, [markup.section(tell("⏳ Working out what another minute would come to…"))])


def render(view: WhatIfView) -> Block:
    """Render the filled box; without fields where nothing can be asked for."""
    place = markup.escape(proposal.place_on(view.incident.workflow, view.instance.badge))
    blocks = [markup.section(f"*{place}*")]
    if view.hindrance:
        blocks.append(markup.section(f"⛔ {markup.escape(told(view.hindrance))}"))
    subject, outcome = view.subject, view.outcome
    if subject is None or outcome is None:
        return _box(view.incident.id, blocks)
    blocks += _now(subject)
    if view.hindrance:
        return _box(view.incident.id, [*blocks, *figures.blocks(subject, outcome)])
    return _box(
        view.incident.id,
        [
            *blocks,
            *_choices(view, outcome),
            *_verdict(outcome),
            *figures.blocks(subject, outcome),
            _purpose(),
        ],
        submit=tell("Ask for it"),
    )


def _box(incident_id: str, blocks: list[Block], *, submit: str = "") -> Block:
    title, close = tell("What if?"), tell("Not now")
    return markup.box(VIEW, title, blocks, submit=submit, close=close, about=incident_id)


def _now(subject: Subject) -> list[Block]:
    runs = tell("It runs {schedule} {zone}.", schedule=describe(subject.schedule), zone=subject.zone.key)
    if subject.paused:
        still = tell("It stands still until it is started.")
        runs = f"{runs} {still}"
    return [markup.context(markup.escape(runs))]


# --- The fields -----------------------------------------------------------------------------------


def _choices(view: WhatIfView, outcome: Outcome) -> list[Block]:
    subject, chosen = view.subject, outcome.choice
    assert subject is not None
    asks = [ask for ask in ASKS if ask is Ask.SHIFT or subject.paused]
    options = [_option(told(ASKS[ask]), ask.value, told(MEANINGS[ask])) for ask in asks]
    fields = [_radio(ASK, tell("What to do"), options, chosen.ask.value)]
    if chosen.ask is not Ask.SHIFT:
        return fields
    starts = [
        _option(
            tell("+{offset} min after the restart", offset=str(one.choice.offset)),
            str(one.choice.offset),
            _in_short(one),
        )
        for one in view.offsets
    ]
    other = tell("Another minute of the hour")
    starts.append(_option(other, OTHER, tell("Any minute from 0 to 59.")))
    start = OTHER if chosen.offset is None else str(chosen.offset)
    fields.append(_radio(START, tell("New start"), starts, start))
    if start == OTHER:
        fields.append(_minute(subject, chosen.minute))
    return fields


def _in_short(outcome: Outcome) -> str:
    """Say in a few words what an offset comes to."""
    if outcome.objection:
        return told(outcome.objection)
    schedule = describe(outcome.schedule)
    if outcome.margin is None:
        return tell("Runs {schedule}", schedule=schedule)
    margin = length(outcome.margin)
    return tell("Runs {schedule}, {margin} clear of every restart", schedule=schedule, margin=margin)


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
        "label": markup.plain(tell("Minute of the hour")),
        "hint": markup.plain(tell("0 to 59, by the clock of {zone}.", zone=subject.zone.key)),
        "element": element,
    }


def _purpose() -> Block:
    return {
        "type": "input",
        "block_id": PURPOSE,
        "optional": True,
        "label": markup.plain(tell("Why? Everybody sees it on the card.")),
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
        "label": markup.plain(label),
        "element": element,
    }


def _option(text: str, value: str, description: str) -> Block:
    return {
        "text": markup.plain(text, _OPTION_TEXT),
        "value": value,
        "description": markup.plain(markup.printable(description), _OPTION_TEXT),
    }


# --- What it comes to -----------------------------------------------------------------------------


def _verdict(outcome: Outcome) -> list[Block]:
    """Say whether it can be asked for, and what one should know before."""
    objection = markup.escape(told(outcome.objection))
    blocks = [markup.section(f"⛔ {objection}" if objection else tell("✅ This can be asked for."))]
    warnings = [told(warning) for warning in outcome.warnings]
    if outcome.choice.ask is Ask.RESUME and outcome.meets:
        warnings.append(tell("Resuming alone avoids nothing: a run of tomorrow meets a restart again."))
    if warnings:
        blocks.append(markup.context(*[f"⚠️ {markup.escape(warning)}" for warning in warnings]))
    return blocks
