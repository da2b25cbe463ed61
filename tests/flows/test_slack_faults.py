"""Every fault of Slack at every call: one card, and it tells the truth in the end."""

import pytest

from tests.flows.town import Town

MODES = ("ratelimited", "500", "html", "reset", "error:internal_error")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("mode", MODES)
def test_a_post_whose_fate_is_unknown_becomes_one_card(town: Town, mode: str, when: str) -> None:
    town.settle()
    town.slack_lever("faults", method="chat.postMessage", mode=mode, times=1, when=when, retry_after=1)
    town.turn_to(6, 0, 20)

    town.turn_until(lambda: "Shift +5 min" in town.card_text(), seconds=15)
    town.turn(minutes=3)

    assert len(town.messages()) == 1


@pytest.mark.parametrize("mode", MODES)
def test_an_update_that_is_lost_is_made_up_for(town: Town, mode: str) -> None:
    town.collide()
    town.slack_lever("faults", method="chat.update", mode=mode, times=3, retry_after=1)
    town.press("U0SAM", "mcsync_shift_5")

    town.turn_until(lambda: "Waiting for approval" in town.card_text(), seconds=15)

    assert len(town.messages()) == 1


def test_where_history_cannot_be_read_a_second_card_says_that_it_is_one(town: Town) -> None:
    town.settle()
    town.slack_lever("faults", method="chat.postMessage", mode="reset", times=1, when="after")
    town.slack_lever("faults", method="conversations.history", mode="error:missing_scope", times=50)
    town.turn_to(6, 0, 20)

    town.turn_until(lambda: len(town.messages()) == 2, seconds=15)

    assert "An earlier card of this incident may exist" in town.card_text()


def test_a_card_that_somebody_deleted_is_posted_again(town: Town) -> None:
    town.collide()
    town.slack_lever("faults", method="chat.update", mode="error:message_not_found", times=1)
    town.press("U0SAM", "mcsync_shift_5")

    town.turn_until(lambda: len(town.messages()) == 2, seconds=15)

    assert "Waiting for approval" in town.card_text()


def test_a_press_while_slack_cannot_say_who_it_was_counts_for_nothing(town: Town) -> None:
    town.ask()
    town.slack_lever("faults", method="users.info", mode="500", times=50)

    town.press("U0ADA", town.approval())
    town.settle()

    assert town.proposal().stage == "waiting"
    assert town.writes() == []
