"""Counts and readiness, from a real store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.due_work import Work
from bot.domain.errors import StoreError
from bot.domain.learning import ObservedRestart
from bot.domain.lesson import Lesson
from bot.domain.sight import Sight
from bot.domain.vitals import Vitals
from bot.service.figures import readiness, take_figures
from tests.service.office import WORKFLOW, TurnedClock, opened

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_the_queue_is_counted_with_the_age_of_its_oldest_row(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOW)) as (office, store, _):
        assert (take_figures(office).tally.due, take_figures(office).waited) == (0, timedelta())

        with store.write() as tx:
            for key, seconds in (("a", -90), ("b", -5), ("later", 60)):
                tx.enqueue(Work(key, "k", key, NOW + timedelta(seconds=seconds)))
            tx.save_sight(Sight("prod", seen_at=NOW - timedelta(seconds=30)))
        figures = take_figures(office)

    assert figures.tally.due == 2
    assert figures.waited == timedelta(seconds=90)
    assert figures.unseen == {"prod": timedelta(seconds=30)}


def test_a_restart_is_estimated_by_what_was_seen_of_it(tmp_path: Path) -> None:
    seen = tuple(
        ObservedRestart(at, at, at + timedelta(seconds=100))
        for at in (NOW - timedelta(days=days) for days in range(1, 7))
    )
    with opened(tmp_path, TurnedClock(NOW), takes=timedelta(seconds=60)) as (office, store, _):
        (before,) = take_figures(office).estimates
        with store.write() as tx:
            tx.save_lesson(Lesson("prod", WORKFLOW, observed=seen))
        (after,) = take_figures(office).estimates

    assert (before.configured, before.learnt) == (timedelta(seconds=60), timedelta(seconds=60))
    assert (after.restart, after.learnt) == ("06:00:00", timedelta(seconds=100))


@pytest.mark.parametrize(
    ("seconds", "state"), [(299, "ok"), (300, "ok"), (301, "it last answered 301 s ago"), (None, "not")]
)
def test_campaign_must_have_answered_within_five_minutes(
    tmp_path: Path, seconds: int | None, state: str
) -> None:
    with opened(tmp_path, TurnedClock(NOW)) as (office, store, _):
        if seconds is not None:
            with store.write() as tx:
                tx.save_sight(Sight("prod", seen_at=NOW - timedelta(seconds=seconds)))
        needs = readiness(office)

    assert list(needs) == ["store", "slack", "campaign:prod"]
    assert (needs["store"], needs["slack"]) == ("ok", "ok")
    assert state in needs["campaign:prod"]


def test_a_lost_socket_is_named(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOW)) as (office, _, _):
        object.__setattr__(office, "vitals", lambda: Vitals(slack="disconnected"))

        assert readiness(office)["slack"] == "the socket is disconnected"


def test_a_store_that_could_not_be_written_is_named_until_it_can(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOW)) as (office, store, _):
        full = StoreError("The disk is full.")

        def write_in_vain() -> None:
            with store.write() as tx:
                tx.accept_delivery("lost", NOW, "body")
                raise full

        with pytest.raises(StoreError):
            write_in_vain()
        assert readiness(office)["store"] == "The disk is full."
        assert store.claim("me", NOW, NOW, 20, 4) == []
        assert readiness(office)["store"] == "The disk is full."

        with store.write() as tx:
            tx.accept_delivery("kept", NOW, "body")
        assert readiness(office)["store"] == "ok"


def test_a_store_that_cannot_be_read_is_named_by_its_sentence(tmp_path: Path) -> None:
    with opened(tmp_path, TurnedClock(NOW)) as (office, store, _):
        store.close()

        needs = readiness(office)

    assert needs["store"] != "ok"
    assert "is not open" in needs["store"]
