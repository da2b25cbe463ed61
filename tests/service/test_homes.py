"""Home tabs: when they are published, and what they tell of two servers at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest

from bot.domain.due_work import Claim, Work
from bot.domain.journal import Failure
from bot.domain.learning import ObservedRestart
from bot.domain.lesson import Lesson
from bot.domain.policy import Person, Roles
from bot.domain.proposal import Stage, Vote
from bot.domain.sighted import Sighted
from bot.domain.workflow import State, Status
from bot.gateways.store import SqlStore
from bot.service.home import HomeView, take_home
from bot.service.homes import NEWER_BLOCKS, PAUSE, SEEN_AGAIN, SEEN_BLOCK, UNKNOWN_FOR, Homes
from bot.service.office import LOOKED_LATELY, Office, ask_for_homes, ask_for_whisper
from bot.service.work import Later
from tests.commands import examples
from tests.commands.examples import AFTER, BEFORE
from tests.service.office import WORKFLOW, TurnedClock, opened
from tests.service.screen import Screen

if TYPE_CHECKING:
    from bot.service.ports import Directory, Slack

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SAM, ADA = Person("U0SAM", "sam"), Person("U0ADA", "ada")


def drawn(_: str, view: HomeView | None, without: frozenset[str]) -> Mapping[str, Any]:
    """Draw a Home tab as plainly as can be."""
    kinds = sorted(NEWER_BLOCKS - without)
    told = "a stranger" if view is None else f"{[one.of.schedule for one in view.watched]} {view.note}"
    seen = {"type": "context", "block_id": SEEN_BLOCK, "elements": [str(view.now) if view else ""]}
    return {"blocks": [{"type": "section", "text": told}, seen, *[{"type": kind} for kind in kinds]]}


@dataclass
class House:
    """An office whose Home tabs people look at.

    Attributes:
        homes: under test.
        office: what it is given.
        screen: what people see.
        store: the database.
        clock: both clocks.
    """

    homes: Homes
    office: Office
    screen: Screen
    store: SqlStore
    clock: TurnedClock

    def see(self, period: str, instance: str = "prod", **changes: Any) -> None:  # noqa: ANN401 - a status's
        """Let a poll see the workflow."""
        status = replace(Status(WORKFLOW, "4900", State.STARTED, False, 0, 0, None), **changes)
        with self.store.write() as tx:
            tx.save_sighted(Sighted(instance, status, self.clock.at, period))

    def show(self, user: str = "U0SAM") -> Later | None:
        """Do what due work does."""
        return self.homes.show(Claim(Work("k", "home", "homes", self.clock.at, {"user": user}), "me", 1, 1))

    def shown(self, user: str = "U0SAM") -> str:
        """Read a tab."""
        return str(self.screen.shown[user]["blocks"][0]["text"])

    def waiting(self) -> int:
        with self.store.read() as tx:
            return tx.due(self.clock.at)


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> Iterator[House]:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock, takes=timedelta(minutes=3)) as (bare, store, _):
        screen = Screen(people={"U0GUEST": Person("U0GUEST", "guest", guest=True)})
        slack, directory = cast("Slack", screen), cast("Directory", screen)
        roles = Roles(approvers=("U0ADA", "S0ADMINS"))
        office = replace(bare, slack=slack, directory=directory, roles=roles)
        house = House(Homes(office, drawn), office, screen, store, clock)
        house.see(BEFORE)
        yield house


def test_what_nobody_opened_is_not_published(house: House) -> None:
    assert house.show() is None
    assert house.screen.shown == {}


def test_a_tab_that_changes_is_published_after_a_pause_and_one_that_does_not_only_for_its_time(
    house: House,
) -> None:
    house.homes.opened("U0SAM")
    assert house.show() is None
    house.see(AFTER)

    house.clock.at += SECOND
    assert house.show() == Later(NOON + PAUSE)
    house.clock.at = NOON + PAUSE
    assert house.show() is None
    assert "00:05" in house.shown()

    house.clock.at += SEEN_AGAIN - SECOND
    house.show()
    assert house.screen.hashes["U0SAM"] == 2, "only the time of the last look would be another"
    house.clock.at += SECOND
    house.show()
    assert house.screen.hashes["U0SAM"] == 3


def test_who_opens_a_tab_again_while_it_is_published_is_shown_it_again(house: House) -> None:
    house.homes.opened("U0SAM")

    def again() -> None:
        house.screen.busy = None
        house.clock.at += SECOND
        house.homes.opened("U0SAM")

    house.screen.busy = again
    house.show()
    house.show()

    assert house.screen.hashes["U0SAM"] == 2


def test_a_tab_that_somebody_else_published_meanwhile_is_read_again_and_replaced(house: House) -> None:
    house.homes.opened("U0SAM")
    house.show()
    house.screen.publish_home("U0SAM", {"blocks": [{"type": "section", "text": "stale"}]})
    house.see(AFTER)
    house.clock.at += PAUSE

    assert house.show() == Later(house.clock.at)
    assert house.shown() == "stale"
    assert house.show() is None
    assert "00:05" in house.shown()


def test_what_slack_does_not_know_is_left_out_for_a_day_for_everybody(house: House) -> None:
    def kinds(user: str) -> set[str]:
        return {block["type"] for block in house.screen.shown[user]["blocks"]}

    house.homes.opened("U0SAM")
    house.screen.refusals = ["invalid_blocks"]
    assert house.show() == Later(NOON)
    house.show()
    house.homes.opened("U0ADA")
    house.show("U0ADA")
    assert kinds("U0SAM").isdisjoint(NEWER_BLOCKS), "Slack pointed at none, so all of them are left out"
    assert kinds("U0ADA").isdisjoint(NEWER_BLOCKS)

    house.clock.at += UNKNOWN_FOR
    house.homes.opened("U0SAM")
    house.show()
    assert kinds("U0SAM") >= NEWER_BLOCKS


@pytest.mark.parametrize("code", ["not_enabled", "invalid_arguments"])
def test_a_refusal_that_nothing_can_be_done_about_ends_the_work(house: House, code: str) -> None:
    house.homes.opened("U0GUEST")
    house.screen.refusals = [code] * 9

    later = house.show("U0GUEST")
    while later is not None:
        later = house.show("U0GUEST")

    assert house.screen.shown == {}
    assert house.screen.refusals, "it was not tried for ever"


def test_only_those_who_looked_lately_are_thought_of(house: House) -> None:
    house.homes.opened("U0SAM")
    house.store.give_back("nobody")
    assert house.waiting() == 1
    (claim,) = house.store.claim("me", house.clock.at, house.clock.at, 20, 5)
    house.store.finish(claim, house.clock.at)

    house.clock.at += LOOKED_LATELY
    with house.store.write() as tx:
        ask_for_homes(tx, house.office, house.clock.at)
    assert house.waiting() == 1
    house.clock.at += SECOND
    (claim,) = house.store.claim("me", house.clock.at, house.clock.at, 20, 5)
    house.store.finish(claim, house.clock.at)
    with house.store.write() as tx:
        ask_for_homes(tx, house.office, house.clock.at)
    assert house.waiting() == 0


def test_what_somebody_is_told_stays_on_their_tab_for_a_while(house: House) -> None:
    house.homes.opened("U0SAM")
    house.show()
    with house.store.write() as tx:
        ask_for_whisper(tx, house.office, "U0SAM", "That does not count.", house.clock.at)

    house.clock.at += PAUSE
    house.show()
    assert house.shown().endswith("That does not count.")
    house.clock.at += timedelta(minutes=10)
    house.show()
    assert not house.shown().endswith("That does not count.")


# --- What a tab tells -----------------------------------------------------------------------------


def two_servers(house: House) -> Office:
    """Watch a second server, whose clock is another one."""
    paris = house.office.instances["prod"]
    tokyo = replace(paris, name="tokyo", zone=ZoneInfo("Asia/Tokyo"), database_zone=ZoneInfo("Asia/Tokyo"))
    return replace(house.office, instances={"prod": paris, "tokyo": tokyo})


def test_a_week_is_drawn_for_each_clock_and_each_server_counts_in_its_own(house: House) -> None:
    house.see(AFTER, "tokyo")
    failed = datetime(2026, 11, 24, 5, 0, 2, tzinfo=UTC)
    with house.store.write() as tx:
        for name in ("prod", "tokyo"):
            tx.add_failure(Failure(name, WORKFLOW, "4900", "1", failed, "js", "m"), failed)

    paris, tokyo = take_home(two_servers(house), SAM, {}).maps

    assert (paris.zone.key, tokyo.zone.key) == ("Europe/Paris", "Asia/Tokyo")
    assert paris.failures == {(1, 6): 1}
    assert tokyo.failures == {(1, 14): 1}
    assert sum(paris.collisions.values()) == 7
    assert tokyo.empty is False
    assert tokyo.collisions == {}


def test_the_next_run_is_the_servers_or_else_the_schedules_and_none_while_it_stands(house: House) -> None:
    def next_run() -> datetime | None:
        return take_home(house.office, SAM, {}).watched[0].next_run

    assert next_run() == NOON
    house.see(BEFORE, next_run=NOON + timedelta(hours=1))
    assert next_run() == NOON + timedelta(hours=1)
    house.see("", next_run=None)
    assert next_run() is None
    house.see(BEFORE, state=State.PAUSED, failed=True)
    assert next_run() is None


def test_a_window_says_what_was_configured_what_was_learnt_and_from_how_many(house: House) -> None:
    six = datetime(2026, 11, 24, 5, tzinfo=UTC)
    seen = tuple(
        ObservedRestart(six - timedelta(days=n), six - timedelta(days=n), six + timedelta(minutes=5, days=-n))
        for n in range(6)
    )
    with house.store.write() as tx:
        tx.save_lesson(Lesson("prod", WORKFLOW, observed=seen))

    (window,) = take_home(house.office, SAM, {}).windows

    assert (window.configured.takes, window.counted.takes) == (timedelta(minutes=3), timedelta(minutes=5))
    assert window.seen == 6


def test_a_proposal_waits_for_those_who_may_decide_and_did_not_yet(house: House) -> None:
    waiting = examples.proposal(Stage.WAITING, quorum=2)
    with house.store.write() as tx:
        tx.add_proposal(waiting)

    def mine(person: Person) -> int:
        view = take_home(house.office, person, {"S0ADMINS": frozenset({"U0GRACE"})})
        assert len(view.mine) + len(view.others) == 1
        return len(view.mine)

    assert (mine(SAM), mine(ADA), mine(Person("U0GRACE", "grace"))) == (0, 1, 1)
    with house.store.write() as tx:
        tx.save_proposal(waiting, replace(waiting, votes=(Vote("U0ADA", NOON),)))
    assert (mine(ADA), mine(Person("U0GRACE", "grace"))) == (0, 1)
