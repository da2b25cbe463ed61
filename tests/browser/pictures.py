"""The pictures of the README: what they show, and how it is compared with what is shown today."""

import re
from datetime import datetime
from pathlib import Path

from playwright.sync_api import expect

from bot.sandbox.scenes import ZONE
from tests.browser.stage import Visitor

DOCS = Path(__file__).parents[2] / "docs"
CARD, PAGE, WORDS = DOCS / "card.png", DOCS / "page.png", DOCS / "card.txt"
START = datetime(2026, 11, 24, 5, 52, tzinfo=ZONE)
MOST_BYTES = 150_000
_TIME = re.compile(r"\d{1,2}:\d\d:\d\d(\s[AP]M)?")


def words_of_card(visitor: Visitor) -> str:
    """Read the card that waits for approval, its times aside: they are those of the day and the second."""
    visitor.ask()
    visitor.page.mouse.move(0, 0)
    content = visitor.card().locator(".content")
    expect(content.get_by_role("button", name=re.compile("^Approve")).first).to_be_visible()
    return _TIME.sub("#:##:##", content.inner_text()).strip() + "\n"
