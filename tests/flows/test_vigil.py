"""The one quiet watch in the whole program: told once, ended on the same card."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.flows.town import PARIS, WORKFLOW, Town

MORNING = datetime(2026, 11, 24, 8, 12, tzinfo=PARIS)
CALM = {"restart": "06:30:00"}
"""A restart that no run of the workflow meets, so that nothing else has to be told."""


@pytest.fixture(name="morning")
def _morning(tmp_path: Path) -> Iterator[Town]:
    """Open a town long after the restart, which looks every ten minutes."""
    changes = {"poll": "10m"}
    with Town(tmp_path, campaign_changes=changes, execution_changes=CALM, start=MORNING) as town:
        town.settle()
        yield town


@pytest.fixture(name="busy_morning")
def _busy_morning(tmp_path: Path) -> Iterator[Town]:
    """Open the same town, which looks every minute."""
    with Town(tmp_path, execution_changes=CALM, start=MORNING) as town:
        town.settle()
        yield town


def pass_by(town: Town, minutes: int, *, step: int = 10) -> None:
    """Let time pass so that every poll happens when it is due."""
    for _ in range(minutes // step):
        town.turn(minutes=step)


def test_a_workflow_that_runs_is_never_told(morning: Town) -> None:
    pass_by(morning, 300)

    assert morning.messages() == []


def test_a_workflow_that_somebody_stopped_is_told_once_and_ended_on_the_same_card(morning: Town) -> None:
    town = morning
    pass_by(town, 60)
    town.lever("stop", workflow=WORKFLOW, login="intruder")

    pass_by(town, 120)
    assert town.messages() == []
    pass_by(town, 180)

    (card,) = town.messages()
    assert f"⚠️ {WORKFLOW} on prod does not archive" in card["text"]
    assert "No run passed at 10:00 nor at 11:00 Europe/Paris" in card["text"]
    assert "It is stopped: somebody starts it in the console." in card["text"]

    town.lever("start", workflow=WORKFLOW, login="intruder")
    pass_by(town, 90)

    (over,) = town.messages()
    assert over["ts"] == card["ts"]
    assert f"🟢 Over: {WORKFLOW} on prod does not archive" in over["text"]
    assert "A run that began at 2026-11-24 15:00:00 Europe/Paris passed." in over["text"]


def test_a_failure_that_has_its_card_is_not_told_twice(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"poll": "10m"}) as town:
        town.settle()
        town.turn_to(6, 0, 20)
        town.wait_until(lambda: bool(town.workflow()["failed"]))
        pass_by(town, 240)

        assert len(town.messages()) == 1
        assert "restart collision" in town.card_text()
        assert "does not archive" not in town.card_text()


def test_an_instance_that_does_not_answer_is_told_once_and_ended_on_the_same_card(
    busy_morning: Town,
) -> None:
    town = busy_morning
    town.lever("restart-marketing", seconds=1800)
    pass_by(town, 10, step=1)
    assert town.messages() == []

    pass_by(town, 10, step=1)

    (card,) = town.messages()
    assert "⚠️ mcsync cannot see prod" in card["text"]
    assert "It last answered at 2026-11-24 08:12:00 Europe/Paris." in card["text"]
    assert "Try once" not in card["text"]

    town.close_program()
    town.open_program()
    pass_by(town, 12, step=1)

    (over,) = town.messages()
    assert over["ts"] == card["ts"]
    assert "🟢 Over: mcsync cannot see prod" in over["text"]
    assert "Seen again since 2026-11-24 08:42:00 Europe/Paris." in over["text"]


def test_marketings_own_restart_is_nobodys_news(tmp_path: Path) -> None:
    with Town(
        tmp_path, campaign_changes={"takes": "20m"}, start=datetime(2026, 11, 24, 3, 28, tzinfo=PARIS)
    ) as town:
        town.settle()
        town.lever("restart-marketing", seconds=1200)
        pass_by(town, 24, step=1)

        assert town.messages() == []


def test_a_refused_logon_says_what_to_do_and_lets_an_administrator_try_once(tmp_path: Path) -> None:
    with Town(tmp_path, environment={"MCSYNC_CAMPAIGN_PROD_PASSWORD": "wrong"}, start=MORNING) as town:
        town.settle()
        pass_by(town, 12, step=1)

        (card,) = town.messages()
        assert "⚠️ mcsync cannot see prod" in card["text"]
        assert "It refused the log-on at 2026-11-24 08:12:00 Europe/Paris" in card["text"]
        assert "Correct the login or its password and start mcsync again." in card["text"]
        assert "[ Try once ]" in town.card_text()
        assert town.world()["logons"] == 1

        town.press("U0SAM", "mcsync_try_once")
        town.settle()
        assert "Only <@U0ADA> can do this." in town.told("U0SAM")[-1]
        assert town.world()["logons"] == 1

        town.press("U0ADA", "mcsync_try_once")
        town.settle()
        assert "The log-on to prod did not work" in town.told("U0ADA")[-1]
        assert town.world()["logons"] == 2
        assert "logon:allow" in town.audit_events()

        town.close_program()
        town.environment = {}
        town.open_program()
        pass_by(town, 2, step=1)

        (over,) = town.messages()
        assert over["ts"] == card["ts"]
        assert "🟢 Over: mcsync cannot see prod" in over["text"]
        assert "[ Try once ]" not in town.card_text()


def test_nothing_is_watched_where_the_mode_is_off(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"mode": "off", "poll": "10m"}, start=MORNING) as town:
        town.lever("stop", workflow=WORKFLOW, login="intruder")
        pass_by(town, 240, step=60)

        assert town.messages() == []


def test_where_mcsync_only_watches_a_silence_is_told_all_the_same(tmp_path: Path) -> None:
    with Town(
        tmp_path,
        campaign_changes={"mode": "shadow", "poll": "10m"},
        execution_changes=CALM,
        start=MORNING,
    ) as town:
        town.settle()
        town.lever("stop", workflow=WORKFLOW, login="intruder")
        pass_by(town, 150)

        assert "does not archive" in town.card_text()
