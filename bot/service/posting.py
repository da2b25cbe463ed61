"""Bring a message to its place once, and keep it true there.

A post is not idempotent at Slack: its intent is recorded first, the message carries its key, and an intent
without a `ts` is resolved by looking for that key before anything is posted again. What a message shows is
none of this file's business.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.domain.errors import SlackRefused
from bot.domain.message import Card, Posted
from bot.service.office import Office

log = structlog.get_logger(__name__)

CLOCK_DIFFERENCE = timedelta(minutes=2)
"""Slack stamps a message with its own clock, so we look for it from a little before the intent."""


@dataclass(frozen=True)
class Mail:
    """A message that should stand somewhere.

    Attributes:
        key: tells it from any other.
        channel: where.
        card: what it should show.
        thread: the `ts` of the message that it answers, `""` for none.
        broadcast: whether such a reply is shown in the channel as well.
        marked: makes what it should show where an earlier one may exist; `None` for the same.
    """

    key: str
    channel: str
    card: Card
    thread: str = ""
    broadcast: bool = False
    marked: Callable[[], Card] | None = None


class Mailbox:
    """Posts and updates messages.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def keep(self, mail: Mail) -> Posted:
        """Post *mail*, or update it where it stands if it shows something else.

        Raises:
            SlackError: it does not stand there yet; it may be kept again.
        """
        with self._office.store.read() as tx:
            posted = tx.posted(mail.key)
        if posted is None or posted.thread != mail.thread:
            return self._post(mail)
        return self._update(mail, posted) if posted.ts else self._resolve(mail, posted)

    def _post(self, mail: Mail) -> Posted:
        now = self._office.clock.machine_now()
        intent = Posted(mail.key, mail.channel, "", "", now, thread=mail.thread)
        self._save(intent)
        return self._send(mail, intent)

    def _resolve(self, mail: Mail, intent: Posted) -> Posted:
        """Find out whether a post whose outcome is unknown arrived."""
        since = intent.intended_at - CLOCK_DIFFERENCE
        thread = intent.thread or None
        try:
            ts = self._office.slack.find(intent.channel, intent.key, since=since, thread=thread)
        except SlackRefused as error:
            # History cannot be read here: better two of them than none, and the second one says so.
            log.warning("card.history_refused", key=intent.key, code=error.code)
            return self._send(mail, replace(intent, duplicate=True))
        return self._send(mail, intent) if ts is None else self._update(mail, replace(intent, ts=ts))

    def _send(self, mail: Mail, intent: Posted) -> Posted:
        card = _card(mail, intent)
        ts = self._office.slack.post(
            intent.channel, card, key=mail.key, thread=intent.thread or None, broadcast=mail.broadcast
        )
        posted = self._save(replace(intent, ts=ts, content=content_hash(card)))
        log.info("card.posted", key=mail.key, ts=ts)
        return posted

    def _update(self, mail: Mail, posted: Posted) -> Posted:
        card = _card(mail, posted)
        content = content_hash(card)
        if content == posted.content:
            return posted
        try:
            self._office.slack.update(posted.channel, posted.ts, card)
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise
            # Somebody deleted it while it still has something to tell.
            return self._post(mail)
        log.info("card.updated", key=mail.key, ts=posted.ts)
        return self._save(replace(posted, content=content))

    def _save(self, posted: Posted) -> Posted:
        with self._office.store.write() as tx:
            tx.save_posted(posted)
        return posted


def content_hash(card: Card) -> str:
    """Digest what a message shows."""
    text = json.dumps([card.text, list(card.blocks)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _card(mail: Mail, posted: Posted) -> Card:
    return mail.marked() if posted.duplicate and mail.marked is not None else mail.card
