"""Whether an instance can be seen: counted in time outside of its restarts, and never across our own gaps."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.notice import ended
from bot.domain.restart import RestartWindow
from bot.domain.sight import (
    BLIND,
    Sight,
    blind_for,
    blindness_key,
    blindness_notice,
    missed_look,
    seen_again,
    worth_telling,
)

PARIS = ZoneInfo("Europe/Paris")
RESTART = RestartWindow(time(3, 30), PARIS, timedelta(), timedelta(minutes=3), timedelta())
HALF_PAST = datetime(2026, 11, 24, 3, 30, tzinfo=PARIS).astimezone(UTC)
GAP = timedelta(minutes=5)


def at(minutes: float) -> datetime:
    """Tell the time so many minutes after the restart."""
    return HALF_PAST + timedelta(minutes=minutes)


def polled(*minutes: float, told: bool = False) -> Sight:
    """Poll in vain at these times."""
    sight = Sight("prod", seen_at=at(minutes[0] - 1), tried_at=at(minutes[0] - 1), told=told)
    for minute in minutes:
        sight = missed_look(sight, at(minute), GAP)
    return sight


def test_blindness_is_counted_from_the_first_poll_in_vain() -> None:
    assert polled(60, 61, 62).blind_since == at(60)
    assert polled(60, 61, 62).seen_at == at(59)


def test_an_instance_that_never_answered_is_blind_since_the_first_poll() -> None:
    first = missed_look(Sight("prod"), at(0), GAP)

    assert (first.blind_since, first.seen_at) == (at(0), None)
    assert missed_look(first, at(1), GAP).blind_since == at(0)


def test_after_a_gap_in_our_own_watch_the_counting_begins_anew() -> None:
    assert polled(60, 61, 90).blind_since == at(90)


def test_what_was_told_goes_on_across_a_gap() -> None:
    assert polled(60, 61, 90, told=True).blind_since == at(60)


def test_an_answer_ends_it() -> None:
    assert seen_again(polled(60, 61), at(62)) == Sight("prod", seen_at=at(62), tried_at=at(62))


@pytest.mark.parametrize(
    ("since", "now", "minutes"),
    [
        (60, 72, 12),  # far from the restart
        (-2, 5, 4),  # over it
        (0, 3, 0),  # exactly it
        (1, 2, 0),  # within it
        (-5, 1, 5),  # into it
        (2, 14, 11),  # out of it
        (-2, 24 * 60 + 5, 24 * 60 + 7 - 6),  # two of them
    ],
)
def test_the_time_of_restarts_is_left_out(since: float, now: float, minutes: float) -> None:
    assert blind_for(at(since), [RESTART], at(now)) == timedelta(minutes=minutes)


def test_restarts_that_overlap_are_left_out_once() -> None:
    other = RestartWindow(time(3, 31), PARIS, timedelta(), timedelta(minutes=5), timedelta())

    assert blind_for(at(-2), [RESTART, other], at(10)) == timedelta(minutes=6)
    assert blind_for(at(-2), [other, RESTART, RESTART], at(10)) == timedelta(minutes=6)


@given(
    since=st.integers(-300, 300),
    length=st.integers(0, 600),
    starts=st.lists(st.integers(0, 1439), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_no_more_is_counted_than_the_minutes_outside_of_every_restart(
    since: int, length: int, starts: list[int]
) -> None:
    windows = [
        RestartWindow(time(start // 60, start % 60), PARIS, timedelta(), timedelta(minutes=7), timedelta())
        for start in starts
    ]

    def away(minute: int) -> bool:
        local = at(minute).astimezone(PARIS)
        return any((local.hour * 60 + local.minute - start) % 1440 < 7 for start in starts)

    expected = sum(not away(minute) for minute in range(since, since + length))
    assert blind_for(at(since), windows, at(since + length)) == timedelta(minutes=expected)


def test_it_is_told_after_ten_minutes_and_not_inside_of_a_restart() -> None:
    assert not worth_telling(polled(60, 64, 69), [RESTART], at(69.9))
    assert worth_telling(polled(60, 64, 69), [RESTART], at(70))
    assert not worth_telling(polled(-15, -11, -7), [RESTART], at(1))
    assert worth_telling(polled(-15, -11, -7), [RESTART], at(3))
    assert not worth_telling(Sight("prod"), [], at(70))
    assert timedelta(minutes=10) == BLIND


def test_the_notice_says_when_it_was_last_seen_and_what_to_look_at() -> None:
    sight = polled(60, 64)

    notice = blindness_notice(sight, "It does not answer.", refused=False, zone=PARIS, now=at(71))

    assert notice.title == "mcsync cannot see prod"
    assert notice.text.startswith(
        "It does not answer. It last answered at 2026-11-24 04:29:00 Europe/Paris. "
    )
    assert "look whether it runs" in notice.text
    assert (notice.lasting, notice.try_once) == (True, False)
    assert notice.key == blindness_key(sight) == "unseen:prod:2026-11-24T03:30:00+00:00"


def test_a_long_reason_is_cut_and_stays_on_its_line() -> None:
    notice = blindness_notice(polled(60), "It said:\n" + "x" * 9000, refused=False, zone=PARIS, now=at(71))

    assert notice.text.startswith("It said: xxx")
    assert len(notice.text) < 900
    assert "look whether it runs" in notice.text


def test_a_refusal_says_what_to_correct_and_offers_one_try() -> None:
    notice = blindness_notice(
        missed_look(Sight("prod"), at(0), GAP), "Refused.", refused=True, zone=PARIS, now=at(11)
    )

    assert "Correct the login or its password" in notice.text
    assert "last answered" not in notice.text
    assert notice.try_once


def test_what_is_over_offers_nothing_any_more() -> None:
    notice = blindness_notice(polled(60), "Refused.", refused=True, zone=PARIS, now=at(71))

    over = ended(notice, "Seen again.", at(80))

    assert (over.ended_at, over.ending, over.try_once) == (at(80), "Seen again.", False)
    assert (over.key, over.at, over.text) == (notice.key, notice.at, notice.text)
