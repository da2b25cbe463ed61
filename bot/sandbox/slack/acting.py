"""What a person does in the workspace, and what they see of it.

Each deed builds the payload that Slack would send, delivers it, and applies the acknowledgement.
"""

from dataclasses import dataclass

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blocks import Placed, interactive_elements
from bot.sandbox.slack.delivery import Outcome, Parcel
from bot.sandbox.slack.payloads import Deed
from bot.sandbox.slack.people import Channel, Person
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.standin import StandIn
from bot.sandbox.slack.workspace import snapshot


class Impossible(Exception):
    """The person cannot do that; the text says why, as in "no such button"."""


def _actor(standin: StandIn, user: str) -> Person:
    """Return the person who acts; refuse a stranger to the workspace, a deactivated one, and a bot."""
    person = standin.workspace.people.get(user)
    if person is None:
        raise Impossible("no such person")
    if person.deleted:
        raise Impossible("the person is deactivated")
    if person.is_bot:
        raise Impossible("a bot presses nothing")
    return person


def _place(standin: StandIn, user: str, channel: str) -> Channel:
    """Return the channel where a person acts; they must be in it."""
    found = standin.workspace.channels.get(channel)
    if found is None or not standin.workspace.is_member(user, channel):
        raise Impossible("the person is not in that channel")
    return found


def _deed(standin: StandIn, person: Person, view: str | None = None) -> Deed:
    """Return the common facts of a deed done now."""
    return Deed(person, standin.workspace.new_trigger(person.id, view), standin.workspace.next_ts())


def seen(outcome: Outcome, shown: str | None, **more: object) -> Json:
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


async def command(standin: StandIn, user: str, channel: str, line: str, thread_ts: str | None = None) -> Json:
    """Type a slash command; an acknowledgement with content appears, to the person alone unless it says so."""
    person = _actor(standin, user)
    place = _place(standin, user, channel)
    name, _, text = line.strip().partition(" ")
    workspace = standin.workspace
    if thread_ts is not None:
        return _slackbot(
            standin, user, channel, f"{name} is not supported in threads. Sorry!", "not_in_thread"
        )
    if name not in standin.installation.commands or person.is_stranger:
        return _slackbot(standin, user, channel, f"{name} is not a valid command.", "unknown_command")
    response_url = standin.base_url + workspace.new_hook(user, channel)
    deed = _deed(standin, person)
    fields = payloads.slash_command(deed, place, name, text.strip(), response_url)
    outcome = await standin.deliver(Parcel("slash_commands", fields))
    if outcome.error is not None:
        shown = f'{name} failed with the error "{outcome.error}"'
        workspace.add_ephemeral(user, channel, {"text": shown}, "slackbot")
        return seen(outcome, shown)
    if outcome.body is None:
        return seen(outcome, None)
    content = {"text": outcome.body} if isinstance(outcome.body, str) else dict(outcome.body)
    shown_body = {key: content[key] for key in ("text", "blocks", "attachments") if key in content}
    ephemeral = workspace.add_ephemeral(user, channel, shown_body, "ack")
    return seen(outcome, str(content.get("text", "")), ts=ephemeral.body["ts"])


def _slackbot(standin: StandIn, user: str, channel: str, text: str, error: str) -> Json:
    """Show Slackbot's own answer; nothing reaches the app."""
    standin.workspace.add_ephemeral(user, channel, {"text": text}, "slackbot")
    return seen(Outcome(0.0, error=error), text)


@dataclass(frozen=True, slots=True)
class Press:
    """Which element of which message a person presses.

    Attributes:
        ts: the message.
        action_id: the element.
        value: which option of a menu; for a button a check that it is the one expected.
        block_id: where an `action_id` stands in several blocks.
    """

    ts: str
    action_id: str
    value: str | None = None
    block_id: str | None = None


async def press(standin: StandIn, user: str, wanted: Press) -> Json:
    """Press what a message shows; refuse what it does not show."""
    person = _actor(standin, user)
    workspace = standin.workspace
    with workspace.lock:
        message = next((m for found in workspace.messages.values() for m in found if m.ts == wanted.ts), None)
        if message is None:
            raise Impossible("no such message")
        place = _place(standin, user, message.channel)
        placed = _find(message.body.get("blocks", []), wanted)
        deed = _deed(standin, person)
        action = {
            "type": placed.element["type"],
            "action_id": placed.element["action_id"],
            "block_id": placed.block["block_id"],
            "text": placed.element.get("text"),
            "value": placed.element.get("value"),
            "action_ts": deed.ts,
        }
        payload = payloads.message_actions(
            deed,
            place,
            snapshot(message.body),
            action,
            state={},
            response_url=standin.base_url + workspace.new_hook(user, place.id, original=message.ts),
            is_ephemeral=False,
        )
    outcome = await standin.deliver(Parcel("interactive", payload))
    return seen(outcome, None, confirm=placed.element.get("confirm"))


def _find(blocks: list[Json], wanted: Press) -> Placed:
    """Return the element that the person means."""
    for placed in interactive_elements(blocks):
        if placed.element["action_id"] != wanted.action_id:
            continue
        if wanted.block_id not in (None, placed.block["block_id"]):
            continue
        if wanted.value in (None, placed.element.get("value")):
            return placed
    raise Impossible("no such button")
