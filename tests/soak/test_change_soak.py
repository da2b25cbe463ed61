"""The promises of carrying out, in many thousands of small Campaigns."""

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.proposal import Ask
from tests.domain.test_change_simulation import Case, cases, keep_promises

pytestmark = pytest.mark.soak

LONG = settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LONG
@given(cases())
def test_a_shift_keeps_its_promises(case: Case) -> None:
    keep_promises(case.bot(), looks=1)


@LONG
@given(cases())
def test_checking_again_keeps_the_promises(case: Case) -> None:
    keep_promises(case.bot(), looks=4)


@LONG
@given(cases(Ask.RESUME))
def test_a_resume_keeps_its_promises(case: Case) -> None:
    keep_promises(case.bot(), looks=2)
