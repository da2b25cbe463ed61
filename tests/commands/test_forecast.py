"""What a forecast says of runs whose time is in doubt."""

from datetime import UTC, datetime, time

import pytest

from bot.domain.forecast import Plan, forecast
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.service.outlook import Ahead
from commands.cards.forecast import render
from tests.commands import examples
from tests.commands.examples import PARIS
from tests.periods import fixed


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (datetime(2027, 3, 28, tzinfo=UTC), "(uncertain: clocks are put forward then)"),
        (datetime(2027, 10, 31, tzinfo=UTC), "(uncertain: clocks are put back then)"),
    ],
)
def test_a_run_at_a_clock_change_is_said_to_be_uncertain_and_why(day: datetime, said: str) -> None:
    plan = Plan("mcSynch", Schedule.parse(fixed("02:30")), PARIS, (RestartWindow(time(2, 30), PARIS),))
    outlook = (Ahead(examples.instance(), plan, forecast([plan], day, 1)[0]),)

    assert said in render(outlook, 1).text
