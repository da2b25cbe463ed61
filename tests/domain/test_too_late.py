"""What somebody is told whose press comes too late: who was first, as far as that is known."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.domain.proposal import Stage
from bot.domain.too_late import already
from tests.domain.change_examples import NOW, proposal

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage.DENIED, "This was already denied by <@U0ADA> at 07:20:00 Europe/Paris. Ask for a new one."),
        (
            Stage.APPLYING,
            (
                "This was already approved by <@U0ADA> at 07:20:00 Europe/Paris; "
                "nothing more is to be done here."
            ),
        ),
        (Stage.VOID, "This proposal is at an end (void). Ask for a new one."),
    ],
)
def test_a_late_press_is_told_who_was_first_and_when(stage: Stage, told: str) -> None:
    assert already(proposal(stage=stage, decided_by="U0ADA", decided_at=NOW), PARIS) == told


def test_a_late_press_on_a_request_that_was_taken_back_is_told_so() -> None:
    mine = proposal(stage=Stage.DENIED, decided_at=NOW)

    assert already(replace(mine, decided_by=mine.requested_by), PARIS) == (
        f"This was already withdrawn by <@{mine.requested_by}> at 07:20:00 Europe/Paris. Ask for a new one."
    )


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage.DENIED, "This was already denied. Ask for a new one."),
        (Stage.VERIFIED, "This was already approved; nothing more is to be done here."),
    ],
)
def test_a_late_press_is_told_the_outcome_where_nobody_knows_who_was_first(stage: Stage, told: str) -> None:
    assert already(replace(proposal(stage=stage), decided_by="", decided_at=None), PARIS) == told
