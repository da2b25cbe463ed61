"""What a person does in the workspace with what it shows: presses and shortcuts.

Each deed builds the payload that Slack would send, delivers it, and applies the acknowledgement.
Commands are in `typing_lines`, modals in `submitting`, messages and events in `speaking`.
"""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import modals, payloads
from bot.sandbox.slack.blocks import Placed, blocks_of, interactive_elements
from bot.sandbox.slack.delivery import Outcome, Parcel
from bot.sandbox.slack.inputs import NoSuchOption, chosen
from bot.sandbox.slack.payloads import Deed
from bot.sandbox.slack.people import Channel, Person
from bot.sandbox.slack.records import Ephemeral, Message, View
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.standin import StandIn
from bot.sandbox.slack.workspace import snapshot

WARNING_SIGN = "⚠️"
"""All that Slack shows beside a button whose press did not reach the app."""


class Impossible(Exception):
    """The person cannot do that; the text says why, as in "no such button"."""


def actor(standin: StandIn, user: str) -> Person:
    """Return the person who acts; nobody else, no deactivated person and no bot acts."""
    person = standin.workspace.people.get(user)
    if person is None:
        raise Impossible("no such person")
    if person.deleted:
        raise Impossible("the person is deactivated")
    if person.is_bot:
        raise Impossible("a bot presses nothing")
    return person


def place(standin: StandIn, user: str, channel: str) -> Channel:
    """Return the channel where a person acts; they must be in it."""
    found = standin.workspace.channels.get(channel)
    if found is None or not standin.workspace.is_member(user, channel):
        raise Impossible("the person is not in that channel")
    return found


def deed(standin: StandIn, person: Person, view: str | None = None) -> Deed:
    """Return the common facts of a deed done now, with a fresh `trigger_id`."""
    return Deed(person, standin.workspace.new_trigger(person.id, view), standin.workspace.next_ts())


def seen(outcome: Outcome, shown: str | None = None, **more: object) -> Json:
    """Return what a deed came to, as the control URLs answer it."""
    return {
        "ok": outcome.error is None,
        "error": outcome.error,
        "status": outcome.status,
        "body": outcome.body,
        "ms": outcome.ms,
        "shown": shown,
        **more,
    }


# --- presses ---


@dataclass(frozen=True, slots=True)
class Press:
    """Which element a person presses, and what they choose there.

    Attributes:
        user: who presses.
        action_id: the element.
        ts: the message, the person's own ephemerals included; or else `view_id`.
        view_id: a view on the person's screen, the Home tab included.
        value: which option of a menu; for a button the value that it must have.
        block_id: where an `action_id` stands in several blocks.
        confirms: what the person answers to a confirmation dialog.
    """

    user: str
    action_id: str
    ts: str | None = None
    view_id: str | None = None
    value: Any = None
    block_id: str | None = None
    confirms: bool = True


async def press(standin: StandIn, wanted: Press) -> Json:
    """Press what a message or a view shows; what it does not show cannot be pressed."""
    with standin.workspace.lock:
        payload, confirm = _payload_of_press(standin, wanted)
    if confirm is not None and not wanted.confirms:
        return {"ok": True, "error": None, "delivered": False, "confirm": confirm}
    outcome = await standin.deliver(Parcel("interactive", payload))
    return seen(outcome, WARNING_SIGN if outcome.error else None, confirm=confirm)


def _payload_of_press(standin: StandIn, wanted: Press) -> tuple[Json, Json | None]:
    """Return the payload of a press, and the confirmation dialog that comes before it."""
    person = actor(standin, wanted.user)
    if wanted.view_id is not None:
        view = view_on_screen(standin, wanted.user, wanted.view_id)
        placed = find(view.body["blocks"], wanted)
        choice = _choice(placed, wanted)
        modals.set_choice(view, placed, choice)
        done = deed(standin, person, view.id)
        payload = payloads.view_actions(done, snapshot(view.body), _action(placed, choice, done))
        return payload, placed.element.get("confirm")
    shown = _message_on_screen(standin, wanted)
    where = place(standin, wanted.user, shown.channel)
    blocks = blocks_of(shown.body)
    placed = find(blocks, wanted)
    choice = _choice(placed, wanted)
    done = deed(standin, person)
    is_ephemeral = isinstance(shown, Ephemeral)
    hook = standin.workspace.new_hook(
        wanted.user,
        where.id,
        original=shown.ts,
        is_ephemeral=is_ephemeral,
        thread_ts=shown.body.get("thread_ts"),
    )
    state = modals.message_state(blocks)
    if placed.block["block_id"] in state and placed.element["action_id"] in state[placed.block["block_id"]]:
        state[placed.block["block_id"]][placed.element["action_id"]].update(choice)
    payload = payloads.message_actions(
        done,
        where,
        snapshot(shown.body),
        _action(placed, choice, done),
        state=state,
        response_url=standin.base_url + hook,
        is_ephemeral=is_ephemeral,
    )
    return payload, placed.element.get("confirm")


