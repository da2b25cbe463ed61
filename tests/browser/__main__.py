"""`python -m tests.browser`: take the pictures of the README anew."""

from playwright.sync_api import expect, sync_playwright

from bot.sandbox.page import PageServer
from bot.sandbox.programs import Sandbox
from tests.browser.chromium import launch
from tests.browser.pictures import (
    CARD,
    CARD_WORDS,
    DOCS,
    HOME,
    HOME_WORDS,
    MOST_BYTES,
    START,
    show_card,
    show_home,
    words,
)
from tests.browser.shrink import shrink
from tests.browser.stage import PATIENCE_MS, visit


def main() -> None:
    """Play until a card waits for approval; take the card, then the Home tab of who may approve it."""
    DOCS.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with (
        Sandbox(start=START) as sandbox,
        PageServer(sandbox) as server,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        sandbox.slack("app", patience=PATIENCE_MS / 1000)
        context = browser.new_context(viewport={"width": 1320, "height": 1080})
        visitor = visit(context, server.url, sandbox)
        for show, picture, told in ((show_card, CARD, CARD_WORDS), (show_home, HOME, HOME_WORDS)):
            shown = show(visitor)
            told.write_text(words(shown), encoding="utf-8")
            picture.write_bytes(shrink(shown.screenshot()))
        context.close()
    for picture in (CARD, HOME):
        size = picture.stat().st_size
        print(f"{picture.name}: {size / 1000:.0f} kB")  # noqa: T201 - said to whoever runs it
        assert size <= MOST_BYTES, picture


if __name__ == "__main__":
    main()
