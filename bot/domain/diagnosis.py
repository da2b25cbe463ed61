"""From a failure and what surrounds it to a verdict that explains itself.

A cause that a line names wins over everything. The words of an empty return are judged by the time
(`bot/domain/empty_return.py`). What a restart may cause as well, and what only a wrapper says, come last.
A wrong reschedule is worse than none: whatever is not surely a restart collision is something else here.
"""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from bot.domain.case import EXAMINED, Case, gather
from bot.domain.empty_return import Judgement, judge
from bot.domain.exclusions import ruled_out_by_time, ruled_out_by_words
from bot.domain.facts import Fact
from bot.domain.journal import Failure, JournalEntry
from bot.domain.learning import Sighting
from bot.domain.nearness import fell_near, fell_near_marketing
from bot.domain.phrases import BUILT_IN, PhraseTable, Words
from bot.domain.remedies import AGAIN, SOURCES, STEPS
from bot.domain.restart import RestartWindow
from bot.domain.saying import quoted
from bot.domain.schedule import Schedule
from bot.domain.sentence import say, say_count
from bot.domain.symptoms import Match, Rank
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Exclusion, Remedy

__all__ = ["Cause", "Confidence", "Diagnosis", "Evidence", "Exclusion", "Remedy", "diagnose"]


STRIKES = 3
"""XtkSecurity_max_Unsuccessul_Attempts_Allowed, Campaign's default (KA-16410)."""


def diagnose(
    failure: Failure,
    *,
    journal: Sequence[JournalEntry] = (),
    windows: Sequence[RestartWindow] = (),
    marketing_windows: Sequence[RestartWindow] = (),
    sightings: Sequence[Sighting] = (),
    history: Sequence[Failure] = (),
    schedule: Schedule | None = None,
    zone: ZoneInfo | None = None,
    phrases: PhraseTable = BUILT_IN,
    timed: bool = True,
) -> Diagnosis:
    """Say why a run failed, how sure that is, what it is not, and what to do.

    Args:
        failure: what to judge.
        journal: lines of the same workflow, in any order; those after the failure are welcome.
        windows: RT's restarts, as configured and learnt.
        marketing_windows: marketing's own restarts.
        sightings: what probes of RT saw, in any order.
        history: earlier failures of the same workflow, in any order.
        schedule: the workflow's schedule, `None` when it could not be read.
        zone: the zone that the schedule runs in, `None` without a schedule.
        phrases: what says "empty return"; `phrase_table` makes one with the configuration's own phrases.
        timed: whether the failure's time is known; pasted lines may lack it.
    """
    case = gather(
        failure,
        journal=journal,
        windows=windows,
        marketing_windows=marketing_windows,
        sightings=sightings,
        history=history,
        schedule=schedule,
        zone=zone,
        phrases=phrases,
        timed=timed,
    )
    match = min(case.found, key=lambda one: one.symptom.rank, default=None)
    yields_to = Rank.TRANSIENT if case.reading.words is Words.NAMES else Rank.EMPTY_RETURN
    empty = case.reading.words >= Words.NAMES and (match is None or match.symptom.rank > yields_to)
    if empty and timed:
        return _from_judgement(case, judge(case))
    if match is not None and not empty:
        return _locked(case) if _locks(case, match) else _from_match(case, match)
    return _unknown(case)


def _from_judgement(case: Case, judgement: Judgement) -> Diagnosis:
    """Word the verdict on an empty return."""
    cause = judgement.cause
    remedy = _remedy(judgement)
    steps = STEPS[remedy]
    if judgement.habit is not None:
        steps = (_configuration_step(case, judgement), *steps)
    return Diagnosis(
        cause=cause,
        confidence=judgement.confidence,
        evidence=tuple(judgement.facts.values()),
        excluded=tuple(ruled_out_by_words(case, cause)) + tuple(ruled_out_by_time(case, judgement)),
        remedy=remedy,
        steps=steps,
        sources=(SOURCES[cause],),
    )


def _remedy(judgement: Judgement) -> Remedy:
    match judgement.cause:
        case Cause.RESTART_COLLISION if judgement.confidence in (Confidence.CERTAIN, Confidence.LIKELY):
            return Remedy.SHIFT
        case Cause.RESTART_COLLISION | Cause.LATE_START:
            return Remedy.RESUME
        case Cause.MARKETING_RESTART:
            return Remedy.WAIT
        case _:
            if judgement.habit is not None or Fact.NO_RESTART_KNOWN in judgement.facts:
                return Remedy.CHECK_RESTART_TIME
            return Remedy.RESUME if Fact.ANSWERS_NOW in judgement.facts else Remedy.CONTACT_ADOBE


def _configuration_step(case: Case, judgement: Judgement) -> str:
    """Write the configuration line that a wrong restart time needs."""
    habit = judgement.habit
    assert habit is not None
    zones = {window.zone.key for window in case.windows}
    account = case.failure.workflow.removeprefix("mcSynch_") or say("this RT")
    at, restart = f"{habit.at:%H:%M}", f'restart = "{habit.at:%H:%M:%S}"'
    if zones == {habit.zone.key}:
        return say(
            "If RT restarts at {time}, write {setting} under [[campaign.execution]] of {account} in "
            "mcsync.toml.",
            time=at,
            setting=restart,
            account=account,
        )
    return say(
        "If RT restarts at {time}, write {setting} and {zone} under [[campaign.execution]] of {account} in "
        "mcsync.toml.",
        time=at,
        setting=restart,
        zone=f'zone = "{habit.zone.key}"',
        account=account,
    )


