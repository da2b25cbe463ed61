"""What the use cases ask of each other is remembered, each of it once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.service.office import ask_for_whisper
from tests.service.office import TurnedClock, opened

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_two_things_told_to_one_person_in_one_instant_are_both_told(tmp_path: Path) -> None:
    clock = TurnedClock(NOON)
    with opened(tmp_path, clock, takes=timedelta(minutes=1)) as (office, store, _):
        with store.write() as tx:
            for text in ("Denied.", "Too late.", "Denied."):
                ask_for_whisper(tx, office, "U0SAM", text, NOON)

        told = []
        while claims := store.claim("me", NOON, clock.machine_now(), 20, 5):
            for claim in claims:
                told.append(claim.work.payload["text"])
                store.finish(claim, NOON)

    assert sorted(told) == ["Denied.", "Too late."]
