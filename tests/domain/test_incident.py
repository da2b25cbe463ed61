"""The id of an incident: the same for the same thing, another for any other."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.incident import identify
from bot.domain.verdict import Cause
from tests.gateways.store.examples import diagnosis, incident


def test_the_same_parts_give_the_same_short_id() -> None:
    assert identify("prod", "4900") == identify("prod", "4900")
    assert len(identify("prod")) == 16


@given(st.lists(st.text("ab", max_size=3), max_size=4), st.lists(st.text("ab", max_size=3), max_size=4))
@settings(max_examples=60)
def test_other_parts_give_another_id_wherever_they_are_cut(one: list[str], two: list[str]) -> None:
    assume(one != two and one and two)

    assert identify(*one) != identify(*two)


def test_the_cause_of_an_incident_is_that_of_its_latest_failure() -> None:
    assert incident(diagnosis=diagnosis(Cause.NETWORK)).cause is Cause.NETWORK
