"""What a person chooses in an element, in the form in which Slack tells it to the app. Pure."""

from typing import Any

from bot.sandbox.slack.refusal import Json

_TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
_ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_SOME_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_FIELD = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "files"),
}
_STATELESS = {"button", "overflow", "workflow_button", "icon_button", "feedback_buttons"}


class NoSuchOption(Exception):
    """The element does not offer what the person wants to choose; the text is the value."""


def keeps_state(element: Json) -> bool:
    """Tell whether an element shows up in `state.values`."""
    return element["type"] not in _STATELESS


def options(element: Json) -> list[Json]:
    """Return every option of a menu, those in groups included."""
    found = list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        found += group["options"]
    return found


def _option(element: Json, value: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return the option with that value; an external menu takes a whole option as it comes."""
    if isinstance(value, dict) and element["type"].endswith("external_select"):
        return value
    for option in options(element):
        if option["value"] == value:
            return dict(option)
    raise NoSuchOption(str(value))


def chosen(element: Json, value: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return the fields that tell a choice, such as `{"selected_option": {...}}`.

    Args:
        element: the element in its block.
        value: a text for an input, an option's value (or a list of them) for a menu, an id or a date for
            the others; `None` empties it.

    Raises:
        NoSuchOption: a menu does not offer that value.
    """
    kind = element["type"]
    if kind in _TYPED:
        return {"value": None if value is None else str(value)}
    if kind in _ONE_OPTION:
        return {"selected_option": None if value is None else _option(element, value)}
    if kind in _SOME_OPTIONS:
        wanted = value if isinstance(value, list) else [] if value is None else [value]
        return {"selected_options": [_option(element, one) for one in wanted]}
    if kind in _FIELD:
        return {_FIELD[kind][0]: value}
    return {"value": element["value"]} if "value" in element else {}


def initially_chosen(element: Json) -> Json:
    """Return the fields that tell what an element shows before anybody touches it."""
    kind = element["type"]
    if kind in _TYPED:
        return {"value": element.get("initial_value")}
    if kind in _ONE_OPTION:
        return {"selected_option": element.get("initial_option")}
    if kind in _SOME_OPTIONS:
        return {"selected_options": list(element.get("initial_options", ()))}
    if kind in _FIELD:
        field, initial = _FIELD[kind]
        return {field: element.get(initial, [] if kind.startswith("multi_") else None)}
    return {}


def is_empty(choice: Json) -> bool:
    """Tell whether a choice holds nothing, which an input that is not optional does not allow."""
    return not any(value not in (None, "", []) for key, value in choice.items() if key != "type")
