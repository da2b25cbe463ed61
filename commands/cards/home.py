"""The Home tab: a page of operations for one reader."""

from typing import Any

from bot.service.home import HomeView
from commands.cards import markup


def render(view: HomeView | None, plain: bool) -> dict[str, Any]:  # noqa: FBT001 - a port of two arguments
    """Render *view*, or a sentence for a stranger."""
    del view, plain
    return {"type": "home", "blocks": [markup.section("…")]}
