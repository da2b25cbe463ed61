"""The daily line: what it tells, what it seals, and what it says of a record that somebody had a hand in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.notice import Notice
from bot.domain.proposal import Stage
from bot.gateways.store import create_store
from bot.service.health import Health
from bot.service.office import Kind, Office
from tests.gateways.store import examples
from tests.gateways.store.tampering import (
    Hand,
    change,
    cut_after,
    damage_pages,
    overwrite,
    remove,
    tampered,
)
from tests.service.office import WORKFLOW, TurnedClock, opened

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CLAIM = Claim(Work("health", Kind.HEALTH, "health", NOON), "me", 1, 1)
DEED = Deed(NOON, Event.PROPOSAL_APPROVED, "U0ADA", "button", "prod", "p1", {}, "ada")


def examined(office: Office) -> list[dict[str, object]]:
    """Examine once; return what was logged."""
    with capture_logs() as logs:
        Health(office).examine(CLAIM)
    return [dict(line) for line in logs]


def record(office: Office, count: int) -> None:
    with office.store.write() as tx:
        for number in range(count):
            tx.record(replace(DEED, subject=f"p{number}"))


@contextmanager
def after(tmp_path: Path, *hands: Hand, examine_before: bool = False) -> Iterator[Office]:
    """Open an office on a copy of a record of five entries in which *hands* did what they like."""
    (tmp_path / "before").mkdir()
    with opened(tmp_path / "before", TurnedClock(NOON)) as (office, _, _):
        record(office, 5)
        if examine_before:
            Health(office).examine(CLAIM)
    copy = tampered(tmp_path / "before" / "office.db", tmp_path / "copy.db", *hands)
    store = create_store(f"sqlite:///{copy}")
    store.open()
    try:
        yield replace(office, store=store)
    finally:
        store.close()


def notices(office: Office) -> list[Notice]:
    """List the notices whose cards were asked for."""
    claims = office.store.claim("me", NOON + timedelta(days=9), NOON, 30, 100)
    with office.store.read() as tx:
        found = [tx.notice(claim.work.payload["key"]) for claim in claims if claim.work.kind == Kind.CARD]
    for claim in claims:
        office.store.finish(claim, NOON)
    return [notice for notice in found if notice is not None]


def test_the_line_tells_the_end_of_the_record_and_how_things_stand(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOON)) as (office, _, _):
        record(office, 3)
        with office.store.write() as tx:
            tx.add_incident(examples.incident())
            tx.add_proposal(examples.proposal(stage=Stage.WAITING, workflow=WORKFLOW))
            last = tx.record(DEED)

        assert examined(office) == [
            {
                "event": "health.daily",
                "log_level": "info",
                "record": "sound",
                "last_sequence": 4,
                "last_digest": last.digest,
                "incidents_open": 1,
                "proposals_waiting": 1,
            }
        ]
        assert notices(office) == []


def test_a_damaged_database_is_told_once_in_the_channel(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOON)) as (office, store, _):
        with store.write() as tx:
            for number in range(2000):
                tx.accept_delivery(str(number), NOON, "body " * 20)
        damage_pages(tmp_path / "office.db", 6)

        first, *_ = examined(office)
        examined(office)

        assert (first["event"], first["log_level"]) == ("health.database_damaged", "error")
        assert first["flaws"]
        (notice,) = notices(office)
        assert str(notice.title) == "The database is damaged"
        assert "restore the latest backup" in str(notice.text)


def test_an_empty_record_is_sound_and_nothing_waits(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOON)) as (office, _, _):
        with office.store.write() as tx:
            tx.add_proposal(examples.proposal(stage=Stage.APPROVED, workflow=WORKFLOW))

        (line,) = examined(office)

        assert (line["record"], line["last_sequence"], line["proposals_waiting"]) == ("sound", 0, 0)
        with office.store.read() as tx:
            assert tx.seals() == ()


def test_what_the_line_tells_is_sealed_once(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOON)) as (office, _, _):
        record(office, 2)
        examined(office)
        examined(office)
        record(office, 2)
        (line,) = examined(office)

        with office.store.read() as tx:
            seals = tx.seals()

    assert [seal.sequence for seal in seals] == [2, 4]
    assert seals[1].digest == line["last_digest"]


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (NOON, datetime(2026, 11, 25, tzinfo=UTC)),
        (datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)),
    ],
)
def test_it_comes_again_at_the_next_midnight(tmp_path: Path, at: datetime, then: datetime) -> None:
    with opened(tmp_path, TurnedClock(at)) as (office, _, _):
        assert Health(office).examine(CLAIM).due_at == then


def test_every_start_asks_for_it_at_once_in_a_lane_of_its_own(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOON)) as (office, store, _):
        with store.write() as tx:
            tx.enqueue(Work("health", Kind.HEALTH, "health", NOON + timedelta(hours=12)))
            Health(office).begin(tx, NOON)

        (claim,) = store.claim("me", NOON, NOON, 30, 10)

    assert (claim.work.kind, claim.work.lane) == (Kind.HEALTH, "health")


@pytest.mark.parametrize(
    ("hand", "flaw"),
    [
        (remove(3), "Entry 3 is missing"),
        (change(2, actor="U0EVE"), "Entry 2 was changed"),
        (cut_after(3), "Entry 5, of which the health line of 2026-11-24 12:00:00 UTC told, is gone"),
        (overwrite("audit", "body", 5, "{}"), "Entry 5 was changed after it was written: it cannot"),
        (overwrite("seals", "body", 5, "{}"), "The seal of entry 5 was changed"),
    ],
)
def test_a_hand_in_the_database_is_told_loudly_and_once_and_mcsync_goes_on(
    tmp_path: Path, hand: Hand, flaw: str
) -> None:
    with after(tmp_path, hand, examine_before=True) as office:
        daily, broken = examined(office)

        assert daily["record"] == "broken"
        assert (broken["event"], broken["log_level"]) == ("health.record_broken", "error")
        assert any(str(one).startswith(flaw) for one in broken["flaws"])  # type: ignore[attr-defined] # a list
        (notice,) = notices(office)
        assert notice.lasting
        assert notice.instance == ""
        assert flaw in notice.text
        assert "mcsync audit verify" in notice.text

        examined(office)
        assert notices(office) == []
        record(office, 1)


def test_a_further_flaw_is_told_anew(tmp_path: Path) -> None:
    with after(tmp_path, remove(3)) as office:
        examined(office)
        notices(office)
    (tmp_path / "again").mkdir()
    copy = tampered(tmp_path / "copy.db", tmp_path / "again" / "copy.db", change(5, actor="U0EVE"))
    store = create_store(f"sqlite:///{copy}")
    store.open()
    examined(replace(office, store=store))

    (notice,) = notices(replace(office, store=store))
    store.close()
    assert "Entry 5 was changed" in notice.text


def test_of_many_flaws_the_first_are_told(tmp_path: Path) -> None:
    hands = [change(number, actor="U0EVE") for number in (1, 2, 3, 4, 5)]
    with after(tmp_path, *hands, overwrite("audit", "previous", 3, "x")) as office:
        _, broken = examined(office)

        (notice,) = notices(office)
        assert broken["flaws_in_all"] == 6
        assert "And 1 more." in notice.text
