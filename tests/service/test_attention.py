"""Care for an incident and answers about oneself, where Slack is slow, says no, or knows nobody."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.attention import Care
from bot.domain.due_work import Claim
from bot.domain.errors import SlackRefused, SlackUnreachable
from bot.domain.incident import Incident, IncidentState
from bot.domain.message import Card
from bot.domain.policy import Groups, Person
from bot.service.answers import Place, Topic
from bot.service.back_office import BackOffice, furnish
from commands.cards import LOOKS
from tests.commands import examples
from tests.service.office import PARIS, TurnedClock, opened

if TYPE_CHECKING:
    from bot.service.ports import Directory, Slack

NOW = datetime(2026, 11, 24, 6, 12, tzinfo=PARIS).astimezone(UTC)
HOUR = timedelta(hours=1)


@dataclass
class Workspace:
    """As much of Slack as these use cases speak to.

    Attributes:
        strangers: who counts as somebody of another company.
        troubles: what goes wrong next when somebody is looked up.
        refusal: what Slack says to every whisper, if anything.
        shown: where something was shown, to whom, and its first line.
    """

    strangers: frozenset[str] = frozenset()
    troubles: list[Exception] = field(default_factory=list)
    refusal: SlackRefused | None = None
    shown: list[tuple[str, str, str]] = field(default_factory=list)

    def person(self, user: str) -> Person:
        """Read who somebody is."""
        if self.troubles:
            raise self.troubles.pop(0)
        return Person(user, user.lower(), foreign=user in self.strangers)

    def whisper(self, channel: str, user: str, card: Card, *, thread: str | None = None) -> None:
        """Show something to one person."""
        if self.refusal is not None:
            raise self.refusal
        self.shown.append((thread or channel, user, card.text.splitlines()[0]))

    def respond(self, url: str, card: Card, *, shared: bool = False) -> None:
        """Answer by an address."""
        self.shown.append((url, "everybody" if shared else "one", card.text.splitlines()[0]))

    def members(self, groups: frozenset[str], *, fresh: bool = False) -> Groups:
        """Read the members of groups."""
        del groups, fresh
        return {}


@dataclass
class Desk:
    """The back office, its workspace, and what is due in it."""

    service: BackOffice
    slack: Workspace
    clock: TurnedClock

    def work(self) -> list[str]:
        """Do what is due; list what was put off."""
        store, put_off = self.service.office.store, []
        while claims := store.claim("test", self.clock.at, self.clock.at, 20, 10):
            for claim in claims:
                if claim.work.kind in ("card", "reply"):
                    store.finish(claim, self.clock.at)
                    continue
                put_off += self._do(claim)
        return put_off

    def _do(self, claim: Claim) -> list[str]:
        store = self.service.office.store
        try:
            later = self.service.doers()[claim.work.kind](claim)
        except SlackUnreachable as error:
            store.postpone(claim, self.clock.at + HOUR)
            return [str(error)]
        if later is None:
            store.finish(claim, self.clock.at)
        else:
            store.postpone(claim, later.due_at)
        return []

    def incident(self) -> Incident:
        with self.service.office.store.read() as tx:
            return tx.incidents(open_only=False)[0]

    def care(self, care: Care, *, incident: str = "", until: datetime | None = None, key: str = "k") -> bool:
        about = incident or self.incident().id
        return self.service.attention.submit(
            key=key, user="U0SAM", source="button", care=care, incident_id=about, until=until
        )


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    clock, slack = TurnedClock(NOW), Workspace()
    with opened(tmp_path, clock) as (office, store, _):
        with store.write() as tx:
            tx.add_incident(examples.incident())
        both = replace(office, slack=cast("Slack", slack), directory=cast("Directory", slack))
        yield Desk(furnish(both, LOOKS), slack, clock)


def test_a_press_that_is_delivered_twice_counts_once(desk: Desk) -> None:
    assert desk.care(Care.ACKNOWLEDGE)
    assert not desk.care(Care.ACKNOWLEDGE)
    desk.work()

    assert desk.incident().acknowledged_by == "U0SAM"
    assert desk.slack.shown == []


def test_where_slack_does_not_tell_who_it_was_the_press_waits(desk: Desk) -> None:
    desk.slack.troubles = [SlackUnreachable("Slack is away.")]
    desk.care(Care.ACKNOWLEDGE)

    assert desk.work() == ["Slack is away."]
    assert desk.incident().acknowledged_by == ""
    desk.clock.at += HOUR
    desk.work()

    assert desk.incident().acknowledged_by == "U0SAM"


def test_a_press_that_makes_no_sense_is_told_to_whoever_pressed(desk: Desk) -> None:
    desk.care(Care.REOPEN, key="1")
    desk.work()
    desk.clock.at += timedelta(seconds=1)
    desk.care(Care.ACKNOWLEDGE, incident="gone", key="2")
    desk.work()

    told = [told.partition(".")[0] for _, _, told in desk.slack.shown]
    assert told == ["This incident is open", "This incident is no longer known here"]


def test_an_incident_with_a_newer_one_of_its_kind_stays_closed(desk: Desk) -> None:
    before = desk.incident()
    store = desk.service.office.store
    with store.write() as tx:
        tx.save_incident(before, replace(before, state=IncidentState.CLOSED, closed_at=NOW, closing="x"))
        tx.add_incident(examples.incident(id="newer", last_at=NOW))

    desk.care(Care.REOPEN, incident=before.id)
    desk.work()

    assert [told for _, _, told in desk.slack.shown] == [
        "A newer incident of this kind is open already: look at that one."
    ]
    with store.read() as tx:
        assert [one.id for one in tx.incidents()] == ["newer"]


def test_a_reminder_of_what_is_closed_or_gone_says_nothing(desk: Desk) -> None:
    desk.care(Care.SNOOZE, until=NOW + HOUR)
    desk.work()
    before = desk.incident()
    with desk.service.office.store.write() as tx:
        tx.save_incident(before, replace(before, state=IncidentState.CLOSED, closed_at=NOW, closing="x"))
        events = len(tx.audit())

    desk.clock.at += 2 * HOUR
    desk.work()

    with desk.service.office.store.read() as tx:
        assert len(tx.audit()) == events
        assert tx.due(desk.clock.at) == 0


# --- Answers --------------------------------------------------------------------------------------

PLACES = [
    (Place("U0SAM", "C1"), ("C1", "U0SAM")),
    (Place("U0SAM", "C1", thread="1.2"), ("1.2", "U0SAM")),
    (Place("U0SAM", "C1", url="https://hooks/1"), ("https://hooks/1", "one")),
    (Place("U0SAM", "C1", url="https://hooks/1", share=True), ("https://hooks/1", "everybody")),
]


@pytest.mark.parametrize(("place", "where"), PLACES)
def test_an_answer_goes_where_it_was_asked_for(desk: Desk, place: Place, where: tuple[str, str]) -> None:
    assert desk.service.answers.ask(key="k", place=place, topic=Topic.WHOAMI)
    assert not desk.service.answers.ask(key="k", place=place, topic=Topic.WHOAMI)

    desk.work()

    assert desk.slack.shown == [(*where, "What you may do")]


def test_somebody_of_another_company_is_told_so_and_nothing_else(desk: Desk) -> None:
    desk.slack.strangers = frozenset({"U0SAM"})
    place = Place("U0SAM", "C1", url="https://hooks/1", share=True)

    desk.service.answers.show(key="k", place=place, card=Card("a secret", ()))
    desk.work()

    assert desk.slack.shown == [
        (
            "https://hooks/1",
            "one",
            "Only people of this workspace can read what mcsync knows: ask one of them.",
        )
    ]


def test_an_answer_that_slack_refuses_is_dropped(desk: Desk) -> None:
    desk.slack.refusal = SlackRefused("no", code="user_not_in_channel")
    desk.service.answers.show(key="k", place=Place("U0SAM", "C1"), card=Card("well", ()))

    assert desk.work() == []

    assert desk.slack.shown == []
    with desk.service.office.store.read() as tx:
        assert tx.due(NOW) == 0


def test_what_waits_for_an_answer_holds_no_more_than_it_needs(desk: Desk) -> None:
    desk.service.answers.ask(key="k", place=Place("U0SAM", "C1"), topic=Topic.HELP, words=("shift",))

    (claim,) = desk.service.office.store.claim("t", NOW, NOW, 20, 10)

    assert json.loads(claim.work.payload["words"]) == ["shift"]
    assert claim.work.lane == "answer:U0SAM"
