"""An empty return is judged by rules that count facts, and each fact can tip the verdict."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diagnosis import diagnose
from bot.domain.empty_return import POINTS, confidence
from bot.domain.journal import Failure, JournalEntry
from bot.domain.learning import Sighting
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.verdict import Cause, Confidence, Diagnosis, Remedy
from tests.corpus.cases import HOURLY

PARIS = ZoneInfo("Europe/Paris")
WINDOW = RestartWindow(time(6), PARIS)
SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"
SIX = datetime(2026, 1, 20, 5, 0, 4, tzinfo=UTC)
FULL_HOUR = Schedule.parse(HOURLY)


def failed(at: datetime = SIX, message: str = SENTENCE) -> Failure:
    return Failure("prod", "mcSynch_mcExec1", "4900", "1", at, "soapImport", message)


def passed(at: datetime) -> JournalEntry:
    return JournalEntry("", at, "soapImport", "120 events", error=False)


def daily(clock: str, days: int = 5) -> list[Failure]:
    """List failures on the days up to the 20th, at a local time in Paris."""
    last = datetime.combine(SIX.date(), time.fromisoformat(clock), PARIS).astimezone(UTC)
    return [failed(last - timedelta(days=back)) for back in reversed(range(days))]


def kinds(diagnosis: Diagnosis) -> list[str]:
    return [fact.kind for fact in diagnosis.evidence]


def test_the_time_of_the_restart_makes_a_collision_likely() -> None:
    diagnosis = diagnose(failed(), windows=[WINDOW])
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RESTART_COLLISION, Confidence.LIKELY)
    assert diagnosis.remedy is Remedy.SHIFT
    assert diagnosis.sources == ("KA-05406",)
    (distance,) = [fact for fact in diagnosis.evidence if fact.kind == "distance"]
    assert distance.seconds == 4
    assert distance.text == (
        "2026-01-20 06:00:04 Europe/Paris is 4 s after RT's restart at 06:00:00 Europe/Paris: "
        "RT is away then."
    )


@pytest.mark.parametrize(
    "ask",
    [
        partial(diagnose, history=daily("06:00:07")[:-1]),
        partial(diagnose, journal=[passed(SIX - timedelta(hours=1))]),
        partial(diagnose, sightings=[Sighting(SIX + timedelta(seconds=6), answered=False)]),
        partial(diagnose, schedule=FULL_HOUR, zone=PARIS),
    ],
    ids=["history", "the run before passed", "a probe saw RT away", "planned inside"],
)
def test_one_fact_more_makes_it_certain(ask: Callable[..., Diagnosis]) -> None:
    diagnosis = ask(failed(), windows=[WINDOW])
    assert diagnosis.confidence is Confidence.CERTAIN
    assert diagnosis.offers_shift


@pytest.mark.parametrize(
    "ask",
    [
        partial(diagnose, history=[failed(SIX - timedelta(days=days, hours=9)) for days in (1, 2, 3)]),
        partial(
            diagnose, sightings=[Sighting(SIX + timedelta(seconds=gap), answered=True) for gap in (-9, 1)]
        ),
        partial(diagnose, sightings=[Sighting(SIX + timedelta(seconds=n), answered=False) for n in (-90, 6)]),
        partial(diagnose, schedule=FULL_HOUR.edited({"m_tmStartTime": "00:20:00.000"}), zone=PARIS),
    ],
    ids=["mostly elsewhere", "probes saw RT answer", "away before its restart", "out of turn"],
)
def test_one_fact_against_it_takes_the_shift_away(ask: Callable[..., Diagnosis]) -> None:
    diagnosis = ask(failed(), windows=[WINDOW])
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RESTART_COLLISION, Confidence.POSSIBLE)
    assert diagnosis.remedy is Remedy.RESUME
    assert not diagnosis.offers_shift


def test_a_restart_whose_instant_a_clock_change_blurs_counts_less() -> None:
    night = RestartWindow(time(2, 30), PARIS)
    at = datetime(2026, 10, 25, 1, 30, 4, tzinfo=UTC)
    sure = diagnose(failed(at + timedelta(days=1)), windows=[night])
    blurred = diagnose(failed(at), windows=[night])
    assert (sure.confidence, blurred.confidence) == (Confidence.LIKELY, Confidence.LIKELY)
    assert any("clocks change" in fact.text for fact in blurred.evidence)
    in_margin = diagnose(failed(at + timedelta(minutes=3, seconds=10)), windows=[night])
    assert in_margin.confidence is Confidence.POSSIBLE


def test_words_that_are_cut_off_count_less() -> None:
    cut = diagnose(failed(message=SENTENCE[:40]), windows=[WINDOW])
    assert cut.confidence is Confidence.LIKELY
    in_margin = diagnose(failed(SIX + timedelta(minutes=3), SENTENCE[:40]), windows=[WINDOW])
    assert in_margin.confidence is Confidence.POSSIBLE


def test_an_unknown_phrase_alone_is_only_possible_and_says_so() -> None:
    diagnosis = diagnose(failed(message="Tyhjä paluu 'Logon' 'xtk:session'"), windows=[WINDOW])
    assert diagnosis.confidence is Confidence.POSSIBLE
    assert "the phrase between them is not known" in diagnosis.evidence[0].text


def test_history_is_told_in_numbers() -> None:
    diagnosis = diagnose(daily("06:00:09")[-1], windows=[WINDOW], history=daily("06:00:02")[:-1])
    (history,) = [fact for fact in diagnosis.evidence if fact.kind == "history"]
    assert history.text == "5 of the last 5 failures with these words fall 2-9 s after a restart, on 5 days."


def test_lines_of_the_journal_count_as_history_once() -> None:
    history = daily("06:00:02")[:-1]
    journal = [JournalEntry("", one.at + timedelta(seconds=1), "", SENTENCE, error=True) for one in history]
    diagnosis = diagnose(failed(), windows=[WINDOW], history=history, journal=journal)
    assert "5 of the last 5 failures" in "".join(fact.text for fact in diagnosis.evidence)


def test_the_same_words_an_hour_before_mean_that_rt_was_away_already() -> None:
    history = [failed(SIX - timedelta(hours=hours)) for hours in (2, 1)]
    diagnosis = diagnose(failed(), windows=[WINDOW], history=history)
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RT_UNAVAILABLE, Confidence.LIKELY)
    reasons = {one.cause: one.because for one in diagnosis.excluded}
    assert reasons[Cause.RESTART_COLLISION] == "The same words came before, when no restart was near."


def test_another_time_is_no_collision_and_says_how_far_away() -> None:
    diagnosis = diagnose(failed(SIX + timedelta(hours=4)), windows=[WINDOW])
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RT_UNAVAILABLE, Confidence.LIKELY)
    assert diagnosis.remedy is Remedy.CONTACT_ADOBE
    reasons = {one.cause: one.because for one in diagnosis.excluded}
    assert reasons[Cause.RESTART_COLLISION] == "The nearest restart of RT is 4 h away."


def test_near_a_restart_but_outside_of_its_danger_is_less_sure() -> None:
    near = diagnose(failed(SIX + timedelta(minutes=5)), windows=[WINDOW])
    assert (near.cause, near.confidence) == (Cause.RT_UNAVAILABLE, Confidence.LIKELY)
    cut = diagnose(failed(SIX + timedelta(minutes=5), SENTENCE[:40]), windows=[WINDOW])
    assert cut.confidence is Confidence.POSSIBLE


def test_when_rt_answers_again_the_workflow_is_resumed() -> None:
    at = SIX + timedelta(hours=4)
    back = [Sighting(at + timedelta(minutes=5), answered=True)]
    away = [Sighting(at + timedelta(minutes=5), answered=False)]
    assert diagnose(failed(at), windows=[WINDOW], sightings=back).remedy is Remedy.RESUME
    assert diagnose(failed(at), windows=[WINDOW], sightings=away).remedy is Remedy.CONTACT_ADOBE


def test_probes_tell_the_whole_stretch_in_which_rt_was_away() -> None:
    gaps = range(-14, 200, 10)
    sightings = [Sighting(SIX + timedelta(seconds=gap), answered=gap not in range(150)) for gap in gaps]
    diagnosis = diagnose(failed(), windows=[WINDOW], sightings=sightings)
    told = [fact.text for fact in diagnosis.evidence if fact.kind.startswith("probe")]
    assert told[0] == "A probe saw RT away 06:00:10-06:02:30 Europe/Paris."
    assert told[1].startswith("RT answered at 2026-01-20 06:03:")


def test_a_single_probe_that_saw_rt_away_is_told_as_an_instant() -> None:
    diagnosis = diagnose(failed(), windows=[WINDOW], sightings=[Sighting(SIX, answered=False)])
    assert "A probe saw RT away 06:00:04 Europe/Paris." in [fact.text for fact in diagnosis.evidence]


def test_a_wrong_restart_time_is_noticed_and_the_line_to_change_is_printed() -> None:
    *history, latest = daily("04:00:03")
    diagnosis = diagnose(latest, windows=[WINDOW], history=history)
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RT_UNAVAILABLE, Confidence.POSSIBLE)
    assert diagnosis.remedy is Remedy.CHECK_RESTART_TIME
    (notice,) = [fact.text for fact in diagnosis.evidence if fact.kind == "restart-time"]
    assert "your failures look like a restart at 04:00; is the restart time right?" in notice
    assert "06:00 Europe/Paris is configured" in notice
    assert diagnosis.steps[0] == (
        'If RT restarts at 04:00, write restart = "04:00:00" '
        "under [[campaign.execution]] of mcExec1 in mcsync.toml."
    )


def test_a_wrong_zone_is_noticed_with_the_zone_to_write() -> None:
    instants = [datetime(2026, 3, day, 10 if day < 8 else 9, 0, 2, tzinfo=UTC) for day in range(5, 11)]
    marketing = RestartWindow(time(1), ZoneInfo("America/New_York"))
    *history, latest = [failed(at) for at in instants]
    diagnosis = diagnose(latest, windows=[WINDOW], marketing_windows=[marketing], history=history)
    assert 'restart = "05:00:00" and zone = "America/New_York"' in diagnosis.steps[0]


def test_two_failures_at_four_are_no_reason_to_doubt_the_restart_time() -> None:
    *history, latest = daily("04:00:03", 2)
    assert "restart-time" not in kinds(diagnose(latest, windows=[WINDOW], history=history))


def test_without_a_restart_time_nothing_is_certain_and_the_time_is_asked_for() -> None:
    diagnosis = diagnose(failed())
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RT_UNAVAILABLE, Confidence.POSSIBLE)
    assert diagnosis.remedy is Remedy.CHECK_RESTART_TIME
    *history, latest = daily("04:00:03")
    assert "None is configured." in "".join(fact.text for fact in diagnose(latest, history=history).evidence)


def test_marketings_own_restart_is_blamed_only_where_rts_is_far() -> None:
    marketing = [RestartWindow(time(6), PARIS)]
    alone = diagnose(failed(), windows=[RestartWindow(time(3), PARIS)], marketing_windows=marketing)
    assert (alone.cause, alone.confidence, alone.remedy) == (
        Cause.MARKETING_RESTART,
        Confidence.LIKELY,
        Remedy.WAIT,
    )
    both = diagnose(failed(), windows=[WINDOW], marketing_windows=marketing)
    assert both.cause is Cause.RESTART_COLLISION
    reasons = {one.cause: one.because for one in both.excluded}
    assert "RT's answer that was empty" in reasons[Cause.MARKETING_RESTART]
    far = diagnose(failed(), windows=[WINDOW], marketing_windows=[RestartWindow(time(9), PARIS)])
    assert "2 h 59 min away" in {one.cause: one.because for one in far.excluded}[Cause.MARKETING_RESTART]
    neither = diagnose(failed(SIX + timedelta(hours=4)), windows=[WINDOW], marketing_windows=marketing)
    assert "4 h away" in {one.cause: one.because for one in neither.excluded}[Cause.MARKETING_RESTART]


def test_a_run_that_began_late_is_no_reason_to_shift() -> None:
    at_twenty = FULL_HOUR.edited({"m_tmStartTime": "00:20:00.000"})
    journal = [passed(SIX - timedelta(minutes=gap)) for gap in (100, 99)] + [
        passed(SIX - timedelta(seconds=2))
    ]
    diagnosis = diagnose(failed(), windows=[WINDOW], journal=journal, schedule=at_twenty, zone=PARIS)
    assert (diagnosis.cause, diagnosis.remedy) == (Cause.LATE_START, Remedy.RESUME)
    assert "The schedule plans a run at 05:20:00 Europe/Paris, but this one began 40 min 2 s late" in "".join(
        fact.text for fact in diagnosis.evidence
    )


def test_a_late_run_whose_plan_meets_the_restart_anyway_stays_a_collision() -> None:
    journal = [passed(SIX - timedelta(minutes=61)), passed(SIX + timedelta(minutes=2, seconds=30))]
    late = failed(SIX + timedelta(minutes=2, seconds=32))
    diagnosis = diagnose(late, windows=[WINDOW], journal=journal, schedule=FULL_HOUR, zone=PARIS)
    assert diagnosis.cause is Cause.RESTART_COLLISION


def test_points_are_only_given_for_verdicts_on_an_empty_return() -> None:
    assert set(POINTS) == {
        Cause.RESTART_COLLISION,
        Cause.LATE_START,
        Cause.MARKETING_RESTART,
        Cause.RT_UNAVAILABLE,
    }
    assert [confidence(points).value for points in (0, 2, 3, 4, 5, 9)] == [
        *("possible", "possible", "likely", "likely", "certain", "certain")
    ]


def windows_of(hours: Sequence[int]) -> list[RestartWindow]:
    return [RestartWindow(time(hour), PARIS) for hour in hours]


@given(
    seconds=st.integers(0, 86_399),
    hours=st.lists(st.integers(0, 23), max_size=3),
    words=st.sampled_from(
        [SENTENCE, SENTENCE[:40], "Tyhjä paluu 'Logon' 'xtk:session'", "XSV-350012 no", "", "Error"]
    ),
)
def test_a_shift_is_only_ever_offered_for_the_right_words_inside_a_danger(
    seconds: int, hours: list[int], words: str
) -> None:
    at = datetime(2026, 1, 20, tzinfo=UTC) + timedelta(seconds=seconds)
    diagnosis = diagnose(failed(at, words), windows=windows_of(hours))
    local = at.astimezone(PARIS)
    away = [(local - local.replace(hour=hour, minute=0, second=0)).total_seconds() for hour in hours]
    inside = any(
        -60 <= gap < 240 for distance in away for gap in (distance, distance - 86_400, distance + 86_400)
    )
    assert diagnosis.offers_shift == (diagnosis.remedy is Remedy.SHIFT)
    assert not diagnosis.offers_shift or (inside and words in (SENTENCE, SENTENCE[:40]))
    assert inside is (diagnosis.cause is Cause.RESTART_COLLISION) or words in ("XSV-350012 no", "", "Error")
