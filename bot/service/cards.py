"""Keep every card true: what it should show is computed from the store, and sent when it differs.

A post is not idempotent at Slack: its intent is recorded first, the message carries the card's key, and an
intent without a `ts` is resolved by looking for that key before anything is posted again.
How a card looks is injected: `commands.cards.render`.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.domain.due_work import Claim
from bot.domain.errors import SlackRefused
from bot.domain.incident import Incident
from bot.domain.instance import Instance
from bot.domain.message import Card, Posted
from bot.domain.notice import Notice
from bot.domain.proposal import Proposal
from bot.domain.trust import Rating, Suggestion, standing
from bot.service.office import Office
from bot.service.work import Later

log = structlog.get_logger(__name__)

CARD_FIRST = timedelta(seconds=15)
"""How soon a reply is tried again whose card is not posted yet."""

CLOCK_DIFFERENCE = timedelta(minutes=2)
"""Slack stamps a message with its own clock, so we look for it from a little before the intent."""


@dataclass(frozen=True)
class CardView:
    """What a card tells of.

    Attributes:
        key: the incident's id, the proposal's when it has no incident, or the notice's key.
        incident: `None` for a change that somebody asked for without a failure.
        proposal: the latest one, if any.
        notice: what is told once, instead of the two.
        instance: the marketing server concerned.
        duplicate: whether an earlier card may exist that could not be looked for.
        suggestion: what mcsync would have done, of an incident that it only watched.
        ratings: what people said of that, oldest first.
    """

    key: str
    incident: Incident | None
    proposal: Proposal | None
    notice: Notice | None
    instance: Instance
    duplicate: bool = False
    suggestion: Suggestion | None = None
    ratings: tuple[Rating, ...] = ()


Render = Callable[[CardView], Card]


class Cards:
    """Posts and updates cards.

    Args:
        office: what the use cases share.
        render: turns a view into a card.
    """

    def __init__(self, office: Office, render: Render) -> None:
        self._office = office
        self._render = render

    def show(self, claim: Claim) -> Later | None:
        """Post or update the card that *claim* names, if what it shows is no longer true."""
        key = claim.work.payload["key"]
        view = self._view(key)
        if view is None:
            return None
        with self._office.store.read() as tx:
            posted = tx.posted(key)
        if posted is None:
            self._post(key, view)
        elif not posted.ts:
            self._resolve(posted, view)
        else:
            self._update(posted, view)
        return None

    def reply(self, claim: Claim) -> Later | None:
        """Say something in the thread of a card; while the card is not posted yet, wait for it."""
        payload, office = claim.work.payload, self._office
        with office.store.read() as tx:
            posted = tx.posted(payload["card"])
        if posted is None or not posted.ts:
            return Later(office.clock.now() + CARD_FIRST)
        text = payload["text"]
        card = Card(text, [{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}])
        office.slack.post(posted.channel, card, key=claim.work.key, thread=posted.ts)
        return None

    def whisper(self, claim: Claim) -> Later | None:
        """Show a sentence to one person; one that Slack refuses is dropped, nothing hangs on it."""
        payload = claim.work.payload
        try:
            self._office.slack.whisper(payload["channel"], payload["user"], Card(payload["text"], ()))
        except SlackRefused as error:
            log.warning("slack.whisper_refused", user=payload["user"], code=error.code)
        return None

    def _view(self, key: str) -> CardView | None:
        with self._office.store.read() as tx:
            incident = tx.incident(key)
            proposal = tx.proposal(incident.proposal_id if incident else key)
            notice = tx.notice(key)
            suggestion = tx.suggestion(key)
            ratings = standing(suggestion, tx.ratings_of(key)) if suggestion else ()
        subject = incident or proposal or notice
        if subject is None:
            return None
        instances = self._office.instances
        # What concerns mcsync itself is told in the zone of the first instance.
        instance = instances.get(subject.instance or next(iter(instances), ""))
        if instance is None:
            log.warning("card.instance_gone", key=key, instance=subject.instance)
            return None
        return CardView(key, incident, proposal, notice, instance, suggestion=suggestion, ratings=ratings)

    def _post(self, key: str, view: CardView) -> None:
        intent = Posted(key, self._office.channel, "", "", self._office.clock.machine_now())
        self._save(intent)
        self._send(intent, view)

    def _resolve(self, intent: Posted, view: CardView) -> None:
        """Find out whether a post whose outcome is unknown arrived."""
        try:
            ts = self._office.slack.find(
                intent.channel, intent.key, since=intent.intended_at - CLOCK_DIFFERENCE
            )
        except SlackRefused as error:
            # History cannot be read here: better two cards than none, and the second one says so.
            log.warning("card.history_refused", key=intent.key, code=error.code)
            self._send(intent, replace(view, duplicate=True))
            return
        if ts is None:
            self._send(intent, view)
        else:
            self._update(replace(intent, ts=ts), view)

    def _send(self, intent: Posted, view: CardView) -> None:
        card = self._render(view)
        ts = self._office.slack.post(intent.channel, card, key=intent.key)
        self._save(replace(intent, ts=ts, content=content_hash(card)))
        log.info("card.posted", key=intent.key, ts=ts)

    def _update(self, posted: Posted, view: CardView) -> None:
        card = self._render(view)
        content = content_hash(card)
        if content == posted.content:
            return
        try:
            self._office.slack.update(posted.channel, posted.ts, card)
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise
            # Somebody deleted the card while it still has something to tell.
            self._post(posted.key, view)
            return
        self._save(replace(posted, content=content))
        log.info("card.updated", key=posted.key, ts=posted.ts)

    def _save(self, posted: Posted) -> None:
        with self._office.store.write() as tx:
            tx.save_posted(posted)


def content_hash(card: Card) -> str:
    """Digest what a card shows."""
    text = json.dumps([card.text, list(card.blocks)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
