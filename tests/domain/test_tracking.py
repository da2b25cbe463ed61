"""The minutes of clicks that a moved archiving exposes (KA-22897)."""

from datetime import UTC, datetime, time

import pytest

from bot.domain.tracking import caution, exposed_minutes


def run(minute: int, hour: int = 6) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minute", "tracking", "exposed"), [(5, 0, 5), (0, 0, 0), (5, 50, 15), (0, 1, 59), (59, 0, 59)]
)
def test_clicks_between_tracking_and_archiving_are_exposed(minute: int, tracking: int, exposed: int) -> None:
    assert exposed_minutes(run(minute), time(0, tracking)) == exposed


def test_only_the_minute_counts_since_tracking_runs_every_hour() -> None:
    assert exposed_minutes(run(5, hour=23), time(7, 0)) == 5


def test_the_caution_names_both_phases_and_the_exposed_stretch() -> None:
    assert caution(run(5), time(0, 50)) == (
        "RT's tracking runs at :50 and archiving would run at :05: clicks of :50-:05 may arrive late or "
        "never unless RT's tracking moves too (KA-22897)."
    )


def test_archiving_at_the_phase_of_tracking_exposes_nothing() -> None:
    assert caution(run(0), time(0, 0)) == ""


def test_without_a_shift_there_is_nothing_to_say() -> None:
    assert caution(None, None) == ""
    assert caution(None, time(0)) == ""


def test_an_unknown_phase_is_said_to_be_unknown() -> None:
    assert "is not configured" in caution(run(5), None)
    assert "KA-22897" in caution(run(5), None)


@pytest.mark.parametrize("tracking", [None, time(0, 0), time(0, 47)])
def test_the_caution_fits_a_confirmation_beside_what_is_asked_for(tracking: time | None) -> None:
    # 300 characters are all that Slack shows before a button is pressed.
    assert len(caution(run(5), tracking)) <= 170
