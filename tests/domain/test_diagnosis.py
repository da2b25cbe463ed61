"""A verdict explains itself: cause, evidence, exclusions, remedy, steps and sources."""

import dataclasses
import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diagnosis import diagnose
from bot.domain.journal import Failure, JournalEntry
from bot.domain.restart import RestartWindow
from bot.domain.verdict import Cause, Confidence, Diagnosis, Remedy

PARIS = ZoneInfo("Europe/Paris")
WINDOW = RestartWindow(time(6), PARIS)
SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"
REFUSED = "XSV-350012 Invalid login or password. Connection denied."
SIX = datetime(2026, 1, 20, 5, 0, 4, tzinfo=UTC)


def failed(message: str, at: datetime = SIX) -> Failure:
    return Failure("prod", "mcSynch_mcExec1", "4900", "1", at, "soapImport", message)


def line(message: str, seconds: float, *, error: bool = True) -> JournalEntry:
    return JournalEntry("", SIX + timedelta(seconds=seconds), "soapImport", message, error)


def excluded(diagnosis: Diagnosis) -> dict[Cause, str]:
    return {one.cause: one.because for one in diagnosis.excluded}


def test_a_code_in_the_line_is_certain_and_words_are_likely() -> None:
    assert diagnose(failed(REFUSED)).confidence is Confidence.CERTAIN
    assert diagnose(failed("Invalid login or password")).confidence is Confidence.LIKELY
    assert diagnose(failed("SCR-160012 script 'a/jsReplicateUrl'")).confidence is Confidence.POSSIBLE


def test_a_named_cause_beside_the_empty_return_wins_and_the_collision_is_excluded() -> None:
    diagnosis = diagnose(failed(SENTENCE), windows=[WINDOW], journal=[line(REFUSED, 2)])
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.CREDENTIALS, Confidence.LIKELY)
    assert (
        excluded(diagnosis)[Cause.RESTART_COLLISION]
        == "Another line of this failure names a cause of its own."
    )
    assert "It fell 4 s after RT's restart" in diagnosis.evidence[1].text


def test_a_line_of_another_time_does_not_count() -> None:
    diagnosis = diagnose(failed(SENTENCE), windows=[WINDOW], journal=[line(REFUSED, 61), line(REFUSED, -61)])
    assert diagnosis.cause is Cause.RESTART_COLLISION


def test_an_informational_line_without_a_code_does_not_count() -> None:
    journal = [line("deadlock detected", 1, error=False)]
    assert diagnose(failed(SENTENCE), windows=[WINDOW], journal=journal).cause is Cause.RESTART_COLLISION


def test_a_wrapper_is_explained_by_the_lines_around_it() -> None:
    wrapper = failed("SCR-160012 JavaScript: error while evaluating script 'mcSynch_mcExec1/soapImport'.")
    assert diagnose(wrapper, windows=[WINDOW], journal=[line(SENTENCE, 1)]).offers_shift
    assert diagnose(wrapper, windows=[WINDOW], journal=[line(REFUSED, 1)]).cause is Cause.CREDENTIALS
    assert diagnose(wrapper, windows=[WINDOW]).cause is Cause.UNKNOWN


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("INT-150012 The HTTP query returned a 'Service Unavailable' type error (503)", Remedy.RESUME),
        ("INT-150003 Network error", Remedy.RESUME),
        ("INT-150012 The HTTP query returned a 'Forbidden' type error (403)", Remedy.GRANT_RIGHTS),
    ],
)
def test_what_a_restart_may_cause_too_is_said_but_never_shifted(message: str, remedy: Remedy) -> None:
    diagnosis = diagnose(failed(message), windows=[WINDOW])
    assert diagnosis.remedy is remedy
    assert not diagnosis.offers_shift
    assert any("4 s after RT's restart" in fact.text for fact in diagnosis.evidence)
    assert any("move the schedule by hand" in step for step in diagnosis.steps) is (remedy is Remedy.RESUME)


def test_three_refused_log_ons_in_ten_minutes_lock_the_account() -> None:
    history = [failed(REFUSED, SIX - timedelta(minutes=gap)) for gap in (6, 3)]
    diagnosis = diagnose(failed(REFUSED), history=history)
    assert (diagnosis.cause, diagnosis.sources) == (Cause.ACCOUNT_LOCKED, ("KA-16410",))
    assert diagnose(failed(REFUSED), history=history[:1]).cause is Cause.CREDENTIALS
    slow = [failed(REFUSED, SIX - timedelta(minutes=gap)) for gap in (60, 30)]
    assert diagnose(failed(REFUSED), history=slow).cause is Cause.CREDENTIALS


def test_several_lines_of_one_refusal_are_one_strike() -> None:
    journal = [line(REFUSED, gap) for gap in (-3, -2, -1)]
    assert diagnose(failed(REFUSED), journal=journal).cause is Cause.CREDENTIALS


