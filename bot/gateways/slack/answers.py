"""What the Web API's answers say: our values out of Slack's JSON, or that it is unreadable. Calls nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.policy import Person
from bot.domain.view import Opened
from bot.gateways.slack import border

EVENT_TYPE = "mcsync_card"
"""The type of the metadata that carries a card's key."""

_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True)
class Identity:
    """Who the bot token is.

    Attributes:
        team_id: the workspace.
        user_id: the bot's user.
        bot_id: the bot.
        url: the workspace's address.
    """

    team_id: str
    user_id: str
    bot_id: str
    url: str


def identity(answer: Mapping[str, Any]) -> Identity:
    """Read who we are (`auth.test`)."""
    return Identity(
        team_id=text(answer, "team_id", "auth.test"),
        user_id=text(answer, "user_id", "auth.test"),
        bot_id=text(answer, "bot_id", "auth.test"),
        url=text(answer, "url", "auth.test"),
    )


def person(found: Mapping[str, Any], ours: str) -> Person:
    """Read who somebody is, seen from the workspace *ours* (`users.info`)."""
    profile = part(found, "profile")
    teams = part(found, "enterprise_user").get("teams")
    at_home = found.get("team_id") == ours or (isinstance(teams, list) and ours in teams)
    user_id = text(found, "id", "users.info")
    names = (profile.get("display_name"), found.get("real_name"), found.get("name"), user_id)
    return Person(
        id=user_id,
        name=next(name for name in names if isinstance(name, str) and name),
        bot=bool(found.get("is_bot") or found.get("is_workflow_bot") or user_id == _SLACKBOT),
        deactivated=bool(found.get("deleted")),
        guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
        foreign=bool(found.get("is_stranger")) or not at_home,
        locale=locale if isinstance(locale := found.get("locale"), str) else "",
        zone=zone if isinstance(zone := found.get("tz"), str) else "",
    )


def opened(answer: Mapping[str, Any], method: str) -> Opened:
    """Read what *method* opened or replaced."""
    view = part(answer, "view")
    return Opened(text(view, "id", method), text(view, "hash", method))


def carries(message: object, key: str, us: Identity) -> bool:
    """Tell whether *message* is ours and carries *key*: any app may write metadata of our type."""
    if not isinstance(message, dict):
        return False
    metadata = part(message, "metadata")
    ours = message.get("bot_id") == us.bot_id or message.get("user") == us.user_id
    return (
        ours
        and metadata.get("event_type") == EVENT_TYPE
        and part(metadata, "event_payload").get("key") == key
    )


def next_cursor(page: Mapping[str, Any]) -> str:
    """Read where the next page begins, `""` when this is the last one."""
    cursor = part(page, "response_metadata").get("next_cursor")
    return cursor if isinstance(cursor, str) else ""


def part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Take the object *name* out of an answer, an empty one where there is none."""
    part = answer.get(name)
    return part if isinstance(part, dict) else {}


def text(answer: Mapping[str, Any], name: str, method: str) -> str:
    """Take a text out of the answer to *method*, which says nothing without it."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise border.unreadable(method)
    return value
