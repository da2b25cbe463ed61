"""The Home tab: somebody opened it, or wants it read again. What it tells is the back office's."""

from collections.abc import Mapping
from typing import Any

from bot.service.back_office import BackOffice
from commands.reply import Request


def opened(event: Mapping[str, Any], service: BackOffice) -> None:
    """Hear that somebody looks at the app: at its Home tab, or at its messages, which concern us not."""
    if event.get("tab", "home") == "home":
        service.homes.opened(event["user"])


def refresh(request: Request, service: BackOffice) -> None:
    """Read again what was last observed: the button *Refresh*."""
    service.homes.opened(request.user)
