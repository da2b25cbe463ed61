"""What people mean by the name of a workflow, and how servers are told apart."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.badge import badge_of
from bot.domain.errors import NotFound
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.places import find_workflow, named, suggestion
from tests.commands.examples import PARIS


def watching(name: str, *workflows: str) -> Instance:
    executions = tuple(
        Execution(one.removeprefix("mcSynch_"), one, (), None, probe=True) for one in workflows
    )
    return Instance(name, PARIS, PARIS, Mode.PROPOSE, timedelta(seconds=60), (), executions)


SERVERS = {
    "prod": watching("prod", "mcSynch_mcExec1", "mcSynch_mcExec2"),
    "stage": watching("stage", "mcSynch_mcExec1", "mcSynch_night"),
}


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("mcSynch_mcExec2", ("prod", "mcSynch_mcExec2")),
        ("MCSYNCH_NIGHT", ("stage", "mcSynch_night")),
        ("mcexec2", ("prod", "mcSynch_mcExec2")),
        ("stage/mcSynch_mcExec1", ("stage", "mcSynch_mcExec1")),
        ("Prod/mcExec1", ("prod", "mcSynch_mcExec1")),
    ],
)
def test_a_workflow_goes_by_its_name_its_account_or_both_behind_its_server(
    word: str, place: tuple[str, str]
) -> None:
    instance, workflow = find_workflow(word, SERVERS)

    assert (instance.name, workflow) == place


def test_a_name_on_two_servers_asks_which() -> None:
    with pytest.raises(NotFound, match="`prod/mcSynch_mcExec1`, `stage/mcSynch_mcExec1`"):
        find_workflow("mcexec1", SERVERS)


def test_a_slip_is_answered_with_the_names_that_are_like_it() -> None:
    with pytest.raises(NotFound, match=r"Did you mean mcSynch_night\?"):
        find_workflow("mcSynch_nihgt", SERVERS)


def test_a_name_like_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="It watches: mcSynch_mcExec1, mcSynch_mcExec2, mcSynch_night"):
        find_workflow("billing", SERVERS)


def test_of_many_names_a_few_are_shown_and_the_rest_is_counted() -> None:
    names = [f"workflow{n}" for n in range(17)]

    assert named(names).endswith("workflow4 …and 12 more")
    assert suggestion("zzz", names).endswith("…and 12 more.")


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_whatever_is_named_is_a_place_or_a_sentence(word: str) -> None:
    with suppress(NotFound):
        instance, workflow = find_workflow(word, SERVERS)
        assert workflow in SERVERS[instance.name].workflows


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("prod", "🟥 prod (red)"),
        ("rt-LIVE", "🟥 rt-LIVE (red)"),
        ("preprod", "🟨 preprod (yellow)"),
        ("stage2", "🟨 stage2 (yellow)"),
        ("test", "🟩 test (green)"),
        ("emea", "🟦 emea (blue)"),
    ],
)
def test_production_is_red_and_nothing_else_is(name: str, shown: str) -> None:
    assert str(badge_of(name)) == shown


def test_the_configuration_has_the_last_word_on_a_badge() -> None:
    assert str(badge_of("prod", label="Shop", colour="pink", emoji="🛒")) == "🛒 Shop (pink)"
    assert str(badge_of("prod", colour="purple")) == "🟪 prod (purple)"
    assert str(badge_of("prod", colour="pink")) == "⬜ prod (pink)"