def test_a_session_that_ends_at_marketings_restart_is_no_matter_of_rt() -> None:
    expired = failed("XSV-350008 Session has expired or is invalid. Please reconnect.")
    marketing = [RestartWindow(time(6), PARIS)]
    assert diagnose(expired).cause is Cause.SESSION_EXPIRED
    assert diagnose(expired, marketing_windows=marketing).cause is Cause.MARKETING_RESTART
    both = diagnose(expired, windows=[WINDOW], marketing_windows=marketing)
    assert both.cause is Cause.SESSION_EXPIRED


def test_words_about_the_server_are_surer_at_its_restart() -> None:
    stopped = failed("Error: wfserver is stopping")
    assert diagnose(stopped).confidence is Confidence.POSSIBLE
    assert diagnose(stopped, marketing_windows=[WINDOW]).confidence is Confidence.LIKELY


@pytest.mark.parametrize("message", ["", "Workflow paused: error"])
def test_a_failure_without_a_word_is_a_missing_journal(message: str) -> None:
    diagnosis = diagnose(failed(message), windows=[WINDOW])
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.JOURNAL_MISSING, Confidence.LIKELY)
    assert diagnosis.sources == ("KA-24179",)
    assert any("without a line that proves nothing" in fact.text for fact in diagnosis.evidence)
    sure = diagnose(failed(message), journal=[line("120 events", -2, error=False)])
    assert sure.confidence is Confidence.CERTAIN


def test_a_failure_without_a_word_is_explained_by_a_line_beside_it() -> None:
    assert diagnose(failed(""), windows=[WINDOW], journal=[line(SENTENCE, -1)]).offers_shift


def test_without_a_time_the_words_of_a_collision_decide_nothing() -> None:
    diagnosis = diagnose(failed(SENTENCE), windows=[WINDOW], timed=False)
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.UNKNOWN, Confidence.UNKNOWN)
    assert any(fact.kind == "time" for fact in diagnosis.evidence)
    assert diagnose(failed(REFUSED), windows=[WINDOW], timed=False).cause is Cause.CREDENTIALS


def test_an_empty_return_of_another_method_may_be_rt_but_never_a_shift() -> None:
    diagnosis = diagnose(
        failed("Empty return for method 'GetOption' of service 'xtk:session'"), windows=[WINDOW]
    )
    assert (diagnosis.cause, diagnosis.confidence) == (Cause.RT_UNAVAILABLE, Confidence.POSSIBLE)


def test_an_unknown_line_is_quoted_and_nothing_is_guessed() -> None:
    diagnosis = diagnose(failed("XTK-170036 Unable to parse expression '@foo'."))
    assert (diagnosis.cause, diagnosis.remedy) == (Cause.UNKNOWN, Remedy.INVESTIGATE)
    assert "XTK-170036" in diagnosis.evidence[0].text


def test_what_it_is_not_is_said_with_a_reason() -> None:
    diagnosis = diagnose(failed(SENTENCE), windows=[WINDOW])
    assert {Cause.CREDENTIALS, Cause.NETWORK, Cause.DEADLOCK, Cause.RT_UNAVAILABLE} <= set(
        excluded(diagnosis)
    )
    assert diagnosis.cause not in excluded(diagnosis)
    assert all(because.endswith(".") for because in excluded(diagnosis).values())


def test_a_verdict_is_plain_json() -> None:
    diagnosis = diagnose(failed(SENTENCE), windows=[WINDOW])
    told = json.loads(json.dumps(dataclasses.asdict(diagnosis)))
    assert told["cause"] == "restart-collision"
    assert told["evidence"][1]["seconds"] == 4


MESSAGES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [SENTENCE, REFUSED, "INT-150003 x", "", "Error", SENTENCE[:33], "deadlock", "Workflow paused: error"]
    ),
)


@given(
    message=MESSAGES,
    journal=st.lists(st.tuples(MESSAGES, st.integers(-200, 200), st.booleans()), max_size=4),
    history=st.lists(st.tuples(MESSAGES, st.integers(1, 100_000)), max_size=4),
    timed=st.booleans(),
)
def test_any_failure_gets_the_same_whole_verdict_twice(
    message: str,
    journal: list[tuple[str, int, bool]],
    history: list[tuple[str, int]],
    timed: bool,  # noqa: FBT001 - drawn
) -> None:
    lines = [line(text, seconds, error=error) for text, seconds, error in journal]
    earlier = [failed(text, SIX - timedelta(seconds=seconds)) for text, seconds in history]
    first = diagnose(failed(message), windows=[WINDOW], journal=lines, history=earlier, timed=timed)
    again = diagnose(
        failed(message), windows=[WINDOW], journal=lines[::-1], history=earlier[::-1], timed=timed
    )
    assert first.evidence
    assert first.steps
    assert (first.cause, first.confidence, first.remedy) == (again.cause, again.confidence, again.remedy)
    assert first.offers_shift is (first.remedy is Remedy.SHIFT)
    assert (first.cause is Cause.UNKNOWN) is (first.confidence is Confidence.UNKNOWN)
