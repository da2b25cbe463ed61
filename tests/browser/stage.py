"""A sandbox, its page, and somebody who looks at it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from bot.sandbox.programs import Sandbox

WORKFLOW = "mcSynch_mcExec1"
PATIENCE_MS = 60_000
"""On a loaded machine; a state that is there is seen at once."""
JOURNEY_MS = 180_000
TICK_MS = 20


@dataclass
class Visitor:
    """Somebody with the page open.

    Attributes:
        page: the tab.
        sandbox: the programs, for what only they know.
        complaints: what the browser's console said that it should not.
        elsewhere: addresses that were asked for outside of the page's own.
    """

    page: Page
    sandbox: Sandbox
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def become(self, name: str) -> None:
        """Be somebody else."""
        self.page.locator("label.person", has_text=name).click()
        expect(self.page.get_by_role("radio", name=re.compile(name))).to_be_checked()

    def type(self, line: str) -> None:
        """Type a line and send it."""
        self.page.get_by_label("Message", exact=True).fill(line)
        self.page.keyboard.press("Enter")

    def card(self) -> Locator:
        """Return the latest card."""
        return self.page.locator("#messages > .message:not(.ephemeral)").last

    def whisper(self) -> Locator:
        """Return what the person was told alone, the latest of it."""
        return self.page.locator("#messages > .message.ephemeral").last

    def press(self, action: str) -> None:
        """Press a button of the latest card, by the beginning of its action."""
        self.card().locator(f'[data-action^="{action}"]').first.click()

    def confirm(self) -> None:
        """Say yes to the question that came up."""
        self.page.locator("#confirm .button").last.click()
        expect(self.page.locator("#confirm")).not_to_be_visible()

    def skip(self, where: str) -> None:
        """Skip, and wait until the page says that one more journey has arrived."""
        skips = self.page.locator("#skips")
        arrived = int(skips.get_attribute("data-arrived") or 0)
        self.page.get_by_role("button", name=f"Skip to {where}", exact=True).click()
        expect(skips).to_have_attribute("data-arrived", str(arrived + 1), timeout=JOURNEY_MS)
        self.look_up()

    def look_up(self) -> None:
        """Wait until the page shows what has happened in Slack so far."""
        happened = self.sandbox.slack("screen")["seq"]
        deadline = monotonic() + PATIENCE_MS / 1000
        while int(self.page.locator("body").get_attribute("data-slack") or 0) < happened:
            assert monotonic() < deadline, "the page does not follow Slack"
            self.page.wait_for_timeout(TICK_MS)

    def skip_until(self, words: str, *, where: str = "1 min", most: int = 8) -> None:
        """Let minutes, or runs, pass until the card says something."""
        for _ in range(most):
            if words in self.card().inner_text():
                return
            self.skip(where)
        expect(self.card()).to_contain_text(words)

    def panel(self, title: str) -> Locator:
        """Return a box of the other side."""
        return self.page.locator("#panel .box", has=self.page.locator("h3", has_text=title)).first

    def workflow(self) -> dict[str, Any]:
        """Look at the archiving workflow from behind."""
        workflows = self.sandbox.campaign("world")["workflows"]
        found: dict[str, Any] = next(one for one in workflows if one["name"] == WORKFLOW)
        return found

    def collide(self) -> None:
        """Let the next run meet the restart, until the card is there."""
        self.skip("next run")
        expect(self.card()).to_contain_text("restart collision")

    def approve(self) -> None:
        """Let Ada approve what waits."""
        self.become("Ada")
        self.press("mcsync_approve")
        self.confirm()
        expect(self.card()).to_contain_text("Approved by @Ada Admin")

    def ask(self) -> None:
        """Collide, then ask for a shift."""
        self.collide()
        self.press("mcsync_shift_5")
        expect(self.card()).to_contain_text("Waiting for approval")


def visit(context: BrowserContext, address: str, sandbox: Sandbox) -> Visitor:
    """Open the page and wait until it shows the channel."""
    context.set_default_timeout(PATIENCE_MS)
    visitor = Visitor(context.new_page(), sandbox)
    page = visitor.page
    page.on("console", lambda said: visitor.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((address, "data:")) else visitor.elsewhere.append(asked.url)
        ),
    )
    page.goto(address)
    expect(page.get_by_label("Conversations").get_by_role("button", name="campaign-ops")).to_be_visible()
    expect(page.get_by_role("button", name="Skip to next run")).to_be_visible()
    return visitor


OpenPage = Callable[..., Visitor]
"""Opens the page once more; takes Playwright's options of a context."""