def _message_on_screen(standin: StandIn, wanted: Press) -> Message | Ephemeral:
    """Return the message, or the person's own ephemeral, with that time stamp."""
    for messages in standin.workspace.messages.values():
        for message in messages:
            if message.ts == wanted.ts:
                return message
    for ephemeral in standin.workspace.ephemerals:
        if ephemeral.ts == wanted.ts and ephemeral.user == wanted.user:
            return ephemeral
    raise Impossible("no such message")


def view_on_screen(standin: StandIn, user: str, view_id: str) -> View:
    """Return the person's topmost modal or their Home tab; a view underneath cannot be reached."""
    view = standin.workspace.views.get(view_id)
    if view is None or view.user != user or not view.is_open:
        raise Impossible("no such view")
    if view.body["type"] == "modal" and modals.stack(standin.workspace, user)[-1] is not view:
        raise Impossible("another view lies on top")
    return view


def find(blocks: list[Json], wanted: Press) -> Placed:
    """Return the element that the person means, as long as they can see it."""
    for placed in interactive_elements(blocks):
        element = placed.element
        if element["action_id"] != wanted.action_id or wanted.block_id not in (
            None,
            placed.block["block_id"],
        ):
            continue
        visible_to = element.get("visible_to_user_ids")
        if visible_to and wanted.user not in visible_to:
            continue
        if element["type"] == "button" and wanted.value not in (None, element.get("value")):
            continue
        return placed
    raise Impossible("no such button")


def _choice(placed: Placed, wanted: Press) -> Json:
    """Return what the person chooses; a menu wants one of its options."""
    if placed.element["type"] == "overflow" and wanted.value is None:
        raise Impossible("no such option")
    try:
        return chosen(placed.element, wanted.value)
    except NoSuchOption:
        raise Impossible("no such option") from None


def _action(placed: Placed, choice: Json, done: Deed) -> Json:
    """Return the entry of `actions`."""
    element = placed.element
    told = ("type", "action_id", "text", "style", "placeholder", "confirm", "initial_option")
    action = {key: snapshot(element[key]) for key in told if key in element}
    return {**action, "block_id": placed.block["block_id"], **choice, "action_ts": done.ts}


# --- shortcuts ---


async def shortcut(standin: StandIn, user: str, callback_id: str, ts: str | None) -> Json:
    """Take a shortcut: from a message's menu where `ts` is given, else from the lightning menu."""
    person = actor(standin, user)
    manifest = standin.installation.manifest
    offered = manifest.global_shortcuts if ts is None else manifest.message_shortcuts
    if callback_id not in offered or "commands" not in manifest.scopes:
        raise Impossible("no such shortcut")
    done = deed(standin, person)
    if ts is None:
        payload = payloads.global_shortcut(done, callback_id)
    else:
        shown = _message_on_screen(standin, Press(user, "", ts=ts))
        if isinstance(shown, Ephemeral):
            raise Impossible("an ephemeral message has no shortcuts")
        where = place(standin, user, shown.channel)
        hook = standin.workspace.new_hook(user, where.id, thread_ts=shown.thread_ts)
        response_url = standin.base_url + hook
        payload = payloads.message_shortcut(done, where, snapshot(shown.body), callback_id, response_url)
    outcome = await standin.deliver(Parcel("interactive", payload))
    return seen(outcome, WARNING_SIGN if outcome.error else None)
