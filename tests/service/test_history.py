"""What happened over days, what can be taken back, and how mcsync itself is, read from a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.audit import Deed, Event
from bot.domain.incident import IncidentState
from bot.domain.logon_bar import LogonBar
from bot.domain.proposal import Ask, Proposal, Stage
from bot.domain.sight import Sight
from bot.domain.vitals import Vitals
from bot.service.condition import take_condition
from bot.service.history import last_change, take_history
from bot.service.office import Office
from bot.service.standing import overtake
from tests.commands import examples
from tests.service.office import PARIS, WORKFLOW, TurnedClock, opened

NOW = datetime(2026, 11, 24, 9, tzinfo=PARIS).astimezone(UTC)
DAY = timedelta(days=1)


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path, TurnedClock(NOW)) as (office, _, _):
        yield office


def ask(
    office: Office, at: datetime, stage: Stage, kind: Ask = Ask.SHIFT, *, about: str = "", undoes: str = ""
) -> Proposal:
    """Put a proposal on record as it is when somebody asks."""
    name = f"p{at.isoformat()}"
    proposal = examples.proposal(stage, ask=kind, id=name, requested_at=at, incident_id=about, undoes=undoes)
    with office.store.write() as tx:
        assert tx.add_proposal(proposal)
        tx.record(Deed(at, Event.PROPOSAL_ASKED, "U0SAM", "button", "prod", proposal.id))
    return proposal


def test_an_incident_is_told_with_what_was_asked_for_about_it_and_other_changes_by_themselves(
    office: Office,
) -> None:
    told = examples.incident(last_at=NOW - DAY, still_since=NOW - DAY)
    with office.store.write() as tx:
        tx.add_incident(told)
        tx.add_incident(
            examples.incident(id="old", last_at=NOW - 40 * DAY, state=IncidentState.CLOSED, closed_at=NOW)
        )
    ask(office, NOW - 50 * DAY, Stage.DENIED, about=told.id)
    denied = ask(office, NOW - DAY / 2, Stage.DENIED, about=told.id)
    proved = ask(office, NOW - DAY / 4, Stage.PROVED, about=told.id)
    alone = ask(office, NOW - 2 * DAY, Stage.VOID)

    view = take_history(office, "prod", WORKFLOW, 30)

    first, second = view.episodes
    assert (first.incident, second.incident) == (told, None)
    assert [one.id for one in first.proposals] == [denied.id, proved.id]
    assert [one.id for one in second.proposals] == [alone.id]
    assert (first.stood_still, first.is_standing) == (DAY, True)
    assert view.stood_still == DAY
    assert take_history(office, "prod", "mcSynch_other", 30).episodes == ()
    assert len(take_history(office, None, None, 60).episodes) == 3


def test_what_is_open_is_told_however_long_ago_it_failed(office: Office) -> None:
    with office.store.write() as tx:
        tx.add_incident(examples.incident(last_at=NOW - 90 * DAY))

    assert len(take_history(office, None, None, 1).episodes) == 1


def test_the_last_change_is_the_one_to_take_back_unless_that_was_done(office: Office) -> None:
    assert last_change(office, "prod", WORKFLOW) is None
    first = ask(office, NOW - 3 * DAY, Stage.PROVED)
    ask(office, NOW - 2 * DAY, Stage.DENIED)
    ask(office, NOW - 2 * DAY + timedelta(hours=1), Stage.PROVED, Ask.RESUME)
    assert last_change(office, "prod", WORKFLOW) == first
    assert last_change(office, "stage", WORKFLOW) is None

    ask(office, NOW - DAY, Stage.VOID, Ask.UNDO, undoes=first.id)
    assert last_change(office, "prod", WORKFLOW) == first, "that one changed nothing"
    undo = ask(office, NOW, Stage.VERIFIED, Ask.UNDO, undoes=first.id)
    with office.store.write() as tx:
        overtake(tx, office, undo, NOW)

    assert last_change(office, "prod", WORKFLOW) is None


def test_a_change_stands_again_once_the_one_that_overtook_it_was_taken_back(office: Office) -> None:
    first = ask(office, NOW - 3 * DAY, Stage.OVERTAKEN)
    with office.store.write() as tx:
        tx.save_sighted(replace(examples.sighted(WORKFLOW), period=examples.AFTER))

    assert last_change(office, "prod", WORKFLOW) == first
    with office.store.write() as tx:
        tx.save_sighted(replace(examples.sighted(WORKFLOW), period=examples.BEFORE))
    assert last_change(office, "prod", WORKFLOW) is None


def test_health_says_what_is_seen_and_whether_the_record_is_sound(office: Office) -> None:
    office = replace(office, vitals=lambda: Vitals("1.0", "connected", 0.2))
    assert not take_condition(office).is_well, "nothing was seen yet"
    with office.store.write() as tx:
        tx.save_sight(Sight("prod", seen_at=NOW))
        tx.record(Deed(NOW, Event.INCIDENT_OPENED, "mcsync", "poll", "prod", "i"))

    view = take_condition(office)

    assert view.is_well
    assert view.entries == 1
    assert view.examination is not None
    assert view.examination.flaws == ()
    assert take_condition(replace(office, vitals=lambda: Vitals("1.0", "disconnected"))).is_well is False
    assert take_condition(replace(office, vitals=lambda: Vitals("1.0", "http", 31))).is_well is False
    with office.store.write() as tx:
        tx.save_logon_bar(LogonBar("prod", "digest", NOW, "refused"))
    assert not take_condition(office).is_well
