"""The labelled cases: each is judged right, and nothing but a restart collision is ever offered a shift."""

from collections import Counter

import pytest

from bot.domain.chain import fold, links
from bot.domain.errors import UnreadableInput
from bot.domain.paste import read_paste, read_text
from bot.domain.phrases import PHRASES
from bot.domain.symptoms import SYMPTOMS, matches
from bot.domain.verdict import Cause
from tests.corpus.__main__ import matrix
from tests.corpus.cases import UNREADABLE, Case, load

CASES = load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_a_labelled_case_is_judged_as_labelled(case: Case) -> None:
    if case.cause == UNREADABLE:
        with pytest.raises(UnreadableInput):
            case.judge()
        return
    verdict = case.judge()
    diagnosis = verdict.diagnosis
    assert diagnosis.cause == case.cause
    assert case.expected.get("confidence", diagnosis.confidence) == diagnosis.confidence
    assert case.expected.get("remedy", diagnosis.remedy) == diagnosis.remedy
    assert case.expected.get("failures", verdict.failures) == verdict.failures
    told = "\n".join(fact.text for fact in diagnosis.evidence)
    assert all(part in told for part in case.expected.get("evidence", ())), told
    steps = "\n".join(diagnosis.steps)
    assert all(part in steps for part in case.expected.get("steps", ())), steps


def test_no_other_cause_is_ever_offered_a_shift() -> None:
    assert [case.name for case in CASES if not case.collides and case.found()[1]] == []


def test_nearly_every_true_collision_is_recognised() -> None:
    true = [case for case in CASES if case.collides]
    recognised = [case for case in true if case.found()[0] == Cause.RESTART_COLLISION]
    assert len(recognised) >= 0.99 * len(true)


def test_the_corpus_is_large_and_knows_every_cause_and_every_language() -> None:
    counts = Counter(case.cause for case in CASES)
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
    assert set(counts) == {*Cause, UNREADABLE}
    texts = fold("\n".join(read_text(case.raw) for case in CASES if case.collides))
    silent = [language for language, phrases in PHRASES.items() if not any(fold(p) in texts for p in phrases)]
    assert silent == []


def test_every_row_of_the_table_is_met_by_a_case() -> None:
    met = set()
    for case in CASES:
        if case.cause == UNREADABLE:
            continue
        pasted = read_paste(read_text(case.raw), case.zone)
        for failure in pasted.failures():
            met |= {match.symptom.pattern for match in matches(links(failure.message))}
    assert {symptom.pattern for symptom in SYMPTOMS} - met == set()


def test_the_matrix_shows_every_case_and_the_two_promises() -> None:
    found = {case.name: case.found() for case in CASES}
    drawn = matrix(CASES, found)
    assert f"{len(CASES)} cases" in drawn
    assert "other causes that were offered a shift: 0" in drawn