def _from_match(case: Case, match: Match) -> Diagnosis:
    """Word the verdict that a row of the table gives."""
    symptom = match.symptom
    marketing = case.marketing is not None and case.marketing.inside and not case.inside
    if symptom.cause is Cause.SESSION_EXPIRED and marketing:
        return _ended_by_marketing(case, match)
    if symptom.cause is Cause.MARKETING_RESTART and marketing:
        confidence = Confidence.LIKELY
    elif symptom.rank is Rank.CONTEXT:
        confidence = Confidence.POSSIBLE
    elif match.by_code and match.link.text in case.failure.message:
        confidence = Confidence.CERTAIN
    else:
        confidence = Confidence.LIKELY
    remedy, steps = symptom.remedy, STEPS[symptom.remedy]
    if (
        case.inside
        and symptom.rank is Rank.TRANSIENT
        and remedy in (Remedy.CONTACT_ADOBE, Remedy.CHECK_NETWORK)
    ):
        remedy, steps = Remedy.RESUME, (*STEPS[Remedy.RESUME], AGAIN)
    return Diagnosis(
        cause=symptom.cause,
        confidence=confidence,
        evidence=(
            Evidence("line", say("The line says it: {line}", line=quoted(match.link.text))),
            *_coincidence(case),
        ),
        excluded=tuple(ruled_out_by_words(case, symptom.cause)),
        remedy=remedy,
        steps=steps,
        sources=(symptom.source,),
    )


def _ended_by_marketing(case: Case, match: Match) -> Diagnosis:
    """Word the verdict on a session that ended when marketing restarted."""
    return Diagnosis(
        cause=Cause.MARKETING_RESTART,
        confidence=Confidence.LIKELY,
        evidence=(
            *_coincidence(case),
            Evidence("line", say("The line says it: {line}", line=quoted(match.link.text))),
        ),
        excluded=tuple(ruled_out_by_words(case, Cause.MARKETING_RESTART)),
        remedy=Remedy.WAIT,
        steps=STEPS[Remedy.WAIT],
        sources=(SOURCES[Cause.MARKETING_RESTART],),
    )


def _locks(case: Case, match: Match) -> bool:
    """Tell whether so many log-ons were refused that Campaign has locked the account by now."""
    return match.symptom.cause is Cause.CREDENTIALS and len(case.refusals) >= STRIKES


def _locked(case: Case) -> Diagnosis:
    minutes = int(EXAMINED.total_seconds()) // 60
    text = say_count(
        "{count} log-on was refused within {minutes} minutes; Campaign locks an account after {strikes}.",
        "{count} log-ons were refused within {minutes} minutes; Campaign locks an account after {strikes}.",
        len(case.refusals),
        minutes=minutes,
        strikes=STRIKES,
    )
    return Diagnosis(
        cause=Cause.ACCOUNT_LOCKED,
        confidence=Confidence.LIKELY,
        evidence=(
            Evidence("history", text),
            Evidence("line", say("The line says it: {line}", line=quoted(case.line))),
        ),
        excluded=tuple(ruled_out_by_words(case, Cause.ACCOUNT_LOCKED)),
        remedy=Remedy.FIX_CREDENTIALS,
        steps=STEPS[Remedy.FIX_CREDENTIALS],
        sources=(SOURCES[Cause.ACCOUNT_LOCKED],),
    )


def _unknown(case: Case) -> Diagnosis:
    """Word what is left: nothing was written, the time is missing, or no row fits."""
    evidence: tuple[Evidence, ...]
    cause, confidence, remedy, sources = Cause.UNKNOWN, Confidence.UNKNOWN, Remedy.INVESTIGATE, ()
    if case.nothing_told:
        cause, remedy = Cause.JOURNAL_MISSING, Remedy.READ_SERVER_LOG
        confidence = Confidence.CERTAIN if case.journal else Confidence.LIKELY
        evidence = (
            Evidence(
                "journal", say("The workflow is paused and failed, and no error was written to its journal.")
            ),
        )
    elif case.reading.words >= Words.NAMES:
        evidence = (
            Evidence(
                "words",
                say("The words may be those of a restart collision: {line}", line=quoted(case.worded)),
            ),
            Evidence("time", say("The line has no date and time, so it cannot be compared with a restart.")),
        )
    elif case.reading.words is Words.OTHER_METHOD:
        cause, confidence, remedy = Cause.RT_UNAVAILABLE, Confidence.POSSIBLE, Remedy.CONTACT_ADOBE
        text = say(
            "An answer came back empty, but not that of Logon of xtk:session: {line}",
            line=quoted(case.worded),
        )
        evidence = (Evidence("words", text),)
    else:
        evidence = (
            Evidence("line", say("No symptom in the table fits the line: {line}", line=quoted(case.line))),
        )
    return Diagnosis(
        cause=cause,
        confidence=confidence,
        evidence=(*evidence, *_coincidence(case)),
        excluded=tuple(ruled_out_by_words(case, cause)),
        remedy=remedy,
        steps=STEPS[remedy],
        sources=(SOURCES[cause],) if cause in SOURCES else sources,
    )


def _coincidence(case: Case) -> Iterator[Evidence]:
    """Say that a failure of another kind fell into a restart, so that nobody is misled by the time."""
    if case.marketing is not None and case.marketing.inside:
        text = fell_near_marketing(case.marketing)
        yield Evidence("marketing", text, case.marketing.seconds)
    if case.rt is not None and case.rt.inside:
        fell = fell_near(case.rt)
        if case.nothing_told:
            text = say("{it_fell_near}, but without a line that proves nothing.", it_fell_near=fell)
        else:
            text = say("{it_fell_near}, but the words are another cause's.", it_fell_near=fell)
        yield Evidence("distance", text, case.rt.seconds)
