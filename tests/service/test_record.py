"""Reading the record: the last entries of one workflow or of all, and everything about one incident."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.audit import Deed, Event
from bot.domain.case_note_writing import to_markdown
from bot.domain.errors import NotFound
from bot.gateways.store import create_store
from bot.service import record
from bot.service.office import Office
from bot.service.record import take_case_note, take_record
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON
from tests.gateways.store.tampering import overwrite, tampered
from tests.service.office import WORKFLOW, TurnedClock, opened


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path, TurnedClock(NOON + timedelta(days=1))) as (office, _, _):
        yield office


def deed(event: Event, subject: str, **details: str) -> Deed:
    return Deed(NOON, event, "U0SAM", "button", "prod", subject, details, "sam")


def put(office: Office, *deeds: Deed) -> None:
    with office.store.write() as tx:
        for one in deeds:
            tx.record(one)


def test_the_latest_entries_come_first_with_the_workflow_they_are_about(office: Office) -> None:
    with office.store.write() as tx:
        tx.add_incident(examples.incident())
        tx.add_proposal(examples.proposal())
    put(
        office,
        deed(Event.LOGON_ALLOWED, "prod"),
        deed(Event.FAILURE_SEEN, WORKFLOW),
        deed(Event.INCIDENT_OPENED, "incident-1"),
        deed(Event.PROPOSAL_ASKED, "proposal-1"),
    )

    view = take_record(office, None, 3)

    assert [(one.entry.sequence, one.workflow) for one in view.told] == [
        (4, WORKFLOW),
        (3, WORKFLOW),
        (2, WORKFLOW),
    ]
    assert view.last == 4
    assert [one.workflow for one in take_record(office, None, 9).told] == [WORKFLOW, WORKFLOW, WORKFLOW, ""]


def test_of_one_workflow_only_its_entries_are_told(office: Office) -> None:
    with office.store.write() as tx:
        tx.add_incident(examples.incident())
        tx.add_incident(examples.incident(id="another", workflow="mcSynch_other"))
    put(office, deed(Event.INCIDENT_OPENED, "incident-1"), deed(Event.INCIDENT_OPENED, "another"))

    view = take_record(office, WORKFLOW, 9)

    assert [one.entry.deed.subject for one in view.told] == ["incident-1"]
    assert (view.workflow, view.looked_at) == (WORKFLOW, 2)


def test_a_workflow_that_is_not_watched_is_refused(office: Office) -> None:
    with pytest.raises(NotFound, match="does not watch a workflow named mcSynch_other"):
        take_record(office, "mcSynch_other", 9)


def test_an_empty_record_has_nothing_to_tell(office: Office) -> None:
    view = take_record(office, None, 9)

    assert (view.told, view.last, view.looked_at) == ((), 0, 0)


def test_nobody_waits_for_a_look_at_the_whole_record(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST_LOOKED_AT", 30)
    monkeypatch.setattr(record, "_PAGE", 7)
    put(office, deed(Event.FAILURE_SEEN, WORKFLOW), *(deed(Event.LOGON_ALLOWED, "prod") for _ in range(50)))

    view = take_record(office, WORKFLOW, 9)

    assert view.told == ()
    assert 30 <= view.looked_at < 30 + 7
    assert view.last == 51


@pytest.mark.parametrize("page", [1, 2, 3, 500])
def test_pages_are_joined_without_a_gap_or_a_repeat(
    office: Office, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(record, "_PAGE", page)
    put(office, *(deed(Event.LOGON_ALLOWED, "prod") for _ in range(7)))

    assert [one.entry.sequence for one in take_record(office, None, 9).told] == [7, 6, 5, 4, 3, 2, 1]


def test_a_damaged_entry_hides_no_other(office: Office, tmp_path: Path) -> None:
    put(office, *(deed(Event.LOGON_ALLOWED, "prod") for _ in range(3)))
    copy = tampered(tmp_path / "office.db", tmp_path / "copy.db", overwrite("audit", "body", 2, "{}"))
    store = create_store(f"sqlite:///{copy}")
    store.open()

    view = take_record(replace(office, store=store), None, 9)
    store.close()

    assert [one.entry.sequence for one in view.told] == [3, 1]


# --- One incident ---------------------------------------------------------------------------------


def test_everything_about_an_incident_is_gathered_and_nothing_else(office: Office) -> None:
    first = examples.proposal(id="p1", summary="First try.")
    second = examples.proposal(id="p2", summary="Second try.")
    with office.store.write() as tx:
        tx.add_incident(examples.incident(proposal_id="p2"))
        tx.add_proposal(replace(first, workflow="mcSynch_elsewhere"))
        tx.add_proposal(second)
    put(
        office,
        deed(Event.INCIDENT_OPENED, "older"),
        deed(Event.PROPOSAL_ASKED, "p0", incident="older", summary="Another story."),
        deed(Event.INCIDENT_OPENED, "incident-1"),
        deed(Event.PROPOSAL_ASKED, "p1", incident="incident-1"),
        deed(Event.PROPOSAL_DENIED, "p1", reason="Not today."),
        deed(Event.INCIDENT_OPENED, "younger"),
        deed(Event.PROPOSAL_ASKED, "p2", incident="incident-1"),
        deed(Event.PROPOSAL_ASKED, "p3", incident="younger"),
    )

    text = to_markdown(take_case_note(office, "incident-1"))

    assert text.index("First try.") < text.index("Second try.")
    assert [int(line.split()[2].strip(",")) for line in text.splitlines() if line.startswith("- Entry ")] == [
        3,
        4,
        5,
        7,
    ]
    assert "Another story." not in text


def test_an_incident_of_long_ago_is_told_whole(office: Office) -> None:
    with office.store.write() as tx:
        tx.add_incident(examples.incident(proposal_id="p1"))
        tx.add_proposal(examples.proposal(id="p1", summary="Long ago."))
    put(
        office,
        deed(Event.INCIDENT_OPENED, "incident-1"),
        deed(Event.PROPOSAL_ASKED, "p1", incident="incident-1"),
        *(deed(Event.LOGON_ALLOWED, "prod") for _ in range(record.MOST_LOOKED_AT)),
        deed(Event.CHANGE_PROVED, "p1"),
    )

    text = to_markdown(take_case_note(office, "incident-1"))

    for sequence in (1, 2, record.MOST_LOOKED_AT + 3):
        assert f"- Entry {sequence}," in text


def test_what_was_asked_for_long_ago_is_told_even_if_its_entry_is_out_of_sight(office: Office) -> None:
    with office.store.write() as tx:
        tx.add_incident(examples.incident(proposal_id="proposal-1"))
        tx.add_proposal(examples.proposal(summary="Long ago."))

    text = to_markdown(take_case_note(office, "incident-1"))

    assert "Long ago." in text
    assert "Nothing is on record." in text


def test_times_are_those_of_the_execution_instance_and_utc_where_it_is_no_longer_configured(
    office: Office,
) -> None:
    with office.store.write() as tx:
        tx.add_incident(examples.incident())
        tx.add_incident(examples.incident(id="gone", workflow="mcSynch_gone"))
        tx.add_incident(examples.incident(id="away", instance="stage"))

    assert take_case_note(office, "incident-1").zone.key == "Europe/Paris"
    assert take_case_note(office, "gone").zone.key == "UTC"
    assert take_case_note(office, "away").zone.key == "UTC"


def test_an_incident_that_is_not_known_is_refused(office: Office) -> None:
    with pytest.raises(NotFound, match="no longer known"):
        take_case_note(office, "incident-9")
