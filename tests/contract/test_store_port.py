"""What every store must do, whichever database is below: values, compare-and-swap, the audit chain."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, Deed, Event, flaws
from bot.domain.due_work import Work
from bot.domain.incident import Incident, IncidentState
from bot.domain.journal import Failure
from bot.domain.proposal import UNDECIDED, Stage, may_move
from bot.domain.verdict import Cause
from bot.gateways.store import SqlStore, StoredLogonBars, create_store
from tests.contract.stores import FRESH, Programs, in_threads
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

SECOND = timedelta(seconds=1)


# --- Deliveries and failures ----------------------------------------------------------------------


def test_a_delivery_is_accepted_once(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.accept_delivery("one", NOON, "body")
        assert not tx.accept_delivery("one", NOON + SECOND, "another body")
        assert tx.accept_delivery("two", NOON, "body")
    with store.write() as tx:
        assert not tx.accept_delivery("one", NOON, "body")


def test_of_many_simultaneous_deliveries_one_is_accepted(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]
    keys = [f"delivery-{number}" for number in range(20)]

    def deliver(number: int) -> list[str]:
        accepted = []
        for key in keys:
            with stores[number % 2].write() as tx:
                if tx.accept_delivery(key, NOON, ""):
                    accepted.append(key)
        return accepted

    assert sorted(itertools.chain(*in_threads(8, deliver))) == sorted(keys)


failures = st.builds(
    examples.failure,
    instance=st.sampled_from(["prod", "stage"]),
    workflow_id=st.sampled_from(["1", "2"]),
    journal_id=st.sampled_from(["", "7", "-7"]),
    at=st.sampled_from([NOON, NOON + SECOND, NOON + timedelta(milliseconds=1)]),
    message=st.sampled_from(["from the webhook", "from the poll"]),
)


@given(st.lists(failures, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_failure_is_remembered_once_whoever_reports_it(
    tmp_path_factory: pytest.TempPathFactory, reported: list[Failure]
) -> None:
    for fresh in FRESH.values():
        store = create_store(fresh(tmp_path_factory.mktemp("store")))
        store.open()
        known: dict[tuple[object, ...], Failure] = {}
        for failure in reported:
            identity = (failure.instance, failure.workflow_id, failure.journal_id, failure.at)
            with store.write() as tx:
                assert tx.add_failure(failure, NOON) == (identity not in known)
            known.setdefault(identity, failure)
        with store.read() as tx:
            listed = tx.failures("prod", "mcSynch_mcExec1", since=NOON)
        store.close()
        assert sorted(listed, key=repr) == sorted(
            (failure for failure in known.values() if failure.instance == "prod"), key=repr
        )
        assert [failure.at for failure in listed] == sorted(failure.at for failure in listed)


def test_failures_are_listed_from_an_instant_on(store: SqlStore) -> None:
    with store.write() as tx:
        for minute in (3, 1, 2):
            tx.add_failure(examples.failure(at=NOON + timedelta(minutes=minute)), NOON)
        tx.add_failure(examples.failure(workflow="another", workflow_id="1"), NOON)
    with store.read() as tx:
        listed = tx.failures("prod", "mcSynch_mcExec1", since=NOON + timedelta(minutes=2))
        assert [failure.at.minute for failure in listed] == [2, 3]
        assert tx.failures("stage", "mcSynch_mcExec1", since=NOON) == ()


# --- Incidents ------------------------------------------------------------------------------------


def test_an_incident_is_added_once(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.add_incident(examples.incident())
        assert not tx.add_incident(examples.incident(failures=2))
        assert tx.incident("incident-1") == examples.incident()
        assert tx.incident("incident-2") is None


def test_a_workflow_has_one_open_incident_per_cause(store: SqlStore) -> None:
    closed = examples.incident(id="closed", state=IncidentState.CLOSED)
    other_cause = examples.incident(id="cause", diagnosis=examples.diagnosis(Cause.DEADLOCK))
    other_workflow = examples.incident(id="workflow", workflow="mcSynch_mcExec2")
    other_instance = examples.incident(id="instance", instance="stage")
    with store.write() as tx:
        assert tx.add_incident(examples.incident())
        assert not tx.add_incident(examples.incident(id="second"))
        for incident in (closed, other_cause, other_workflow, other_instance):
            assert tx.add_incident(incident)
        # Nor by a change: reopened, or judged anew.
        assert not tx.save_incident(closed, replace(closed, state=IncidentState.OPEN))
        assert not tx.save_incident(other_cause, replace(other_cause, diagnosis=examples.diagnosis()))
        assert tx.incident("closed") == closed
        assert tx.incident("cause") == other_cause


def test_a_saved_incident_gets_the_next_revision(store: SqlStore) -> None:
    first = examples.incident()
    with store.write() as tx:
        tx.add_incident(first)
        assert tx.save_incident(first, replace(first, failures=2, last_at=NOON + SECOND))
        second = tx.incident(first.id)
        assert second == replace(first, failures=2, last_at=NOON + SECOND, revision=1)
        # Whatever revision the caller made up: the store counts.
        assert tx.save_incident(second, replace(second, state=IncidentState.CLOSED, revision=99))
        third = tx.incident(first.id)
        assert third is not None
        assert (third.revision, third.state) == (2, IncidentState.CLOSED)


def test_an_incident_that_moved_on_is_not_overwritten(store: SqlStore) -> None:
    first = examples.incident()
    with store.write() as tx:
        tx.add_incident(first)
        assert tx.save_incident(first, replace(first, failures=2))
        assert not tx.save_incident(first, replace(first, failures=7))
        assert not tx.save_incident(examples.incident(id="unknown"), examples.incident(id="unknown"))
        saved = tx.incident(first.id)
        assert saved is not None
        assert saved.failures == 2


@pytest.mark.parametrize("change", [{"id": "other"}, {"instance": "stage"}, {"workflow": "other"}])
def test_an_incident_keeps_its_identity(store: SqlStore, change: dict[str, object]) -> None:
    with store.write() as tx, pytest.raises(ValueError, match="incident-1 cannot become"):
        tx.save_incident(examples.incident(), examples.incident(**change))


def test_incidents_are_listed_latest_failure_first(store: SqlStore) -> None:
    def incident(number: int, **changes: object) -> Incident:
        return examples.incident(
            id=f"incident-{number}",
            workflow=f"workflow-{number % 2}",
            diagnosis=examples.diagnosis(list(Cause)[number]),
            last_at=NOON + number * SECOND,
            **changes,
        )

    with store.write() as tx:
        for number in (2, 5, 1, 4, 3):
            tx.add_incident(incident(number))
        tx.add_incident(incident(6, state=IncidentState.CLOSED))
    with store.read() as reading:
        assert [found.id[-1] for found in reading.incidents()] == ["5", "4", "3", "2", "1"]
        assert [found.id[-1] for found in reading.incidents(limit=2)] == ["5", "4"]
        assert [found.id[-1] for found in reading.incidents(open_only=False)] == [
            "6",
            "5",
            "4",
            "3",
            "2",
            "1",
        ]
        assert [found.id[-1] for found in reading.open_incidents("prod", "workflow-0")] == ["4", "2"]
        assert reading.open_incidents("stage", "workflow-0") == ()


# --- Proposals ------------------------------------------------------------------------------------


def test_a_proposal_comes_back_as_it_was(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.add_proposal(examples.half_applied())
        assert not tx.add_proposal(examples.proposal(instance="stage"))
    with store.read() as tx:
        assert tx.proposal("proposal-1") == examples.half_applied()
        assert tx.proposal("proposal-2") is None


@pytest.mark.parametrize("stage", Stage)
def test_a_workflow_has_one_undecided_proposal(store: SqlStore, stage: Stage) -> None:
    with store.write() as tx:
        assert tx.add_proposal(examples.proposal(stage=stage))
        assert tx.add_proposal(examples.proposal(id="second")) == (stage not in UNDECIDED)
        assert tx.add_proposal(examples.proposal(id="third", workflow="mcSynch_mcExec2"))
        assert tx.add_proposal(examples.proposal(id="fourth", instance="stage"))
        found = tx.undecided("prod", "mcSynch_mcExec1")
        assert found is not None
        assert found.id == ("proposal-1" if stage in UNDECIDED else "second")
        assert tx.undecided("prod", "mcSynch_mcExec3") is None


def test_what_was_done_to_a_workflow_stands_until_a_later_change_overtakes_it(store: SqlStore) -> None:
    with store.write() as tx:
        for number, stage in enumerate(Stage):
            if stage not in UNDECIDED:
                tx.add_proposal(examples.proposal(id=f"p{number}", stage=stage))
        tx.add_proposal(examples.proposal(id="other", stage=Stage.PROVED, workflow="mcSynch_mcExec2"))
        tx.add_proposal(examples.proposal(id="elsewhere", stage=Stage.PROVED, instance="stage"))
        found = tx.standing("prod", "mcSynch_mcExec1")

    assert {one.stage for one in found} == {Stage.VERIFIED, Stage.PROVED}
    assert len(found) == 2


@pytest.mark.parametrize("before", Stage)
@pytest.mark.parametrize("after", Stage)
def test_a_proposal_moves_as_the_table_of_moves_says(store: SqlStore, before: Stage, after: Stage) -> None:
    first = examples.proposal(stage=before)
    with store.write() as tx:
        tx.add_proposal(first)
        if may_move(before, after):
            assert tx.save_proposal(first, replace(first, stage=after, reason="so"))
            assert tx.proposal(first.id) == replace(first, stage=after, reason="so", revision=1)
            assert (tx.undecided(first.instance, first.workflow) is not None) == (after in UNDECIDED)
        else:
            with pytest.raises(ValueError, match=f"may not move from {before} to {after}"):
                tx.save_proposal(first, replace(first, stage=after))
            assert tx.proposal(first.id) == first


def test_a_proposal_that_moved_on_is_not_overwritten(store: SqlStore) -> None:
    first = examples.proposal()
    with store.write() as tx:
        tx.add_proposal(first)
        assert tx.save_proposal(first, replace(first, stage=Stage.APPROVED))
        assert not tx.save_proposal(first, replace(first, stage=Stage.DENIED))
        # Nor with the right revision and a made-up stage: the move would not be the one that was checked.
        forged = replace(first, revision=1)
        assert not tx.save_proposal(forged, replace(forged, stage=Stage.DENIED))
        saved = tx.proposal(first.id)
        assert saved is not None
        assert (saved.stage, saved.revision) == (Stage.APPROVED, 1)


@pytest.mark.parametrize("change", [{"id": "other"}, {"instance": "stage"}, {"workflow": "other"}])
def test_a_proposal_keeps_its_identity(store: SqlStore, change: dict[str, object]) -> None:
    with store.write() as tx, pytest.raises(ValueError, match="proposal-1 cannot become"):
        tx.save_proposal(examples.proposal(), examples.proposal(**change))


def test_of_two_simultaneous_approvals_one_counts_and_is_on_record(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]
    first = examples.proposal()
    with stores[0].write() as tx:
        tx.add_proposal(first)

    def approve(number: int) -> bool:
        store = stores[number % 2]
        with store.read() as reading:
            before = reading.proposal(first.id)
        assert before is not None
        with store.write() as tx:
            if before.stage is not Stage.WAITING:
                return False
            if not tx.save_proposal(before, replace(before, stage=Stage.APPROVED, decided_by=str(number))):
                return False
            tx.record(Deed(NOON, Event.PROPOSAL_APPROVED, str(number), "button", "prod", first.id))
            return True

    won = [number for number, approved in enumerate(in_threads(8, approve)) if approved]
    with stores[0].read() as reading:
        saved, entries = reading.proposal(first.id), reading.audit()
    assert saved is not None
    assert [saved.decided_by] == [str(number) for number in won] == [entry.deed.actor for entry in entries]


# --- Sightings, cards, lessons, notices, refused log-ons -------------------------------------------


def test_the_last_sighting_of_each_workflow_is_kept(store: SqlStore) -> None:
    with store.write() as tx:
        tx.save_sighted(examples.sighted("b"))
        tx.save_sighted(examples.sighted("a"))
        tx.save_sighted(examples.sighted("a", "dev"))
        tx.save_sighted(examples.sighted("b", period="new", read_at=NOON, journal_at=NOON))
    with store.read() as tx:
        assert tx.sighted() == (
            examples.sighted("a", "dev"),
            examples.sighted("a"),
            examples.sighted("b", period="new", read_at=NOON, journal_at=NOON),
        )
        assert tx.sighted("dev") == (examples.sighted("a", "dev"),)
        assert tx.sighted("nowhere") == ()


def test_the_last_place_of_each_card_is_kept(store: SqlStore) -> None:
    with store.write() as tx:
        tx.save_posted(examples.posted())
        tx.save_posted(examples.posted("another"))
        tx.save_posted(examples.posted(ts="1732276800.000100"))
        assert tx.posted("incident-1") == examples.posted(ts="1732276800.000100")
        assert tx.posted("another") == examples.posted("another")
        assert tx.posted("none") is None


def test_the_last_lesson_of_each_workflow_is_kept(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.lesson("prod", "mcSynch_mcExec1") is None
        tx.save_lesson(examples.lesson())
        tx.save_lesson(examples.lesson("mcSynch_mcExec2"))
        tx.save_lesson(examples.lesson(collision_ahead=NOON))
    with store.read() as tx:
        assert tx.lesson("prod", "mcSynch_mcExec1") == examples.lesson(collision_ahead=NOON)
        assert tx.lesson("prod", "mcSynch_mcExec2") == examples.lesson("mcSynch_mcExec2")
        assert tx.lesson("stage", "mcSynch_mcExec1") is None


def test_a_notice_is_added_once(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.notice("drift:prod") is None
        assert tx.add_notice(examples.notice())
        assert tx.add_notice(examples.notice("another"))
        assert not tx.add_notice(replace(examples.notice(), text="told again"))
    with store.read() as tx:
        assert tx.notice("drift:prod") == examples.notice()


def test_a_refused_logon_is_remembered_until_it_is_lifted(store: SqlStore) -> None:
    with store.write() as tx:
        assert not tx.lift_logon_bar("prod")
        tx.save_logon_bar(examples.logon_bar())
        newer = replace(examples.logon_bar(), secret_digest="another")
        tx.save_logon_bar(newer)
        assert tx.logon_bar("prod") == newer
        assert tx.logon_bar("stage") is None
    with store.write() as tx:
        assert tx.lift_logon_bar("prod")
        assert tx.logon_bar("prod") is None
        assert not tx.lift_logon_bar("prod")


def test_gateways_find_refused_logons_of_other_programs(programs: Programs) -> None:
    one, other = StoredLogonBars(programs.start()), StoredLogonBars(programs.start())
    assert other.get("prod") is None
    one.save(examples.logon_bar())
    assert other.get("prod") == examples.logon_bar()


# --- Audit ----------------------------------------------------------------------------------------


def test_the_audit_is_an_unbroken_chain(store: SqlStore) -> None:
    with store.write() as tx:
        recorded = [tx.record(examples.deed(str(number))) for number in range(3)]
    with store.write() as tx:
        recorded.append(tx.record(examples.deed("later")))
    with store.read() as tx:
        assert tx.audit() == tuple(recorded)
        assert [entry.sequence for entry in tx.audit()] == [1, 2, 3, 4]
        assert tx.audit()[0].previous == GENESIS
        assert list(flaws(tx.audit())) == []
        assert tx.audit(after=1, limit=2) == tuple(recorded[1:3])
        assert tx.audit(after=4) == ()


def test_what_was_taken_back_leaves_no_gap_in_the_audit(store: SqlStore) -> None:
    def fail() -> None:
        with store.write() as tx:
            tx.record(examples.deed("taken back"))
            raise LookupError

    with store.write() as tx:
        tx.record(examples.deed("first"))
    with pytest.raises(LookupError):
        fail()
    with store.write() as tx:
        tx.record(examples.deed("second"))
    with store.read() as reading:
        assert [entry.deed.subject for entry in reading.audit()] == ["first", "second"]
        assert list(flaws(reading.audit())) == []


def test_many_writers_make_one_chain(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]

    def record(number: int) -> None:
        for turn in range(5):
            with stores[number % 2].write() as tx:
                tx.record(examples.deed(f"{number}.{turn}"))

    in_threads(6, record)
    with stores[0].read() as tx:
        entries = tx.audit()
    assert list(flaws(entries)) == []
    assert sorted(entry.deed.subject for entry in entries) == sorted(
        f"{number}.{turn}" for number in range(6) for turn in range(5)
    )


def test_old_deliveries_are_forgotten_and_young_ones_are_still_recognised(store: SqlStore) -> None:
    with store.write() as tx:
        tx.accept_delivery("old", NOON - timedelta(days=50), "")
        tx.accept_delivery("young", NOON - timedelta(days=1), "")

    with store.write() as tx:
        assert tx.forget_deliveries(NOON - timedelta(days=30)) == 1
        assert tx.accept_delivery("old", NOON, "")
        assert not tx.accept_delivery("young", NOON, "")


def test_a_lease_that_is_renewed_holds_on(store: SqlStore) -> None:
    with store.write() as tx:
        tx.enqueue(Work("k", "kind", "lane", NOON))
    store.claim("holder", NOON, NOON, 20, 1)

    assert store.renew("holder", NOON + timedelta(seconds=15), 20) == 1
    assert store.claim("other", NOON, NOON + timedelta(seconds=30), 20, 1) == []
    assert len(store.claim("other", NOON, NOON + timedelta(seconds=36), 20, 1)) == 1


def test_whoever_holds_work_is_named_until_it_is_given_back(store: SqlStore) -> None:
    with store.write() as tx:
        tx.enqueue(Work("k", "kind", "lane", NOON))
    assert store.holders() == ()
    store.claim("holder", NOON, NOON, 20, 1)

    assert store.holders() == ("holder",)
    store.give_back("holder")
    assert store.holders() == ()
