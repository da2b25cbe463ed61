"""Shapes of block elements: buttons, menus, pickers, inputs, images."""

from collections.abc import Mapping

from bot.sandbox.slack.limits.checks import (
    Check,
    array,
    at_least_one,
    at_most_one,
    boolean,
    pattern,
    record,
    string,
    url,
    whole,
)
from bot.sandbox.slack.limits.composition import (
    action_id,
    confirm,
    conversation_filter,
    dispatch_action_config,
    initial_among_options,
    option,
    option_group,
    plain,
    slack_file,
    style,
)
from bot.sandbox.slack.limits.table import LIMITS

_ids = array(string(least=1))
_date = pattern(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "must be in format YYYY-MM-DD")
_time = pattern(r"([01]\d|2[0-3]):[0-5]\d", "must be in format HH:mm")
_BASE: Mapping[str, Check] = {"action_id": action_id, "confirm": confirm, "focus_on_load": boolean}


def _placeholder(kind: str) -> dict[str, Check]:
    """Return the optional placeholder of a kind of element."""
    return {"placeholder": plain(LIMITS[f"{kind}.placeholder.max_length"])}


def _menu(optional: Mapping[str, Check], required: Mapping[str, Check] | None = None) -> Check:
    """Return the shape of a menu whose options Slack knows itself."""
    return record(required or {}, {**_BASE, **_placeholder("select"), **optional})


def _static_menu(initial: Mapping[str, Check]) -> Check:
    """Return the shape of a menu that carries its options."""
    options = array(
        option(), least=LIMITS["select.options.min_items"], most=LIMITS["select.options.max_items"]
    )
    groups = array(
        option_group,
        least=LIMITS["select.option_groups.min_items"],
        most=LIMITS["select.option_groups.max_items"],
    )
    return record(
        {},
        {**_BASE, **_placeholder("select"), **initial, "options": options, "option_groups": groups},
        at_least_one("options", "option_groups"),
        at_most_one("options", "option_groups"),
        initial_among_options,
    )


def _choice(kind: str, initial: Mapping[str, Check]) -> Check:
    """Return the shape of checkboxes or radio buttons."""
    options = array(
        option(plain_only=False),
        least=LIMITS[f"{kind}.options.min_items"],
        most=LIMITS[f"{kind}.options.max_items"],
    )
    return record({"options": options}, {**_BASE, **initial}, initial_among_options)


def _typed_input(
    kind: str, optional: Mapping[str, Check], required: Mapping[str, Check] | None = None
) -> Check:
    """Return the shape of an input that a person types into."""
    base: dict[str, Check] = {"action_id": action_id, "focus_on_load": boolean, **_placeholder(kind)}
    base["dispatch_action_config"] = dispatch_action_config
    return record(required or {}, {**base, **optional})


_query = {"min_query_length": whole(LIMITS["select.min_query_length.min"])}
_most = {"max_selected_items": whole(LIMITS["multi_select.max_selected_items.min"])}
_conversation = {
    "default_to_current_conversation": boolean,
    "filter": conversation_filter,
}
_respond = {"response_url_enabled": boolean}
_one_option = {"initial_option": option()}
_some_options = {"initial_options": array(option())}
_visible = array(string(least=1), most=LIMITS["icon_button.visible_to_user_ids.max_items"])

button = record(
    {"text": plain(LIMITS["button.text.max_length"])},
    {
        "action_id": action_id,
        "url": url(LIMITS["button.url.max_length"]),
        "value": string(LIMITS["button.value.max_length"]),
        "style": style,
        "confirm": confirm,
        "accessibility_label": string(LIMITS["button.accessibility_label.max_length"]),
        "visible_to_user_ids": array(string(least=1), most=LIMITS["button.visible_to_user_ids.max_items"]),
        "agent_prompt": string(LIMITS["button.agent_prompt.max_length"]),
    },
)
image = record(
    {"alt_text": string(LIMITS["image_element.alt_text.max_length"], least=1)},
    {"image_url": url(LIMITS["image_element.image_url.max_length"], web_only=True), "slack_file": slack_file},
    at_least_one("image_url", "slack_file"),
    at_most_one("image_url", "slack_file"),
)
_feedback = record(
    {
        "text": plain(LIMITS["feedback_button.text.max_length"]),
        "value": string(LIMITS["feedback_button.value.max_length"]),
    },
    {"accessibility_label": string(LIMITS["feedback_button.accessibility_label.max_length"])},
)

