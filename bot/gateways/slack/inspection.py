"""Looks at how the app stands in the workspace, for an examination. It posts nothing and judges nothing."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.gateways.slack import border
from bot.gateways.slack.gateway import SLACK_API_URL

_ARCHIVED = frozenset({"channel_archive", "group_archive"})
"""Subtypes of the last message of an archived channel (docs.slack.dev, "channel_archive message")."""
_TIMEOUT_SECONDS = 8


@dataclass(frozen=True)
class Standing:
    """What Slack says of a bot token.

    Attributes:
        team: the workspace's name.
        user: the bot's name.
        url: the workspace's address.
        scopes: what the token was granted, `None` where Slack does not say.
        date: Slack's own clock, `None` where it does not say.
    """

    team: str
    user: str
    url: str
    scopes: frozenset[str] | None
    date: datetime | None


class SlackInspection:
    """One workspace, looked at; constructing calls nobody.

    Args:
        bot_token: `xoxb-…`.
        api_url: the base of the Web API.
    """

    def __init__(self, bot_token: str, api_url: str = SLACK_API_URL) -> None:
        self._api_url = api_url
        self._client = border.web_client(bot_token, api_url, _TIMEOUT_SECONDS)

    def standing(self) -> Standing:
        """Read who we are and what we may do (`auth.test`).

        Raises:
            SlackError: the call failed.
        """
        answer, headers = border.call_with_headers(self._client, "auth.test")
        scopes = headers.get("x-oauth-scopes")
        return Standing(
            team=str(answer.get("team", "")),
            user=str(answer.get("user", "")),
            url=str(answer.get("url", "")),
            scopes=None if scopes is None else frozenset(filter(None, map(str.strip, scopes.split(",")))),
            date=_date(headers.get("date", "")),
        )

    def is_archived(self, channel: str) -> bool:
        """Make sure that the app is in *channel*, and tell whether nobody can post there any more.

        Both by its latest message, of which nothing is kept: after the one that says that it was archived no
        other can come. The scope is one that the app needs anyway; `conversations.info` would take another.

        Raises:
            SlackRefused: such as `not_in_channel`, `channel_not_found`.
            SlackError: the call failed.
        """
        params = {"channel": channel, "limit": "1"}
        messages = border.call(self._client, "conversations.history", params=params).get("messages")
        latest = messages[0] if isinstance(messages, list) and messages else None
        return isinstance(latest, dict) and latest.get("subtype") in _ARCHIVED

    def ask_for_socket(self, app_token: str) -> None:
        """Ask where a Socket Mode connection would go, and do not connect (`apps.connections.open`).

        Raises:
            SlackRefused: such as `invalid_auth`.
            SlackError: the call failed.
        """
        client = border.web_client(app_token, self._api_url, _TIMEOUT_SECONDS)
        border.call(client, "apps.connections.open")


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return date if date.tzinfo is not None else None
