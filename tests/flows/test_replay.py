"""Somebody recorded a request, or Slack sends it twice, while it still counts as fresh."""

from pathlib import Path

import pytest

from tests.flows.town import WORKFLOW, Town

QUICK = {"expiry": "1m"}
"""Nothing stands in the way of a second request once the first is over, and the run of 06:00 is far."""


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
def test_a_command_that_comes_again_as_it_was_asks_for_nothing_and_is_answered_as_before(
    tmp_path: Path, *, socket_mode: bool
) -> None:
    with Town(tmp_path, socket_mode=socket_mode, slack_changes=QUICK) as town:
        play(town)


def play(town: Town) -> None:
    town.settle()
    said = town.slack_lever("command", user="U0SAM", text=f"/mcsync shift {WORKFLOW} +5")
    town.settle()
    town.turn(minutes=2)
    assert town.audit_events().count("proposal:expire") == 1

    again = town.slack_lever("redeliver", identical=True)
    town.settle()

    assert again["body"] == said["body"]
    assert "Asked." in said["body"]["text"]
    assert town.audit_events().count("proposal:ask") == 1


def test_a_question_that_comes_again_changes_nothing_and_is_answered_as_things_are_then(town: Town) -> None:
    town.settle()
    town.slack_lever("command", user="U0SAM", text="/mcsync status")
    town.collide()
    before = town.audit_events()

    again = town.slack_lever("redeliver", identical=True)
    town.settle()

    assert again["ok"]
    assert "restart collision" in again["body"]["text"]
    assert town.audit_events() == before


def test_a_command_that_comes_again_after_a_restart_is_known_too(tmp_path: Path) -> None:
    with Town(tmp_path, slack_changes=QUICK) as town:
        town.settle()
        town.slack_lever("command", user="U0SAM", text=f"/mcsync shift {WORKFLOW} +5")
        town.settle()
        town.turn(minutes=2)
        town.close_program()
        town.open_program()

        assert town.slack_lever("redeliver", identical=True)["ok"]
        town.settle()

        assert town.audit_events().count("proposal:ask") == 1
