"""`python -m tests.browser`: take the pictures of the README anew."""

from playwright.sync_api import sync_playwright

from bot.sandbox.page import PageServer
from bot.sandbox.programs import Sandbox
from tests.browser.chromium import launch
from tests.browser.pictures import CARD, DOCS, MOST_BYTES, PAGE, START, WORDS, words_of_card
from tests.browser.shrink import shrink
from tests.browser.stage import visit


def main() -> None:
    """Play until a card waits for approval, and until it was carried out."""
    DOCS.mkdir(exist_ok=True)
    with (
        Sandbox(start=START) as sandbox,
        PageServer(sandbox) as server,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        context = browser.new_context(viewport={"width": 1320, "height": 900})
        visitor = visit(context, server.url, sandbox)
        WORDS.write_text(words_of_card(visitor), encoding="utf-8")
        CARD.write_bytes(shrink(visitor.card().screenshot()))
        visitor.approve()
        visitor.skip_until("Changed and read back")
        visitor.become("Sam")
        visitor.page.mouse.move(0, 0)
        visitor.page.locator("#messages").evaluate("list => list.scrollTo(0, list.scrollHeight)")
        PAGE.write_bytes(shrink(visitor.page.screenshot()))
        context.close()
    for picture in (CARD, PAGE):
        size = picture.stat().st_size
        print(f"{picture.name}: {size / 1000:.0f} kB")  # noqa: T201 - said to whoever runs it
        assert size <= MOST_BYTES, picture


if __name__ == "__main__":
    main()
