"""The box for pasted journal text, and the same box with the verdict on top."""

from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.domain.paste import EPOCH
from bot.service.verdicts import PastedVerdict, Place
from commands.cards import diagnosis, markup
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

VIEW = "mcsync_paste"
"""The callback id of the box."""

TEXT, ZONE, WORKFLOW = "mcsync_text", "mcsync_zone", "mcsync_workflow"
"""The ids of its blocks."""

MOST_TEXT = 3000
LONGEST_ZONE = 60
_OPTION_TEXT = 75
_MOST_OPTIONS = 100


def box(
    places: Sequence[Place], zone: ZoneInfo, *, place: Place | None = None, text: str = "", note: str = ""
) -> Block:
    """Build the box.

    Args:
        places: the watched workflows, those of one instance together.
        zone: the zone of the text's local times, to begin with.
        place: the workflow that is chosen to begin with.
        text: what is in it already; what does not fit is cut.
        note: why it is shown, `""` when that was asked for.
    """
    top = [markup.section(f"⚠️ {markup.sentence(told(note))}")] if note else []
    return _view(tell("Diagnose a journal"), [*top, *_inputs(places, zone, place, text[:MOST_TEXT])])


def answer(
    found: PastedVerdict, places: Sequence[Place], zone: ZoneInfo, *, place: Place | None, text: str
) -> Block:
    """Build the verdict on *text*, with the box below it to judge again in another zone or workflow."""
    verdict, failure = found.verdict.diagnosis, found.verdict.failure
    subject = (failure.workflow if failure else "") or tell("Journal")
    blocks = [
        markup.header(_headline(subject, found)),
        markup.section(_lead(found, zone)),
        *diagnosis.reasons(verdict, failure.message if failure else ""),
    ]
    if len(text) > MOST_TEXT:
        return _view(tell("Diagnosis"), blocks, can_submit=False)
    again = markup.section(tell("*Judge again:* correct the lines, their time zone or the workflow."))
    return _view(
        tell("Diagnosis"), [*blocks, {"type": "divider"}, again, *_inputs(places, zone, place, text)]
    )


def _headline(subject: str, found: PastedVerdict) -> str:
    if found.verdict.failure is None:
        return tell("{subject}: no failure", subject=subject)
    return diagnosis.headline(subject, found.verdict.diagnosis)


def _lead(found: PastedVerdict, zone: ZoneInfo) -> str:
    failure, count = found.verdict.failure, found.verdict.failures
    if failure is None:
        return tell("Nothing in this text failed.")
    if failure.at == EPOCH:
        read = tell_count(
            "One failure was read: its lines have no date.",
            "{count} failures were read, the latest one is judged: its lines have no date.",
            count,
        )
    else:
        read = tell_count(
            "One failure was read: {when}.",
            "{count} failures were read, the latest one is judged: {when}.",
            count,
            when=markup.moment(failure.at, zone),
        )
    if found.place is None:
        compared = tell(
            "{workflow} is not watched, so no restart is known to compare with.",
            workflow=markup.escape(failure.workflow),
        )
    else:
        compared = tell(
            "Compared with the restarts of {workflow} on {instance}.",
            workflow=found.place.workflow,
            instance=found.place.instance,
        )
    return f"{read} {compared}"


def _inputs(places: Sequence[Place], zone: ZoneInfo, place: Place | None, text: str) -> list[Block]:
    written: Block = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "max_length": MOST_TEXT,
        "placeholder": markup.plain("2026-11-24 06:00:04\tsoapImport\tEmpty return for method 'Logon' …"),
    }
    if text:
        written["initial_value"] = text
    named: Block = {
        "type": "plain_text_input",
        "action_id": "zone",
        "max_length": LONGEST_ZONE,
        "initial_value": zone.key,
    }
    hint = tell(
        "As the console, a mail, a CSV export or a SOAP answer has them, each with its date and time."
    )
    zones = tell("An IANA zone, such as Europe/Paris or UTC.")
    fields = [
        _input(TEXT, tell("Journal lines"), written, hint),
        _input(ZONE, tell("Time zone of these lines"), named, zones),
    ]
    if len(places) > 1:
        hint = tell("Whose restarts to compare with; leave it empty if the lines name the workflow.")
        fields.append(_input(WORKFLOW, tell("Workflow"), _menu(places, place), hint) | {"optional": True})
    return fields


def _menu(places: Sequence[Place], chosen: Place | None) -> Block:
    groups = [
        {
            "label": markup.plain(instance, _OPTION_TEXT),
            "options": [_option(place) for place in of_instance][:_MOST_OPTIONS],
        }
        for instance, of_instance in groupby(places, key=lambda place: place.instance)
    ]
    menu: Block = {"type": "static_select", "action_id": "workflow", "option_groups": groups[:_MOST_OPTIONS]}
    if chosen is not None and chosen in places:
        menu["initial_option"] = _option(chosen)
    return menu


def _option(place: Place) -> Block:
    return {"text": markup.plain(place.workflow, _OPTION_TEXT), "value": diagnosis.key_of(place)}


def _input(block_id: str, label: str, element: Block, hint: str) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": markup.plain(label),
        "element": element,
        "hint": markup.plain(hint),
    }


def _view(title: str, blocks: Sequence[Block], *, can_submit: bool = True) -> Block:
    return markup.box(VIEW, title, blocks, submit=tell("Diagnose") if can_submit else "", close=tell("Close"))
