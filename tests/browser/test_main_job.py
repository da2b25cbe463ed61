"""The main job on the page, as people do it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stage import OpenPage, Visitor


def test_a_collision_is_moved_approved_verified_and_proved(visitor: Visitor) -> None:
    visitor.ask()
    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("failed, paused")
    failed = visitor.workflow()["runs_failed"]

    visitor.approve()
    visitor.skip_until("Changed and read back")
    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("every hour from 00:05")
    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("started")

    visitor.skip("next run")
    expect(visitor.card()).to_contain_text("next run passed")
    visitor.skip("tomorrow 05:58")
    visitor.skip_until("Done and proved", where="next run", most=3)

    assert len(visitor.sandbox.campaign("writes")["writes"]) == 1
    assert visitor.workflow()["runs_failed"] == failed, "none failed after the change"


def test_what_was_changed_can_be_undone(visitor: Visitor) -> None:
    visitor.ask()
    visitor.approve()
    visitor.skip_until("Changed and read back")

    visitor.become("Sam")
    visitor.press("mcsync_undo")
    visitor.confirm()
    expect(visitor.card()).to_contain_text("Waiting for approval")
    visitor.approve()
    visitor.skip_until("Changed and read back")

    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("every hour from 00:00")
    assert len(visitor.sandbox.campaign("writes")["writes"]) == 2


def test_nobody_approves_what_they_asked_for(visitor: Visitor) -> None:
    visitor.collide()
    visitor.become("Grace")
    visitor.press("mcsync_shift_5")
    expect(visitor.card()).to_contain_text("Waiting for approval")

    visitor.press("mcsync_approve")
    visitor.confirm()

    expect(visitor.whisper()).to_contain_text("Only visible to you")
    expect(visitor.whisper()).to_contain_text("asked for")
    expect(visitor.card()).to_contain_text("Waiting for approval")
    visitor.become("Ada")
    expect(visitor.page.locator(".message.ephemeral")).to_have_count(0)
    assert visitor.sandbox.campaign("writes")["writes"] == []


def test_of_two_approvers_at_once_one_counts_and_the_other_is_told(
    visitor: Visitor, open_page: OpenPage
) -> None:
    visitor.ask()
    grace = open_page()
    visitor.become("Ada")
    grace.become("Grace")
    visitor.sandbox.freeze_bot()
    for one in (visitor, grace):
        one.press("mcsync_approve")
        one.confirm()
    visitor.sandbox.thaw_bot()

    expect(visitor.card()).to_contain_text(re.compile("Approved by @(Ada|Grace) Admin"))
    late = grace if "@Ada" in visitor.card().inner_text() else visitor
    expect(late.whisper()).to_contain_text(re.compile("already", re.IGNORECASE))
    visitor.skip("1 min")
    visitor.skip("1 min")
    assert len(visitor.sandbox.campaign("writes")["writes"]) == 1


def test_an_edit_by_somebody_else_voids_the_approval(visitor: Visitor) -> None:
    visitor.ask()
    others = visitor.panel("What others do")
    others.get_by_label("Start time").fill("00:20")
    others.get_by_role("button", name="Save as marc").click()
    expect(visitor.page.locator(".toast")).to_contain_text("00:00:00.000 -> 00:20:00.000")

    visitor.become("Ada")
    visitor.press("mcsync_approve")
    visitor.confirm()

    visitor.skip_until("Void", most=2)
    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("every hour from 00:20")
    assert [write["login"] for write in visitor.sandbox.campaign("writes")["writes"]] == ["marc"]


def test_a_guest_and_another_company_can_look_but_not_ask(visitor: Visitor) -> None:
    visitor.collide()
    for name in ("Gus", "Stella"):
        visitor.become(name)
        visitor.press("mcsync_shift_5")
        expect(visitor.whisper()).to_contain_text("Only visible to you")
        expect(visitor.card()).not_to_contain_text("Waiting for approval")

    visitor.type("/mcsync status")
    expect(visitor.whisper()).to_contain_text("/mcsync is not a valid command.")


def test_a_menu_on_the_card_withdraws_the_request(visitor: Visitor) -> None:
    visitor.ask()

    visitor.card().get_by_label("More", exact=True).click()
    visitor.page.keyboard.press("ArrowDown")
    expect(visitor.card().get_by_role("menuitem").first).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.card().get_by_label("More", exact=True)).to_be_focused()
    visitor.card().get_by_label("More", exact=True).click()
    visitor.card().get_by_role("menuitem", name=re.compile("^Withdraw")).click()

    expect(visitor.card()).to_contain_text(re.compile("withdrawn", re.IGNORECASE))


@pytest.mark.parametrize("scenario", ["shadow"])
def test_in_the_shadow_nothing_is_offered_and_an_answer_counts(visitor: Visitor) -> None:
    visitor.collide()
    expect(visitor.card()).to_contain_text("Was that right?")
    expect(visitor.card().locator('[data-action^="mcsync_shift"]')).to_have_count(0)

    visitor.press("mcsync_right")
    expect(visitor.card()).to_contain_text("Sam Support")
    visitor.type("/mcsync trust")

    expect(visitor.whisper()).to_contain_text("1 of 1 agreed")
    assert visitor.sandbox.campaign("writes")["writes"] == []
