"""The pictures of the README are not stale."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.sandbox.page import PageServer
from bot.sandbox.programs import Sandbox
from tests.browser.pictures import (
    CARD,
    CARD_WORDS,
    HOME,
    HOME_WORDS,
    MOST_BYTES,
    START,
    show_card,
    show_home,
    words,
)
from tests.browser.shrink import read, shrink
from tests.browser.stage import PATIENCE_MS, Visitor, visit


@pytest.fixture(name="morning")
def _morning(browser: Browser) -> Iterator[Visitor]:
    with (
        Sandbox(start=START) as sandbox,
        PageServer(sandbox) as server,
        browser.new_context() as context,
    ):
        sandbox.slack("app", patience=PATIENCE_MS / 1000)
        yield visit(context, server.url, sandbox)


def test_the_pictures_in_the_readme_say_what_is_shown_today(morning: Visitor) -> None:
    card = words(show_card(morning))
    home = words(show_home(morning))

    assert card == CARD_WORDS.read_text(encoding="utf-8"), "run `make screenshots`"
    assert home == HOME_WORDS.read_text(encoding="utf-8"), "run `make screenshots`"


@pytest.mark.parametrize("picture", [CARD, HOME], ids=lambda path: path.name)
def test_a_picture_is_light_enough_for_a_readme(picture: Path) -> None:
    assert picture.stat().st_size <= MOST_BYTES


def test_a_screenshot_shrinks_and_still_shows_the_same(browser: Browser) -> None:
    with browser.new_context(viewport={"width": 60, "height": 40}) as context:
        page = context.new_page()
        page.set_content("<body style='background:linear-gradient(90deg,#102030,#a0b0c0)'>mcsync")
        picture = page.screenshot()
    width, height, rows = read(picture)

    again = read(shrink(picture))

    assert again[:2] == (width, height) == (60, 40)
    for row, same in zip(rows, again[2], strict=True):
        for colour, shown in zip(row, same, strict=True):
            assert max(abs(one - other) for one, other in zip(colour, shown, strict=True)) <= 40
