"""What the gallery shows: what Slack is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.message import Card


@dataclass(frozen=True)
class Exhibit:
    """What Slack is given.

    Attributes:
        blocks: Block Kit.
        text: the top-level text of a message, `""` for a box.
        view: the whole box, `None` for a message.
    """

    blocks: list[dict[str, Any]]
    text: str = ""
    view: Mapping[str, Any] | None = None


def message(card: Card) -> Exhibit:
    return Exhibit([dict(block) for block in card.blocks], card.text)


def box(view: Mapping[str, Any]) -> Exhibit:
    return Exhibit(view["blocks"], view=view)
