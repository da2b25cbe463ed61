"""Answers that cannot be given inside an acknowledgement: Slack has to be asked who somebody is first.

Such an answer is due work like anything else, so that a slow Slack delays that answer and nothing besides.
What is told is read from the store's last observation; how it looks is injected.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.domain.due_work import Claim, Work
from bot.domain.errors import NotAllowed, SlackRefused, sentence_of
from bot.domain.forecast import forecast
from bot.domain.message import Card
from bot.domain.policy import Person, Roles, check_may_view
from bot.domain.proposal import Ask, Proposal, Stage
from bot.domain.rights import Rights, may_decide, rights_of
from bot.service.cards import Phrase
from bot.service.history import asked_since
from bot.service.home import DAYS_AHEAD
from bot.service.office import Kind, Office
from bot.service.outlook import Ahead, plans_of
from bot.service.overview import Overview, take_overview
from bot.service.ports import Reading
from bot.service.posting import Mail, Mailbox
from bot.service.work import Later

log = structlog.get_logger(__name__)

REMEMBERED = timedelta(days=30)
"""How far back changes are looked at for what somebody still has to do."""


class Topic(StrEnum):
    """What is asked of mcsync about the person who asks."""

    NOW = "now"
    HELP = "help"
    WHOAMI = "whoami"


@dataclass(frozen=True)
class Place:
    """Where an answer goes.

    Attributes:
        user: who asked.
        channel: where.
        thread: the `ts` of the message that was answered, `""` for none.
        url: the address that came with a slash command, `""` for a mention.
        share: whether the whole channel sees the answer.
        typed: what the command is called there.
    """

    user: str
    channel: str
    thread: str = ""
    url: str = ""
    share: bool = False
    typed: str = "/mcsync"


@dataclass(frozen=True)
class AnswerView:
    """What an answer tells, to one person.

    Attributes:
        topic: what was asked.
        words: what followed, such as the name of one command.
        typed: what the command is called there.
        person: who asked.
        rights: what they may do.
        roles: the configured lists.
        overview: what is watched.
        mine: what waits for this person's decision, the first to expire first.
        asked: what this person asked for and others decide.
        tracking: changes after which somebody has still to move RT's tracking, the latest first.
        channel: where cards are.
        now: rule time, UTC.
        proving: changes that were carried out and are not proved yet, the latest of each workflow.
        ahead: the workflow without an open incident whose run will meet a restart first; `None` when none
            will for as long as the Home tab looks ahead.
    """

    topic: Topic
    words: tuple[str, ...]
    typed: str
    person: Person
    rights: Rights
    roles: Roles
    overview: Overview
    mine: tuple[Proposal, ...]
    asked: tuple[Proposal, ...]
    tracking: tuple[Proposal, ...]
    channel: str
    now: datetime
    proving: tuple[Proposal, ...] = ()
    ahead: Ahead | None = None


Tell = Callable[[str, AnswerView], Card]
"""Turns a view into an answer for a locale."""


class Answers:
    """Gives answers that take their time, and those to a mention.

    Args:
        office: what the use cases share.
        tell: see `Tell`.
        sentence: says a sentence for a locale.
    """

    def __init__(self, office: Office, tell: Tell, sentence: Phrase) -> None:
        self._office = office
        self._tell = tell
        self._sentence = sentence
        self._mailbox = Mailbox(office)

    def ask(self, *, key: str, place: Place, topic: Topic, words: tuple[str, ...] = ()) -> bool:
        """Remember a question; `False` when it was delivered before."""
        return self._submit(key, place, {"topic": topic.value, "words": json.dumps(words)})

    def show(self, *, key: str, place: Place, card: Card) -> bool:
        """Remember an answer that is known already; `False` when it was delivered before."""
        content = {"text": card.text, "blocks": json.dumps([dict(block) for block in card.blocks])}
        return self._submit(key, place, content)

    def answer(self, claim: Claim) -> Later | None:
        """Give one answer; whoever may not read what mcsync knows is told that instead."""
        payload = claim.work.payload
        place = Place(**json.loads(payload["place"]))
        person = self._office.slack.person(place.user)
        try:
            check_may_view(person)
        except NotAllowed as error:
            sentence = self._sentence(person.locale or self._office.language, sentence_of(error))
            self._deliver(claim.work.key, place, Card(sentence, ()), share=False)
            return None
        self._deliver(claim.work.key, place, self._card(payload, place, person), share=place.share)
        return None

    def _submit(self, key: str, place: Place, content: Mapping[str, str]) -> bool:
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"answer:{key}", now, ""):
                return False
            payload = {**content, "place": json.dumps(place.__dict__)}
            tx.enqueue(Work(f"answer:{key}", Kind.ANSWER, f"answer:{place.user}", now, payload))
        return True

    def _card(self, payload: Mapping[str, str], place: Place, person: Person) -> Card:
        if "text" in payload:
            return Card(payload["text"], json.loads(payload["blocks"]))
        words = tuple(json.loads(payload["words"]))
        view = take_answer(self._office, Topic(payload["topic"]), words, place.typed, person)
        # What the whole channel sees is told in the channel's language.
        own = "" if place.share else person.locale
        return self._tell(own or self._office.language, view)

    def _deliver(self, key: str, place: Place, card: Card, *, share: bool) -> None:
        """Bring an answer to its place; one that Slack refuses is dropped, nothing hangs on it."""
        slack = self._office.slack
        try:
            if place.url:
                slack.respond(place.url, card, shared=share)
            elif share:
                self._mailbox.keep(Mail(key, place.channel, card, thread=place.thread))
            else:
                slack.whisper(place.channel, place.user, card, thread=place.thread or None)
        except SlackRefused as error:
            log.warning("answer.refused", user=place.user, code=error.code)


def take_answer(
    office: Office, topic: Topic, words: tuple[str, ...], typed: str, person: Person
) -> AnswerView:
    """Read what is to be told to *person*.

    Raises:
        SlackError: the groups cannot be read.
    """
    groups = office.directory.members(office.roles.groups)
    overview = take_overview(office)
    tracking: tuple[Proposal, ...] = ()
    proving: tuple[Proposal, ...] = ()
    ahead = None
    if topic is Topic.NOW:
        with office.store.read() as tx:
            asked = asked_since(tx, overview.now - REMEMBERED)
            lately = [one for one in asked if one.instance in office.instances]
            tracking = tuple(one for one in lately if _is_shown_open(tx, one))
            proving = _being_proved(lately)
            ahead = _first_ahead(tx, overview)
    waiting = sorted(
        (
            workflow.proposal
            for view in overview.instances
            for workflow in view.workflows
            if workflow.proposal is not None and workflow.proposal.stage is Stage.WAITING
        ),
        key=lambda proposal: proposal.expires_at,
    )
    return AnswerView(
        topic=topic,
        words=words,
        typed=typed,
        person=person,
        rights=rights_of(person, office.roles, groups),
        roles=office.roles,
        overview=overview,
        mine=tuple(
            one
            for one in waiting
            if may_decide(person, one.requested_by, office.roles, groups)
            and all(vote.user != person.id for vote in one.votes)
        ),
        asked=tuple(one for one in waiting if one.requested_by == person.id),
        tracking=tracking,
        channel=office.channel,
        now=overview.now,
        proving=proving,
        ahead=ahead,
    )


def _being_proved(lately: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Find what is still to be proved among requests, the latest first: a later change takes its place."""
    latest: dict[tuple[str, str], Proposal] = {}
    for one in lately:
        if one.stage in (Stage.VERIFIED, Stage.PROVED) and one.ask is not Ask.RESUME:
            latest.setdefault((one.instance, one.workflow), one)
    return tuple(one for one in latest.values() if one.stage is Stage.VERIFIED)


def _first_ahead(tx: Reading, overview: Overview) -> Ahead | None:
    """Find the first run that will meet a restart and of which no open incident tells."""
    found: list[tuple[datetime, int, Ahead]] = []
    for view in overview.instances:
        told = {one.execution.workflow for one in view.workflows if one.incident is not None}
        plans = [plan for plan in plans_of(tx, view.instance) if plan.name not in told]
        for plan, foreseen in zip(plans, forecast(plans, overview.now, DAYS_AHEAD), strict=True):
            if foreseen.first is not None:
                found.append((foreseen.first.run.at, len(found), Ahead(view.instance, plan, foreseen)))
    return min(found)[2] if found else None


def _is_shown_open(tx: Reading, proposal: Proposal) -> bool:
    """Tell whether the card offers to confirm it: it shows the latest request about its incident."""
    incident = tx.incident(proposal.incident_id) if proposal.incident_id else None
    return proposal.tracking_open and (incident is None or incident.proposal_id == proposal.id)
