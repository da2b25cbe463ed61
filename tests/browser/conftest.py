"""A browser for all tests of a process, a sandbox with its page for each test, and one that many look at."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from bot.sandbox.page import PageServer
from bot.sandbox.programs import Sandbox
from tests.browser.chromium import NAMES, executable, launch
from tests.browser.stage import PATIENCE_MS, OpenPage, Visitor, visit

DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(name="browser", scope="session")
def _browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    if executable() is None:
        pytest.skip(f"no Chromium here (looked for {', '.join(NAMES)})")
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


@contextmanager
def _doors(browser: Browser, sandbox: Sandbox, address: str) -> Iterator[OpenPage]:
    """Give a function that opens the page; in the end no page may have complained or asked elsewhere."""
    with ExitStack() as stack:
        visitors: list[Visitor] = []

        def open_page(**context: Any) -> Visitor:  # noqa: ANN401 - Playwright's options of a context
            opened = stack.enter_context(browser.new_context(**({"viewport": DESKTOP} | context)))
            visitors.append(visit(opened, address, sandbox))
            return visitors[-1]

        yield open_page
        for visitor in visitors:
            assert visitor.complaints == []
            assert visitor.elsewhere == []


@pytest.fixture(name="scenario")
def _scenario() -> str:
    """Tests that want another scene parametrise this."""
    return "collision"


@pytest.fixture(name="open_page")
def _open_page(browser: Browser, scenario: str) -> Iterator[OpenPage]:
    """Open the page of a sandbox of the test's own, once or several times."""
    with (
        Sandbox(scenario=scenario) as sandbox,
        PageServer(sandbox) as server,
        _doors(browser, sandbox, server.url) as open_page,
    ):
        sandbox.slack("app", patience=PATIENCE_MS / 1000)
        yield open_page


@pytest.fixture(name="visitor")
def _visitor(open_page: OpenPage) -> Visitor:
    return open_page()


@pytest.fixture(name="quiet_morning", scope="session")
def _quiet_morning(browser: Browser) -> Iterator[tuple[Sandbox, str]]:
    """A sandbox whose time nobody moves and whose Campaign nobody touches, for all tests of a process."""
    del browser
    with Sandbox() as sandbox, PageServer(sandbox) as server:
        sandbox.slack("app", patience=PATIENCE_MS / 1000)
        yield sandbox, server.url


@pytest.fixture(name="look_in")
def _look_in(browser: Browser, quiet_morning: tuple[Sandbox, str]) -> Iterator[OpenPage]:
    """Open the page of the quiet morning; Slack is as on its first day."""
    sandbox, address = quiet_morning
    sandbox.settle()
    sandbox.slack("reset", all=True)
    with _doors(browser, sandbox, address) as open_page:
        yield open_page


@pytest.fixture(name="onlooker")
def _onlooker(look_in: OpenPage) -> Visitor:
    return look_in()
