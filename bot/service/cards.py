"""Keep every card and its thread true: computed from the store, and sent when it differs.

How a card looks is injected: `commands.cards.render`. How a message gets to its place once is
`bot/service/posting.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.due_work import Claim
from bot.domain.errors import SlackRefused
from bot.domain.gathering import Member
from bot.domain.incident import Incident
from bot.domain.instance import Instance
from bot.domain.lesson import effective_windows
from bot.domain.message import Card, Posted, Reaction
from bot.domain.notice import Notice
from bot.domain.policy import approvers_of
from bot.domain.proposal import Proposal, Stage
from bot.domain.recurrence import next_run
from bot.domain.restart import RestartWindow
from bot.domain.sentence import joined
from bot.domain.trust import Rating, Suggestion, standing
from bot.service.gatherings import members_of
from bot.service.office import IN_THE_CHANNEL, Office, Spot
from bot.service.outlook import read_as
from bot.service.ports import Reading
from bot.service.posting import Mail, Mailbox
from bot.service.work import Later

log = structlog.get_logger(__name__)

RUN_OVER = timedelta(seconds=1)
"""So long after a run begins it is no longer the next one."""

CARD_FIRST = timedelta(seconds=15)
"""How soon a reply is tried again whose card is not posted yet."""


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
        members: the workflows of a summary, by name; empty for every other card.
        self_approval: whether an approver may approve what they asked for themselves.
        windows: when RT is away, as configured and learnt.
        approvers: who can approve what waits, as Slack's markup names them; `""` when nobody can.
        next_run: when a request that waits would let the workflow run first, seen from now, UTC; `None` where
            nothing waits or that is not known.
    """

    key: str
    incident: Incident | None
    proposal: Proposal | None
    notice: Notice | None
    instance: Instance
    duplicate: bool = False
    suggestion: Suggestion | None = None
    ratings: tuple[Rating, ...] = ()
    members: tuple[Member, ...] = ()
    self_approval: bool = False
    windows: tuple[RestartWindow, ...] = ()
    approvers: str = ""
    next_run: datetime | None = None


Render = Callable[[str, CardView], Card]
"""Renders a card for a locale."""

Phrase = Callable[[str, str], str]
"""Says a sentence of ours for a locale, and makes harmless whatever was put into it."""


