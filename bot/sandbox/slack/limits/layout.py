"""Shapes of the blocks themselves, and on which surface each may stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.limits import data, elements, rich_text
from bot.sandbox.slack.limits.checks import (
    Check,
    array,
    at_least_one,
    at_most_one,
    boolean,
    by_type,
    distinct,
    one_of,
    problem,
    record,
    string,
    url,
)
from bot.sandbox.slack.limits.composition import block_id, plain, slack_file, text
from bot.sandbox.slack.limits.table import LIMITS


def _block(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Check
) -> Check:
    """Return the shape of a block; every block may have a `block_id`."""
    return record(required, {"block_id": block_id, **(optional or {})}, *rules)


def _limited_text(kind: str, *, plain_only: bool = False) -> Check:
    """Return the text object that is limited under a key such as "card.title"."""
    return text(LIMITS[f"{kind}.max_length"], plain_only=plain_only)


_web_image = url(LIMITS["image.image_url.max_length"], web_only=True)
_image = _block(
    {"alt_text": string(LIMITS["image.alt_text.max_length"], least=1)},
    {
        "image_url": _web_image,
        "slack_file": slack_file,
        "title": _limited_text("image.title", plain_only=True),
    },
    at_least_one("image_url", "slack_file"),
    at_most_one("image_url", "slack_file"),
)
_context_element = by_type(
    {
        **elements.SHAPES,
        "plain_text": plain(LIMITS["text.max_length"]),
        "mrkdwn": text(LIMITS["text.max_length"]),
    },
    ("image", "plain_text", "mrkdwn"),
)
_card = _block(
    {},
    {
        "hero_image": by_type({"image": elements.image}),
        "icon": by_type({"image": elements.image}),
        "slack_icon": record({}, {"name": string(least=1), "color": string(least=1)}),
        "title": _limited_text("card.title"),
        "subtitle": _limited_text("card.subtitle"),
        "body": _limited_text("card.body"),
        "subtext": _limited_text("card.subtext"),
        "actions": array(by_type({"button": elements.button}), most=LIMITS["card.actions.max_items"]),
    },
    at_least_one("hero_image", "title", "actions", "body"),
    at_most_one("icon", "slack_icon"),
)
_rich_text_block = _block({"elements": rich_text.elements})
_TASK: dict[str, Check] = {
    "task_id": string(least=1),
    "title": string(least=1),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
_TASK_MORE: dict[str, Check] = {
    "details": by_type({"rich_text": _rich_text_block}),
    "output": by_type({"rich_text": _rich_text_block}),
    "sources": array(by_type(elements.SHAPES, ("url_source",))),
}


def _not_pending(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check that a task outside of a plan is under way."""
    if value["status"] == "pending":
        yield problem("only tasks of a plan can be pending", f"{pointer}/status")


def _collapsing(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check that a container's header fits to whether it can be collapsed."""
    can_collapse = value.get("is_collapsible", False)
    if value.get("default_collapsed") and not can_collapse:
        yield problem("requires is_collapsible", f"{pointer}/default_collapsed")
    if value.get("has_header_divider") and can_collapse:
        yield problem("only without is_collapsible", f"{pointer}/has_header_divider")


SHAPES: dict[str, Check] = {
    "actions": _block(
        {
            "elements": array(
                by_type(elements.SHAPES, elements.IN_ACTIONS),
                least=1,
                most=LIMITS["actions.elements.max_items"],
            )
        }
    ),
    "alert": _block(
        {"text": _limited_text("alert.text")},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _card,
    "carousel": _block(
        {
            "elements": array(
                by_type({"card": _card}),
                least=LIMITS["carousel.elements.min_items"],
                most=LIMITS["carousel.elements.max_items"],
            )
        }
    ),
    "context": _block(
        {"elements": array(_context_element, least=1, most=LIMITS["context.elements.max_items"])}
    ),
    "context_actions": _block(
        {
            "elements": array(
                by_type(elements.SHAPES, ("feedback_buttons", "icon_button")),
                least=1,
                most=LIMITS["context_actions.elements.max_items"],
            )
        }
    ),
    "data_table": data.data_table,
    "data_visualization": data.data_visualization,
    "divider": _block({}),
    "file": _block({"external_id": string(least=1), "source": one_of("remote")}),
    "header": _block({"text": _limited_text("header.text", plain_only=True)}),
    "image": _image,
    "input": _block(
        {
            "label": _limited_text("input.label", plain_only=True),
            "element": by_type(elements.SHAPES, elements.IN_INPUT),
        },
        {
            "hint": _limited_text("input.hint", plain_only=True),
            "optional": boolean,
            "dispatch_action": boolean,
        },
    ),
    "markdown": _block({"text": string(LIMITS["markdown.text.max_length"], least=1)}),
    "plan": _block(
        {
            "title": string(least=1),
            "tasks": array(record(_TASK, _TASK_MORE), most=LIMITS["plan.tasks.max_items"]),
        },
        {},
        distinct("tasks", "task_id"),
    ),
    "rich_text": _rich_text_block,
    "section": _block(
        {},
        {
            "text": _limited_text("section.text"),
            "fields": array(
                text(LIMITS["section.fields.item_max_length"]),
                least=1,
                most=LIMITS["section.fields.max_items"],
            ),
            "accessory": by_type(elements.SHAPES, elements.IN_SECTION),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "table": data.table,
    "task_card": _block(_TASK, _TASK_MORE, _not_pending),
    "video": _block(
        {
            "alt_text": string(LIMITS["video.alt_text.max_length"], least=1),
            "title": _limited_text("video.title", plain_only=True),
            "thumbnail_url": url(LIMITS["video.thumbnail_url.max_length"], web_only=True),
            "video_url": url(LIMITS["video.video_url.max_length"], web_only=True),
        },
        {
            "author_name": string(LIMITS["video.author_name.max_length"]),
            "description": _limited_text("video.description", plain_only=True),
            "provider_icon_url": url(LIMITS["video.provider_icon_url.max_length"], web_only=True),
            "provider_name": string(LIMITS["video.provider_name.max_length"]),
            "title_url": url(LIMITS["video.title_url.max_length"], web_only=True),
        },
    ),
}
IN_CONTAINER = (
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)
SHAPES["container"] = _block(
    {
        "child_blocks": array(
            by_type(SHAPES, IN_CONTAINER),
            least=LIMITS["container.child_blocks.min_items"],
            most=LIMITS["container.child_blocks.max_items"],
        )
    },
    {
        "title": _limited_text("container.title", plain_only=True),
        "rich_text_title": by_type({"rich_text": _rich_text_block}),
        "subtitle": _limited_text("container.subtitle"),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": by_type({"image": elements.image}),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    at_least_one("title", "rich_text_title"),
    _collapsing,
)

_EVERYWHERE = (
    "actions",
    "card",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
)
_SHOWING_DATA = ("carousel", "container", "data_table", "data_visualization", "table")
SURFACES: dict[str, tuple[str, ...]] = {
    "message": (*_EVERYWHERE, *_SHOWING_DATA, "context_actions", "file", "markdown", "plan", "task_card"),
    "home": (*_EVERYWHERE, *_SHOWING_DATA),
    "modal": (*_EVERYWHERE, "alert"),
}
"""Which blocks may stand in a message, on the Home tab and in a modal."""
