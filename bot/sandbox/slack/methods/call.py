"""One call of a Web API method: its arguments, read the way Slack reads them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack import people
from bot.sandbox.slack.people import Channel
from bot.sandbox.slack.refusal import Json, SlackRefusal, refusal_with_messages
from bot.sandbox.slack.workspace import Workspace

_FALSE = ("", "0", "false", "False")


@dataclass(frozen=True, slots=True)
class Call:
    """One call, its token already checked.

    Attributes:
        workspace: the state to read and change.
        arguments: by name; texts from a form, anything from JSON.
        scopes: what the token was granted.
        base_url: where this server is, such as `http://127.0.0.1:4000`.
        open_socket: issues the URL of a Socket Mode connection.
        has_home: whether the app has a Home tab.
    """

    workspace: Workspace
    arguments: Mapping[str, Any]
    scopes: frozenset[str]
    base_url: str
    open_socket: Callable[[], str]
    has_home: bool = True

    def text(self, name: str) -> str:
        """Return an argument as text, `""` where it is missing."""
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """Return an argument that must be there; refuse with `invalid_arguments` otherwise."""
        value = self.text(name)
        if not value:
            raise refusal_with_messages("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return a truth value, given as JSON or as `1`, `true`."""
        return self.text(name) not in _FALSE

    def number(self, name: str, default: int) -> int:
        """Return a whole number; refuse with `invalid_arguments` what is none."""
        value = self.text(name)
        try:
            return int(value) if value else default
        except ValueError:
            message = f"[ERROR] must be an integer [json-pointer:/{name}]"
            raise refusal_with_messages("invalid_arguments", [message]) from None

    def structure(self, name: str, refused: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return a nested argument, sent as JSON or as JSON text in a form; `None` where it is missing.

        Raises:
            SlackRefusal: with the code `refused` when the text is no JSON.
        """
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackRefusal(refused) from None

    def require_scope(self, *needed: str) -> None:
        """Refuse with `missing_scope` unless one of the scopes was granted."""
        if not self.scopes.intersection(needed):
            fields = {"needed": ",".join(needed), "provided": ",".join(sorted(self.scopes))}
            raise SlackRefusal("missing_scope", fields)

    def channel(self) -> Channel:
        """Return the channel that the call is about; refuse with `channel_not_found`.

        A private channel without the app in it is as good as none.
        """
        found = self.workspace.channels.get(self.text("channel"))
        if found is None:
            raise SlackRefusal("channel_not_found")
        if found.is_private and not self.workspace.is_member(people.BOT_USER, found.id):
            raise SlackRefusal("channel_not_found")
        return found

    def joined_channel(self) -> Channel:
        """Return the channel of the call; refuse with `not_in_channel` when the app is not a member."""
        found = self.channel()
        if not self.workspace.is_member(people.BOT_USER, found.id):
            raise SlackRefusal("not_in_channel")
        return found


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API.

    Attributes:
        run: does it; returns the answer without `ok`.
        scopes: one of these must be granted; none given means no scope is needed.
        caller: whose token it wants: "bot", "app", or "anybody" for none.
    """

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = field(default=())
    caller: str = "bot"


def scope_of(channel: Channel, right: str) -> str:
    """Return the scope that reading a conversation needs, such as `channels:history`."""
    if channel.id.startswith("D"):
        return f"im:{right}"
    return f"groups:{right}" if channel.is_private else f"channels:{right}"
