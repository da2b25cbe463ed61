"""Lines that a person types: a slash command, what the app answers it with, what Slackbot says instead."""

import asyncio
import contextlib
from dataclasses import dataclass, replace

from bot.sandbox.slack import payloads, people
from bot.sandbox.slack.acting import actor, deed, place, seen
from bot.sandbox.slack.blocks import with_ids
from bot.sandbox.slack.delivery import Outcome, Parcel
from bot.sandbox.slack.limits import problems
from bot.sandbox.slack.refusal import Json
from bot.sandbox.slack.standin import StandIn

UNSEEN_SECONDS = 5.0
"""So long an unseen command waits for what is said to its response URL."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a person types into the message field.

    Attributes:
        user: who types.
        channel: where.
        text: the whole line, such as `/mcsync status`.
        thread_ts: the thread, when it is typed there.
        is_unseen: nobody is shown what the app answers at once or within a few seconds; only the caller
            reads it.
    """

    user: str
    channel: str
    text: str
    thread_ts: str | None = None
    is_unseen: bool = False


async def command(standin: StandIn, line: Line) -> Json:
    """Type a slash command; what the acknowledgement says appears, to the person alone by default."""
    person = actor(standin, line.user)
    where = place(standin, line.user, line.channel)
    name, _, text = line.text.strip().partition(" ")
    if line.thread_ts is not None:
        return _slackbot(standin, line, f"{name} is not supported in threads. Sorry!", "not_in_thread")
    manifest = standin.installation.manifest
    is_known = name in manifest.commands and "commands" in manifest.scopes
    if not is_known or person.is_stranger:  # another company's people do not have our apps' commands
        return _slackbot(standin, line, f"{name} is not a valid command.", "unknown_command")
    path = standin.workspace.new_hook(line.user, line.channel, is_unseen=line.is_unseen)
    fields = payloads.slash_command(deed(standin, person), where, name, text.strip(), standin.base_url + path)
    outcome = await standin.deliver(Parcel("slash_commands", fields))
    if line.is_unseen:
        return await _overheard(standin, path, outcome)
    if outcome.error is not None:
        shown = f'{name} failed with the error "{outcome.error}"'
        standin.workspace.add_ephemeral(line.user, line.channel, {"text": shown}, "slackbot")
        return seen(outcome, shown)
    return _show_acknowledgement(standin, line, name, outcome)


async def _overheard(standin: StandIn, path: str, outcome: Outcome) -> Json:
    """Tell what the app answered, in its acknowledgement or to its response URL a little later."""
    hook = standin.workspace.hooks.get(path)  # a reset may have come between
    heard = hook.heard if hook is not None else None
    if outcome.error is None and not outcome.body and heard is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNSEEN_SECONDS):
                outcome = replace(outcome, body=await heard.get())
    return seen(outcome)


def _slackbot(standin: StandIn, line: Line, text: str, error: str) -> Json:
    """Show Slackbot's own answer; nothing reaches the app."""
    standin.workspace.add_ephemeral(line.user, line.channel, {"text": text}, "slackbot")
    return seen(Outcome(0.0, error=error), text)


def _show_acknowledgement(standin: StandIn, line: Line, name: str, outcome: Outcome) -> Json:
    """Show what the app said inside its acknowledgement of a command."""
    given: Json = {"text": outcome.body} if isinstance(outcome.body, str) else outcome.body or {}
    content: Json = {key: given[key] for key in ("text", "blocks", "attachments") if given.get(key)}
    if not content:
        return seen(outcome)
    found = problems(content.get("blocks", []), "message", standin.workspace.unknown_blocks)
    if found:
        shown = f'{name} failed with the error "invalid_blocks"'
        standin.workspace.add_ephemeral(line.user, line.channel, {"text": shown}, "slackbot")
        return seen(outcome, shown, ok=False, error="invalid_blocks", problems=found)
    if "blocks" in content:
        content["blocks"] = with_ids(content["blocks"], standin.workspace)
    content.setdefault("text", "")
    if given.get("response_type") == "in_channel":
        ts = standin.workspace.add_message(line.channel, people.BOT_USER, content).ts
    else:
        ts = standin.workspace.add_ephemeral(line.user, line.channel, content, "ack").ts
    return seen(outcome, content["text"], ts=ts)
