from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.journey import Journeys, Nowhere, next_stop
from bot.sandbox.programs import Sandbox

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TONIGHT = NOON + timedelta(hours=12)


def world(*, event: datetime | None = None, edge: datetime | None = None, **away: Any) -> dict[str, Any]:  # noqa: ANN401 - spans
    """Campaign as it shows itself, as far as a journey looks."""
    server = {"next_edge": edge.isoformat() if edge else None}
    return {
        "next": event.isoformat() if event else None,
        "marketing": {"next_edge": None},
        "executions": {"mcExec1": server},
        "day": {"away": {"marketing": [], **away}},
    }


def span(begin: datetime, minutes: int) -> list[str]:
    return [begin.isoformat(), (begin + timedelta(minutes=minutes)).isoformat()]


def later(**delta: float) -> datetime:
    return NOON + timedelta(**delta)


@pytest.mark.parametrize(
    ("shown", "due", "stop"),
    [
        pytest.param(world(), None, TONIGHT, id="nothing happens any more"),
        pytest.param(world(event=later(minutes=3)), None, later(minutes=3), id="campaign is next"),
        pytest.param(world(), later(seconds=5), later(seconds=5), id="the bot waits for something near"),
        pytest.param(world(), later(seconds=60), later(minutes=10), id="polls in a lull become one"),
        pytest.param(world(), later(minutes=30), later(minutes=30), id="the bot itself is in no hurry"),
        pytest.param(
            world(event=later(minutes=4)), later(seconds=60), later(minutes=4), id="but nothing of campaign"
        ),
        pytest.param(
            world(edge=later(minutes=20)), later(seconds=60), later(minutes=5), id="not into a restart's time"
        ),
        pytest.param(world(edge=later(minutes=14)), later(seconds=60), later(seconds=60), id="nor within it"),
        pytest.param(
            world(mcExec1=[span(NOON - timedelta(minutes=8), 3)]),
            later(seconds=60),
            later(seconds=60),
            id="nor shortly after one",
        ),
        pytest.param(
            world(event=TONIGHT + timedelta(days=1)), TONIGHT + timedelta(days=1), TONIGHT, id="never beyond"
        ),
    ],
)
def test_a_step_leads_to_what_comes_next(shown: dict[str, Any], due: datetime | None, stop: datetime) -> None:
    assert next_stop(NOON, TONIGHT, shown, due) == stop


@pytest.fixture(name="sandbox")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def workflow(sandbox: Sandbox) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.campaign("world")["workflows"][0]
    return found


def test_journeys_lead_through_runs_and_days(sandbox: Sandbox) -> None:
    seen: list[bool] = []
    journeys = Journeys(
        sandbox, lambda: seen.append(journeys.progress is not None and journeys.progress.over)
    )
    start = sandbox.scene.start(datetime.now(UTC))  # rule time goes on while the programs start

    journeys.next_run()
    with pytest.raises(Nowhere, match="on its way already: to the next run"):
        journeys.minutes(1)
    journeys.wait()
    assert workflow(sandbox)["failed"]
    assert len(sandbox.slack("messages")["messages"]) == 1
    assert timedelta(minutes=9) < sandbox.clock.now() - start < timedelta(minutes=12)

    with pytest.raises(Nowhere, match="No archiving workflow waits for a run"):
        journeys.next_run()
    journeys.minutes(2)
    journeys.wait()
    sandbox.campaign("start", login="adele")
    journeys.next_run()
    journeys.wait()
    assert not workflow(sandbox)["failed"]
    assert workflow(sandbox)["next_run"] is not None

    journeys.tomorrow()
    journeys.stop()
    assert journeys.progress is not None
    assert (journeys.progress.over, journeys.progress.trouble) == (True, "")
    assert seen.count(False) == seen.count(True) == 4


def test_time_passes_without_the_bot_and_nobody_waits_for_it(sandbox: Sandbox) -> None:
    journeys = Journeys(sandbox)
    sandbox.freeze_bot()
    sandbox.freeze_bot()
    assert sandbox.bot_state == "frozen"
    journeys.minutes(12)
    journeys.wait()
    assert workflow(sandbox)["failed"]
    assert sandbox.slack("messages")["messages"] == []

    sandbox.thaw_bot()
    sandbox.settle()
    assert sandbox.bot_state == "running"
    assert len(sandbox.slack("messages")["messages"]) == 1

    sandbox.kill_bot()
    journeys.minutes(1)
    journeys.wait()
    assert (sandbox.bot_state, sandbox.next_due()) == ("stopped", None)
    sandbox.start_bot()
    sandbox.start_bot()
    assert sandbox.bot_state == "running"


def test_no_jump_is_made_over_work_that_is_under_way(sandbox: Sandbox) -> None:
    sandbox.campaign("faults", action="*", mode="slow", seconds=1.5)
    due = sandbox.next_due()
    assert due is not None
    sandbox.clock.jump(due)
    sandbox.wait_until(lambda: not sandbox.campaign("faults")["faults"], "a call that hangs")

    upcoming = sandbox.next_due()

    assert upcoming is not None
    assert upcoming <= sandbox.clock.now()
    sandbox.settle()


def test_a_journey_that_waits_in_vain_says_so(sandbox: Sandbox) -> None:
    journeys = Journeys(sandbox)
    sandbox.campaign("stop", login="adele")
    journeys.minutes(1)
    journeys.wait()

    journeys.next_run()
    journeys.wait()

    assert journeys.progress is not None
    assert journeys.progress.trouble == "Nobody started the archiving workflow."
