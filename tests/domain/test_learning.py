from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.learning import (
    PROBE_EVERY,
    ObservedRestart,
    OffsetContradiction,
    Sighting,
    drifted,
    learnt,
    observe,
    observed_restarts,
    offset_contradiction,
    percentile,
    probing,
)
from bot.domain.restart import Restart, RestartWindow, restarts

PARIS = ZoneInfo("Europe/Paris")
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WINDOW = RestartWindow(time(6), PARIS)
EXPECTED = datetime(2027, 1, 10, 5, tzinfo=UTC)


def restart_on(day: int) -> Restart:
    start = datetime(2027, 1, day, tzinfo=UTC)
    return next(restarts(WINDOW, start, start + timedelta(days=1)))


def probes(*away: tuple[int, int], day: int = 10) -> list[Sighting]:
    """Probe every ten seconds around the restart; away between the given seconds after it."""
    expected = restart_on(day).at
    return [
        Sighting(expected + second * SECOND, not any(first <= second < last for first, last in away))
        for second in range(-120, 601, 10)
    ]


def test_probing_lasts_from_two_minutes_before_to_ten_after() -> None:
    assert probing(restart_on(10)) == (EXPECTED - 2 * MINUTE, EXPECTED + 10 * MINUTE)
    assert PROBE_EVERY == 10 * SECOND


def test_a_restart_is_seen_from_the_first_missing_answer_to_the_return() -> None:
    seen = observe(restart_on(10), probes((20, 140)))
    assert seen == ObservedRestart(EXPECTED, EXPECTED + 20 * SECOND, EXPECTED + 140 * SECOND)
    assert (seen.takes, seen.drift) == (140 * SECOND, 20 * SECOND)


def test_an_early_restart_takes_from_its_beginning_on() -> None:
    seen = observe(restart_on(10), probes((-60, 30)))
    assert seen is not None
    assert (seen.takes, seen.drift) == (90 * SECOND, -60 * SECOND)


def test_a_server_that_answers_and_goes_away_again_is_back_at_the_last_return() -> None:
    seen = observe(restart_on(10), probes((0, 60), (80, 200)))
    assert seen is not None
    assert seen.takes == 200 * SECOND


def test_a_server_that_stays_up_shows_no_restart() -> None:
    assert observe(restart_on(10), probes()) is None
    assert observe(restart_on(10), []) is None


def test_a_server_that_does_not_come_back_is_no_restart_to_measure() -> None:
    assert observe(restart_on(10), probes((0, 9999))) is None


def test_away_counts_only_after_an_answer_within_ten_minutes() -> None:
    always_away = probes((-120, 300))
    assert observe(restart_on(10), always_away) is None
    long_ago = [Sighting(EXPECTED - 13 * MINUTE, answered=True), *always_away]
    assert observe(restart_on(10), long_ago) is None
    lately = [Sighting(EXPECTED - 12 * MINUTE, answered=True), *always_away]
    seen = observe(restart_on(10), lately)
    assert seen is not None
    assert seen.began == EXPECTED - 2 * MINUTE


def test_being_away_outside_of_the_probing_time_is_not_this_restart() -> None:
    outage = [
        Sighting(EXPECTED - 30 * MINUTE, answered=True),
        Sighting(EXPECTED - 25 * MINUTE, answered=False),
        Sighting(EXPECTED - 20 * MINUTE, answered=True),
    ]
    assert observe(restart_on(10), outage) is None


def test_all_restarts_in_the_sightings_are_found() -> None:
    sightings = [seen for day in (12, 10, 11) for seen in probes((0, day * 10), day=day)]
    found = observed_restarts(WINDOW, sightings)
    assert [seen.takes for seen in found] == [100 * SECOND, 110 * SECOND, 120 * SECOND]
    assert observed_restarts(WINDOW, []) == ()
    assert observed_restarts(WINDOW, probes()) == ()


def took(seconds: int) -> ObservedRestart:
    return ObservedRestart(EXPECTED, EXPECTED, EXPECTED + seconds * SECOND)


def test_four_restarts_teach_nothing_and_five_do() -> None:
    slow = [took(400)] * 5
    assert learnt(WINDOW, slow[:4], []) == WINDOW
    assert learnt(WINDOW, slow, []).takes == 400 * SECOND
    assert learnt(WINDOW, slow, []).margin == WINDOW.margin


def test_a_window_never_becomes_narrower() -> None:
    assert learnt(WINDOW, [took(10)] * 20, [SECOND]) == WINDOW


def test_a_run_that_may_still_be_busy_widens_the_window_before_the_restart() -> None:
    assert learnt(WINDOW, [], [8 * MINUTE]).before == 8 * MINUTE
    durations = [2 * MINUTE] * 19 + [50 * MINUTE]
    assert learnt(WINDOW, [], durations).before == 2 * MINUTE


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (5, 5), (19, 19), (20, 19), (21, 20), (100, 95)])
def test_the_percentile_is_the_nearest_rank(count: int, rank: int) -> None:
    assert percentile([number * SECOND for number in range(count, 0, -1)]) == rank * SECOND


@settings(max_examples=50)
@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=1)), min_size=1))
def test_at_least_95_of_100_do_not_exceed_the_percentile(spans: list[timedelta]) -> None:
    value = percentile(spans)
    assert value in spans
    assert sum(span <= value for span in spans) * 100 >= 95 * len(spans)
    assert sum(span < value for span in spans) * 100 < 95 * len(spans)


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([])


@pytest.mark.parametrize(
    ("seconds", "notice"), [(0, False), (120, False), (121, True), (-120, False), (-130, True)]
)
def test_a_drift_of_more_than_two_minutes_deserves_a_notice(seconds: int, *, notice: bool) -> None:
    began = EXPECTED + seconds * SECOND
    seen = ObservedRestart(EXPECTED, began, began + MINUTE)
    assert drifted(seen) == (seconds * SECOND if notice else None)


def test_an_offset_that_contradicts_the_zone_is_told() -> None:
    summer = datetime(2027, 7, 1, tzinfo=UTC)
    right = [
        Sighting(EXPECTED, True, 60 * MINUTE),
        Sighting(summer, True, 120 * MINUTE),
        Sighting(summer, True),
    ]
    assert offset_contradiction(PARIS, right) is None
    wrong = Sighting(summer - MINUTE, answered=True, offset=60 * MINUTE)
    assert offset_contradiction(PARIS, [*right, wrong]) == OffsetContradiction(
        wrong.at, 60 * MINUTE, 120 * MINUTE
    )
