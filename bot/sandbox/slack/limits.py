"""What Slack refuses in blocks and views: a table of limits and one pure validator."""

from typing import Any

LIMITS: dict[str, int] = {
    "message.blocks.max_items": 50,
    "message.blocks.text_length": 13_200,
    "message.text.max_length": 40_000,
}


def problems(blocks: list[Any], surface: str) -> list[str]:
    """Return what Slack would refuse, each as `[ERROR] what [json-pointer:/where]`."""
    if surface == "message" and len(blocks) > LIMITS["message.blocks.max_items"]:
        return ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    return []
