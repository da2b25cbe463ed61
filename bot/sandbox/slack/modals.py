"""Views and their stacks: at most three modals on a person's screen, one Home tab each, and their state."""

from bot.sandbox.slack import people
from bot.sandbox.slack.blocks import Placed, interactive_elements, with_ids
from bot.sandbox.slack.inputs import initially_chosen, keeps_state
from bot.sandbox.slack.records import View
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.workspace import Workspace

MOST_MODALS = 3


def _new_view(workspace: Workspace, user: str, content: Json) -> View:
    """Return a fresh view with everything that Slack fills in."""
    _require_free_external_id(workspace, content, None)
    view_id = workspace.new_id("V", 10)
    body: Json = {
        "id": view_id,
        "team_id": people.TEAM,
        "app_id": people.APP,
        "app_installed_team_id": people.TEAM,
        "bot_id": people.BOT,
        "root_view_id": view_id,
        "previous_view_id": None,
    }
    view = View(body, user)
    _fill(workspace, view, content)
    workspace.views[view_id] = view
    return view


def _fill(workspace: Workspace, view: View, content: Json) -> None:
    """Put content into a view; what a person entered stays where the same element stays."""
    before = view.body.get("state", {"values": {}})["values"]
    view.body |= {
        "type": content["type"],
        "title": content.get("title"),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "blocks": with_ids(content["blocks"], workspace),
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": content.get("external_id", ""),
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "hash": f"{workspace.next_ts()}.{workspace.new_id('', 8).lower()}",
    }
    view.body["state"] = {"values": _state(view.body["blocks"], before)}
    view.errors = {}


def _state(blocks: list[Json], before: Json) -> Json:
    """Return `state.values` of blocks: what was entered before, else what each element starts with."""
    values: Json = {}
    for placed in interactive_elements(blocks):
        if not keeps_state(placed.element):
            continue
        block_id, action_id = placed.block["block_id"], placed.element["action_id"]
        kept = before.get(block_id, {}).get(action_id)
        if kept is None or kept["type"] != placed.element["type"]:
            kept = {"type": placed.element["type"], **initially_chosen(placed.element)}
        values.setdefault(block_id, {})[action_id] = kept
    return values


def message_state(blocks: list[Json]) -> Json:
    """Return `state.values` of a message, which starts anew with each press."""
    return _state(blocks, {})


def set_choice(view: View, placed: Placed, choice: Json) -> None:
    """Remember what a person entered or chose in a view."""
    if keeps_state(placed.element):
        values = view.body["state"]["values"].setdefault(placed.block["block_id"], {})
        values[placed.element["action_id"]] = {"type": placed.element["type"], **choice}


def _require_free_external_id(workspace: Workspace, content: Json, own: View | None) -> None:
    """Refuse an `external_id` that another open view has."""
    wanted = content.get("external_id")
    for view in workspace.views.values():
        if wanted and view is not own and view.is_open and view.body["external_id"] == wanted:
            raise SlackRefusal("duplicate_external_id")


def stack(workspace: Workspace, user: str) -> list[View]:
    """Return a person's open modals, the topmost last."""
    return [v for v in workspace.views.values() if v.user == user and v.is_open and v.body["type"] == "modal"]


def is_on_screen(workspace: Workspace, user: str, view_id: str) -> bool:
    """Tell whether a modal is among a person's open ones."""
    return any(view.id == view_id for view in stack(workspace, user))


def open_modal(workspace: Workspace, user: str, content: Json) -> View:
    """Open a modal; whatever was open gives way."""
    with workspace.lock:
        view = _new_view(workspace, user, content)
        for other in stack(workspace, user):
            other.is_open = other is view
        workspace.record("view_opened", user=user, view=view.id)
        return view


def push_modal(workspace: Workspace, user: str, content: Json) -> View:
    """Put a modal on top; refuse the fourth with `push_limit_reached`."""
    with workspace.lock:
        below = stack(workspace, user)
        if len(below) >= MOST_MODALS:
            raise SlackRefusal("push_limit_reached")
        view = _new_view(workspace, user, content)
        view.body |= {"root_view_id": below[0].id, "previous_view_id": below[-1].id}
        workspace.record("view_pushed", user=user, view=view.id)
        return view


def replace_content(workspace: Workspace, view: View, content: Json) -> None:
    """Show something else in a view."""
    with workspace.lock:
        _require_free_external_id(workspace, content, view)
        _fill(workspace, view, content)
        workspace.record("view_updated", user=view.user, view=view.id)


def close_modal(workspace: Workspace, view: View, *, whole_stack: bool = False) -> list[View]:
    """Close a modal, or all of the person's; returns those that closed."""
    with workspace.lock:
        closed = stack(workspace, view.user) if whole_stack else [view]
        for one in closed:
            one.is_open = False
            workspace.record("view_closed", user=one.user, view=one.id)
        return closed


def publish_home(workspace: Workspace, user: str, content: Json) -> View:
    """Show a person's Home tab."""
    with workspace.lock:
        known = workspace.homes.get(user)
        if known is None:
            view = _new_view(workspace, user, content)
            workspace.homes[user] = view.id
        else:
            view = workspace.views[known]
            _require_free_external_id(workspace, content, view)
            _fill(workspace, view, content)
        workspace.record("home_published", user=user, view=view.id)
        return view
