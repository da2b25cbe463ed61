"""`/mcsync diagnose`: a failure, on record or pasted; its cause, how we know, and what it is not."""

import difflib
from collections.abc import Sequence
from zoneinfo import available_timezones

from bot.domain.errors import NotFound, UnreadableInput, UnreadableSchedule, sentence_of
from bot.domain.instance import Instance
from bot.domain.sentence import say
from bot.domain.zones import load_zone
from bot.service.back_office import BackOffice
from bot.service.office import Office
from bot.service.overview import latest_incident
from bot.service.verdicts import (
    Place,
    judge_latest,
    judge_past,
    judge_pasted,
    places,
    read_pasted,
    reading_zone,
)
from commands import times
from commands.cards import diagnosis, markup, paste
from commands.grammar import wrong_use
from commands.language import tell, told
from commands.reply import Complaints, Modal, Reply, Request, reply_of
from commands.subject import names_of, narrowed, place_named


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply | Modal:
    """Answer with the verdict that is on record, or open the box for pasted text.

    Raises:
        UnreadableInput: a word is one too many, or the time is none.
        NotFound: the workflow is not watched, or nothing is on record for that time.
    """
    office, lowered = service.office, [word.lower() for word in words]
    if "at" in lowered:
        at = lowered.index("at")
        day, clock = times.moment_of(words[at + 1 :])
        found = _found(request, service, words[:at])
        workflow = found[1] if found else None
        return reply_of(diagnosis.render_past(judge_past(narrowed(service, found), workflow, day, clock)))
    found = _found(request, service, [word for word in words if word.lower() != "paste"])
    workflow, place = (found[1], Place(found[0].name, found[1])) if found else (None, None)
    if "paste" in lowered:
        return _box(office, place)
    office = narrowed(service, found)
    latest = latest_incident(office, workflow)
    try:
        card = diagnosis.render(*latest) if latest else diagnosis.render_past(judge_latest(office, workflow))
    except NotFound as error:
        if place is None:
            paste_them = say("{reason} Paste the lines that you have got.", reason=sentence_of(error))
            return _box(service.office, None, note=paste_them)
        reason = markup.sentence(told(sentence_of(error)))
        return Reply(reason, [markup.section(reason), diagnosis.paste_button(place)])
    return reply_of(card)


def open_box(request: Request, service: BackOffice) -> Modal:
    """Open the box: the button *Paste a journal*."""
    return _box(service.office, _place(service.office, request.text))


def submit(request: Request, service: BackOffice) -> Modal | Complaints:
    """Judge what the box holds, or say at its fields what cannot be used."""
    office, fields = service.office, request.fields
    text, place = fields.get(paste.TEXT, ""), _place(office, fields.get(paste.WORKFLOW, ""))
    name = fields.get(paste.ZONE, "").strip()
    try:
        zone = load_zone(name)
    except UnreadableSchedule:
        return Complaints({paste.ZONE: _no_zone(name[: paste.LONGEST_ZONE])})
    try:
        pasted = read_pasted(office, text, zone)
    except UnreadableInput as error:
        return Complaints({paste.TEXT: told(sentence_of(error))})
    try:
        found = judge_pasted(office, pasted, place)
    except UnreadableInput as error:
        return Complaints({paste.WORKFLOW: told(sentence_of(error))})
    return Modal(paste.answer(found, places(office), zone, place=place, text=text))


def read_message(request: Request, service: BackOffice) -> Modal:
    """Judge the message of the shortcut *Diagnose this journal*; the box shows what cannot be judged."""
    office, text = service.office, request.text
    zone = reading_zone(office, None)
    try:
        found = judge_pasted(office, read_pasted(office, text, zone))
        its_own = reading_zone(office, found.place)
        if its_own != zone:
            zone, found = its_own, judge_pasted(office, read_pasted(office, text, its_own))
    except UnreadableInput as error:
        return _box(office, None, text=text, note=sentence_of(error))
    return Modal(paste.answer(found, places(office), zone, place=None, text=text))


def _box(office: Office, place: Place | None, *, text: str = "", note: str = "") -> Modal:
    zone = reading_zone(office, place)
    return Modal(paste.box(places(office), zone, place=place, text=text, note=note))


def _place(office: Office, key: str) -> Place | None:
    """Find the watched workflow that a button or an option names; `None` for any."""
    return next((place for place in places(office) if diagnosis.key_of(place) == key), None)


def _found(request: Request, service: BackOffice, words: Sequence[str]) -> tuple[Instance, str] | None:
    if len(words) > 1:
        raise wrong_use("diagnose", request.typed, names_of(service))
    return place_named(request, service, words[0] if words else None)


def _no_zone(name: str) -> str:
    """Say that there is no such zone, and which one was probably meant."""
    known = {zone.casefold(): zone for zone in available_timezones()}
    near = difflib.get_close_matches(name.casefold(), known, n=1)
    if near:
        return tell("There is no such time zone. Did you mean {zone}?", zone=known[near[0]])
    return tell("There is no such time zone. Write one such as Europe/Paris or UTC.")
