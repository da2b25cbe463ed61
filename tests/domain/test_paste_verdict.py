"""Which failure in pasted text is judged, and with what history."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import UnreadableInput
from bot.domain.paste import read_paste
from bot.domain.paste_verdict import PasteVerdict, judge_paste
from bot.domain.restart import RestartWindow
from bot.domain.verdict import Cause, Confidence

PARIS = ZoneInfo("Europe/Paris")
SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"


def judge(text: str, workflow: str | None = None) -> PasteVerdict:
    return judge_paste(read_paste(text, PARIS), windows=[RestartWindow(time(6), PARIS)], workflow=workflow)


def row(workflow: str, message: str, day: int = 20, clock: str = "06:00:04") -> str:
    return f"2026-01-{day} {clock}\t{workflow}\tsoapImport\t{message}\n"


def test_the_latest_failure_is_judged_and_the_earlier_ones_are_its_history() -> None:
    verdict = judge("".join(row("mcSynch_a", SENTENCE, day) for day in (18, 19, 20)))
    assert verdict.failures == 3
    assert verdict.diagnosis.confidence is Confidence.CERTAIN
    assert "3 of the last 3 failures" in "".join(fact.text for fact in verdict.diagnosis.evidence)


def test_the_history_of_another_workflow_does_not_count() -> None:
    text = row("mcSynch_b", SENTENCE, 18) + row("mcSynch_b", SENTENCE, 19) + row("mcSynch_a", SENTENCE, 20)
    verdict = judge(text)
    assert verdict.failures == 3
    assert verdict.failure is not None
    assert verdict.failure.workflow == "mcSynch_a"
    assert verdict.diagnosis.confidence is Confidence.LIKELY


def test_the_asked_workflow_is_judged_even_if_another_failed_later() -> None:
    text = row("mcSynch_a", SENTENCE) + row("mcSynch_b", "PGS-220000 deadlock detected", clock="09:00:00")
    assert judge(text).diagnosis.cause is Cause.DEADLOCK
    asked = judge(text, "MCSYNCH_A")
    assert (asked.failures, asked.diagnosis.cause) == (1, Cause.RESTART_COLLISION)


def test_lines_that_tell_no_workflow_are_taken_for_the_asked_one() -> None:
    verdict = judge(f"2026-01-20 04:00:04\tsoapImport\t{SENTENCE}", "mcSynch_a")
    assert verdict.failure is not None
    assert verdict.failure.workflow == "mcSynch_a"
    assert judge(SENTENCE, "mcSynch_a").diagnosis.cause is Cause.UNKNOWN


def test_a_workflow_that_the_text_does_not_tell_of_gets_a_sentence() -> None:
    text = "".join(row(f"mcSynch_{letter}", SENTENCE) for letter in "abcdefg")
    with pytest.raises(
        UnreadableInput, match=r"nothing of other; it tells of mcSynch_a, .*, mcSynch_e and more"
    ):
        judge(text, "other")


def test_where_nothing_failed_the_cause_is_unknown_and_the_lines_are_counted() -> None:
    verdict = judge(row("mcSynch_a", "120 events") + row("mcSynch_b", "80 events"))
    assert (verdict.failures, verdict.failure, verdict.diagnosis.cause) == (0, None, Cause.UNKNOWN)
    assert "(2)" in verdict.diagnosis.evidence[0].text
    one = judge(row("mcSynch_a", "120 events") + row("mcSynch_b", "80 events"), "mcSynch_a")
    assert "(1)" in one.diagnosis.evidence[0].text
