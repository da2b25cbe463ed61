"""The box for pasted journal text, and the same box with the verdict on top."""

from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.domain.paste import EPOCH
from bot.service.verdicts import PastedVerdict, Place
from commands.cards import diagnosis, markup
from commands.cards.markup import Block

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
    top = [markup.section(f"⚠️ {markup.sentence(note)}")] if note else []
    return _view("Diagnose a journal", [*top, *_inputs(places, zone, place, text[:MOST_TEXT])])


def answer(
    found: PastedVerdict, places: Sequence[Place], zone: ZoneInfo, *, place: Place | None, text: str
) -> Block:
    """Build the verdict on *text*, with the box below it to judge again in another zone or workflow."""
    verdict, failure = found.verdict.diagnosis, found.verdict.failure
    subject = (failure.workflow if failure else "") or "Journal"
    blocks = [
        markup.header(diagnosis.headline(subject, verdict)),
        markup.section(_lead(found, zone)),
        *diagnosis.reasons(verdict, failure.message if failure else ""),
    ]
    if len(text) > MOST_TEXT:
        return _view("Diagnosis", blocks, submit="")
    again = markup.section("*Judge again:* correct the lines, their time zone or the workflow.")
    return _view("Diagnosis", [*blocks, {"type": "divider"}, again, *_inputs(places, zone, place, text)])


def _lead(found: PastedVerdict, zone: ZoneInfo) -> str:
    failure, count = found.verdict.failure, found.verdict.failures
    if failure is None:
        return "Nothing in this text failed."
    read = "One failure was read" if count == 1 else f"{count} failures were read, the latest one is judged"
    at = "its lines have no date" if failure.at == EPOCH else markup.moment(failure.at, zone)
    compared = f"{markup.escape(failure.workflow)} is not watched, so no restart is known to compare with."
    if found.place is not None:
        compared = f"Compared with the restarts of {found.place.workflow} on {found.place.instance}."
    return f"{read}: {at}. {compared}"


def _inputs(places: Sequence[Place], zone: ZoneInfo, place: Place | None, text: str) -> list[Block]:
    written: Block = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "max_length": MOST_TEXT,
        "placeholder": _plain("2026-11-24 06:00:04\tsoapImport\tEmpty return for method 'Logon' …"),
    }
    if text:
        written["initial_value"] = text
    named: Block = {
        "type": "plain_text_input",
        "action_id": "zone",
        "max_length": LONGEST_ZONE,
        "initial_value": zone.key,
    }
    hint = "As the console, a mail, a CSV export or a SOAP answer has them, each with its date and time."
    fields = [
        _input(TEXT, "Journal lines", written, hint),
        _input(ZONE, "Time zone of these lines", named, "An IANA zone, such as Europe/Paris or UTC."),
    ]
    if len(places) > 1:
        hint = "Whose restarts to compare with; leave it empty if the lines name the workflow."
        fields.append(_input(WORKFLOW, "Workflow", _menu(places, place), hint) | {"optional": True})
    return fields


def _menu(places: Sequence[Place], chosen: Place | None) -> Block:
    groups = [
        {
            "label": _plain(markup.cut(instance, _OPTION_TEXT)),
            "options": [_option(place) for place in of_instance][:_MOST_OPTIONS],
        }
        for instance, of_instance in groupby(places, key=lambda place: place.instance)
    ]
    menu: Block = {"type": "static_select", "action_id": "workflow", "option_groups": groups[:_MOST_OPTIONS]}
    if chosen is not None and chosen in places:
        menu["initial_option"] = _option(chosen)
    return menu


def _option(place: Place) -> Block:
    return {"text": _plain(markup.cut(place.workflow, _OPTION_TEXT)), "value": diagnosis.key_of(place)}


def _input(block_id: str, label: str, element: Block, hint: str) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": element,
        "hint": _plain(hint),
    }


def _view(title: str, blocks: Sequence[Block], *, submit: str = "Diagnose") -> Block:
    view: Block = {
        "type": "modal",
        "callback_id": VIEW,
        "title": _plain(title),
        "close": _plain("Close"),
        "blocks": list(blocks),
    }
    if submit:
        view["submit"] = _plain(submit)
    return view


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
