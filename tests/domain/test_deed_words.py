"""The record in words."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.audit import Deed, Event
from bot.domain.deed_words import WORDS, did, kept_of, more_of
from bot.domain.proposal import Stage
from bot.domain.proposal_words import WITHDRAWN
from bot.domain.sentence import Sentence, say
from tests.commands import examples

DEED = Deed(datetime(2026, 11, 24, tzinfo=UTC), Event.PROPOSAL_DENIED, "U0ADA", "button", "prod", "p1")


def test_every_event_has_words() -> None:
    assert [event for event in Event if event not in WORDS] == []
    assert len(set(WORDS.values())) == len(WORDS)


def test_a_reason_says_more_than_a_summary() -> None:
    told = replace(DEED, details={"summary": "Move it.", "digest": "ab", "reason": "Not today."})

    assert more_of(told) == "Not today."
    assert more_of(replace(told, details={"digest": "ab", "reason": ""})) == ""


def test_a_sentence_that_is_still_kept_is_told_as_one_so_that_it_can_be_said_in_any_language() -> None:
    summary = say("Move {workflow}.", workflow="mcSynch_mcExec1")
    request = examples.proposal(summary=summary)
    asked = replace(DEED, event=Event.PROPOSAL_ASKED, details={"summary": str(summary)})

    assert isinstance(more_of(asked, kept_of(request)), Sentence)
    assert more_of(asked, kept_of(examples.incident())) == more_of(asked) == "Move mcSynch_mcExec1."


def test_who_takes_a_request_back_withdraws_it_and_denies_nothing() -> None:
    request = examples.proposal(Stage.DENIED, decided_by="U0SAM", reason=WITHDRAWN)
    withdrawn = replace(DEED, actor="U0SAM", details={"reason": WITHDRAWN})

    assert (did(withdrawn, request), more_of(withdrawn)) == ("withdrew the request", "")
    assert did(replace(withdrawn, actor="U0ADA"), request) == did(withdrawn) == "denied the change"


def test_of_an_approval_the_choice_is_told() -> None:
    details = {"summary": "Move it.", "tracking": "moves-too"}
    approved = replace(DEED, event=Event.PROPOSAL_APPROVED, details=details)

    assert more_of(approved) == "RT's tracking is moved by hand"
    assert more_of(replace(approved, details={"summary": "Move it.", "tracking": ""})) == ""


def test_a_detail_that_is_one_of_a_few_values_is_told_in_words() -> None:
    opened = replace(DEED, event=Event.INCIDENT_OPENED, details={"cause": "restart-collision"})

    assert more_of(opened) == "restart collision"
    assert more_of(replace(opened, details={"cause": "of an older version"})) == "of an older version"
    assert isinstance(more_of(replace(opened, details={"answer": "wrong"})), Sentence)
