"""What every store must do with Home tabs and boxes."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.view import Box, HomeTab
from bot.gateways.store import SqlStore
from tests.gateways.store.examples import NOON

HOUR = timedelta(hours=1)
SEEN = HomeTab("U0SAM", NOON)
SHOWN = replace(
    SEEN,
    opened_at=NOON + HOUR,
    published_at=NOON + HOUR,
    content="digest",
    hash="1.abc",
    unknown=("table",),
    unknown_until=NOON + 2 * HOUR,
    note="Only <@U0ADA> can approve or deny changes.",
    noted_at=NOON,
)


def test_a_home_tab_is_kept_for_each_person(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.home("U0SAM") is None
        tx.save_home(SEEN)
        tx.save_home(SHOWN)
        tx.save_home(replace(SEEN, user="U0ADA"))

    with store.read() as reading:
        assert reading.home("U0SAM") == SHOWN
        assert reading.home("U0ADA") == replace(SEEN, user="U0ADA")


def test_home_tabs_are_listed_from_the_one_that_was_opened_last(store: SqlStore) -> None:
    with store.write() as tx:
        for hours, user in enumerate(["U0ADA", "U0SAM", "U0GRACE"]):
            tx.save_home(HomeTab(user, NOON + hours * HOUR))

    with store.read() as reading:
        assert [one.user for one in reading.homes(since=NOON + HOUR)] == ["U0GRACE", "U0SAM"]
        assert reading.homes(since=NOON + 3 * HOUR) == ()


def test_a_box_is_kept_until_it_is_old(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.box("V1") is None
        tx.save_box(Box("V1", "", NOON))
        tx.save_box(Box("V1", "1700000000.000100", NOON + HOUR))
        tx.save_box(Box("V2", "", NOON))

    with store.write() as tx:
        assert tx.box("V1") == Box("V1", "1700000000.000100", NOON + HOUR)
        assert tx.forget_boxes(NOON + HOUR) == 1
        assert (tx.box("V2"), tx.forget_boxes(NOON + HOUR)) == (None, 0)
        assert tx.box("V1") is not None
