"""What Slack refuses in blocks and views. Pure: JSON in, Slack's own kind of messages out.

`table`        the numbers
`checks`       small checks and how they combine
`composition`  texts, options, confirmation dialogs; `elements` buttons, menus, inputs;
`rich_text`, `data`, `layout`  the blocks, and the surfaces that they may stand on
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from bot.sandbox.slack.limits import layout
from bot.sandbox.slack.limits.checks import (
    array,
    boolean,
    by_type,
    problem,
    record,
    string,
    text_length,
    whole,
)
from bot.sandbox.slack.limits.composition import plain
from bot.sandbox.slack.limits.table import LIMITS

__all__ = [
    "LIMITS",
    "attachment_problems",
    "problems",
    "text_is_too_long",
    "view_is_too_large",
    "view_problems",
]


def problems(blocks: list[Any], surface: str, unknown: Collection[str] = ()) -> list[str]:
    """Return what Slack would refuse in blocks, in the order of the blocks.

    Args:
        blocks: Block Kit as it travels.
        surface: "message", "modal" or "home".
        unknown: types of blocks that the workspace does not have yet.

    Returns:
        Messages such as `[ERROR] must be less than 76 characters [json-pointer:/blocks/0/...]`.
    """
    return list(_block_problems(blocks, surface, "/blocks", unknown))


def attachment_problems(attachments: Any) -> list[str]:  # noqa: ANN401 - whatever an app sent
    """Return what Slack would refuse in a message's attachments, the blocks inside of them included."""
    shape = array(record({}, _ATTACHMENT), most=LIMITS["message.attachments.max_items"])
    found = list(shape(attachments, "/attachments"))
    for index, attachment in enumerate(attachments if isinstance(attachments, list) else ()):
        if isinstance(attachment, dict) and isinstance(attachment.get("blocks"), list):
            found += _block_problems(attachment["blocks"], "message", f"/attachments/{index}/blocks")
    return found


def view_problems(view: Any, unknown: Collection[str] = ()) -> list[str]:  # noqa: ANN401 - whatever an app sent
    """Return what Slack would refuse in a modal or a Home tab, its blocks included.

    Args:
        view: as it travels.
        unknown: types of blocks that the workspace does not have yet.
    """
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return [problem("must be a modal or home view", "/view/type")]
    kind = view["type"]
    shape = _MODAL if kind == "modal" else _HOME
    found = list(shape(view, "/view"))
    if isinstance(view.get("blocks"), list):
        found += _block_problems(view["blocks"], kind, "/view/blocks", unknown)
        has_inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"])
        if kind == "modal" and has_inputs and "submit" not in view:
            found.append(problem("missing required field: submit", "/view"))
    return found


def _block_problems(
    blocks: list[Any], surface: str, pointer: str, unknown: Collection[str] = ()
) -> Iterator[str]:
    """Yield what is wrong with blocks on a surface."""
    most = LIMITS["message.blocks.max_items" if surface == "message" else "view.blocks.max_items"]
    allowed = [kind for kind in layout.SURFACES[surface] if kind not in unknown]
    yield from array(by_type(layout.SHAPES, allowed), most=most)(blocks, pointer)
    yield from _repeated_ids(blocks, pointer, set())
    if surface == "message":
        yield from _message_totals(blocks, pointer)


def _repeated_ids(blocks: list[Any], pointer: str, seen: set[str]) -> Iterator[str]:
    """Yield every `block_id` that stands twice, and every `action_id` that stands twice in one block."""
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        yield from _seen_before(block, "block_id", f"{pointer}/{index}", seen)
        for key in ("elements", "actions"):
            children = block.get(key)
            actions: set[str] = set()
            for place, child in enumerate(children if isinstance(children, list) else ()):
                if isinstance(child, dict):
                    yield from _seen_before(child, "action_id", f"{pointer}/{index}/{key}/{place}", actions)
        for key in ("child_blocks", "elements"):
            children = block.get(key)
            if isinstance(children, list) and block.get("type") in ("container", "carousel"):
                yield from _repeated_ids(children, f"{pointer}/{index}/{key}", seen)


def _seen_before(holder: dict[str, Any], key: str, pointer: str, seen: set[str]) -> Iterator[str]:
    """Yield a message when an id has been seen before, and remember it."""
    name = holder.get(key)
    if not isinstance(name, str):
        return
    if name in seen:
        yield problem(f"`{key}` {name!r} already exists", f"{pointer}/{key}")
    seen.add(name)


def _message_totals(blocks: list[Any], pointer: str) -> Iterator[str]:
    """Yield what is too much in a message as a whole."""
    kinds = [block.get("type") for block in blocks if isinstance(block, dict)]
    for kind, key in (
        ("table", "message.tables.max_items"),
        ("data_visualization", "message.data_visualizations.max_items"),
    ):
        if kinds.count(kind) > LIMITS[key]:
            yield problem(f"no more than {LIMITS[key]} {kind} blocks allowed", pointer)
    written = [
        block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"
    ]
    most = LIMITS["markdown.total_text.max_length"]
    if sum(len(text) for text in written if isinstance(text, str)) > most:
        yield problem(f"must be less than {most + 1} characters in all markdown blocks", pointer)


def text_is_too_long(blocks: list[Any]) -> bool:
    """Tell whether a message's blocks meet Slack's unpublished total, `msg_blocks_too_long`.

    Tables have a total of their own and do not count.
    """
    counted = [block for block in blocks if block.get("type") not in ("table", "data_table")]
    return text_length(counted) > LIMITS["message.blocks.total_text"]


def view_is_too_large(view: dict[str, Any]) -> bool:
    """Tell whether a view is heavier than Slack takes, `view_too_large`."""
    return len(json.dumps(view).encode()) > LIMITS["view.json.max_bytes"]


_EVERY_VIEW = {
    "callback_id": string(LIMITS["view.callback_id.max_length"]),
    "external_id": string(LIMITS["view.external_id.max_length"]),
    "private_metadata": string(LIMITS["view.private_metadata.max_length"]),
}
_blocks_are_checked_apart = array(lambda _value, _pointer: iter(()))
_ATTACHMENT = {
    **dict.fromkeys(("color", "fallback", "text", "pretext", "title", "title_link", "footer"), string()),
    "id": whole(),
    "mrkdwn_in": array(string()),
    "blocks": _blocks_are_checked_apart,
}
_MODAL = record(
    {"title": plain(LIMITS["view.title.max_length"]), "blocks": _blocks_are_checked_apart},
    {
        **_EVERY_VIEW,
        "submit": plain(LIMITS["view.submit.max_length"]),
        "close": plain(LIMITS["view.close.max_length"]),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = record({"blocks": _blocks_are_checked_apart}, _EVERY_VIEW)
