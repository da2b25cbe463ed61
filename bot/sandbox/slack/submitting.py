"""What a person does with a modal: fill it in, submit it, close it; and what the app's answer does to it."""

from typing import Any

from bot.sandbox.slack import modals, payloads
from bot.sandbox.slack.acting import Impossible, actor, deed, seen, view_on_screen
from bot.sandbox.slack.blocks import interactive_elements
from bot.sandbox.slack.delivery import Outcome, Parcel
from bot.sandbox.slack.inputs import NoSuchOption, chosen, is_empty
from bot.sandbox.slack.limits import view_problems
from bot.sandbox.slack.records import View
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.standin import StandIn
from bot.sandbox.slack.workspace import snapshot

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows in a modal whose submission was not answered as it should be."""
MISSING = "Please complete this required field."


def fill(view: View, state: Json, *, is_older: bool = False) -> None:
    """Enter values into a view: `{action_id: value}`, or `{block_id: {action_id: value}}`.

    Args:
        view: where.
        state: what stands in its fields.
        is_older: the app may have changed the view since; fields that it has no more are left out.

    Raises:
        Impossible: there is no such element, or no such option in it.
    """
    left: dict[tuple[str | None, str], Any] = {
        (None, name): value for name, value in state.items() if not isinstance(value, dict)
    }
    for block_id, values in state.items():
        if isinstance(values, dict):
            left |= {(block_id, name): value for name, value in values.items()}
    for placed in interactive_elements(view.body["blocks"]):
        action_id = placed.element["action_id"]
        for key in ((placed.block["block_id"], action_id), (None, action_id)):
            if key in left:
                try:
                    modals.set_choice(view, placed, chosen(placed.element, left.pop(key)))
                except NoSuchOption:
                    raise Impossible("no such option") from None
    if left and not is_older:
        raise Impossible(f"no such field: {', '.join(name for _, name in left)}")


def _incomplete(view: View) -> dict[str, str]:
    """Return by block what Slack itself complains about before anything is sent."""
    complaints: dict[str, str] = {}
    values = view.body["state"]["values"]
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        choice = values.get(block["block_id"], {}).get(element["action_id"], {})
        if is_empty(choice):
            if not block.get("optional", False):
                complaints[block["block_id"]] = MISSING
            continue
        text = choice.get("value")
        if element["type"] == "plain_text_input" and isinstance(text, str):
            if len(text) < element.get("min_length", 0):
                complaints[block["block_id"]] = f"At least {element['min_length']} characters."
            if len(text) > element.get("max_length", len(text)):
                complaints[block["block_id"]] = f"At most {element['max_length']} characters."
    return complaints


async def submit(standin: StandIn, user: str, view_id: str, state: Json) -> Json:
    """Fill a modal in and submit it; the app's answer closes, changes, stacks or rejects it."""
    person = actor(standin, user)
    with standin.workspace.lock:
        view = view_on_screen(standin, user, view_id)
        if view.body["type"] != "modal" or view.body["submit"] is None:
            raise Impossible("the view has no submit button")
        fill(view, state)
        view.errors = _incomplete(view)
        if view.errors:
            standin.workspace.record("view_errors", user=user, view=view.id)
            return seen(Outcome(0.0, error="incomplete"), errors=view.errors, delivered=False)
        payload = payloads.view_submission(deed(standin, person, view.id), snapshot(view.body))
    outcome = await standin.deliver(Parcel("interactive", payload))
    with standin.workspace.lock:
        return _answered(standin, view, outcome)


def _answered(standin: StandIn, view: View, outcome: Outcome) -> Json:
    """Do to the modal what the app answered."""
    if outcome.error is not None:
        return seen(outcome, TROUBLE)
    if outcome.body is None:
        modals.close_modal(standin.workspace, view)
        return seen(outcome)
    answer: Json = outcome.body if isinstance(outcome.body, dict) else {}
    action = answer.get("response_action")
    if action == "clear":
        modals.close_modal(standin.workspace, view, whole_stack=True)
        return seen(outcome)
    if action == "errors":
        return _errors(standin, view, outcome, answer.get("errors"))
    if action in ("update", "push"):
        return _next_view(standin, view, outcome, answer)
    return seen(outcome, TROUBLE, ok=False, error="invalid_response")


def _errors(standin: StandIn, view: View, outcome: Outcome, errors: Any) -> Json:  # noqa: ANN401 - from the app
    """Show errors at their fields; each key must be the `block_id` of an input."""
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    is_right = isinstance(errors, dict) and errors and inputs.issuperset(errors)
    if not is_right or not all(isinstance(text, str) and text for text in errors.values()):
        return seen(outcome, TROUBLE, ok=False, error="invalid_errors")
    view.errors = dict(errors)
    standin.workspace.record("view_errors", user=view.user, view=view.id)
    return seen(outcome, errors=view.errors)


def _next_view(standin: StandIn, view: View, outcome: Outcome, answer: Json) -> Json:
    """Show the view of the answer in place of the present one, or on top of it."""
    content: Any = answer.get("view")
    found = view_problems(content, standin.workspace.unknown_blocks)
    if found:
        return seen(outcome, TROUBLE, ok=False, error="invalid_view", problems=found)
    try:
        if answer["response_action"] == "push":
            modals.push_modal(standin.workspace, view.user, content)
        else:
            modals.replace_content(standin.workspace, view, content)
    except SlackRefusal as refusal:
        return seen(outcome, TROUBLE, ok=False, error=refusal.code)
    return seen(outcome)


async def close(standin: StandIn, user: str, view_id: str, *, whole_stack: bool) -> Json:
    """Close a modal by its button, or the whole stack by the cross; the app hears of it if it asked to."""
    person = actor(standin, user)
    view = view_on_screen(standin, user, view_id)
    whole_stack = whole_stack or bool(view.body["clear_on_close"])
    outcome = Outcome(0.0)
    for closed in modals.close_modal(standin.workspace, view, whole_stack=whole_stack):
        if closed.body["notify_on_close"]:
            payload = payloads.view_closed(
                deed(standin, person), snapshot(closed.body), is_cleared=whole_stack
            )
            outcome = await standin.deliver(Parcel("interactive", payload))
    return seen(outcome)
