"""The box in which somebody tries another minute."""

from typing import Any

from bot.service.what_ifs import WhatIfView
from commands.cards import markup


def render(view: WhatIfView) -> dict[str, Any]:
    """Render *view*."""
    del view
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "What if"},
        "blocks": [markup.section("…")],
    }
