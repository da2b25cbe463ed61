"""Modals and the Home tab."""

import re

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from tests.browser.stage import OpenPage, Visitor

PLAIN = "plain_text"


def web_api(visitor: Visitor) -> WebClient:
    """Return a client of the same app, beside the bot."""
    return WebClient("xoxb-sandbox", base_url=f"{visitor.sandbox.slack_url}/api/")


def test_errors_of_a_modal_stand_at_their_fields(onlooker: Visitor) -> None:
    onlooker.type("/mcsync diagnose paste")
    modal = onlooker.page.get_by_role("dialog", name="Diagnose a journal")
    lines, zone = modal.get_by_label("Journal lines"), modal.get_by_label("Time zone of these lines")
    expect(lines).to_be_focused()

    onlooker.page.get_by_role("button", name="Diagnose", exact=True).click()
    expect(lines).to_have_accessible_description(re.compile("^Please complete this required field"))
    expect(lines).to_have_attribute("aria-invalid", "true")
    expect(lines).to_be_focused()

    lines.fill("2026-11-23 06:00:04\tsoapImport\tEmpty return for method 'Logon' of service 'xtk:session'.\n")
    zone.fill("Mars/Olympus")
    onlooker.page.get_by_role("button", name="Diagnose", exact=True).click()
    expect(zone).to_have_attribute("aria-invalid", "true")
    expect(zone).to_be_focused()
    expect(lines).not_to_have_attribute("aria-invalid", "true")
    expect(lines).to_have_value(re.compile("Empty return"))

    zone.fill("Europe/Paris")
    onlooker.page.get_by_role("button", name="Diagnose", exact=True).click()
    expect(onlooker.page.get_by_role("dialog", name="Diagnosis")).to_contain_text("restart collision")

    onlooker.page.keyboard.press("Escape")
    expect(onlooker.page.get_by_role("dialog")).to_have_count(0)


def test_a_modal_is_its_persons_alone_until_it_is_closed(look_in: OpenPage) -> None:
    sam, other = look_in(), look_in()
    sam.type("/mcsync diagnose paste")
    dialog = sam.page.get_by_role("dialog", name="Diagnose a journal")
    expect(dialog).to_be_visible()
    expect(other.page.get_by_role("dialog", name="Diagnose a journal")).to_be_visible()  # Sam's second screen
    other.page.reload()
    other.page.evaluate("sessionStorage.setItem('user', 'U0ADA')")
    other.page.reload()
    expect(other.page.get_by_role("radio", name=re.compile("Ada"))).to_be_checked()
    expect(other.page.get_by_role("dialog")).to_have_count(0)

    dialog.get_by_role("button", name="Close").first.click()

    expect(sam.page.get_by_role("dialog")).to_have_count(0)
    assert sam.sandbox.slack("views?user=U0SAM")["modals"] == []


def test_the_menu_of_a_message_diagnoses_what_it_says(onlooker: Visitor) -> None:
    onlooker.type("2026-11-23 06:00:04 soapImport Empty return for method 'Logon' of service 'xtk:session'.")
    message = onlooker.card()
    message.hover()
    message.get_by_label("More actions").click()
    message.get_by_role("menuitem", name="Diagnose this journal").click()

    expect(onlooker.page.get_by_role("dialog")).to_contain_text("restart collision")


def test_the_home_tab_shows_what_is_published_and_keeps_what_is_typed(
    onlooker: Visitor, request: pytest.FixtureRequest
) -> None:
    blocks = [
        {"type": "header", "text": {"type": PLAIN, "text": "At home"}},
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": PLAIN, "text": "Note"},
            "element": {"type": "plain_text_input", "action_id": "note"},
        },
    ]
    client, home = web_api(onlooker), onlooker.page.locator("#home")
    onlooker.page.get_by_role("button", name="mcsync Home").click()
    expect(home.get_by_role("heading", name="Workflows (1)")).to_be_visible()
    request.addfinalizer(onlooker.sandbox.thaw_bot)
    onlooker.sandbox.freeze_bot()  # the tab is ours from here on

    client.views_publish(user_id="U0SAM", view={"type": "home", "blocks": blocks})
    expect(home.get_by_role("heading", name="At home")).to_be_visible()
    home.get_by_label("Note").fill("half a thought")
    client.views_publish(user_id="U0SAM", view={"type": "home", "blocks": [*blocks, {"type": "divider"}]})

    expect(home.locator("hr")).to_have_count(1)
    expect(home.get_by_label("Note")).to_have_value("half a thought")


def test_a_modal_that_the_app_changes_is_shown_changed(onlooker: Visitor) -> None:
    onlooker.type("/mcsync diagnose paste")
    expect(onlooker.page.get_by_role("dialog", name="Diagnose a journal")).to_be_visible()
    [shown] = onlooker.sandbox.slack("views?user=U0SAM")["modals"]
    content = {"type": "modal", "title": {"type": PLAIN, "text": "Other"}, "blocks": [{"type": "divider"}]}

    web_api(onlooker).views_update(view_id=shown["id"], view=content)

    expect(onlooker.page.get_by_role("dialog", name="Other")).to_be_visible()
    expect(onlooker.page.get_by_role("button", name="Diagnose", exact=True)).to_have_count(0)


def test_the_what_if_box_follows_every_change_and_asks(visitor: Visitor) -> None:
    visitor.collide()
    visitor.page.get_by_role("button", name="mcsync Home").click()
    home = visitor.page.locator("#home")
    expect(home.get_by_role("heading", name="Open incidents (1)")).to_be_visible()
    home.locator('[data-action="mcsync_what_if"]').click()
    box = visitor.page.get_by_role("dialog", name="What if?")
    expect(box).to_contain_text("60 s clear of every restart")
    expect(box.get_by_role("textbox", name="Minute of the hour")).to_have_count(0)

    box.get_by_role("radio", name="Another minute of the hour").check()
    minute = box.get_by_role("textbox", name="Minute of the hour")
    box.get_by_label(re.compile("^Why")).fill("after the backup")
    minute.press_sequentially("17")
    expect(box).to_contain_text("every hour from 00:17")
    expect(minute).to_be_focused()
    expect(minute).to_have_value("17")
    expect(box.get_by_label(re.compile("^Why"))).to_have_value("after the backup")
    minute.fill("61")
    expect(box).not_to_contain_text("✅")
    minute.fill("17")
    expect(box).to_contain_text("✅")

    box.get_by_role("button", name="Ask for it").click()
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    visitor.page.get_by_role("button", name="campaign-ops").click()
    expect(visitor.card()).to_contain_text("Waiting for approval")
    expect(visitor.card()).to_contain_text("after the backup")
    expect(visitor.card()).to_contain_text("00:17")


def test_a_mention_is_completed_and_answered(onlooker: Visitor) -> None:
    field, keyboard = onlooker.page.get_by_label("Message", exact=True), onlooker.page.keyboard
    options = onlooker.page.get_by_label("Completions").get_by_role("option")
    field.focus()
    keyboard.type("@mc")
    keyboard.press("Tab")
    expect(field).to_have_value("@mcsync ")
    keyboard.type("stat")
    expect(options).to_have_count(1)
    keyboard.press("Tab")
    expect(field).to_have_value("@mcsync status ")
    keyboard.press("Escape")
    keyboard.press("Enter")

    expect(onlooker.page.locator("#messages > .message").first).to_contain_text("@mcsync status")
    expect(onlooker.page.locator(".message", has_text="prod (red): as of")).to_have_count(1)
