"""Three judges of what we send to Slack: the stand-in's limits, slack_sdk's models, and its own size."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.sandbox.slack.limits import problems, view_is_too_large, view_problems


def assert_valid_view(view: Mapping[str, Any]) -> None:
    """Find a modal that Slack would take."""
    assert view_problems(dict(view)) == []
    assert not view_is_too_large(dict(view))
    View(**view).validate_json()


def assert_valid_blocks(blocks: Sequence[Mapping[str, Any]]) -> None:
    """Find blocks of a message that Slack would take."""
    assert problems([dict(block) for block in blocks], "message") == []
    for block in Block.parse_all([dict(block) for block in blocks]):
        block.validate_json()
