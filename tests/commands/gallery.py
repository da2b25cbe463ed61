"""Every card and box in every state, by name; once as on an ordinary day and once as bad as it can be."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict

from bot.domain.audit import GENESIS, AuditEntry, Deed, Event, link
from bot.domain.case_note import write_case_note
from bot.domain.forecast import Plan
from bot.domain.forecast import forecast as look_ahead
from bot.domain.incident import Incident, IncidentState
from bot.domain.instance import Mode
from bot.domain.journal import Failure
from bot.domain.logon_bar import LogonBar
from bot.domain.notice import Notice
from bot.domain.paste_verdict import PasteVerdict
from bot.domain.proposal import Ask, Proposal, Stage, TrackingChoice, Vote
from bot.domain.trust import Answer, Rating, TrackRecord, suggest
from bot.domain.verdict import Cause, Confidence
from bot.domain.workflow import State
from bot.service.cards import CardView
from bot.service.outlook import Ahead
from bot.service.overview import InstanceView, Overview, WorkflowView
from bot.service.record import RecordView, Told
from bot.service.trust import TrustView
from bot.service.verdicts import PastedVerdict, PastVerdict, Place
from commands.cards import (
    audit,
    case_note,
    denial,
    diagnosis,
    forecast,
    overview,
    paste,
    render,
    set_aside,
    trust,
)
from tests.commands import examples, gallery_counter, gallery_storm, gallery_views
from tests.commands.examples import LONGEST, NOW, ORDINARY, PARIS, SIX, TEN, Words, unsafe
from tests.commands.exhibits import Exhibit, box, message


class Waited(TypedDict):
    """What a card tells of a request that waits."""

    approvers: str
    next_run: datetime | None


# --- Incidents ------------------------------------------------------------------------------------


def ahead_of(words: Words, *plans: Plan) -> tuple[Ahead, ...]:
    """Look ahead for three weeks."""
    foreseen = look_ahead(plans, NOW, 21)
    return tuple(
        Ahead(examples.instance(words), plan, each) for plan, each in zip(plans, foreseen, strict=True)
    )


def shown(
    words: Words,
    request: Proposal | None = None,
    *,
    mode: Mode = Mode.PROPOSE,
    ratings: tuple[Rating, ...] = (),
    duplicate: bool = False,
    self_approval: bool = False,
    **changes: object,
) -> Exhibit:
    """Show the card of an incident."""
    told = examples.incident(words, **changes)
    view = CardView(
        told.id,
        told,
        request,
        None,
        examples.instance(words, mode),
        duplicate=duplicate,
        self_approval=self_approval,
        suggestion=suggest(told) if mode is Mode.SHADOW else None,
        ratings=ratings,
        windows=examples.instance(words).executions[0].windows,
        **waited_for(request),
    )
    return message(render(view))


def waited_for(request: Proposal | None) -> Waited:
    """Say who can approve *request* while it waits, and when it would run first."""
    if request is None or request.stage is not Stage.WAITING:
        return {"approvers": "", "next_run": None}
    return {"approvers": "<!subteam^S0ADMINS>", "next_run": request.predicted_run}


def incidents(words: Words) -> Iterator[tuple[str, Exhibit]]:
    hours = timedelta(hours=1)
    wrong_login = examples.diagnosis(words, Cause.CREDENTIALS)
    unknown = examples.diagnosis(words, Cause.UNKNOWN, Confidence.UNKNOWN)
    yield "incident offers both", shown(words)
    yield "incident offers one", shown(words, offers=(unsafe(5, words), TEN))
    yield "incident offers none", shown(words, offers=(unsafe(5, words), unsafe(10, words)))
    nearest = replace(TEN, offset_minutes=-12, warnings=(f"mcSynch_mcExec2 may still be busy. {words.said}",))
    refused = (unsafe(5, words), unsafe(10, words), nearest)
    yield "incident offers the nearest", shown(words, offers=refused)
    refusal = f"The journal shows too few starts to check the schedule against. {words.said}"
    yield "incident not understood", shown(words, offers=(), no_offer=refusal.strip(), schedule="")
    yield "incident runs on", shown(words, paused=False)
    yield "incident repeated", shown(words, failures=4, last_at=SIX + 72 * hours)
    yield "incident lies ahead", shown(words, failures=0, message="", paused=False, first_at=SIX + 96 * hours)
    yield "incident wrong login", shown(words, diagnosis=wrong_login, offers=())
    yield "incident unknown cause", shown(words, diagnosis=unknown, offers=())
    yield "incident without a line", shown(words, message="")
    closing = f"The run of 05:05 UTC passed without an error. {words.said}".strip()
    closed = IncidentState.CLOSED
    yield "incident closed", shown(words, state=closed, closed_at=NOW, paused=False, closing=closing)
    yield "incident taken care of", shown(words, acknowledged_by="U0ADA", acknowledged_at=NOW)
    later = NOW + hours
    yield "incident put off", shown(words, snoozed_by="U0SAM", snoozed_until=later)
    hopeless = shown(words, diagnosis=wrong_login, offers=(), snoozed_by="U0SAM", snoozed_until=later)
    yield "incident put off where nothing helps", hopeless
    yield "incident wrong login and not paused", shown(words, diagnosis=wrong_login, offers=(), paused=False)
    yield "incident shadow", shown(words, mode=Mode.SHADOW)
    said = tuple(
        Rating("i", words.instance, f"U0{n:04}", answer, "", NOW)
        for n, answer in enumerate([Answer.RIGHT, Answer.WRONG] * 7)
    )
    yield "incident shadow rated", shown(words, mode=Mode.SHADOW, ratings=said[:2])
    yield "incident shadow rated by many", shown(words, mode=Mode.SHADOW, ratings=said)
    yield "incident shadow unknown", shown(words, mode=Mode.SHADOW, diagnosis=unknown, offers=())
    yield "incident off", shown(words, mode=Mode.OFF)
    yield "incident posted twice", shown(words, duplicate=True)


def proposals(words: Words) -> Iterator[tuple[str, Proposal]]:
    for ask in Ask:
        for stage in Stage:
            yield f"{ask.value} {stage.value}", examples.proposal(stage, words, ask)
    waiting = "Campaign to answer (RT <!channel> said nothing)"
    yield "shift waits for something", examples.proposal(Stage.APPLYING, words, doing=waiting)
    yield "shift not begun", examples.proposal(Stage.APPLYING, words, steps=())
    yield "shift without caution", examples.proposal(Stage.WAITING, words, caution="", tracking_gap=False)
    one = Vote("U0ADA", NOW, TrackingChoice.MOVES_TOO)
    again = "The run of 2026-11-25 06:00 Europe/Paris meets a restart again."
    yield "resume meets it again", examples.proposal(Stage.WAITING, words, Ask.RESUME, caution=again)
    older = examples.proposal(Stage.WAITING, words, tracking_minute=None, archiving_minute=None)
    yield "shift of an older version", older
    yield "shift half approved", examples.proposal(Stage.WAITING, words, quorum=2, votes=(one,))
    yield "shift tracking moves too", examples.proposal(Stage.VERIFIED, words, votes=(one,))
    moved = examples.proposal(Stage.PROVED, words, votes=(one,), tracking_moved_by="U0SAM")
    yield "shift tracking moved", moved
    yield "shift run passed", examples.proposal(Stage.VERIFIED, words, run_passed_at=NOW)
    withdrawn = examples.proposal(Stage.DENIED, words, decided_by="U0SAM", reason="Withdrawn.")
    yield "shift withdrawn", withdrawn
    yield (
        "shift edited by somebody after the write",
        examples.proposal(Stage.UNCLEAR, words, found=examples.found(words)),
    )
    spoilt = replace(examples.found(words), period=words.said, editor="", edited_at=None)
    yield "shift spoilt", examples.proposal(Stage.UNCLEAR, words, found=spoilt)
    stopped = replace(examples.found(words), period=examples.BEFORE, activities=(), state="stopped")
    yield "shift stopped by somebody", examples.proposal(Stage.VOID, words, found=stopped, steps=())
    unknown = replace(stopped, period=words.said)
    yield "shift of another schedule", examples.proposal(Stage.VOID, words, found=unknown, steps=())
    dropped = "The approval of <@U0ADA> no longer counts, so nothing was done: Only <@U0GRACE> can approve."
    yield "shift without its approval", examples.proposal(Stage.WAITING, words, reason=dropped)


def requests(words: Words) -> Iterator[tuple[str, Exhibit]]:
    for name, request in proposals(words):
        yield f"incident {name}", shown(words, request)
        alone = replace(request, incident_id="")
        view = CardView(alone.id, None, alone, None, examples.instance(words), **waited_for(alone))
        yield f"request {name}", message(render(view))
        if request.stage is Stage.WAITING:
            yield f"denial {name}", box(denial.box(request, examples.instance(words).badge))
        if request.stage is Stage.UNCLEAR:
            yield f"aside {name}", box(set_aside.box(request, examples.instance(words).badge))
    (alone,) = [replace(found, incident_id="") for name, found in proposals(words) if name == "undo waiting"]
    yield (
        "request by oneself",
        message(render(CardView(alone.id, None, alone, None, examples.instance(words), self_approval=True))),
    )
    yield "incident by oneself", shown(words, self_approval=True)


# --- Answers --------------------------------------------------------------------------------------


def overviews(words: Words) -> Iterator[tuple[str, Exhibit]]:
    one = examples.instance(words)
    (execution,) = one.executions

    def watched(state: int = State.STARTED, **changes: object) -> WorkflowView:
        seen = examples.sighted(words.workflow, state, **changes)
        return WorkflowView(execution, seen, "every hour from 00:05", None, None)

    def answered(*views: WorkflowView, seen: int | None = 20, bar: LogonBar | None = None) -> Exhibit:
        seen_at = None if seen is None else NOW - timedelta(seconds=seen)
        return message(overview.render(Overview(NOW, (InstanceView(one, seen_at, views, bar),))))

    failed = watched(State.PAUSED, failed=True)
    yield "status well", answered(watched())
    yield "status failed", answered(replace(failed, incident=examples.incident(words)))
    for stage in (Stage.WAITING, Stage.APPLYING, Stage.UNCLEAR):
        asked = replace(failed, proposal=examples.proposal(stage, words))
        yield f"status {stage.value}", answered(asked)
    yield "status busy", answered(watched(process_id=7))
    for state in State:
        yield f"status {state.name.lower().replace('_', ' ')}", answered(watched(state))
    yield "status unheard of", answered(watched(42))
    yield "status not seen", answered(WorkflowView(execution, None, "", None, None), seen=None)
    yield "status stale", answered(watched(), seen=1200)
    sentence = f"XSV-350012 Invalid login or password. Connection denied. {words.said}".strip()
    yield "status barred", answered(watched(), bar=LogonBar(words.instance, "digest", NOW, sentence))
    many = [f"{words.workflow[:-2]}{n:02}" for n in range(45)]
    whole = examples.instance(words, Mode.PROPOSE, *many)
    views = tuple(
        replace(failed, execution=each, incident=examples.incident(words)) for each in whole.executions
    )
    yield (
        "status of 46 workflows",
        message(overview.render(Overview(NOW, (InstanceView(whole, NOW, views, None),)))),
    )
    several = tuple(
        InstanceView(
            replace(one, name=f"{words.instance[:-2]}{n:02}"),
            NOW,
            (watched(), watched()),
            LogonBar(words.instance, "digest", NOW, sentence),
        )
        for n in range(25)
    )
    yield "status of 25 instances", message(overview.render(Overview(NOW, several)))


def answers(words: Words) -> Iterator[tuple[str, Exhibit]]:
    told = examples.incident(words)
    failure = Failure(words.instance, words.workflow, "4900", "77", SIX, "soapImport", words.message)
    yield "diagnose", message(diagnosis.render(told, PARIS))
    ahead = replace(told, failures=0, message="", first_at=SIX + timedelta(days=4))
    yield "diagnose ahead", message(diagnosis.render(ahead, PARIS))
    for name, asked in (("latest", None), ("before", SIX + timedelta(minutes=3)), ("after", SIX)):
        past = PastVerdict(failure, examples.diagnosis(words), asked, PARIS)
        yield f"diagnose past {name}", message(diagnosis.render_past(past))
    places = tuple(Place(words.instance, f"{words.workflow[:-1]}{n}") for n in range(3))
    yield "paste box", box(paste.box(places, PARIS))
    note = "No line of this text has a date. Write the time like this: `at 06:00`."
    yield "paste box again", box(paste.box(places, PARIS, place=places[0], text=words.message, note=note))
    for name, count, found, place in (
        ("one failure", 1, failure, places[0]),
        ("many failures", 12, failure, None),
        ("nothing", 0, None, None),
    ):
        pasted = PastedVerdict(PasteVerdict(count, found, examples.diagnosis(words)), place)
        yield f"paste {name}", box(paste.answer(pasted, places, PARIS, place=place, text=words.message[:900]))
    for name, text in (("collides", examples.BEFORE), ("clear", examples.AFTER)):
        plan = examples.plan(words.workflow, text)
        yield (
            f"forecast {name}",
            message(forecast.render(ahead_of(words, plan), 21)),
        )
    plans = [examples.plan(f"{words.workflow[:-2]}{n:02}") for n in range(40)]
    yield (
        "forecast of 40 workflows",
        message(forecast.render(ahead_of(words, *plans), 21)),
    )
    suggestion = replace(suggest(told), would=f"offer Shift +5 min {words.said}".strip())
    no = Rating(told.id, words.instance, "U0EVE", Answer.WRONG, suggestion.would, NOW)
    shadowed = examples.instance(words, Mode.SHADOW)
    for name, record, objections in (
        ("nothing yet", TrackRecord(0, (), 0), ()),
        ("abstained", TrackRecord(0, (), 3), ()),
        ("agreed", TrackRecord(7, (), 1), ()),
        ("disputed", TrackRecord(7, (suggestion,), 1), (no,) * 9),
    ):
        views = (TrustView(shadowed, record, objections),)
        yield f"trust {name}", message(trust.render(views))
    yield "trust of 40 instances", message(trust.render(views * 40))
    notice = Notice("k", words.instance, f"RT of {words.workflow} restarts at another time", "", NOW)
    seen = "It went away at 06:30:02 Europe/Paris; configured is 06:00:00. Correct `restart` in mcsync.toml."
    notices = {
        "notice": replace(notice, text=seen),
        "notice lasting": replace(notice, text=seen, lasting=True),
        "notice barred": replace(notice, text=seen, lasting=True, try_once=True),
        "notice over": replace(notice, text=seen, ended_at=NOW, ending="It logs on again."),
        "notice about mcsync": replace(notice, text=seen, instance=""),
    }
    for name, one in notices.items():
        yield name, message(render(CardView("k", None, None, one, examples.instance(words))))


def record(words: Words) -> Iterator[tuple[str, Exhibit]]:
    told = examples.incident(words, state=IncidentState.CLOSED, closed_at=NOW, closing="The run passed.")
    asked = examples.proposal(Stage.PROVED, words)
    name = f"sam {words.said}".strip()
    summary, withdrawn = {"summary": asked.summary}, {"reason": "Withdrawn."}
    deeds = [
        Deed(NOW, Event.INCIDENT_OPENED, "mcsync", "poll", words.instance, told.id, {"cause": "unknown"}),
        Deed(NOW, Event.PROPOSAL_ASKED, "U0SAM", "button", words.instance, asked.id, summary, name),
        Deed(NOW, Event.PROPOSAL_APPROVED, "U0ADA", "button", words.instance, asked.id, {}, "ada"),
        Deed(NOW, Event.PROPOSAL_DENIED, "U0SAM", "button", words.instance, asked.id, withdrawn),
        Deed(NOW, Event.CHANGE_VERIFIED, "mcsync", "timer", words.instance, asked.id, {}),
        Deed(
            NOW, Event.CHANGE_FAILED, "mcsync", "timer", words.instance, asked.id, {"reason": words.message}
        ),
    ]
    entries: list[AuditEntry] = []
    for deed in [*deeds, *deeds, *deeds]:
        entries.append(link(len(entries) + 1, deed, entries[-1].digest if entries else GENESIS))
    about: dict[str, Proposal | Incident] = {told.id: told, asked.id: asked}
    latest = tuple(Told(entry, words.workflow, about[entry.deed.subject]) for entry in reversed(entries))
    yield "audit", message(audit.render(RecordView(latest, "", 18, 18, PARIS)))
    yield (
        "audit of one workflow",
        message(audit.render(RecordView(latest[:2], words.workflow, 9000, 5000, PARIS))),
    )
    yield "audit empty", message(audit.render(RecordView((), "", 0, 0, PARIS)))
    note = write_case_note(told, (asked,), entries, zone=PARIS, now=NOW)
    yield "case note", message(case_note.render(note))
    bare = write_case_note(examples.incident(words), (), (), zone=PARIS, now=NOW)
    yield "case note without a change", message(case_note.render(bare))


ROOMS: tuple[Callable[[Words], Iterator[tuple[str, Exhibit]]], ...] = (
    incidents,
    requests,
    overviews,
    answers,
    record,
    gallery_storm.summaries,
    gallery_counter.counter,
    gallery_counter.past,
    gallery_counter.condition,
    gallery_counter.threads,
    gallery_views.homes,
    gallery_views.what_ifs,
)


def gallery(words: Words) -> dict[str, Exhibit]:
    """Show everything there is, made of *words*."""
    found = [exhibit for room in ROOMS for exhibit in room(words)]
    assert len(dict(found)) == len(found), "two exhibits have one name"
    return dict(found)


ORDINARY_DAY = gallery(ORDINARY)
WORST_DAY = gallery(LONGEST)
