"""The Slack app's manifest: what Slack must know before anything of ours can reach or be reached.

Pure. The tables below are the one place that says which scopes the app asks for and why; commands, shortcuts
and events are handed in from the phone book. `manifest.yml` is this module's output.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SLACK_PATH = "/slack/events"
HOME_OPENED = "app_home_opened"


@dataclass(frozen=True)
class Need:
    """Why the app asks for scopes.

    Attributes:
        scopes: all that it takes, by kind of conversation for some methods; none for some others.
        reason: what we do with it, in a few words.
    """

    scopes: tuple[str, ...]
    reason: str


METHODS: Mapping[str, Need] = {
    "auth.test": Need((), "who we are"),
    "chat.postMessage": Need(("chat:write",), "post a card"),
    "chat.update": Need(("chat:write",), "keep it true"),
    "chat.postEphemeral": Need(("chat:write",), "tell one person"),
    "conversations.history": Need(
        ("channels:history", "groups:history"), "find a card again after a crash instead of posting it twice"
    ),
    "conversations.replies": Need(("channels:history", "groups:history"), "the same in a thread"),
    "reactions.add": Need(("reactions:write",), "show a card's state in the channel's list"),
    "reactions.remove": Need(("reactions:write",), "take an old state away"),
    "users.info": Need(
        ("users:read",),
        "tell a colleague from a guest, a bot or another company, and which language they read",
    ),
    "usergroups.users.list": Need(("usergroups:read",), "read who is in the groups that may approve"),
    "views.publish": Need((), "show the Home tab"),
    "views.update": Need((), "draw an open box anew"),
    "views.open": Need((), "open a box for whoever pressed"),
}
"""Every Web API method that is called with the bot token (docs.slack.dev/reference/methods)."""

EVENTS: Mapping[str, Need] = {
    HOME_OPENED: Need((), "show the Home tab to whoever opens it"),
    "app_mention": Need(("app_mentions:read",), "answer @mcsync in channels and threads"),
    "subteam_members_changed": Need(("usergroups:read",), "believe a changed user group at once"),
    "subteam_updated": Need(("usergroups:read",), "believe a disabled user group at once"),
}
"""Every event that the phone book may listen to (docs.slack.dev/reference/events)."""

_COMMAND_SCOPE = "commands"
_HEAD = """\
# The Slack app. Create it at api.slack.com/apps, "From a manifest". Written by `mcsync manifest`.
"""
_SOCKET_HEAD = """\
# Socket Mode also needs an app-level token with the scope connections:write (apps.connections.open).
# Without Socket Mode: mcsync manifest --http https://<your bot>
"""


@dataclass(frozen=True)
class Entrances:
    """What people and Slack may knock at.

    Attributes:
        commands: the words that may follow the slash command.
        shortcuts: name and purpose of each entry in a message's menu, by callback id.
        events: types of events.
    """

    commands: Sequence[str]
    shortcuts: Mapping[str, tuple[str, str]]
    events: Sequence[str]


def write(entrances: Entrances, *, command: str = "/mcsync", url: str | None = None) -> str:
    """Write the manifest as YAML.

    Args:
        entrances: of the phone book.
        command: the slash command, with its slash.
        url: where Slack reaches the bot, such as `https://bot.example.com`; `None` means Socket Mode.
    """
    return "".join(f"{line}\n" for line in _lines(entrances, command, url))


def scopes(events: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """List the scopes of the bot token with their reasons, in the order of their names.

    Args:
        events: types of events that are listened to, each a key of `EVENTS`.
    """
    needs = [*METHODS.items(), *((event, EVENTS[event]) for event in events)]
    found: dict[str, list[str]] = {_COMMAND_SCOPE: ["the slash command and the shortcuts"]}
    for name, need in needs:
        for scope in need.scopes:
            found.setdefault(scope, []).append(f"{name}: {need.reason}")
    return {scope: tuple(found[scope]) for scope in sorted(found)}


def _lines(entrances: Entrances, command: str, url: str | None) -> Iterator[str]:
    address = f"{url.rstrip('/')}{SLACK_PATH}" if url else None
    yield from _HEAD.splitlines()
    if address is None:
        yield from _SOCKET_HEAD.splitlines()
    yield "display_information:"
    yield "  name: mcsync"
    yield "  description: Finds, moves and proves the Message Center archiving that meets the daily restart."
    yield '  background_color: "#1f2d3d"'
    yield "features:"
    yield "  bot_user:"
    yield "    display_name: mcsync"
    yield "    always_online: true"
    yield "  app_home:"
    yield f"    home_tab_enabled: {_truth(HOME_OPENED in entrances.events)}"
    yield "    messages_tab_enabled: false"
    yield "    messages_tab_read_only_enabled: true"
    yield "  slash_commands:"
    yield f"    - command: {_text(command)}"
    yield "      description: What is watched, what is wrong, what to do"
    yield f"      usage_hint: {_text(' | '.join(entrances.commands))}"
    yield "      should_escape: false"
    yield from _url("      url", address)
    yield "  shortcuts:"
    for callback_id, (name, does) in entrances.shortcuts.items():
        yield f"    - name: {_text(name)}"
        yield "      type: message"
        yield f"      callback_id: {callback_id}"
        yield f"      description: {_text(does)}"
    yield "oauth_config:"
    yield "  scopes:"
    yield "    bot:"
    for scope, reasons in scopes(entrances.events).items():
        yield from (f"      # {reason}" for reason in reasons)
        yield f"      - {scope}"
    yield "settings:"
    yield "  event_subscriptions:"
    yield from _url("    request_url", address)
    yield "    bot_events:"
    for event in entrances.events:
        yield f"      - {event} # {EVENTS[event].reason}"
    yield "  interactivity:"
    yield "    is_enabled: true"
    yield from _url("    request_url", address)
    yield "  org_deploy_enabled: false"
    yield f"  socket_mode_enabled: {_truth(address is None)}"
    yield "  token_rotation_enabled: false"


def _url(key: str, address: str | None) -> Iterator[str]:
    if address is not None:
        yield f"{key}: {_text(address)}"


def _text(value: str) -> str:
    """Write a text in quotes: what JSON quotes, YAML reads (YAML 1.2, 1.3 Relation to JSON)."""
    return json.dumps(value, ensure_ascii=False)


def _truth(value: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return "true" if value else "false"
