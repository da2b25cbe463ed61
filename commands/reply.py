"""What a handler is given and what it answers; Slack's own shapes stay in `commands/__init__`."""

from collections.abc import Sequence
from dataclasses import dataclass

from commands.cards.markup import Block


@dataclass(frozen=True)
class Request:
    """A typed command or a press.

    Attributes:
        user: the Slack id of who did it.
        key: tells this delivery from any other, so that a repeated one counts once.
        text: what followed the slash command, or the value of the button.
        action_id: of the button, `""` for a command.
        typed: the slash command itself.
    """

    user: str
    key: str
    text: str
    action_id: str = ""
    typed: str = "/mcsync"


@dataclass(frozen=True)
class Reply:
    """An answer that only the asker sees.

    Attributes:
        text: all of it in words.
        blocks: how it looks, empty for text alone.
    """

    text: str
    blocks: Sequence[Block] = ()
