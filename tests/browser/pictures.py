"""The pictures of the README: what they show, and how it is compared with what is shown today."""

import re
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Locator, expect

from bot.sandbox.scenes import ZONE
from tests.browser.stage import Visitor

DOCS = Path(__file__).parents[2] / "docs"
CARD, CARD_WORDS = DOCS / "card.png", DOCS / "card.txt"
HOME, HOME_WORDS = DOCS / "home.png", DOCS / "home.txt"
START = datetime(2026, 11, 24, 5, 52, tzinfo=ZONE)
MOST_BYTES = 150_000
_TIME = re.compile(r"\d{1,2}:\d\d:\d\d(\s[AP]M)?|\d{1,2}:\d\d\s[AP]M")


def show_card(visitor: Visitor) -> Locator:
    """Play until the card waits for approval; return it."""
    visitor.ask()
    visitor.page.mouse.move(0, 0)
    content = visitor.card().locator(".content")
    expect(content.get_by_role("button", name=re.compile("^Approve")).first).to_be_visible()
    # The reply that names the approvers comes after the card.
    expect(visitor.card().get_by_text("3 replies")).to_be_visible()
    visitor.look_up()
    return visitor.card()


def show_home(visitor: Visitor) -> Locator:
    """Look at the Home tab of Grace, for whom the card waits; return the pane around it."""
    visitor.become("Grace")
    visitor.page.get_by_role("button", name="mcsync Home").click()
    home = visitor.page.locator("#home")
    expect(home.get_by_role("heading", name="Waits for you (1)")).to_be_visible()
    visitor.sandbox.settle()
    visitor.look_up()
    visitor.page.mouse.move(0, 0)
    return visitor.page.locator(".conversation")


def words(shown: Locator) -> str:
    """Read what is shown; times of the day it was taken on aside, those with seconds or AM and PM."""
    return _TIME.sub("#:##:##", shown.inner_text()).strip() + "\n"
