"""What-if boxes: which change is drawn, and what keeps anything from being asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.due_work import Claim
from bot.domain.errors import NotFound, SlackRefused
from bot.domain.incident import IncidentState
from bot.domain.instance import Mode
from bot.domain.proposal import Ask, Stage
from bot.domain.sighted import Sighted
from bot.domain.verdict import Cause
from bot.domain.view import Opened
from bot.domain.what_if import Choice
from bot.domain.workflow import State, Status
from bot.gateways.store import SqlStore
from bot.service.what_ifs import WhatIfs, WhatIfView
from tests.commands import examples
from tests.commands.examples import BEFORE
from tests.service.office import WORKFLOW, TurnedClock, opened
from tests.service.screen import Screen

if TYPE_CHECKING:
    from bot.service.ports import Slack

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
INCIDENT = examples.incident()
READER = "U0SAM"
FIVE, TEN = Choice(Ask.SHIFT, 5), Choice(Ask.SHIFT, 10)


def drawn(_: str, view: WhatIfView) -> Mapping[str, Any]:
    """Draw a box as plainly as can be."""
    return {"choice": view.outcome.choice if view.outcome else None, "hindrance": view.hindrance}


@dataclass
class Room:
    """A person with a box open.

    Attributes:
        what_ifs: under test.
        screen: what the person sees.
        store: the database.
        clock: both clocks.
    """

    what_ifs: WhatIfs
    screen: Screen
    store: SqlStore
    clock: TurnedClock

    def work(self, *, most: int = 5) -> None:
        """Draw whatever waits, the way a worker does; a lane has one holder at a time."""
        for _ in range(most):
            claims = self.store.claim("worker", self.clock.at, self.clock.at, 20, 5)
            for claim in claims:
                self.what_ifs.draw(claim)
                self.store.finish(claim, self.clock.at)

    def claim(self) -> Claim:
        """Take the drawing that waits."""
        (claim,) = self.store.claim("slow", self.clock.at, self.clock.at, 20, 5)
        return claim

    def see(self, state: int = State.PAUSED, period: str = BEFORE, name: str = WORKFLOW) -> None:
        """Let a poll see the workflow."""
        status = Status(name, "4900", state, state == State.PAUSED, 0, 0, None)
        with self.store.write() as tx:
            tx.save_sighted(Sighted("prod", status, self.clock.at, period))


@pytest.fixture(name="room")
def _room(tmp_path: Path) -> Iterator[Room]:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock, takes=timedelta(minutes=3)) as (office, store, _):
        screen = Screen({"V1": {}}, {"V1": 1})
        room = Room(WhatIfs(replace(office, slack=cast("Slack", screen)), drawn), screen, store, clock)
        room.see()
        with store.write() as tx:
            tx.add_incident(INCIDENT)
        yield room


def test_a_box_begins_with_the_first_safe_offset(room: Room) -> None:
    room.what_ifs.begin(Opened("V1", "1"), INCIDENT.id, READER)

    room.work()

    assert room.screen.shown["V1"] == {"choice": FIVE, "hindrance": ""}


def test_of_changes_that_wait_only_the_last_one_is_drawn(room: Room) -> None:
    shown = Opened("V1", "1")
    room.what_ifs.begin(shown, INCIDENT.id, READER)
    assert room.what_ifs.change(shown, INCIDENT.id, READER, TEN, "2.0")
    assert room.what_ifs.change(shown, INCIDENT.id, READER, Choice(Ask.RESUME), "3.0")
    assert not room.what_ifs.change(shown, INCIDENT.id, READER, FIVE, "2.5"), "older than the last one"

    room.work()

    assert room.screen.shown["V1"]["choice"] == Choice(Ask.RESUME)
    assert room.screen.hashes["V1"] == 2, "drawn once"


def test_a_drawing_that_a_change_overtakes_while_it_is_on_its_way_gives_way(room: Room) -> None:
    """Slack has what a later drawing shows by then, so that the hash no longer fits."""
    shown = Opened("V1", "1")
    room.what_ifs.change(shown, INCIDENT.id, READER, TEN, "2.0")
    slow = room.claim()
    room.what_ifs.change(shown, INCIDENT.id, READER, Choice(Ask.RESUME), "3.0")

    def meanwhile() -> None:
        room.screen.busy = None
        room.screen.shown["V1"], room.screen.hashes["V1"] = {"choice": "the later one"}, 7

    room.screen.busy = meanwhile
    with room.store.write() as tx:  # as if the later change came just after the look at the store
        box = tx.box("V1")
        assert box is not None
        tx.save_box(replace(box, changed="2.0"))
    room.what_ifs.draw(slow)
    assert room.screen.shown["V1"]["choice"] == TEN, "the last change that is known"

    with room.store.write() as tx:
        tx.save_box(replace(box, changed="3.0"))
    room.screen.busy = meanwhile
    room.what_ifs.draw(slow)
    assert room.screen.shown["V1"]["choice"] == TEN, "not drawn at all"


def test_a_change_that_becomes_known_between_a_conflict_and_its_answer_wins(room: Room) -> None:
    room.what_ifs.change(Opened("V1", "1"), INCIDENT.id, READER, TEN, "2.0")
    slow = room.claim()

    def meanwhile() -> None:
        room.screen.busy = None
        room.screen.hashes["V1"] = 7
        room.what_ifs.change(Opened("V1", "7"), INCIDENT.id, READER, Choice(Ask.RESUME), "3.0")

    room.screen.busy = meanwhile
    room.what_ifs.draw(slow)

    assert room.screen.shown["V1"] == {}, "left to the newer one"


def test_a_box_that_is_closed_is_left_alone_and_any_other_refusal_is_told(room: Room) -> None:
    room.what_ifs.begin(Opened("V9", "1"), INCIDENT.id, READER)
    room.work()
    assert "V9" not in room.screen.shown

    room.what_ifs.change(Opened("V1", "1"), INCIDENT.id, READER, TEN, "2.0")
    room.screen.refusals = ["invalid_arguments"]
    with pytest.raises(SlackRefused):
        room.what_ifs.draw(room.claim())


def test_an_incident_that_is_not_known_is_said_to_be_none(room: Room) -> None:
    with pytest.raises(NotFound, match="no longer known"):
        room.what_ifs.look("other", FIVE)


def test_what_keeps_anything_from_being_asked_for_is_said(room: Room) -> None:
    assert room.what_ifs.look(INCIDENT.id, FIVE).hindrance == ""

    with room.store.write() as tx:
        tx.add_proposal(examples.proposal(Stage.WAITING))
    assert "that one is decided first" in room.what_ifs.look(INCIDENT.id, FIVE).hindrance

    with room.store.write() as tx:
        tx.save_incident(INCIDENT, replace(INCIDENT, state=IncidentState.CLOSED))
    assert room.what_ifs.look(INCIDENT.id, FIVE).hindrance == "This incident is closed."

    office = room.what_ifs._office
    shadow = replace(office.instances["prod"], mode=Mode.SHADOW)
    watching = WhatIfs(replace(office, instances={"prod": shadow}), drawn)
    assert "mcsync only watches prod" in watching.look(INCIDENT.id, FIVE).hindrance


@pytest.mark.parametrize("period", ["", "m_iTimeMode='9'"])
def test_a_schedule_that_is_not_understood_leaves_nothing_to_try(room: Room, period: str) -> None:
    room.see(period=period)

    found = room.what_ifs.look(INCIDENT.id, None)

    assert (found.subject, found.outcome) == (None, None)
    assert found.hindrance.endswith("does not understand it. Nothing can be tried here.")


def test_only_a_collision_is_moved_away_from(room: Room) -> None:
    login = examples.incident(id="login", diagnosis=examples.diagnosis(cause=Cause.CREDENTIALS), offers=())
    with room.store.write() as tx:
        tx.add_incident(login)

    shifted, resumed = room.what_ifs.look("login", FIVE), room.what_ifs.look("login", None)

    assert shifted.outcome is not None
    assert "no collision with a restart" in shifted.outcome.objection
    assert resumed.outcome is not None
    assert (resumed.outcome.choice, resumed.outcome.objection) == (Choice(Ask.RESUME), "")


def test_every_other_workflow_that_is_watched_counts_as_a_neighbour(room: Room) -> None:
    office = room.what_ifs._office
    instance = office.instances["prod"]
    other = replace(instance.executions[0], account="mcExec2", workflow="mcSynch_mcExec2")
    both = replace(instance, executions=(*instance.executions, other))
    room.see(State.STARTED, examples.AFTER, "mcSynch_mcExec2")
    room.see(State.STARTED, examples.AFTER, "notWatched")

    found = WhatIfs(replace(office, instances={"prod": both}), drawn).look(INCIDENT.id, FIVE, compare=False)

    assert found.offsets == ()
    assert found.outcome is not None
    assert [one.name for one in found.outcome.neighbours] == ["mcSynch_mcExec2"]
    assert "starts in the same minute" in found.outcome.objection
