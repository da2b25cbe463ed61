"""What counts for or against a verdict on an empty return: facts, each with the sentence that tells it.

What they are worth, and what they come to, is `bot/domain/empty_return.py`.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.case import Case
from bot.domain.coincidence import Habit, habit, nearest
from bot.domain.learning import Sighting
from bot.domain.nearness import lies_near, lies_near_marketing
from bot.domain.phrases import CONFIGURED, Words
from bot.domain.punctuality import RUN_GAP, Punctuality, Turn, punctuality
from bot.domain.saying import clock, duration, listed, moment, quoted, stretch
from bot.domain.sentence import joined, say, say_count
from bot.domain.verdict import Evidence

OUTAGE = timedelta(hours=6)
"""The same words this shortly before, at no restart, mean that RT was away already."""

CLEAR = timedelta(minutes=15)
"""Further than this from every restart, a failure cannot come from one that took longer than expected."""

RUN_BEFORE = timedelta(minutes=150)
"""How far back the run before this one may lie: an hourly workflow may skip once."""

PROBED = timedelta(seconds=60)
"""How near a probe must be to tell that RT was away at the time of the failure."""

CLOSE = timedelta(seconds=30)
"""How close together two probes that RT answered must be to tell that it was not away between them."""

REPEATED = 3
"""Failures on different days before their times are called a pattern."""

MOSTLY, HALF = 0.8, 0.5
"""The shares of failures at restarts from which on they are a pattern, and below which they are chance."""


class Fact(StrEnum):
    """What counts for or against a verdict on an empty return."""

    EXACT_WORDS = "exact-words"
    PARTIAL_WORDS = "partial-words"
    UNKNOWN_PHRASE = "unknown-phrase"
    AWAY = "away-by-its-rule"
    IN_DANGER = "in-danger"
    UNCERTAIN = "uncertain-restart"
    CLEAR_OF_RESTARTS = "clear-of-restarts"
    NEAR_A_RESTART = "near-a-restart"
    NO_RESTART_KNOWN = "no-restart-known"
    MARKETING_AWAY = "marketing-away-by-its-rule"
    REPEATED = "repeated-at-restarts"
    ELSEWHERE = "mostly-elsewhere"
    OUTAGE = "the-same-shortly-before"
    HABIT = "a-habit-without-a-restart"
    SEEN_AWAY = "seen-away"
    AWAY_BEFORE = "seen-away-before-the-restart"
    SEEN_UP = "seen-answering"
    ON_TIME = "began-on-time-in-danger"
    IN_RHYTHM = "began-in-rhythm-in-danger"
    CUT = "began-on-time-and-was-cut"
    LATE = "began-late"
    OUT_OF_TURN = "began-out-of-turn"
    PASSED_BEFORE = "the-run-before-passed"
    ANSWERS_NOW = "answers-now"
    STILL_AWAY = "still-away"


def collect(case: Case, pattern: Habit | None) -> dict[Fact, Evidence]:
    """Collect the facts about an empty return whose time is known, the most telling first.

    Args:
        case: the failure and what surrounds it.
        pattern: the habit that no restart explains, if there is one.
    """
    facts = _words(case) | _times(case) | _history(case)
    if pattern is not None:
        facts[Fact.HABIT] = Evidence("restart-time", _habit_text(case, pattern))
    turn = punctuality(case.failure.at, case.journal, case.schedule, case.zone)
    return facts | _start(case, turn) | _run_before(case) | _probes(case)


def unexplained_habit(case: Case) -> Habit | None:
    """Find a time of day that the failures keep to although no restart of RT is configured then."""
    recent = case.similar[-10:]
    if any((one := nearest(case.windows, at)) is not None and one.inside for at in recent):
        return None
    zones = [window.zone for window in (*case.windows, *case.marketing_windows)]
    return habit(recent, [*zones, *([case.zone] if case.zone else []), ZoneInfo("UTC")])


def _words(case: Case) -> dict[Fact, Evidence]:
    line = quoted(case.worded)
    match case.reading.words:
        case Words.EXACT if case.reading.language == CONFIGURED:
            text = say(
                "The line says that Logon came back empty, in words from mcsync.toml: {line}", line=line
            )
            return {Fact.EXACT_WORDS: Evidence("words", text)}
        case Words.EXACT:
            text = say("The line says that Logon came back empty: {line}", line=line)
            return {Fact.EXACT_WORDS: Evidence("words", text)}
        case Words.TRUNCATED:
            text = say("The line is cut off, but says that Logon came back empty: {line}", line=line)
            return {Fact.PARTIAL_WORDS: Evidence("words", text)}
        case _:
            text = say(
                "The line names Logon and xtk:session, but the phrase between them is not known: {line}",
                line=line,
            )
            return {Fact.UNKNOWN_PHRASE: Evidence("words", text)}


def _times(case: Case) -> dict[Fact, Evidence]:
    at, rt, marketing = case.failure.at, case.rt, case.marketing
    facts: dict[Fact, Evidence] = {}
    if rt is None:
        text = say("No restart time of RT is known, so the time cannot be compared.")
        facts[Fact.NO_RESTART_KNOWN] = Evidence("distance", text)
    else:
        near = lies_near(rt, at)
        if rt.away:
            text = say("{it_is_near_a_restart}: RT is away then.", it_is_near_a_restart=near)
            facts[Fact.AWAY] = Evidence("distance", text, rt.seconds)
        elif rt.inside:
            text = say(
                "{it_is_near_a_restart}, inside the time kept free around it.", it_is_near_a_restart=near
            )
            facts[Fact.IN_DANGER] = Evidence("distance", text, rt.seconds)
        elif abs(rt.seconds) > CLEAR.total_seconds():
            text = say("{it_is_near_a_restart}, the nearest one.", it_is_near_a_restart=near)
            facts[Fact.CLEAR_OF_RESTARTS] = Evidence("distance", text, rt.seconds)
        else:
            text = say(
                "{it_is_near_a_restart}, near it but outside the time in which it can do harm.",
                it_is_near_a_restart=near,
            )
            facts[Fact.NEAR_A_RESTART] = Evidence("distance", text, rt.seconds)
        if rt.restart.uncertain and rt.inside:
            text = say("The clocks change around this restart, so its instant is not certain.")
            facts[Fact.UNCERTAIN] = Evidence("distance", text)
    if marketing is not None and marketing.inside:
        also = lies_near_marketing(marketing)
        facts[Fact.MARKETING_AWAY] = Evidence("marketing", also, marketing.seconds)
    return facts


def _history(case: Case) -> dict[Fact, Evidence]:
    if not case.windows:
        return {}
    facts: dict[Fact, Evidence] = {}
    near = [one for at in case.similar if (one := nearest(case.windows, at)) is not None]
    fell = [one for one in near if one.inside]
    total = len(near)
    days = len({one.restart.at.date() for one in fell})
    if case.inside and total > 1:
        first, last = min(one.seconds for one in fell), max(one.seconds for one in fell)
        text = say_count(
            "{fell} of the last {total} failures with these words fall {stretch} a restart, on {count} day.",
            "{fell} of the last {total} failures with these words fall {stretch} a restart, on {count} days.",
            days,
            fell=len(fell),
            total=total,
            stretch=stretch(first, last),
        )
        if days >= REPEATED and len(fell) >= MOSTLY * total:
            facts[Fact.REPEATED] = Evidence("history", text)
        elif total >= REPEATED and len(fell) < HALF * total:
            facts[Fact.ELSEWHERE] = Evidence("history", text)
    before = [
        (at, one)
        for at, one in zip(case.similar[:-1], near[:-1], strict=True)
        if case.failure.at - at <= OUTAGE and not one.inside and abs(one.seconds) > CLEAR.total_seconds()
    ]
    if before:
        at = before[-1][0]
        earlier = (at - case.failure.at).total_seconds()
        text = say(
            "The same words came {duration} earlier, when no restart was near.", duration=duration(earlier)
        )
        facts[Fact.OUTAGE] = Evidence("history", text, earlier)
    return facts


def _habit_text(case: Case, pattern: Habit) -> str:
    configured = sorted({f"{window.at:%H:%M} {window.zone.key}" for window in case.windows})
    alike = say_count(
        "{count} failure falls between {first} and {last} {zone}: your failures look like a restart at "
        "{time}; is the restart time right?",
        "{count} failures fall between {first} and {last} {zone}: your failures look like a restart at "
        "{time}; is the restart time right?",
        pattern.days,
        first=f"{pattern.first:%H:%M:%S}",
        last=f"{pattern.last:%H:%M:%S}",
        zone=pattern.zone.key,
        time=f"{pattern.at:%H:%M}",
    )
    if configured:
        known = say_count(
            "{times} is configured.", "{times} are configured.", len(configured), times=listed(configured)
        )
        return joined(" ", [alike, known])
    return joined(" ", [alike, say("None is configured.")])


def _start(case: Case, turn: Punctuality | None) -> dict[Fact, Evidence]:
    """Compare the planned start with the real one; that only tells something inside a danger."""
    if turn is None or case.rt is None or not case.inside:
        return {}
    zone = case.zone or case.rt.window.zone
    late = (turn.began - turn.planned).total_seconds()
    planned = clock(turn.planned, zone)
    if turn.by_schedule:
        plan = say("The schedule plans a run at {time}", time=planned)
    else:
        plan = say("The rhythm of the runs before plans a run at {time}", time=planned)
    planned_in_danger = case.rt.restart.starts <= turn.planned < case.rt.restart.ends
    match turn.turn:
        case Turn.ON_TIME if planned_in_danger:
            text = say("{it_plans_a_run}, inside the time kept free around the restart.", it_plans_a_run=plan)
            return {Fact.ON_TIME if turn.by_schedule else Fact.IN_RHYTHM: Evidence("schedule", text, late)}
        case Turn.ON_TIME:
            text = say(
                "{it_plans_a_run}; it began on time and was still busy when RT restarted.",
                it_plans_a_run=plan,
            )
            return {Fact.CUT: Evidence("schedule", text, late)}
        case Turn.LATE if not planned_in_danger:
            text = say(
                "{it_plans_a_run}, but this one began {duration} late, into the restart.",
                it_plans_a_run=plan,
                duration=duration(late),
            )
            return {Fact.LATE: Evidence("schedule", text, late)}
        case Turn.LATE:
            return {}
        case _:
            text = say(
                "{it_plans_a_run}, but this run began at {time}, out of turn.",
                it_plans_a_run=plan,
                time=clock(turn.began, zone),
            )
            return {Fact.OUT_OF_TURN: Evidence("schedule", text, late)}


def _probes(case: Case) -> dict[Fact, Evidence]:
    """Tell what probes of RT saw at the time of the failure and last."""
    at, facts = case.failure.at, {}
    before = next((seen for seen in reversed(case.sightings) if at - PROBED <= seen.at <= at), None)
    after = next((seen for seen in case.sightings if at <= seen.at <= at + PROBED), None)
    zone = case.windows[0].zone if case.windows else ZoneInfo("UTC")
    near = [seen for seen in (before, after) if seen is not None]
    away = [seen for seen in near if not seen.answered]
    if away:
        first, last = _away(case.sightings, away[0])
        span = (
            clock(first.at, zone)
            if first is last
            else f"{first.at.astimezone(zone):%H:%M:%S}-{clock(last.at, zone)}"
        )
        seconds = (first.at - at).total_seconds()
        if case.rt is not None and case.inside and first.at < case.rt.restart.starts:
            text = say("A probe saw RT away {times}, from before its restart on.", times=span)
            facts[Fact.AWAY_BEFORE] = Evidence("probe", text, seconds)
        else:
            facts[Fact.SEEN_AWAY] = Evidence(
                "probe", say("A probe saw RT away {times}.", times=span), seconds
            )
    elif before is not None and after is not None and after.at - before.at <= CLOSE:
        instants = listed([clock(before.at, zone), clock(after.at, zone)])
        text = say("Probes saw RT answer at {times}, just before and after the failure.", times=instants)
        facts[Fact.SEEN_UP] = Evidence("probe", text)
    latest = case.sightings[-1] if case.sightings else None
    if latest is not None and latest.at > at:
        told, since = moment(latest.at, zone), (latest.at - at).total_seconds()
        if latest.answered:
            text = say("RT answered at {moment}.", moment=told)
            facts[Fact.ANSWERS_NOW] = Evidence("probe-now", text, since)
        else:
            text = say("RT was still away at {moment}.", moment=told)
            facts[Fact.STILL_AWAY] = Evidence("probe-now", text, since)
    return facts


def _away(sightings: Sequence[Sighting], seen: Sighting) -> tuple[Sighting, Sighting]:
    """Find the first and the last sighting of the unbroken stretch in which RT was away."""
    index = sightings.index(seen)
    first = last = index
    while first > 0 and _goes_on(sightings[first - 1], sightings[first]):
        first -= 1
    while last + 1 < len(sightings) and _goes_on(sightings[last], sightings[last + 1]):
        last += 1
    return sightings[first], sightings[last]


def _goes_on(before: Sighting, after: Sighting) -> bool:
    """Tell whether two neighbouring sightings show one absence; probing rests for most of the day."""
    return not before.answered and not after.answered and after.at - before.at <= RUN_GAP


def _run_before(case: Case) -> dict[Fact, Evidence]:
    """Look whether the run before this one wrote lines and no error."""
    end = case.failure.at - RUN_GAP
    lines = [entry for entry in case.journal if end - RUN_BEFORE <= entry.at <= end]
    if not lines or any(entry.error for entry in lines):
        return {}
    earlier = (max(entry.at for entry in lines) - case.failure.at).total_seconds()
    text = say(
        "The journal shows a run that ended {duration} before, without an error.", duration=duration(earlier)
    )
    return {Fact.PASSED_BEFORE: Evidence("journal", text, earlier)}
