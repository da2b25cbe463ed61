"""A change in one short sentence: right for every kind of schedule, and never without its times."""

import pytest

from bot.domain.in_short import in_short
from bot.domain.proposal import Ask
from tests.commands import examples
from tests.periods import at_times, every, fixed

HOURS = [f"{hour:02d}:00" for hour in range(6, 12)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (every("1h", "00:00"), every("1h", "00:05"), "start :00 → :05"),
        (every("1h", "06:00"), every("1h", "06:05"), "start 06:00 → 06:05"),
        (every("1h", "06:00", "20:00"), every("1h", "06:05", "20:05"), "start 06:00-20:00 → 06:05-20:05"),
        (every("1h", "06:00", "20:30"), every("1h", "06:05", "20:30"), "start 06:00 → 06:05"),
        (every("4h", "00:00"), every("4h", "00:05"), "start 00:00 → 00:05"),
        (fixed("06:00"), fixed("06:05"), "start 06:00 → 06:05"),
        (at_times("06:00", "12:00"), at_times("06:05", "12:00"), "start 06:00 → 06:05"),
        (
            at_times(*HOURS),
            at_times(*(at.replace(":00", ":05") for at in HOURS)),
            "start 06:00, 07:00, 08:00 and 3 more → 06:05, 07:05, 08:05 and 3 more",
        ),
    ],
)
def test_the_starts_that_differ_are_told(before: str, after: str, said: str) -> None:
    shift = examples.proposal(period_before=before, period_after=after)
    undo = examples.proposal(ask=Ask.UNDO, period_before=before, period_after=after)

    assert in_short(shift, "sync") == f"sync: {said}, then start it."
    assert in_short(undo, "sync") == f"sync: {said.replace('start', 'start back')}, then start it."


def test_a_mere_start_moves_nothing() -> None:
    assert in_short(examples.proposal(ask=Ask.RESUME), "sync") == ("sync: start it once; its schedule stays.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("what nobody understands", every("1h", "00:05")),
        (every("1h", "00:00"), every("2h", "00:05")),
        (fixed("06:00"), every("1h", "00:05")),
        (fixed("06:00"), fixed("06:00")),
        (fixed("06:00"), fixed("06:05", {"m_tmStartDate": "2026-01-01", "m_iValidMode": "2"})),
    ],
)
def test_what_is_more_than_another_start_is_left_to_the_card(before: str, after: str) -> None:
    changed = examples.proposal(period_before=before, period_after=after)

    assert in_short(changed, "sync") == "sync: change its schedule as the card shows, then start it."