class Cards:
    """Keeps cards, their threads and their reactions true.

    Args:
        office: what the use cases share.
        render: see `Render`.
        sentence: see `Phrase`.
    """

    def __init__(self, office: Office, render: Render, sentence: Phrase) -> None:
        self._office = office
        self._render = render
        self._sentence = sentence
        self._mailbox = Mailbox(office)

    def show(self, claim: Claim) -> Later | None:
        """Post or update the card that *claim* names and its thread, where what they show is not true.

        A card that tells the next run is looked at again once that is over.
        """
        view = self._view(claim.work.payload["key"])
        if view is None:
            return None
        self._keep(view)
        return Later(view.next_run + RUN_OVER) if view.next_run is not None else None

    def _keep(self, view: CardView) -> Posted:
        """Keep a card true, and the summary that it belongs to; the summary first, since it is the thread."""
        key = view.key
        gathering = self._view(view.incident.gathering) if view.incident and view.incident.gathering else None
        summary = self._keep(gathering) if gathering is not None else None
        with self._office.store.read() as tx:
            before = tx.posted(key)
        thread = before.thread if before is not None else summary.ts if summary is not None else ""
        language = self._office.language
        card = self._render(language, view)

        def marked() -> Card:
            return self._render(language, replace(view, duplicate=True))

        posted = self._mailbox.keep(Mail(key, self._office.channel, card, thread=thread, marked=marked))
        if card.reaction is not None and card.reaction != posted.reaction:
            posted = self._react(posted, card.reaction)
        # In the thread of a summary the evidence of one cause stands once, under the summary itself.
        for name, reply in card.thread.items() if not posted.thread else ():
            self._keep_reply(posted, f"{key}/{name}", reply)
        return posted

    def reply(self, claim: Claim) -> Later | None:
        """Say something once in the thread of a card; while the card is not posted yet, wait for it."""
        payload, office = claim.work.payload, self._office
        with office.store.read() as tx:
            posted = tx.posted(payload["card"])
            incident = tx.incident(payload["card"])
        if posted is None or not posted.ts:
            return Later(office.clock.now() + CARD_FIRST)
        # A thread that several workflows share has to hear which of them is meant.
        whose = f"{incident.workflow}: " if posted.thread and incident is not None else ""
        text = self._sentence(office.language, joined("", [whose, payload["text"]]))
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000], "verbatim": True}}
        self._keep_reply(posted, claim.work.key, Card(text, [section]))
        return None

    def whisper(self, claim: Claim) -> Later | None:
        """Show a sentence to one person where they asked, or else in the channel of the cards.

        One that Slack refuses there as well is dropped, nothing hangs on it.
        """
        payload, office = claim.work.payload, self._office
        user, spot = payload["user"], Spot.read(payload)
        card = Card(self._sentence(office.language_of(user), payload["text"]), ())
        for place in dict.fromkeys((spot, Spot(spot.channel, spot.thread), IN_THE_CHANNEL)):
            try:
                self._tell_at(place, user, card)
            except SlackRefused as error:
                # An address is good for half an hour only, and mcsync need not be where a command was typed.
                log.warning("slack.whisper_refused", user=user, code=error.code)
            else:
                break
        return None

    def _tell_at(self, place: Spot, user: str, card: Card) -> None:
        if place.url:
            self._office.slack.respond(place.url, card)
        else:
            channel = place.channel or self._office.channel
            self._office.slack.whisper(channel, user, card, thread=place.thread or None)

    def _keep_reply(self, parent: Posted, key: str, card: Card) -> None:
        """Keep a reply true; one that Slack refuses is dropped, since the card itself tells what matters."""
        broadcast = self._office.thread_broadcast
        try:
            # A thread has no threads: what belongs to a card in one follows it there, and wakes nobody.
            thread, told = parent.thread or parent.ts, broadcast and not parent.thread
            self._mailbox.keep(Mail(key, parent.channel, card, thread=thread, broadcast=told))
        except SlackRefused as error:
            log.warning("card.reply_refused", key=key, code=error.code)

    def _react(self, posted: Posted, reaction: Reaction) -> Posted:
        """Put our reaction under a card; an app without the scope for it goes without."""
        others = [one for one in Reaction if one is not reaction]
        try:
            self._office.slack.react(posted.channel, posted.ts, reaction.value, instead_of=others)
        except SlackRefused as error:
            log.warning("card.reaction_refused", key=posted.key, code=error.code)
        after = replace(posted, reaction=reaction.value)
        with self._office.store.write() as tx:
            tx.save_posted(after)
        return after

    def _view(self, key: str) -> CardView | None:
        with self._office.store.read() as tx:
            incident = tx.incident(key)
            proposal = tx.proposal(incident.proposal_id if incident else key)
            notice = tx.notice(key)
            suggestion = tx.suggestion(key)
            ratings = standing(suggestion, tx.ratings_of(key)) if suggestion else ()
            members = members_of(tx, key)
            lesson = tx.lesson(incident.instance, incident.workflow) if incident else None
            waiting = proposal if proposal is not None and proposal.stage is Stage.WAITING else None
            next_run = self._next_run(tx, waiting) if waiting is not None else None
        subject = incident or proposal or notice or (members[0].incident if members else None)
        if subject is None:
            return None
        instances = self._office.instances
        # What concerns mcsync itself is told in the zone of the first instance.
        instance = instances.get(subject.instance or next(iter(instances), ""))
        if instance is None:
            log.warning("card.instance_gone", key=key, instance=subject.instance)
            return None
        windows: tuple[RestartWindow, ...] = ()
        if incident is not None and incident.workflow in instance.workflows:
            windows = effective_windows(instance.execution(incident.workflow), lesson)
        return CardView(
            key,
            incident,
            proposal,
            notice,
            instance,
            suggestion=suggestion,
            ratings=ratings,
            members=members,
            self_approval=self._office.roles.allow_self_approval,
            windows=windows,
            approvers=approvers_of(self._office.roles, waiting.requested_by) if waiting is not None else "",
            next_run=next_run,
        )

    def _next_run(self, tx: Reading, proposal: Proposal) -> datetime | None:
        """Find the first run from now on by the schedule that *proposal* would write."""
        instance = self._office.instances.get(proposal.instance)
        seen = next(
            (one for one in tx.sighted(proposal.instance) if one.status.name == proposal.workflow), None
        )
        if instance is None or seen is None or proposal.predicted_run is None:
            return None
        understood = read_as(seen, instance, proposal.period_after)
        run = next_run(*understood, self._office.clock.now()) if understood is not None else None
        return run.at if run is not None else None
