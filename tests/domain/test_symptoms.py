"""The table of symptoms: each row is sound, and the innermost link tells."""

import re

import pytest

from bot.domain.chain import links
from bot.domain.complaints import complains, pauses, tells_a_pause
from bot.domain.paste import read_text
from bot.domain.remedies import SOURCES, STEPS
from bot.domain.symptoms import SYMPTOMS, Rank, matches
from bot.domain.verdict import Cause, Remedy
from tests.corpus.cases import load


def test_every_row_has_a_remedy_with_steps_and_a_source() -> None:
    assert all(symptom.remedy in STEPS and symptom.source for symptom in SYMPTOMS)
    assert set(STEPS) == set(Remedy)


def test_no_row_offers_a_shift_or_names_the_collision() -> None:
    assert all(symptom.remedy is not Remedy.SHIFT for symptom in SYMPTOMS)
    assert all(symptom.cause not in (Cause.RESTART_COLLISION, Cause.UNKNOWN) for symptom in SYMPTOMS)


def test_every_cause_is_named_by_a_row_or_found_by_time() -> None:
    by_time = {Cause.RESTART_COLLISION, Cause.RT_UNAVAILABLE, Cause.LATE_START}
    assert {symptom.cause for symptom in SYMPTOMS} | by_time | {Cause.UNKNOWN} == set(Cause)
    assert by_time <= set(SOURCES)


def test_no_pattern_repeats_without_a_bound() -> None:
    for symptom in SYMPTOMS:
        assert not re.search(r"(?<!\\)[*+]|\{[0-9]+,\}", symptom.pattern), symptom.pattern


def test_the_innermost_link_is_asked_first() -> None:
    text = "SCR-160012 script 'mcSynch_mcExec1/jsReplicateUrl' INT-150003 network XSV-350012 Invalid login"
    causes = [match.symptom.cause for match in matches(links(text))]
    assert causes[0] is Cause.CREDENTIALS
    assert causes[-1] is Cause.PRODUCT_BUG


def test_a_second_pattern_may_stand_in_another_line() -> None:
    alone = next(matches(links("XSV-350012 Invalid login")))
    both = next(matches(links("XSV-350012 Invalid login\nBAS-010003 Unable to complete operation")))
    assert alone.symptom.cause is Cause.CREDENTIALS
    assert both.symptom.cause is Cause.DISABLED_OPERATOR


def test_a_match_tells_whether_a_code_or_words_matched() -> None:
    by_code = next(matches(links("XSV-350012 Invalid login or password")))
    by_words = next(matches(links("Invalid login or password")))
    assert (by_code.by_code, by_words.by_code) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "no deadlock found",
        "JST-310027 The URL is not on the list",
        "the session has started",
        "12 tracking logs",
    ],
)
def test_harmless_words_match_no_row(text: str) -> None:
    assert list(matches(links(text))) == []


def test_what_a_restart_causes_too_ranks_behind_the_empty_return() -> None:
    transient = {symptom.cause for symptom in SYMPTOMS if symptom.rank is Rank.TRANSIENT}
    assert transient == {Cause.SESSION_EXPIRED, Cause.HTTP_ERROR, Cause.NETWORK}


@pytest.mark.parametrize(
    "text",
    [
        "XTK-170036 Unable to parse expression",
        "Erreur inattendue",
        "Der Task ist fehlgeschlagen",
        "処理に失敗しました",
        "deadlock detected",
        "Element '[@registrationToken]' unknown",
        "Too many unsuccessful log-on attempts",
        "Empty return for meth",
        "Leere Rückgabe",
    ],
)
def test_a_line_that_complains_is_heard(text: str) -> None:
    assert complains(text)


@pytest.mark.parametrize(
    "word",
    [
        *(
            "error",
            "errors",
            "erreur",
            "Fehler",
            "errore",
            "errori",
            "erro",
            "erros",
            "errores",
            "fout",
            "fouten",
        ),
        *("fel", "fail", "failed", "failure", "fallo", "falha", "fallito", "fehlgeschlagen", "mislukt"),
        *("misslyckades", "exception", "denied", "refused", "rejected", "timed out", "time-out"),
    ],
)
def test_every_word_of_complaint_is_heard(word: str) -> None:
    assert complains(f"x {word} y")


def test_the_first_look_lets_no_symptom_pass() -> None:
    lines = [
        line for case in load() for line in read_text(case.raw).splitlines() if list(matches(links(line)))
    ]
    assert len(lines) > 100
    assert [line for line in lines if not complains(line)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Task started",
        "120 events",
        "0 errors",
        "errors: 0",
        "Terminé sans erreur",
        "JST-310027 URL",
        "",
        "開始しました",
    ],
)
def test_a_line_that_does_not_complain_is_let_pass(text: str) -> None:
    assert not complains(text)


@pytest.mark.parametrize(
    "text", ["Workflow paused: error", "Workflow suspended (failed)", "Fluxo pausado após erro"]
)
def test_a_pause_after_an_error_is_no_cause(text: str) -> None:
    assert tells_a_pause(text)


@pytest.mark.parametrize(
    "text",
    ["Workflow paused", "SCR-160012 error, workflow paused", "deadlock detected, workflow paused: error"],
)
def test_a_line_that_says_more_than_a_pause_is_a_cause(text: str) -> None:
    assert not tells_a_pause(text)


def test_a_pause_by_a_person_is_told_from_one_by_itself() -> None:
    assert pauses("Workflow paused")
    assert not pauses("Workflow paused by operator 'admin'")
    assert not pauses("Workflow started")
