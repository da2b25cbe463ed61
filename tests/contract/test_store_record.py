"""What every store must do about the record: its end, its seals; and about what the quiet watch remembers."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.answered import Answered, Request
from bot.domain.audit import AuditEntry, Seal
from bot.domain.notice import ended
from bot.domain.sight import Sight
from bot.domain.vigil import Pulse
from bot.gateways.store import SqlStore
from tests.contract.stores import Programs, in_threads
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

SECOND = timedelta(seconds=1)


def record(store: SqlStore, count: int) -> list[AuditEntry]:
    with store.write() as tx:
        return [tx.record(examples.deed(f"subject-{number}")) for number in range(count)]


def test_the_trail_is_the_record_page_by_page(store: SqlStore) -> None:
    entries = record(store, 5)

    with store.read() as reading:
        assert list(reading.audit_trail()) == entries
        assert list(reading.audit_trail(after=2, limit=2)) == entries[2:4]
        assert reading.audit_trail(after=5) == ()


def test_the_last_entry_is_known(store: SqlStore) -> None:
    with store.read() as reading:
        assert reading.last_entry() == 0

    record(store, 3)

    with store.read() as reading:
        assert reading.last_entry() == 3


def test_a_sequence_is_sealed_once_and_the_first_seal_stays(store: SqlStore) -> None:
    first, later = Seal(3, "a" * 64, NOON), Seal(7, "b" * 64, NOON + SECOND)
    with store.write() as tx:
        assert tx.seals() == ()
        assert tx.add_seal(later)
        assert tx.add_seal(first)
        assert not tx.add_seal(replace(first, digest="c" * 64))
    with store.read() as reading:
        assert reading.seals() == (first, later)


def test_of_many_programs_that_seal_at_once_one_does(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]

    def seal(number: int) -> bool:
        with stores[number % 2].write() as tx:
            return tx.add_seal(Seal(1, str(number), NOON))

    assert sum(in_threads(6, seal)) == 1


def test_whether_an_instance_was_seen_is_kept_and_replaced(store: SqlStore) -> None:
    blind = Sight("prod", seen_at=NOON, tried_at=NOON + SECOND, blind_since=NOON + SECOND, told=True)
    with store.write() as tx:
        assert tx.sight("prod") is None
        tx.save_sight(Sight("prod", seen_at=NOON, tried_at=NOON))
        tx.save_sight(Sight("stage"))
        tx.save_sight(blind)
    with store.read() as reading:
        assert reading.sight("prod") == blind
        assert reading.sight("stage") == Sight("stage")


def test_a_sighting_keeps_the_pulse_of_its_workflow(store: SqlStore) -> None:
    pulse = Pulse(since=NOON, begun=NOON + SECOND, passed_at=NOON, silent_from=NOON)
    with store.write() as tx:
        tx.save_sighted(examples.sighted(pulse=pulse))
        tx.save_sighted(examples.sighted("other"))
    with store.read() as reading:
        assert [seen.pulse for seen in reading.sighted("prod")] == [pulse, Pulse()]


def test_a_notice_that_was_told_may_be_replaced_and_no_other(store: SqlStore) -> None:
    over = ended(examples.notice(), "It is over.", NOON + SECOND)
    with store.write() as tx:
        assert not tx.save_notice(over)
        assert tx.notice(over.key) is None
        tx.add_notice(examples.notice())
        assert tx.save_notice(over)
    with store.read() as reading:
        assert reading.notice(over.key) == over


# --- Requests -------------------------------------------------------------------------------------


def test_a_request_is_noted_once_and_its_answer_is_kept(store: SqlStore) -> None:
    begun = Request("signature:v0=1", NOON)
    answered = Request(begun.key, NOON + SECOND, Answered(200, "application/json", '{"text": "é"}'))
    with store.write() as tx:
        assert tx.request(begun.key) is None
        assert tx.add_request(begun)
        assert not tx.add_request(answered)
        assert tx.request(begun.key) == begun
        tx.save_request(answered)
    with store.read() as reading:
        assert reading.request(begun.key) == answered


def test_requests_are_forgotten_one_by_one_or_by_age(store: SqlStore) -> None:
    with store.write() as tx:
        for number in range(4):
            tx.add_request(Request(str(number), NOON + number * SECOND))
        tx.forget_request("3")
        tx.forget_request("never noted")
        assert tx.forget_requests(NOON + 2 * SECOND) == 2
        assert [tx.request(str(number)) is not None for number in range(4)] == [False, False, True, False]


def test_of_many_programs_that_note_a_request_at_once_one_does(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]

    def note(number: int) -> bool:
        with stores[number % 2].write() as tx:
            return tx.add_request(Request("the same", NOON))

    assert sum(in_threads(6, note)) == 1