SHAPES: dict[str, Check] = {
    "button": button,
    "image": image,
    "icon_button": record(
        {"icon": string(least=1), "text": plain(LIMITS["button.text.max_length"])},
        {
            "action_id": action_id,
            "value": string(LIMITS["icon_button.value.max_length"]),
            "confirm": confirm,
            "accessibility_label": string(LIMITS["icon_button.accessibility_label.max_length"]),
            "visible_to_user_ids": _visible,
        },
    ),
    "feedback_buttons": record(
        {"positive_button": _feedback, "negative_button": _feedback}, {"action_id": action_id}
    ),
    "workflow_button": record(
        {
            "text": plain(LIMITS["workflow_button.text.max_length"]),
            "workflow": record(
                {
                    "trigger": record(
                        {"url": url(3_000)},
                        {
                            "customizable_input_parameters": array(
                                record({"name": string(least=1), "value": string()})
                            )
                        },
                    )
                }
            ),
        },
        {
            "action_id": action_id,
            "style": style,
            "accessibility_label": string(LIMITS["workflow_button.accessibility_label.max_length"]),
        },
    ),
    "overflow": record(
        {
            "options": array(
                option(with_url=True),
                least=LIMITS["overflow.options.min_items"],
                most=LIMITS["overflow.options.max_items"],
            )
        },
        {"action_id": action_id, "confirm": confirm},
    ),
    "static_select": _static_menu(_one_option),
    "multi_static_select": _static_menu({**_some_options, **_most}),
    "external_select": _menu({**_one_option, **_query}),
    "multi_external_select": _menu({**_some_options, **_query, **_most}),
    "users_select": _menu({"initial_user": string(least=1)}),
    "multi_users_select": _menu({"initial_users": _ids, **_most}),
    "conversations_select": _menu({"initial_conversation": string(least=1), **_conversation, **_respond}),
    "multi_conversations_select": _menu({"initial_conversations": _ids, **_conversation, **_most}),
    "channels_select": _menu({"initial_channel": string(least=1), **_respond}),
    "multi_channels_select": _menu({"initial_channels": _ids, **_most}),
    "checkboxes": _choice("checkboxes", {"initial_options": array(option(plain_only=False))}),
    "radio_buttons": _choice("radio_buttons", {"initial_option": option(plain_only=False)}),
    "datepicker": record({}, {**_BASE, **_placeholder("date_picker"), "initial_date": _date}),
    "timepicker": record(
        {}, {**_BASE, **_placeholder("time_picker"), "initial_time": _time, "timezone": string(least=1)}
    ),
    "datetimepicker": record({}, {**_BASE, "initial_date_time": whole(0, 9_999_999_999)}),
    "plain_text_input": _typed_input(
        "plain_text_input",
        {
            "initial_value": string(),
            "multiline": boolean,
            "min_length": whole(
                LIMITS["plain_text_input.min_length.min"], LIMITS["plain_text_input.min_length.max"]
            ),
            "max_length": whole(
                LIMITS["plain_text_input.max_length.min"], LIMITS["plain_text_input.max_length.max"]
            ),
        },
    ),
    "email_text_input": _typed_input("email_input", {"initial_value": string()}),
    "url_text_input": _typed_input("url_input", {"initial_value": string()}),
    "number_input": _typed_input(
        "number_input",
        {"initial_value": string(), "min_value": string(), "max_value": string()},
        {"is_decimal_allowed": boolean},
    ),
    "rich_text_input": _typed_input(
        "rich_text_input",
        {
            "initial_value": record({"elements": array(record({}))}),
            "min_lines": whole(
                LIMITS["rich_text_input.min_lines.min"], LIMITS["rich_text_input.min_lines.max"]
            ),
            "max_lines": whole(
                LIMITS["rich_text_input.max_lines.min"], LIMITS["rich_text_input.max_lines.max"]
            ),
        },
    ),
    "file_input": record(
        {},
        {
            "action_id": action_id,
            "filetypes": array(string(least=1), least=1),
            "max_files": whole(LIMITS["file_input.max_files.min"], LIMITS["file_input.max_files.max"]),
        },
    ),
    "url_source": record({"url": url(3_000), "text": string(least=1)}),
}

IN_ACTIONS = tuple(
    sorted(
        set(SHAPES)
        - {"image", "file_input", "url_source", "icon_button", "feedback_buttons", "email_text_input"}
        - {"url_text_input", "number_input", "plain_text_input", "rich_text_input"}
    )
)
"""What stands in an `actions` block."""

IN_SECTION = ("image", *IN_ACTIONS)
"""What stands beside a section's text."""

IN_INPUT = tuple(
    sorted(
        set(SHAPES)
        - {"button", "image", "overflow", "workflow_button", "url_source"}
        - {"icon_button", "feedback_buttons"}
    )
)
"""What stands in an `input` block."""
