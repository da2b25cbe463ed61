from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import ShiftOption, ShiftOptions, Sibling, propose_minute, propose_shifts
from tests.periods import HOURLY, QUARTER_HOURLY, at_times, every, fixed

PARIS, UTC_ZONE = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)
START = datetime(2027, 1, 10, tzinfo=UTC)
SIX = RestartWindow(time(6), PARIS)


def shifts(
    text: str,
    *windows: RestartWindow,
    zone: ZoneInfo = PARIS,
    siblings: tuple[Sibling, ...] = (),
    duration: timedelta | None = None,
) -> ShiftOptions:
    return propose_shifts(Schedule.parse(text), zone, windows or (SIX,), siblings, START, duration=duration)


def start_time(option: ShiftOption, key: str = "m_tmStartTime") -> str:
    assert option.schedule is not None
    assert option.changed_keys == (key,)
    return option.schedule.value(key)[:5]


def test_an_hourly_schedule_moves_its_minute_and_keeps_its_24_runs() -> None:
    found = shifts(HOURLY)
    assert found.refused is None
    assert found.nearest_safe is None
    five, ten = found.options
    assert (five.offset_minutes, five.safe, five.reason, five.warnings) == (5, True, None, ())
    assert start_time(five) == "00:05"
    assert (five.runs_per_day_before, five.runs_per_day_after) == (24, 24)
    assert five.run_after_restart == datetime(2027, 1, 10, 5, 5, tzinfo=UTC)
    assert five.margin == MINUTE
    assert five.restart is not None
    assert five.restart.at == datetime(2027, 1, 10, 5, tzinfo=UTC)
    assert (start_time(ten), ten.margin) == ("00:10", 6 * MINUTE)


@pytest.mark.parametrize(
    ("text", "zone", "window", "expected"),
    [
        (QUARTER_HOURLY, "Europe/Paris", RestartWindow(time(6, 13), PARIS), ["00:03", "00:08"]),
        (HOURLY, "Europe/Paris", RestartWindow(time(5, 58), PARIS), ["00:03", "00:08"]),
        (HOURLY, "Asia/Kathmandu", RestartWindow(time(6, 15), UTC_ZONE), ["00:05", "00:10"]),
        (HOURLY, "Asia/Kolkata", RestartWindow(time(6, 30), UTC_ZONE), ["00:05", "00:10"]),
        (every("1h", "00:17"), "America/New_York", RestartWindow(time(6, 17), PARIS), ["00:22", "00:27"]),
        (HOURLY, "Australia/Lord_Howe", RestartWindow(time(6), UTC_ZONE), ["00:05", "00:10"]),
    ],
)
def test_other_zones_and_odd_restarts_work(
    text: str, zone: str, window: RestartWindow, expected: list[str]
) -> None:
    found = shifts(text, window, zone=ZoneInfo(zone))
    assert [start_time(option) for option in found.options] == expected
    assert all(option.safe for option in found.options)


def test_an_offset_that_does_not_clear_the_restart_is_refused() -> None:
    five, ten = shifts(HOURLY, RestartWindow(time(6), PARIS, takes=6 * MINUTE)).options
    assert not five.safe
    assert five.reason is not None
    assert five.reason == (
        "the run of 2027-01-10 06:05 would meet the restart of 2027-01-10 06:00, "
        "which counts from 05:59 to 06:07 (Europe/Paris)"
    )
    assert start_time(five) == "00:05"
    assert five.margin == -2 * MINUTE
    assert ten.safe


def test_the_nearest_safe_slot_is_found_when_both_offsets_fail() -> None:
    found = shifts(HOURLY, RestartWindow(time(6), PARIS, takes=17 * MINUTE))
    assert [option.safe for option in found.options] == [False, False]
    assert found.refused is None
    assert found.nearest_safe is not None
    assert (found.nearest_safe.offset_minutes, start_time(found.nearest_safe)) == (18, "00:18")
    assert found.nearest_safe.margin == timedelta(0)


def test_an_interval_too_short_for_the_restart_is_refused() -> None:
    found = shifts(every("5mn"))
    assert (
        found.refused == "No minute is safe: an interval of 5 min is too short to clear a restart of 5 min."
        " Change the schedule in the console."
    )
    assert [option.safe for option in found.options] == [False, False]
    assert found.nearest_safe is None


def test_a_short_interval_may_still_have_a_safe_phase() -> None:
    five, ten = shifts(every("6mn")).options
    assert five.reason is not None
    assert "the run of 2027-01-10 05:59 would meet the restart of 2027-01-10 06:00" in five.reason
    assert (ten.safe, start_time(ten)) == (True, "00:04")


