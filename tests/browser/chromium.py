"""The system's Chromium: where it is, and how it is started."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """Find the browser; `None` where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser; as root it runs only without its own walls. Grey letters make small pictures."""
    path = executable()
    assert path is not None
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return playwright.chromium.launch(
        executable_path=path, args=["--disable-lcd-text"], chromium_sandbox=not is_root
    )
