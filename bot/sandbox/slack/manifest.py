"""What the app's manifest lets it do: scopes, commands, shortcuts, events, the Home tab.

The stand-in grants what the project's own `manifest.yml` asks for and nothing else, as Slack does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PLACES = (
    Path(__file__).parents[1] / "manifest.yml",  # where the wheel puts it
    Path(__file__).parents[3] / "manifest.yml",  # where it lies in the source tree
)


class NoManifest(Exception):
    """A text is no manifest; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as far as the stand-in goes by it (docs.slack.dev, App manifest reference).

    Attributes:
        scopes: of the bot token.
        commands: slash commands, with their slash.
        message_shortcuts: what the menu of a message offers, label by callback id.
        global_shortcuts: what the lightning menu offers, label by callback id.
        events: types of events that the app subscribed to.
        has_home: whether the app has a Home tab.
        takes_presses: whether presses, shortcuts and submissions are sent to the app.
    """

    scopes: Sequence[str] = ()
    commands: Sequence[str] = ()
    message_shortcuts: Mapping[str, str] = field(default_factory=dict)
    global_shortcuts: Mapping[str, str] = field(default_factory=dict)
    events: Sequence[str] = ()
    has_home: bool = False
    takes_presses: bool = True


def read(text: str) -> Manifest:
    """Read a manifest.

    Args:
        text: YAML, or JSON, which YAML includes.

    Raises:
        NoManifest: it is none.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NoManifest(f"The manifest cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise NoManifest("The manifest is no object.")
    features = _within(content, "features")
    settings = _within(content, "settings")
    shortcuts = features.get("shortcuts") or ()
    by_kind: dict[str, dict[str, str]] = {"message": {}, "global": {}}
    for shortcut in shortcuts:
        by_kind[shortcut["type"]][shortcut["callback_id"]] = shortcut["name"]
    return Manifest(
        scopes=tuple(_within(content, "oauth_config", "scopes").get("bot") or ()),
        commands=tuple(command["command"] for command in features.get("slash_commands") or ()),
        message_shortcuts=by_kind["message"],
        global_shortcuts=by_kind["global"],
        events=tuple(_within(settings, "event_subscriptions").get("bot_events") or ()),
        has_home=_within(features, "app_home").get("home_tab_enabled") is True,
        takes_presses=_within(settings, "interactivity").get("is_enabled") is True,
    )


def shipped() -> Manifest:
    """Read the project's own manifest, from the wheel or from the source tree.

    Raises:
        FileNotFoundError: neither holds one.
    """
    place = next((place for place in PLACES if place.is_file()), PLACES[-1])
    return read(place.read_text(encoding="utf-8"))


def _within(holder: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return the object under these keys; an empty one where there is none."""
    for key in keys:
        holder = holder.get(key) or {}
    return holder
