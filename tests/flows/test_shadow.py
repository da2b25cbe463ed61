"""Shadow mode: what mcsync would have done, what people say of it, and the record that comes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.trust import Answer, Rating
from tests.flows.town import WORKFLOW, Town

QUESTION = "In propose mode mcsync would offer Shift +5 min, Shift +10 min or Resume only. Was that right?"


@pytest.fixture(name="shadow")
def _shadow(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, campaign_changes={"mode": "shadow"}) as town:
        yield town


def say(town: Town, user: str, action_id: str) -> dict[str, Any]:
    """Press *Yes* or *No* on the card."""
    answer = town.press(user, action_id)
    town.settle()
    return answer


def ratings(town: Town) -> list[Rating]:
    assert town.program is not None
    with town.program.service.office.store.read() as tx:
        return list(tx.ratings("prod"))


def test_the_card_says_what_it_would_have_done_and_offers_nothing_else(shadow: Town) -> None:
    shadow.collide()

    card = shadow.messages()[0]
    text = shadow.card_text()

    assert QUESTION in text
    assert QUESTION in card["text"]
    assert "[ Yes ]  [ No ]" in text
    assert "Offered" not in text
    for action_id in ("mcsync_shift_5", "mcsync_shift_10", "mcsync_resume"):
        assert shadow.press("U0SAM", action_id)["error"] == "no such button"


def test_nobody_can_ask_for_a_change(shadow: Town) -> None:
    shadow.collide()

    shadow.type("U0SAM", f"/mcsync shift {WORKFLOW} +5")
    shadow.settle()

    assert "mcsync only watches prod" in shadow.told("U0SAM")[-1]
    assert "proposal:ask" not in shadow.audit_events()


def test_yes_and_no_are_on_record_and_on_the_card(shadow: Town) -> None:
    shadow.collide()
    assert shadow.type("U0SAM", "/mcsync trust").startswith("prod (shadow mode): no answer yet, 1 abstained")

    assert say(shadow, "U0SAM", "mcsync_right")["ok"]

    assert "✅ Right: @sam" in shadow.card_text()
    assert shadow.type("U0SAM", "/mcsync trust") == "prod (shadow mode): 1 of 1 agreed, 0 abstained."

    say(shadow, "U0ADA", "mcsync_wrong")

    assert "✅ Right: @sam" in shadow.card_text()
    assert "❌ Wrong: @ada" in shadow.card_text()
    answer = shadow.type("U0SAM", "/mcsync trust prod")
    assert answer.startswith("prod (shadow mode): 0 of 1 agreed, 0 abstained.")
    assert "U0ADA> said no" in answer
    shown = shadow._look("ephemerals?user=U0SAM")["ephemerals"][-1]["blocks"]
    assert 'mode = "propose"' in str(shown)

    say(shadow, "U0ADA", "mcsync_right")

    assert "❌" not in shadow.card_text()
    assert shadow.type("U0SAM", "/mcsync trust") == "prod (shadow mode): 1 of 1 agreed, 0 abstained."
    assert shadow.audit_events().count("verdict:rate") == 3
    assert len(shadow.messages()) == 1


def test_the_same_answer_twice_counts_once(shadow: Town) -> None:
    shadow.collide()

    say(shadow, "U0SAM", "mcsync_right")
    shadow.slack_lever("redeliver")
    say(shadow, "U0SAM", "mcsync_right")

    assert len(ratings(shadow)) == 1
    assert shadow.audit_events().count("verdict:rate") == 1


def test_of_two_presses_in_a_row_the_later_one_counts(shadow: Town) -> None:
    shadow.collide()
    shadow.slack_lever("faults", method="users.info", mode="500", times=4)

    shadow.press("U0SAM", "mcsync_right")
    say(shadow, "U0SAM", "mcsync_wrong")
    shadow.turn(seconds=30)

    assert [one.answer for one in ratings(shadow)] == ["wrong"]


def test_guests_and_strangers_do_not_count_and_are_told(shadow: Town) -> None:
    shadow.collide()

    for user in ("U0GUEST", "U0STRANGER"):
        say(shadow, user, "mcsync_right")
        assert "ask a member of this workspace" in shadow.told(user)[-1]

    assert ratings(shadow) == []
    assert "verdict:rate" not in shadow.audit_events()


def test_an_answer_is_kept_while_slack_does_not_tell_who_it_was(shadow: Town) -> None:
    shadow.collide()
    # Each question is tried twice: which language they read, and who they are.
    shadow.slack_lever("faults", method="users.info", mode="500", times=4)

    say(shadow, "U0SAM", "mcsync_right")
    assert ratings(shadow) == []
    shadow.turn(seconds=30)

    assert [one.user for one in ratings(shadow)] == ["U0SAM"]


def test_an_answer_about_something_that_is_gone_is_told(shadow: Town) -> None:
    assert shadow.program is not None
    trust = shadow.program.service.trust

    assert trust.submit(key="k", user="U0SAM", incident_id="gone", answer=Answer.RIGHT)
    assert not trust.submit(key="k", user="U0SAM", incident_id="gone", answer=Answer.RIGHT)
    shadow.settle()

    assert "no longer known here" in shadow.told("U0SAM")[-1]


def test_an_answer_survives_a_restart_of_the_program(shadow: Town) -> None:
    shadow.collide()
    shadow.press("U0SAM", "mcsync_right")
    shadow.close_program()
    shadow.open_program()
    shadow.settle()

    assert [one.user for one in ratings(shadow)] == ["U0SAM"]
    assert "✅ Right: @sam" in shadow.card_text()


def test_another_remedy_is_named_in_place_of_a_shift(shadow: Town) -> None:
    shadow.lever("settings", run_error="XSV-350012 Invalid login or password. Connection denied.")
    shadow.collide()

    assert "would offer no shift but Resume only; remedy: fix credentials. Was that right?" in (
        shadow.card_text()
    )


def test_an_unknown_cause_abstains_and_asks_nothing(shadow: Town) -> None:
    shadow.lever("settings", run_error="ABC-000001 Something that nobody has ever seen.")
    shadow.collide()

    assert "mcsync does not know the cause" in shadow.card_text()
    assert say(shadow, "U0SAM", "mcsync_right")["error"] == "no such button"
    assert shadow.type("U0SAM", "/mcsync trust").startswith("prod (shadow mode): no answer yet, 1 abstained")


def test_once_the_level_is_raised_the_answers_stay_and_the_question_gives_way_to_offers(
    shadow: Town,
) -> None:
    shadow.collide()
    say(shadow, "U0SAM", "mcsync_right")
    shadow.close_program()
    shadow.campaign_changes = {"mode": "propose"}
    shadow.open_program()
    shadow.settle()

    card = shadow.card_text()
    assert "Was that right?" not in card
    assert "✅ Right: @sam" in card
    assert shadow.press("U0SAM", "mcsync_right")["error"] == "no such button"
    assert shadow.type("U0SAM", "/mcsync trust").startswith("prod (propose mode): 1 of 1 agreed")
    assert shadow.press("U0SAM", "mcsync_shift_5")["ok"]


def test_an_instance_that_is_not_watched_has_no_record(town: Town) -> None:
    assert town.type("U0SAM", "/mcsync trust").startswith(
        "prod (propose mode): no failure was judged in shadow mode yet"
    )
    assert "knows: prod" in town.type("U0SAM", "/mcsync trust nowhere")
    assert "Write it like this" in town.type("U0SAM", "/mcsync trust a b")


def test_where_the_mode_is_off_nothing_is_read(tmp_path: Path) -> None:
    with Town(tmp_path, campaign_changes={"mode": "off"}) as town:
        town.settle()
        town.turn_to(6, 0, 20)
        reported = town.report(at=town.clock.now(), log_id="1")
        town.turn(hours=30)

        assert reported.status_code == 202
        assert town.messages() == []
        assert town.world()["calls"] == {}
        assert town.program is not None
        with town.program.service.office.store.read() as tx:
            assert tx.sighted() == ()


def test_an_instance_that_is_switched_off_is_left_alone_from_then_on(town: Town) -> None:
    town.settle()
    town.close_program()
    town.campaign_changes = {"mode": "off"}
    town.open_program()
    before = town.world()["calls"]

    town.turn_to(6, 0, 20)
    town.turn(hours=30)

    assert town.messages() == []
    assert town.world()["calls"] == before
