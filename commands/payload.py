"""What Slack's payload of a press or of a box says: which thread, which fields. Pure."""

from collections.abc import Mapping
from typing import Any


def thread_of(body: Mapping[str, Any]) -> str:
    """Find the thread that a pressed message stands in; one that merely has a thread stands in none."""
    container = body.get("container") or {}
    thread = container.get("thread_ts", "")
    return "" if thread == container.get("message_ts") else str(thread)


def fields_of(view: Mapping[str, Any]) -> dict[str, str]:
    """Read what a box holds: one text or one chosen option in each block; what is neither is nothing."""
    found = {}
    for block_id, elements in view["state"]["values"].items():
        for state in elements.values():
            told = state if isinstance(state, Mapping) else {}
            option = told.get("selected_option")
            chosen = option.get("value") if isinstance(option, Mapping) else ""
            found[block_id] = str(told.get("value") or chosen or "")
    return found


def first_input(view: Mapping[str, Any]) -> str:
    """Find the block at which a complaint about a whole box is shown; `""` where nothing can be filled in."""
    inputs = (block for block in view["blocks"] if block["type"] == "input")
    return next((str(block.get("block_id", "")) for block in inputs), "")
