"""Every figure of a move that somebody thinks about."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.collision import collisions
from bot.domain.proposal import Ask
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import Sibling
from bot.domain.what_if import Choice, Neighbour, Subject, first_choice, read_minute, what_if
from bot.domain.zones import next_clock_change
from tests.periods import every, fixed

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
SIX = RestartWindow(time(6), PARIS)
HOURLY = Subject(
    schedule=Schedule.parse(every("1h", "00:00")),
    zone=PARIS,
    windows=(SIX,),
    marketing=(RestartWindow(time(3, 30), PARIS, timedelta()),),
    siblings=(),
    others=(),
    tracking=time(0),
    paused=True,
)


def shift(offset: int | None = None, minute: int | None = None) -> Choice:
    return Choice(Ask.SHIFT, offset, minute)


def test_five_minutes_after_the_restart_leave_sixty_seconds() -> None:
    found = what_if(HOURLY, shift(5), NOW)

    assert found.objection == ""
    assert found.margin == timedelta(seconds=60)
    assert found.runs == 24
    assert found.day == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert [one.restart.at.astimezone(PARIS).hour for one in (*found.restarts, *found.marketing)] == [6, 3]
    assert found.exposed == 5


def test_a_chosen_minute_is_judged_like_any_other() -> None:
    safe, unsafe = what_if(HOURLY, shift(minute=20), NOW), what_if(HOURLY, shift(minute=2), NOW)

    assert (safe.objection, safe.margin, safe.exposed) == ("", timedelta(minutes=10), 20), (
        "marketing restarts at 03:30"
    )
    assert unsafe.objection == (
        "Not safe: tomorrow's run of 06:02 would meet the restart of 06:00, which counts from 05:59 to 06:04 "
        "(Europe/Paris)."
    )
    assert unsafe.margin == timedelta(0), "the day is drawn as it would be, unsafe or not"


def test_the_day_is_drawn_by_the_present_schedule_until_a_minute_is_chosen() -> None:
    found = what_if(HOURLY, shift(), NOW)

    assert found.objection == "Choose a minute of the hour, from 0 to 59."
    assert found.schedule == HOURLY.schedule
    assert found.margin == timedelta(0)


def test_resuming_moves_nothing_and_wants_a_workflow_that_stands_still() -> None:
    standing, running = what_if(HOURLY, Choice(Ask.RESUME), NOW), replace(HOURLY, paused=False)

    assert (standing.objection, standing.schedule) == ("", HOURLY.schedule)
    assert "nothing to resume" in what_if(running, Choice(Ask.RESUME), NOW).objection


def test_what_bars_every_shift_is_said() -> None:
    barred = replace(HOURLY, barred="The starts in the journal do not fit the schedule.")

    found = what_if(barred, shift(5), NOW)

    assert found.objection == "No shift can be asked for. The starts in the journal do not fit the schedule."
    assert first_choice(barred, NOW) == Choice(Ask.RESUME)
    assert first_choice(replace(barred, paused=False), NOW) == shift(5)


def test_a_schedule_that_meets_nothing_has_nothing_to_move() -> None:
    calm = replace(HOURLY, schedule=Schedule.parse(every("1h", "00:05")))

    assert "nothing to move" in what_if(calm, shift(5), NOW).objection
    assert what_if(calm, shift(minute=20), NOW).objection == ""


def test_what_else_starts_on_the_minute_is_named() -> None:
    other = Sibling("mcSynch_mcExec2", Schedule.parse(every("1h", "00:10")), PARIS)
    far = Sibling("mcSynch_mcExec9", Schedule.parse(fixed("05:10")), NEW_YORK)
    about = replace(HOURLY, siblings=(other,), others=(other, far))

    ten, five = what_if(about, shift(10), NOW), what_if(about, shift(5), NOW)

    first = datetime(2026, 11, 24, 23, 10, tzinfo=UTC)
    distant = datetime(2026, 11, 25, 10, 10, tzinfo=UTC)
    assert ten.neighbours == (
        Neighbour("mcSynch_mcExec2", first, 24),
        Neighbour("mcSynch_mcExec9", distant, 1),
    )
    assert ten.objection == "Not safe: mcSynch_mcExec2 starts in the same minute, 00:10 Europe/Paris."
    assert (five.neighbours, five.objection) == ((), "")


def test_the_nearest_clock_change_of_any_zone_counts() -> None:
    abroad = replace(HOURLY, windows=(RestartWindow(time(1), NEW_YORK),))

    found = what_if(abroad, shift(minute=20), NOW)

    assert found.change is not None
    assert (found.change.zone, found.change.by) == (NEW_YORK, timedelta(hours=1))
    assert found.change.at.date() == date(2027, 3, 14)
    assert found.days_to_change == 110


def test_a_collision_that_only_winter_brings_is_no_less_of_one() -> None:
    """A run at 07:03 in Paris meets a restart at 06:00 UTC in winter alone."""
    abroad = (RestartWindow(time(6), ZoneInfo("UTC")),)
    daily = replace(HOURLY, schedule=Schedule.parse(fixed("07:00")), windows=abroad, marketing=())

    found = what_if(daily, shift(minute=3), datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert found.margin == timedelta(minutes=56), "tomorrow is quiet"
    assert found.objection.startswith("Not safe: the run of 2026-10-25 07:03 would meet the restart")


def test_zones_without_summer_time_have_no_clock_change() -> None:
    utc = ZoneInfo("UTC")
    still = replace(HOURLY, zone=utc, windows=(RestartWindow(time(6), utc),), marketing=())

    found = what_if(still, shift(5), NOW)

    assert (found.change, found.days_to_change) == (None, None)
    assert next_clock_change([], NOW) is None


def test_an_unknown_phase_of_tracking_exposes_an_unknown_number_of_minutes() -> None:
    assert what_if(replace(HOURLY, tracking=None), shift(5), NOW).exposed is None
    never = replace(HOURLY, schedule=Schedule.parse(fixed("20:00", {"m_tmFixedDay": "2020-01-01"})))
    assert what_if(never, Choice(Ask.RESUME), NOW).exposed is None
    assert what_if(never, Choice(Ask.RESUME), NOW).margin is None


def test_a_long_restart_leads_to_the_next_offset_and_a_longer_one_to_the_nearest_minute() -> None:
    assert first_choice(HOURLY, NOW) == shift(5)
    longer = replace(HOURLY, windows=(replace(SIX, takes=timedelta(minutes=7)),))
    assert first_choice(longer, NOW) == shift(10)
    longest = replace(HOURLY, windows=(replace(SIX, takes=timedelta(minutes=20)),))
    assert first_choice(longest, NOW) == shift(minute=21)


@pytest.mark.parametrize(
    ("text", "minute"),
    [("20", 20), (":05", 5), (" 5 ", 5), ("00", 0), ("59", 59), ("60", None), ("", None), ("7.5", None)],
)
def test_a_minute_is_read_as_people_write_it(text: str, minute: int | None) -> None:
    assert read_minute(text) == minute


@given(
    st.text(max_size=5) | st.integers(-99, 199).map(str) | st.sampled_from(["٥", "１２", "1e1", "+5", "5:"])
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_a_minute_of_the_hour_or_none(text: str) -> None:
    minute = read_minute(text)

    assert minute is None or (0 <= minute <= 59 and f"{minute}" in text)


@given(
    minute=st.integers(0, 59),
    restart=st.times(),
    zones=st.tuples(*[st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC"])] * 2),
    days=st.integers(0, 400),
)
@settings(max_examples=25, deadline=None)
def test_what_may_be_asked_for_clears_every_restart_of_tomorrow(
    minute: int, restart: time, zones: tuple[str, str], days: int
) -> None:
    """Whatever is chosen: no objection means that tomorrow no run meets a restart, and that there is room."""
    zone, abroad = (ZoneInfo(name) for name in zones)
    about = replace(HOURLY, zone=zone, windows=(RestartWindow(restart.replace(microsecond=0), abroad),))
    now = NOW + timedelta(days=days)

    found = what_if(about, shift(minute=minute), now)

    windows = (*about.windows, *about.marketing)
    met = collisions(found.schedule, zone, windows, found.day, found.day + timedelta(hours=23))
    if not found.objection:
        assert met == ()
        assert found.margin is None or found.margin >= timedelta(0)
        assert not found.meets
    if met:
        assert found.objection
