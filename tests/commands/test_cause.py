"""Causes as cards say them."""

from bot.domain.verdict import Cause
from commands.cards import cause
from tests.commands import examples


def test_each_cause_says_what_happened_to_the_workflow() -> None:
    happened = {
        one: cause.happened(examples.incident(diagnosis=examples.diagnosis(cause=one)), examples.NAME)
        for one in Cause
    }

    assert all(said.startswith(f"{examples.NAME} ") for said in happened.values())
    assert len(set(happened.values())) == len(Cause)
    assert happened[Cause.LATE_START] == "mcSynch_mcExec1 started late, into RT's restart"


def test_what_has_not_failed_yet_is_said_to_lie_ahead() -> None:
    ahead = examples.incident(failures=0)

    assert cause.happened(ahead, examples.NAME) == "mcSynch_mcExec1 will meet RT's daily restart"
