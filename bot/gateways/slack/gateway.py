"""The `Slack` port on the Web API. How a card looks and who may do what are decided elsewhere."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.domain.errors import SlackRefused, SlackUnreachable
from bot.domain.message import Card
from bot.domain.policy import Person
from bot.domain.sentence import say
from bot.domain.view import Opened
from bot.gateways.slack import answers, border, response_url
from bot.gateways.slack.answers import EVENT_TYPE, Identity

SLACK_API_URL = "https://slack.com/api/"

HURRY_SECONDS = 2
"""A `trigger_id` lives three seconds, and the request that brought it wants its acknowledgement by then."""

_RETRY_PAUSE_SECONDS = 0.2
_PAGE_SIZE = 200
_MOST_PAGES = 10


class SlackGateway:
    """One workspace, as the owner of a bot token sees it; constructing calls nobody. Safe in any thread.

    Reads, and the update of a message or of a view, are tried twice when the connection fails or Slack
    answers with a server error at once. What cannot be taken back (a post, a whisper, a modal) is tried
    once: whether it arrived is for the caller to find out.

    Args:
        bot_token: `xoxb-…`.
        api_url: the base of the Web API.
        timeout_seconds: of each step of a call: connecting, and each read.
    """

    def __init__(self, bot_token: str, api_url: str = SLACK_API_URL, *, timeout_seconds: int = 8) -> None:
        self._client = border.web_client(bot_token, api_url, timeout_seconds)
        self._hurried = border.web_client(bot_token, api_url, min(HURRY_SECONDS, timeout_seconds))
        self._timeout_seconds = timeout_seconds
        self._identity: Identity | None = None

    def identity(self) -> Identity:
        """Read who we are (`auth.test`), once.

        Raises:
            SlackError: the call failed; nothing is remembered.
        """
        if self._identity is None:
            self._identity = answers.identity(self._read("auth.test", {}))
        return self._identity

    def post(
        self, channel: str, card: Card, *, key: str, thread: str | None = None, broadcast: bool = False
    ) -> str:
        """Post *card* with *key* as its metadata, in the thread of a message if given; return its `ts`.

        Args:
            channel: where.
            card: what it shows.
            key: tells it from any other.
            thread: the `ts` of the message that it answers.
            broadcast: whether such a reply is shown in the channel as well.

        Raises:
            SlackUnreachable: it may have been posted nevertheless; `find` tells.
            SlackBusy: it was surely not.
            SlackRefused: it was surely not.
        """
        answer = border.call(
            self._client,
            "chat.postMessage",
            json={
                **_content(channel, card),
                **({"thread_ts": thread} if thread else {}),
                **({"reply_broadcast": True} if thread and broadcast else {}),
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )
        return answers.text(answer, "ts", "chat.postMessage")

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace the content of a message; its metadata stays.

        Raises:
            SlackError: the call failed; it may be repeated.
        """
        json = {**_content(channel, card), "ts": ts}
        _twice(lambda: border.call(self._client, "chat.update", json=json))

    def find(self, channel: str, key: str, *, since: datetime, thread: str | None = None) -> str | None:
        """Find the `ts` of our own message that carries *key*, posted after *since* (machine time).

        It is looked for in the channel, whose history leaves replies out, or in the thread of a message.

        Raises:
            SlackRefused: the history may not be read, or holds more messages than we read
                (`history_too_long`, a code of ours).
            SlackError: another call failed.
        """
        us = self.identity()
        params = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": str(_PAGE_SIZE),
            **({"ts": thread} if thread else {}),
        }
        method = "conversations.replies" if thread else "conversations.history"
        for _ in range(_MOST_PAGES):
            page = self._read(method, params)
            messages = page.get("messages")
            if not isinstance(messages, list):
                raise border.unreadable(method)
            for message in messages:
                if answers.carries(message, key, us):
                    return answers.text(message, "ts", method)
            cursor = answers.next_cursor(page)
            if not cursor:
                return None
            params["cursor"] = cursor
        raise SlackRefused(
            say(
                "The channel has more than {pages} pages of messages since the card was posted, "
                "so it was not looked for further.",
                pages=_MOST_PAGES,
            ),
            code="history_too_long",
        )

    def whisper(self, channel: str, user: str, card: Card, *, thread: str | None = None) -> None:
        """Show *card* to one person in the channel, or in a thread of it.

        Raises:
            SlackUnreachable: it may have been shown nevertheless.
            SlackError: the call failed.
        """
        json = {**_content(channel, card), "user": user, **({"thread_ts": thread} if thread else {})}
        border.call(self._client, "chat.postEphemeral", json=json)

    def respond(self, url: str, card: Card, *, shared: bool = False) -> None:
        """Answer by the address that came with a command, to one person or to the channel; tried once.

        Raises:
            SlackUnreachable: it may have been shown nevertheless.
            SlackError: it was surely not, such as by `expired_url` half an hour later.
        """
        kind = "in_channel" if shared else "ephemeral"
        body = {"response_type": kind, "replace_original": False, **_shown(card)}
        response_url.respond(url, body, timeout_seconds=self._timeout_seconds)

    def react(self, channel: str, ts: str, name: str, *, instead_of: Iterable[str] = ()) -> None:
        """Put our reaction under a message and take those of *instead_of* away; may be repeated.

        Raises:
            SlackError: a call failed; it may be repeated.
        """
        self._react("reactions.add", channel, ts, name, "already_reacted")
        for other in instead_of:
            self._react("reactions.remove", channel, ts, other, "no_reaction")

    def _react(self, method: str, channel: str, ts: str, name: str, done: str) -> None:
        json = {"channel": channel, "timestamp": ts, "name": name}
        try:
            _twice(lambda: border.call(self._client, method, json=json))
        except SlackRefused as error:
            if error.code != done:
                raise

    def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> Opened:
        """Open a modal for whoever caused *trigger_id*; tried once, and not for longer than it lives.

        Raises:
            SlackRefused: such as `expired_trigger_id`.
            SlackUnreachable: it may have been opened nevertheless.
            SlackError: the call failed.
        """
        json = {"trigger_id": trigger_id, "view": dict(view)}
        return answers.opened(border.call(self._hurried, "views.open", json=json), "views.open")

    def update_view(self, view_id: str, view: Mapping[str, Any], *, hash_: str = "") -> Opened:
        """Replace the content of an open modal; with *hash_*, only if it still shows what that names.

        Raises:
            SlackRefused: `hash_conflict` when it shows something else, be it by an update of ours whose
                answer was lost; `not_found` when it is closed.
            SlackError: the call failed.
        """
        return self._show("views.update", {"view_id": view_id}, view, hash_)

    def publish_home(self, user: str, view: Mapping[str, Any], *, hash_: str = "") -> Opened:
        """Replace somebody's Home tab; with *hash_*, only if it still shows what that names.

        Raises:
            SlackRefused: `hash_conflict` as above; `invalid_arguments` or `invalid_blocks` when Slack does
                not know a block.
            SlackError: the call failed.
        """
        return self._show("views.publish", {"user_id": user}, view, hash_)

    def _show(self, method: str, place: Mapping[str, str], view: Mapping[str, Any], hash_: str) -> Opened:
        json = {**place, "view": dict(view), **({"hash": hash_} if hash_ else {})}
        return answers.opened(_twice(lambda: border.call(self._client, method, json=json)), method)

    def person(self, user: str) -> Person:
        """Read who somebody is (`users.info`); on Enterprise Grid a member of our workspace is not foreign.

        Raises:
            SlackRefused: such as `user_not_found`.
            SlackError: the call failed.
        """
        ours = self.identity().team_id
        found = self._read("users.info", {"user": user, "include_locale": "true"}).get("user")
        if not isinstance(found, dict):
            raise border.unreadable("users.info")
        return answers.person(found, ours)

    def members(self, group: str) -> frozenset[str]:
        """Read the members of a user group (`usergroups.users.list`), uncached.

        Raises:
            SlackRefused: such as `no_such_subteam`.
            SlackError: the call failed.
        """
        users = self._read("usergroups.users.list", {"usergroup": group}).get("users")
        if not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            raise border.unreadable("usergroups.users.list")
        return frozenset(users)

    def _read(self, method: str, params: Mapping[str, str]) -> dict[str, Any]:
        return _twice(lambda: border.call(self._client, method, params=params))


def _twice(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return attempt()
    except SlackUnreachable as error:
        if border.timed_out(error):
            raise
    time.sleep(_RETRY_PAUSE_SECONDS)  # what broke the connection may have passed by then
    return attempt()


def _content(channel: str, card: Card) -> dict[str, Any]:
    return {"channel": channel, **_shown(card)}


def _shown(card: Card) -> dict[str, Any]:
    return {"text": card.text, **({"blocks": list(card.blocks)} if card.blocks else {})}