def test_a_schedule_that_meets_no_restart_has_nothing_to_move() -> None:
    for text in (every("1h", "00:30"), fixed("12:40"), at_times("05:00", "07:00")):
        found = shifts(text)
        assert found.refused == "No run meets a restart in the next 400 days, so there is nothing to move."
        assert found.options == ()


def test_only_the_fixed_time_or_entry_that_collides_moves() -> None:
    (five, _) = shifts(fixed("06:00")).options
    assert start_time(five, "m_tmFixedTime") == "06:05"
    (five, _) = shifts(at_times("05:00", "06:03", "12:00")).options
    assert start_time(five, "m_vtmTime[1]") == "06:05"
    assert (five.runs_per_day_before, five.runs_per_day_after) == (3, 3)


def test_entries_that_meet_one_restart_keep_their_distance() -> None:
    (five, _) = shifts(at_times("06:02", "06:00")).options
    assert five.schedule is not None
    assert five.changed_keys == ("m_vtmTime[0]", "m_vtmTime[1]")
    assert [five.schedule.value(key)[:5] for key in five.changed_keys] == ["06:07", "06:05"]


def test_entries_that_meet_two_restarts_move_each_after_its_own() -> None:
    noon = RestartWindow(time(12), PARIS)
    (five, _) = shifts(at_times("06:00", "12:00"), SIX, noon).options
    assert five.schedule is not None
    assert [five.schedule.value(f"m_vtmTime[{index}]")[:5] for index in (0, 1)] == ["06:05", "12:05"]


def test_a_list_entry_already_in_place_stands_in_the_way() -> None:
    five, ten = shifts(at_times("06:00", "06:05")).options
    assert not five.safe
    assert five.schedule is None
    assert five.reason is not None
    assert "lose one" in five.reason
    assert ten.safe


def test_a_collision_that_a_clock_change_creates_is_cleared_ahead_of_time() -> None:
    found = shifts(fixed("08:00"), RestartWindow(time(6), UTC_ZONE))
    assert [start_time(option, "m_tmFixedTime") for option in found.options] == ["08:05", "08:10"]
    assert found.options[0].restart is not None
    assert found.options[0].restart.at == datetime(2027, 3, 28, 6, tzinfo=UTC)
    assert found.options[0].run_after_restart == datetime(2027, 3, 28, 6, 5, tzinfo=UTC)


def test_a_collision_that_only_a_later_clock_change_creates_is_refused() -> None:
    # After the move to 08:05, summer time brings the run to 06:05 UTC: into the second restart.
    windows = (RestartWindow(time(7), UTC_ZONE), RestartWindow(time(6, 5), UTC_ZONE))
    five, ten = shifts(fixed("08:00"), *windows).options
    assert not five.safe
    assert five.reason is not None
    assert five.reason.startswith("the run of 2027-03-28 08:05 would meet the restart of 2027-03-28 08:05")
    assert ten.safe


def test_all_windows_are_cleared_and_the_first_is_the_one_that_counts() -> None:
    marketing = RestartWindow(time(5, 5), UTC_ZONE)
    five, ten = shifts(HOURLY, SIX, marketing).options
    assert not five.safe
    assert ten.safe
    assert start_time(ten) == "00:10"


def test_a_restart_of_the_first_window_counts_before_an_earlier_one_of_another() -> None:
    marketing = RestartWindow(time(1, 58), PARIS)
    assert start_time(shifts(HOURLY, SIX, marketing).options[0]) == "00:05"
    assert start_time(shifts(HOURLY, marketing, SIX).options[0]) == "00:03"


def test_a_restart_of_another_window_counts_where_the_first_meets_nothing() -> None:
    marketing = RestartWindow(time(7, 30), PARIS)
    found = shifts(fixed("07:30"), SIX, marketing)
    assert [start_time(option, "m_tmFixedTime") for option in found.options] == ["07:35", "07:40"]


def test_a_move_across_midnight_is_refused_where_days_differ() -> None:
    late = RestartWindow(time(23, 58), PARIS)
    assert start_time(shifts(fixed("23:58"), late).options[0], "m_tmFixedTime") == "00:03"
    found = shifts(fixed("23:58", {"m_iDayMode": "2"}), late)
    assert all("across midnight" in (option.reason or "") for option in found.options)
    assert found.nearest_safe is not None
    assert found.nearest_safe.offset_minutes == -2
    assert start_time(found.nearest_safe, "m_tmFixedTime") == "23:56"


def test_the_minute_of_a_sibling_is_refused() -> None:
    sibling = Sibling("mcSynch_b", Schedule.parse(every("1h", "00:05")), PARIS)
    five, ten = shifts(HOURLY, siblings=(sibling,)).options
    assert not five.safe
    assert five.reason == "mcSynch_b starts in the same minute, 2027-01-10 01:05 Europe/Paris"
    assert ten.safe
    assert ten.warnings == ()


