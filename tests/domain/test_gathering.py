"""Which incidents are one event to people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.gathering import MARK, TOGETHER, Member, belong_together, gather, latest
from bot.domain.incident import Incident, IncidentState
from bot.domain.verdict import Cause
from tests.commands import examples
from tests.commands.examples import SIX


def _incident(number: int, **changes: object) -> Incident:
    usual = examples.incident(workflow=f"mcSynch_mcExec{number}", id=f"{number:016x}")
    return replace(usual, **changes)  # type: ignore[arg-type] # names and types are the dataclass's own


def test_one_server_one_cause_and_one_time_belong_together() -> None:
    assert belong_together(_incident(1), _incident(2))
    assert belong_together(_incident(1), _incident(2, last_at=SIX + TOGETHER))


@pytest.mark.parametrize(
    "other",
    [
        _incident(2, instance="stage"),
        _incident(2, diagnosis=examples.diagnosis(cause=Cause.CREDENTIALS)),
        _incident(2, last_at=SIX + TOGETHER + timedelta(seconds=1)),
        _incident(1, id="another of the same workflow"),
    ],
    ids=["another server", "another cause", "another time", "the same workflow"],
)
def test_what_differs_is_told_on_its_own(other: Incident) -> None:
    assert not belong_together(_incident(1), other)
    assert gather(_incident(1), [other]) == ("", ())


def test_two_that_were_alone_get_one_summary_whoever_comes_second() -> None:
    one, other = _incident(1), _incident(2)

    key, newcomers = gather(one, [one, other])

    assert key.startswith(MARK)
    assert newcomers == (other,)
    assert gather(other, [one, other])[0] == key


def test_who_comes_later_joins_the_summary_that_is_there() -> None:
    told = [_incident(number, gathering=f"{MARK}1") for number in (1, 2)]

    assert gather(_incident(3), told) == (f"{MARK}1", ())


def test_what_is_closed_takes_part_in_nothing() -> None:
    assert gather(_incident(1), [_incident(2, state=IncidentState.CLOSED)]) == ("", ())


def test_the_latest_failure_is_that_of_any_of_them() -> None:
    later = SIX + timedelta(minutes=3)

    assert latest([Member(_incident(1)), Member(_incident(2, last_at=later))]) == later
