"""What a handler is given and what it answers; Slack's own shapes stay in `commands/__init__`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.message import Card
from bot.domain.view import Opened
from commands.cards.markup import Block


@dataclass(frozen=True)
class Request:
    """A typed command, a press, a shortcut or a submitted box.

    Attributes:
        user: the Slack id of who did it.
        key: tells this delivery from any other, so that a repeated one counts once.
        text: what followed the slash command, the value of the button, or the message of a shortcut.
        action_id: of the button, `""` for a command.
        typed: the slash command itself.
        channel: where it was typed or pressed, `""` for a box or the Home tab.
        thread: the `ts` of the message in whose thread it was typed, or that it is about; `""` for none.
        in_thread: whether that thread exists already: Slack shows whispers in no other.
        url: where a slash command may be answered later, `""` for anything else.
        share: whether the whole channel is to see the answer.
        dry_run: whether only to tell what would be done.
        fields: what a box holds, by the id of its block.
        about: what the box was opened about, `""` outside of one.
        view: the box or the Home tab as it was shown, `None` for a message.
        at: Slack's own time of a press.
    """

    user: str
    key: str
    text: str
    action_id: str = ""
    typed: str = "/mcsync"
    channel: str = ""
    thread: str = ""
    in_thread: bool = False
    url: str = ""
    share: bool = False
    dry_run: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    view: Opened | None = None
    at: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer that only the asker sees, unless it is shared.

    Attributes:
        text: all of it in words.
        blocks: how it looks, empty for text alone.
        shared: whether the whole channel sees it.
    """

    text: str
    blocks: Sequence[Block] = ()
    shared: bool = False


@dataclass(frozen=True)
class Aside:
    """Answers to a press that only the presser sees, below the message, which stays as it is.

    Attributes:
        replies: in order; Slack takes five at most.
    """

    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class Modal:
    """A box for the asker: opened, or shown in place of the one that was submitted.

    Attributes:
        view: how it looks.
        then: what to do once it is open, with what Slack says of it.
    """

    view: Block
    then: Callable[[Opened], None] | None = None


@dataclass(frozen=True)
class Complaints:
    """What is wrong with a submitted box.

    Attributes:
        errors: plain sentences, by the id of the block that they stand at.
    """

    errors: Mapping[str, str]


def reply_of(card: Card) -> Reply:
    """Answer with what *card* shows."""
    return Reply(card.text, [dict(block) for block in card.blocks])
