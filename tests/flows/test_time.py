from tests.flows.town import WORKFLOW, Town

HELD = 20
"""Seconds after which a card is out: it waits a little, as others may be ahead of the same restart."""


def test_a_collision_ahead_is_told_in_the_morning_before_the_first_failure(town: Town) -> None:
    town.settle()
    town.lever("settings", rt_restart="03:30")  # no run meets it: only the forecast tells
    town.turn_to(9, 0, 5)
    town.turn(seconds=HELD)

    card = town.card_text()

    assert "will meet RT's daily restart" in card
    assert "It has not failed yet" in card
    assert "Shift +5 min" in card


def test_what_was_foretold_is_told_once(town: Town) -> None:
    town.lever("settings", rt_restart="03:30")
    town.turn_to(9, 0, 5)
    town.turn(hours=24)
    town.turn(seconds=HELD)

    assert len(town.messages()) == 1


def test_a_foretold_collision_is_shifted_away_and_its_card_closed(town: Town) -> None:
    town.settle()
    town.lever("settings", rt_restart="03:30")
    town.turn_to(9, 10, 5)
    town.turn(seconds=HELD)
    assert town.press("U0SAM", "mcsync_shift_5")["ok"]
    town.settle()
    town.approve()

    town.prove()

    assert town.incidents()[0].state == "closed"
    assert "m_tmStartTime='00:05:00.000'" in town.workflow()["stored_period"]


def test_a_collision_that_somebody_else_removed_is_no_longer_told(town: Town) -> None:
    town.lever("settings", rt_restart="03:30")
    town.turn_to(9, 0, 5)
    town.lever("edit", workflow=WORKFLOW, login="intruder", period={"m_tmStartTime": "00:20:00.000"})
    town.turn(hours=24)
    town.turn(minutes=5)
    town.turn(hours=24)

    assert town.incidents()[0].state == "closed"
    assert "No collision lies ahead any more" in town.card_text()


def test_forecast_counts_the_collisions_of_the_days_asked_for(town: Town) -> None:
    town.settle()

    answer = town.type("U0SAM", f"/mcsync forecast {WORKFLOW} 7")

    assert "7 of 168 runs meet a restart" in answer
    assert "05:59 ▓ 06:00 ✗ ▓ 06:04" in answer


def test_forecast_of_nonsense_shows_how_to_write_it(town: Town) -> None:
    assert "Write it like this" in town.type("U0SAM", "/mcsync forecast a b c")
    assert "1 to 400 days" in town.type("U0SAM", "/mcsync forecast 4000")
