"""The Home tab and the what-if box, as a person uses them."""

import re

from playwright.sync_api import expect

from tests.browser.stage import Visitor


def test_a_minute_is_tried_on_the_home_tab_asked_for_and_waits_for_somebody_else(visitor: Visitor) -> None:
    visitor.collide()
    page, home = visitor.page, visitor.page.locator("#home")
    to_home = page.get_by_role("button", name="mcsync Home")
    to_home.click()
    expect(home.get_by_role("cell", name="⚠️ none: a run meets a restart")).to_be_visible()

    home.get_by_role("button", name=re.compile("Try another minute")).click()
    box = page.get_by_role("dialog", name="What if?")
    expect(box).to_contain_text("This can be asked for")
    box.get_by_label(re.compile("Another minute")).check()
    minute = box.get_by_role("textbox", name="Minute of the hour")
    minute.fill("2")
    expect(box).to_contain_text("tomorrow's run of 06:02 would meet the restart")
    expect(minute).to_have_value("2")
    box.get_by_role("button", name="Ask for it").click()
    expect(minute).to_have_attribute("aria-invalid", "true")
    minute.fill("20")
    expect(box).to_contain_text("20 minutes of each hour exposed")
    box.get_by_label(re.compile("Why")).fill("The nightly campaign ends at :15.")
    box.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    expect(home).to_contain_text("Waits for somebody else")
    visitor.become("Ada")
    to_home.click()
    expect(home).to_contain_text("Waits for you (1)")
    expect(home).to_contain_text("The nightly campaign ends at :15.")
    home.get_by_role("button", name=re.compile("^Approve; tracking stays")).click()
    visitor.confirm()
    expect(home).to_contain_text("Waits for you (0)")
