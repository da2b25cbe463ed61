"""Shapes of the objects inside of elements and blocks: texts, options, confirmation dialogs."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.limits import checks
from bot.sandbox.slack.limits.checks import Check, array, boolean, by_type, one_of, problem, record, string
from bot.sandbox.slack.limits.table import LIMITS

action_id = string(LIMITS["action_id.max_length"], least=1)
block_id = string(LIMITS["block_id.max_length"], least=1)
style = one_of("primary", "danger")


def text(most: int, *, plain_only: bool = False) -> Check:
    """Return the shape of a text object of so many characters."""
    content = {"text": string(most, least=LIMITS["text.min_length"])}
    shapes = {"plain_text": record(content, {"emoji": boolean})}
    if not plain_only:
        shapes["mrkdwn"] = record(content, {"verbatim": boolean})
    return by_type(shapes)


def plain(most: int) -> Check:
    """Return the shape of a `plain_text` object of so many characters."""
    return text(most, plain_only=True)


confirm = record(
    {
        "title": plain(LIMITS["confirmation.title.max_length"]),
        "text": plain(LIMITS["confirmation.text.max_length"]),
        "confirm": plain(LIMITS["confirmation.confirm.max_length"]),
        "deny": plain(LIMITS["confirmation.deny.max_length"]),
    },
    {"style": style},
)


def option(*, plain_only: bool = True, with_url: bool = False) -> Check:
    """Return the shape of an option; those of checkboxes and radio buttons may be mrkdwn."""
    optional = {"description": text(LIMITS["option.description.max_length"], plain_only=plain_only)}
    if with_url:
        optional["url"] = checks.url(LIMITS["option.url.max_length"])
    return record(
        {
            "text": text(LIMITS["option.text.max_length"], plain_only=plain_only),
            "value": string(LIMITS["option.value.max_length"], least=1),
        },
        optional,
    )


option_group = record(
    {
        "label": plain(LIMITS["option_group.label.max_length"]),
        "options": array(
            option(),
            least=LIMITS["option_group.options.min_items"],
            most=LIMITS["option_group.options.max_items"],
        ),
    }
)
conversation_filter = record(
    {},
    {
        "include": array(
            one_of("im", "mpim", "private", "public"), least=LIMITS["conversation_filter.include.min_items"]
        ),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    lambda value, pointer: iter(() if value else (problem("must define at least one field", pointer),)),
)
dispatch_action_config = record(
    {
        "trigger_actions_on": array(
            one_of("on_enter_pressed", "on_character_entered"),
            least=LIMITS["dispatch_action_configuration.trigger_actions_on.min_items"],
            most=LIMITS["dispatch_action_configuration.trigger_actions_on.max_items"],
        )
    }
)
slack_file = record({}, {"id": string(least=1), "url": string(least=1)}, checks.at_least_one("id", "url"))


def initial_among_options(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check that what is chosen at first is one of the options, to the letter."""
    options = list(value.get("options", ()))
    for group in value.get("option_groups", ()):
        options += group["options"]
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    name = "initial_option" if "initial_option" in value else "initial_options"
    if any(one not in options for one in chosen):
        yield problem("must match one of the options", f"{pointer}/{name}")
