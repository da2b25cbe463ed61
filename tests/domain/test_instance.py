"""Finding what is watched."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import NotFound
from bot.domain.instance import Execution, Instance, Mode

PARIS = ZoneInfo("Europe/Paris")
ONE, TWO = (Execution(f"mcExec{n}", f"mcSynch_mcExec{n}", (), None, probe=False) for n in (1, 2))
PROD = Instance("prod", PARIS, PARIS, Mode.PROPOSE, timedelta(minutes=1), (), (ONE, TWO))


def test_the_watched_workflows_are_those_of_its_execution_instances() -> None:
    assert PROD.workflows == {"mcSynch_mcExec1", "mcSynch_mcExec2"}


def test_a_workflow_leads_to_its_execution_instance() -> None:
    assert PROD.execution("mcSynch_mcExec2") is TWO


def test_an_unknown_workflow_is_refused_with_the_names_of_those_that_are_watched() -> None:
    with pytest.raises(NotFound) as caught:
        PROD.execution("billing")

    assert str(caught.value) == (
        "billing is not a workflow of prod that mcsync watches. It watches: mcSynch_mcExec1, mcSynch_mcExec2."
    )
