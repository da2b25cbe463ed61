"""The methods that open, push, update and publish views."""

from typing import Any

from bot.sandbox.slack import modals
from bot.sandbox.slack.limits import view_is_too_large, view_problems
from bot.sandbox.slack.methods.call import Call, Method
from bot.sandbox.slack.records import View
from bot.sandbox.slack.refusal import Json, SlackRefusal, refusal_with_messages
from bot.sandbox.slack.workspace import snapshot


def _given_view(call: Call, kind: str) -> Json:
    """Return the view that was sent; refuse one that Slack refuses, or of another kind."""
    view: Any = call.structure("view", "invalid_arguments")
    found = view_problems(view, call.workspace.unknown_blocks)
    if not found and view["type"] != kind:
        found = [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"]
    if found:
        raise refusal_with_messages("invalid_arguments", found)
    if view_is_too_large(view):
        raise SlackRefusal("view_too_large")
    checked: Json = view
    return checked


def _answer(view: View) -> Json:
    """Return a view as the methods answer it."""
    return {"view": snapshot(view.body)}


def _open(call: Call) -> Json:
    """Open a modal for the person whose deed gave the trigger."""
    content = _given_view(call, "modal")
    trigger = call.workspace.exchange_trigger(call.required("trigger_id"))
    return _answer(modals.open_modal(call.workspace, trigger.user, content))


def _push(call: Call) -> Json:
    """Push a modal onto the stack that the trigger came from."""
    content = _given_view(call, "modal")
    trigger = call.workspace.exchange_trigger(call.required("trigger_id"))
    if trigger.view is None or not modals.is_on_screen(call.workspace, trigger.user, trigger.view):
        raise SlackRefusal("not_found")
    return _answer(modals.push_modal(call.workspace, trigger.user, content))


def _update(call: Call) -> Json:
    """Replace a modal's content while it is on the screen."""
    content = _given_view(call, "modal")
    view = _named_view(call)
    if call.text("hash") not in ("", view.body["hash"]):
        raise SlackRefusal("hash_conflict")
    modals.replace_content(call.workspace, view, content)
    return _answer(view)


def _named_view(call: Call) -> View:
    """Return the open modal that `view_id` or `external_id` names; refuse with `not_found`."""
    view_id, external_id = call.text("view_id"), call.text("external_id")
    for view in call.workspace.views.values():
        is_named = view.id == view_id or (external_id and view.body["external_id"] == external_id)
        if is_named and view.is_open and view.body["type"] == "modal":
            return view
    raise SlackRefusal("not_found")


def _publish(call: Call) -> Json:
    """Publish a person's Home tab; refuse with `not_enabled` when the app has none."""
    if not call.has_home:
        raise SlackRefusal("not_enabled")
    content = _given_view(call, "home")
    person = call.workspace.person(call.required("user_id"))
    home = call.workspace.homes.get(person.id)
    if call.text("hash") and (home is None or call.text("hash") != call.workspace.views[home].body["hash"]):
        raise SlackRefusal("hash_conflict")
    return _answer(modals.publish_home(call.workspace, person.id, content))


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
