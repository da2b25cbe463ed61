"""Modals and the Home tab."""

import re

from playwright.sync_api import expect
from slack_sdk import WebClient

from tests.browser.stage import Visitor

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


def test_a_modal_belongs_to_a_person(onlooker: Visitor) -> None:
    onlooker.type("/mcsync diagnose paste")
    expect(onlooker.page.get_by_role("dialog", name="Diagnose a journal")).to_be_visible()
    views = onlooker.sandbox.slack("views?user=U0SAM")["modals"]

    onlooker.page.get_by_role("button", name="Close", exact=True).last.click()

    expect(onlooker.page.get_by_role("dialog")).to_have_count(0)
    assert len(views) == 1
    assert onlooker.sandbox.slack("views?user=U0SAM")["modals"] == []


def test_the_menu_of_a_message_diagnoses_what_it_says(onlooker: Visitor) -> None:
    onlooker.type("2026-11-23 06:00:04 soapImport Empty return for method 'Logon' of service 'xtk:session'.")
    message = onlooker.card()
    message.hover()
    message.get_by_label("More actions").click()
    message.get_by_role("menuitem", name="Diagnose this journal").click()

    expect(onlooker.page.get_by_role("dialog")).to_contain_text("restart collision")


def test_the_home_tab_shows_what_is_published_and_its_buttons_press(onlooker: Visitor) -> None:
    blocks = [
        {"type": "header", "text": {"type": PLAIN, "text": "At home"}},
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": PLAIN, "text": "Note"},
            "element": {"type": "plain_text_input", "action_id": "note"},
        },
    ]
    client = web_api(onlooker)
    client.views_publish(user_id="U0SAM", view={"type": "home", "blocks": blocks})

    onlooker.page.get_by_role("button", name="mcsync Home").click()
    home = onlooker.page.locator("#home")
    expect(home).to_be_visible()
    if home.get_by_label("Note").count():  # the bot may have published its own by now
        home.get_by_label("Note").fill("half a thought")
        client.views_publish(user_id="U0SAM", view={"type": "home", "blocks": [*blocks, {"type": "divider"}]})
        expect(home.locator("hr")).to_have_count(1)
        expect(home.get_by_label("Note")).to_have_value("half a thought")


def test_stacked_modals_lead_back(onlooker: Visitor) -> None:
    client = web_api(onlooker)
    onlooker.type("/mcsync diagnose paste")
    expect(onlooker.page.get_by_role("dialog", name="Diagnose a journal")).to_be_visible()
    [below] = onlooker.sandbox.slack("views?user=U0SAM")["modals"]
    onlooker.sandbox.slack("faults", method="views.update", mode="slow", seconds=0)
    content = {"type": "modal", "title": {"type": PLAIN, "text": "Other"}, "blocks": [{"type": "divider"}]}
    client.views_update(view_id=below["id"], view=content)

    expect(onlooker.page.get_by_role("dialog", name="Other")).to_be_visible()
    expect(onlooker.page.get_by_role("button", name="Diagnose", exact=True)).to_have_count(0)