def test_a_sibling_in_another_zone_is_met_where_its_clock_brings_it() -> None:
    sibling = Sibling("mcSynch_b", Schedule.parse(fixed("08:10")), UTC_ZONE)
    five, ten = shifts(HOURLY, siblings=(sibling,)).options
    assert five.safe
    assert ten.reason == "mcSynch_b starts in the same minute, 2027-01-10 09:10 Europe/Paris"


def test_siblings_whose_durations_overlap_are_told() -> None:
    sibling = Sibling("mcSynch_b", Schedule.parse(every("1h", "00:02")), PARIS, 5 * MINUTE)
    five, ten = shifts(HOURLY, siblings=(sibling,)).options
    (warning,) = five.warnings
    assert warning == (
        "mcSynch_b takes 5 min and may still be busy when this workflow starts,"
        " first on 2027-01-10 01:05 Europe/Paris."
    )
    assert ten.warnings == ()
    just_done = Sibling("mcSynch_b", Schedule.parse(HOURLY), PARIS, 5 * MINUTE)
    assert shifts(HOURLY, siblings=(just_done,)).options[0].warnings == ()
    five, ten = shifts(HOURLY, siblings=(sibling,), duration=58 * MINUTE).options
    assert "This workflow takes 58 min and may still be busy when mcSynch_b starts" in five.warnings[1]


def test_a_counted_schedule_keeps_the_number_of_runs_on_each_day() -> None:
    limited = {"m_iValidMode": "3", "m_iMaxIter": "90", "m_tmIterDate": "2027-01-10"}
    text = every("1h", changes={**limited, "m_tmIterTime": "06:02:00.000"})
    five, _ = shifts(text).options
    assert five.reason == "on 2027-01-10 the number of runs would go from 17 to 18"
    assert shifts(every("1h", changes=limited)).options[0].safe


def test_offsets_are_free() -> None:
    found = propose_shifts(Schedule.parse(HOURLY), PARIS, [SIX], [], START, offsets=(7,))
    assert [(option.offset_minutes, start_time(option)) for option in found.options] == [(7, "00:07")]
    nearest = propose_shifts(Schedule.parse(HOURLY), PARIS, [SIX], [], START, offsets=()).nearest_safe
    assert nearest is not None
    assert nearest.offset_minutes == 4


@pytest.mark.parametrize(
    ("text", "minute", "expected"),
    [
        (HOURLY, 20, "00:20"),
        (HOURLY, 4, "00:04"),
        (every("1h", "00:30"), 20, "00:20"),
        (every("2h", "00:00"), 45, "00:45"),
        (QUARTER_HOURLY, 20, "00:05"),
        (every("1h", "08:00", "20:30"), 20, "08:20"),
        (every("1h", "08:00", "08:30"), 20, "08:20"),
        (every("2h", "08:30", "20:45"), 40, "08:40"),
    ],
)
def test_any_minute_may_be_chosen(text: str, minute: int, expected: str) -> None:
    option = propose_minute(Schedule.parse(text), PARIS, [SIX], [], START, minute=minute)
    assert option.safe
    assert option.offset_minutes is None
    assert start_time(option) == expected


def test_a_chosen_minute_is_judged_like_any_other() -> None:
    busy = propose_minute(Schedule.parse(HOURLY), PARIS, [SIX], [], START, minute=2)
    assert not busy.safe
    assert busy.reason is not None
    same = propose_minute(Schedule.parse(every("1h", "00:20")), PARIS, [SIX], [], START, minute=20)
    assert (same.safe, same.schedule) == (False, None)
    calm = propose_minute(Schedule.parse(fixed("12:40")), PARIS, [SIX], [], START, minute=20)
    assert calm.reason == "no run meets a restart in the next 400 days, so there is nothing to move"
    unbound = propose_minute(Schedule.parse(HOURLY), PARIS, [], [], START, minute=20)
    assert not unbound.safe
    with pytest.raises(ValueError, match="60 is not a minute"):
        propose_minute(Schedule.parse(HOURLY), PARIS, [SIX], [], START, minute=60)


def test_a_chosen_minute_counts_on_the_schedules_own_clock() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    window = RestartWindow(time(6, 15), UTC_ZONE)
    option = propose_minute(Schedule.parse(fixed("12:00")), kathmandu, [window], [], START, minute=20)
    assert start_time(option, "m_tmFixedTime") == "12:20"


def test_a_list_entry_hidden_behind_another_at_a_clock_change_moves_as_well() -> None:
    window = RestartWindow(time(3, 30), PARIS)
    (five, _) = shifts(at_times("02:30", "03:30"), window).options
    assert five.safe
    assert five.schedule is not None
    assert [five.schedule.value(f"m_vtmTime[{index}]")[:5] for index in (0, 1)] == ["02:35", "03:35"]
