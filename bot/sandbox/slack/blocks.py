"""Walking through Block Kit: which elements a message holds, what ids they get, what a person can press."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.workspace import Workspace

INTERACTIVE = frozenset(
    {
        "button",
        "channels_select",
        "checkboxes",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "email_text_input",
        "external_select",
        "file_input",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "number_input",
        "overflow",
        "plain_text_input",
        "radio_buttons",
        "rich_text_input",
        "static_select",
        "timepicker",
        "url_text_input",
        "users_select",
        "workflow_button",
    }
)
_NESTED = ("elements", "actions", "child_blocks", "blocks", "tasks")


@dataclass(frozen=True, slots=True)
class Placed:
    """An interactive element where it stands.

    Attributes:
        block: the block around it; its `block_id` is part of every payload.
        element: the element itself.
    """

    block: Json
    element: Json


def blocks_of(message: Json) -> list[Json]:
    """Return all blocks of a message, those inside of its attachments last."""
    found = list(message.get("blocks", ()))
    for attachment in message.get("attachments", ()):
        found += attachment.get("blocks", ())
    return found


def interactive_elements(blocks: list[Json]) -> Iterator[Placed]:
    """Yield every interactive element of the blocks, in reading order."""
    for block in blocks:
        yield from _within(block, block)


def _within(block: Json, holder: Json) -> Iterator[Placed]:
    """Yield the interactive elements inside of a block or of an element that holds others."""
    children = [holder.get("accessory"), holder.get("element")]
    for key in _NESTED:
        nested = holder.get(key)
        children += nested if isinstance(nested, list) else []
    for child in children:
        if not isinstance(child, dict):
            continue
        if child.get("type") in INTERACTIVE:
            yield Placed(block, child)
        else:
            yield from _within(child if "block_id" in child else block, child)


def with_ids(blocks: list[Json], workspace: Workspace) -> list[Json]:
    """Return a copy of the blocks in which every block and every element has its id, as Slack fills them."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", workspace.new_id("", 5).lower())
    for placed in interactive_elements(filled):
        placed.element.setdefault("action_id", workspace.new_id("", 5).lower())
    return filled
