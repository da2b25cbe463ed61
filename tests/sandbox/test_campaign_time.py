from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.campaign import definitions
from bot.sandbox.campaign.seed import SCENES, Plan, build, scene
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.campaign.workflow import State, schedule_of
from bot.sandbox.campaign.world import NEVER, World
from tests.sandbox.soap_client import HandClock, SoapClient, element, fault, utc

EMPTY_RETURN = "Empty return for method 'Logon' of service 'xtk:session'."
SIX = utc("2026-11-22 05:00")


def move_schedule(soap: SoapClient, minute: str = "00:05:00.000") -> None:
    period = soap.period().replace("m_tmStartTime='00:00:00.000'", f"m_tmStartTime='{minute}'")
    answer = soap.write(
        "<workflow xtkschema='xtk:workflow' id='4900' _operation='update'><activities _operation='update'>"
        f"<schedule name='schedule' _operation='update'><period>{period.replace(chr(39), '&apos;')}</period>"
        "</schedule></activities></workflow>"
    )
    assert answer.ok, answer.text


def lines(soap: SoapClient, since: datetime, workflow: int = 4900) -> list[tuple[str, str, str]]:
    rows = soap.rows(
        "xtk:workflowLog",
        *("@activity", "@message", "@error"),
        where=[f"[@workflow-id] = {workflow}", f"@logDate >= #{since:%Y-%m-%d %H:%M:%S}Z#"],
    )
    return [(row["activity"], row["message"], row["error"]) for row in rows]


def test_an_hourly_run_is_busy_for_its_time_and_leaves_lines(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", rt_restart=None)
    clock.now = SIX + timedelta(seconds=39)
    busy = soap.workflow()
    clock.forward(seconds=1)
    idle = soap.workflow()

    assert int(busy["processId"]) > 0
    assert (busy["state"], busy["nextProcessingDate"]) == ("11", "2026-11-22 06:00:00.000Z")
    assert (idle["processId"], idle["state"], idle["failed"]) == ("0", "11", "0")
    assert [activity for activity, _, _ in lines(soap, SIX)] == ["schedule", "soapImport", "end"]


def test_a_run_into_the_restart_fails_with_campaigns_words_and_pauses(
    soap: SoapClient, clock: HandClock
) -> None:
    clock.now = SIX + timedelta(seconds=30)

    row = soap.workflow()

    assert (row["state"], row["failed"], row["errorActivity"]) == ("13", "1", "soapImport")
    assert (row["errorCount"], row["processId"]) == ("1", "0")
    assert lines(soap, SIX) == [
        ("schedule", "Processing started.", "0"),
        (
            "soapImport",
            "SCR-160012 JavaScript: Error while evaluating script 'mcSynch_mcExec1/soapImport'.",
            "1",
        ),
        ("soapImport", EMPTY_RETURN, "1"),
    ]
    (state,) = soap.rows(
        "xtk:workflow", "@status", "[process/@processState]", where="[process/@processState]=13"
    )
    assert state == {"status": "3"}


def test_a_paused_workflow_fires_no_more_until_somebody_starts_it(soap: SoapClient, clock: HandClock) -> None:
    clock.now = SIX + timedelta(hours=5)

    row = soap.workflow()

    assert (row["state"], row["errorCount"]) == ("13", "1")
    # The column goes stale: only a scheduler that waits writes it.
    assert row["nextProcessingDate"] == "2026-11-22 06:00:00.000Z"
    assert len(lines(soap, SIX)) == 3


def test_a_restart_in_the_midst_of_a_run_cuts_it(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", rt_restart=None)
    clock.now = SIX + timedelta(seconds=20)
    soap.lever("restart", seconds=60)
    clock.forward(seconds=15)

    assert soap.workflow()["state"] == "13"


def test_a_restart_after_a_run_harms_nobody(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", rt_restart="06:00:40", rt_takes=300)
    clock.now = SIX + timedelta(minutes=30)

    assert soap.workflow()["state"] == "11"


def test_errors_can_be_ignored_up_to_a_limit(soap: SoapClient, clock: HandClock) -> None:
    soap.write("<workflow xtkschema='xtk:workflow' id='4900' onError='1' errorLimit='2'/>")
    soap.lever("restart", seconds=24 * 3600)
    clock.now = SIX + timedelta(minutes=1)
    first = soap.workflow()
    clock.forward(hours=1)
    second = soap.workflow()

    assert (first["state"], first["failed"], first["errorCount"]) == ("11", "0", "1")
    assert (second["state"], second["failed"], second["errorCount"]) == ("13", "1", "2")


def test_a_good_run_ends_the_count_of_errors(soap: SoapClient, clock: HandClock) -> None:
    soap.write("<workflow xtkschema='xtk:workflow' id='4900' onError='1'/>")
    clock.now = SIX + timedelta(hours=1, minutes=5)

    row = soap.workflow()

    assert (row["state"], row["errorCount"], row["errorActivity"]) == ("11", "0", "")


def test_stop_and_start_take_their_time(soap: SoapClient, clock: HandClock) -> None:
    assert soap.call("xtk:workflow#Stop", "4900").ok
    assert soap.workflow()["state"] == "15"
    clock.forward(seconds=7.9)
    assert soap.workflow()["state"] == "15"
    clock.forward(seconds=0.1)
    stopped = soap.workflow()
    assert (stopped["state"], stopped["nextProcessingDate"]) == ("20", "")

    assert soap.call("xtk:workflow#Start", "mcSynch_mcExec1").ok
    assert soap.workflow()["state"] == "10"
    clock.forward(seconds=6)
    started = soap.workflow()
    assert (started["state"], started["nextProcessingDate"]) == ("11", "2026-11-22 05:00:00.000Z")
    assert started["lastStart"] == "2026-11-22 04:30:14.000Z"


@pytest.mark.parametrize(
    ("before", "method"),
    [
        (["Stop"], "Stop"),
        (["Stop"], "Start"),
        ([], "Start"),
        (["Stop", "wait"], "Stop"),
        (["Stop", "wait"], "Pause"),
        (["Stop", "wait"], "Wakeup"),
        (["Stop", "wait", "Start"], "Stop"),
        (["Stop", "wait", "Start"], "Start"),
        (["Wakeup"], "PostEvent"),
    ],
)
def test_a_control_call_that_does_not_fit_is_a_fault(
    soap: SoapClient, clock: HandClock, before: list[str], method: str
) -> None:
    for step in before:
        if step == "wait":
            clock.forward(seconds=20)
        else:
            assert soap.call(f"xtk:workflow#{step}", "4900").ok
    state = soap.workflow()["state"]

    message, detail = fault(soap.call(f"xtk:workflow#{method}", "4900"))

    assert message == f"SOP-330011 Error while executing the method '{method}' of service 'xtk:workflow'."
    assert detail.startswith("BAS-010003 Unable to complete operation in current status.")
    assert soap.workflow()["state"] == state


@pytest.mark.parametrize("method", ["Start", "Stop", "Kill"])
def test_control_of_a_workflow_that_does_not_exist_is_a_fault(soap: SoapClient, method: str) -> None:
    assert "does not exist" in fault(soap.call(f"xtk:workflow#{method}", "mcSynch_nope"))[1]


def test_a_changed_schedule_counts_only_after_stop_and_start(soap: SoapClient, clock: HandClock) -> None:
    move_schedule(soap)
    assert soap.workflow()["nextProcessingDate"] == "2026-11-22 05:00:00.000Z"

    soap.call("xtk:workflow#Stop", "4900")
    clock.forward(seconds=8)
    soap.call("xtk:workflow#Start", "4900")
    clock.forward(seconds=6)

    assert soap.workflow()["nextProcessingDate"] == "2026-11-22 05:05:00.000Z"
    clock.now = SIX + timedelta(hours=2)
    row = soap.workflow()
    assert (row["state"], row["failed"]) == ("11", "0")


def test_start_of_a_failed_pause_repeats_the_run_at_once_by_the_old_schedule(
    soap: SoapClient, clock: HandClock
) -> None:
    clock.now = SIX + timedelta(minutes=10)
    move_schedule(soap)

    soap.call("xtk:workflow#Start", "4900")
    resuming = soap.workflow()
    clock.forward(seconds=6)
    running = soap.workflow()
    clock.forward(seconds=40)
    done = soap.workflow()

    assert (resuming["state"], resuming["failed"]) == ("14", "1")
    assert (running["state"], running["failed"]) == ("11", "0")
    assert int(running["processId"]) > 0
    assert (done["processId"], done["errorCount"]) == ("0", "0")
    assert done["nextProcessingDate"] == "2026-11-22 06:00:00.000Z"


def test_start_of_a_failed_pause_fails_again_while_the_server_is_away(
    soap: SoapClient, clock: HandClock
) -> None:
    clock.now = SIX + timedelta(seconds=30)
    soap.call("xtk:workflow#Start", "4900")
    clock.forward(seconds=60)

    row = soap.workflow()

    assert (row["state"], row["failed"], row["errorCount"]) == ("13", "1", "2")


def test_a_pause_by_hand_is_resumed_without_a_run(soap: SoapClient, clock: HandClock) -> None:
    soap.call("xtk:workflow#Pause", "4900")
    assert soap.workflow()["state"] == "12"
    clock.forward(seconds=8)
    paused = soap.workflow()
    soap.call("xtk:workflow#Start", "4900")
    clock.forward(seconds=6)
    resumed = soap.workflow()

    assert (paused["state"], paused["failed"]) == ("13", "0")
    assert (resumed["state"], resumed["processId"]) == ("11", "0")


def test_a_paused_workflow_can_be_stopped(soap: SoapClient, clock: HandClock) -> None:
    clock.now = SIX + timedelta(minutes=10)
    soap.call("xtk:workflow#Stop", "4900")
    clock.forward(seconds=8)
    soap.call("xtk:workflow#Start", "4900")
    clock.forward(seconds=6)

    row = soap.workflow()

    assert (row["state"], row["failed"], row["errorCount"], row["processId"]) == ("11", "0", "0", "0")


def test_stop_cuts_a_run_short(soap: SoapClient, clock: HandClock) -> None:
    soap.call("xtk:workflow#Wakeup", "4900")
    soap.call("xtk:workflow#Stop", "4900")
    clock.forward(seconds=8)

    assert soap.workflow()["processId"] == "0"
    assert ("soapImport", "Processing interrupted: the workflow was stopped.", "0") in lines(soap, clock.now)


def test_a_run_that_fails_while_its_workflow_stops_does_not_undo_the_stop(
    soap: SoapClient, clock: HandClock
) -> None:
    soap.lever("settings", stop_seconds=15)
    clock.now = SIX
    soap.call("xtk:workflow#Stop", "4900")
    clock.forward(seconds=14)
    assert soap.workflow()["state"] == "15"
    clock.forward(seconds=1)
    assert soap.workflow()["state"] == "20"


def test_kill_stops_at_once(soap: SoapClient) -> None:
    assert soap.call("xtk:workflow#Kill", "4900").ok

    assert soap.workflow()["state"] == "20"


@pytest.mark.parametrize(
    ("method", "more"),
    [("Wakeup", []), ("WakeUp", []), ("PostEvent", ["signal", "", element("<variables a='1'/>"), "true"])],
)
def test_a_run_can_be_asked_for(soap: SoapClient, clock: HandClock, method: str, more: list[str]) -> None:
    assert soap.call(f"xtk:workflow#{method}", "4900", *more).ok
    assert int(soap.workflow()["processId"]) > 0
    clock.forward(seconds=40)
    assert soap.workflow()["processId"] == "0"


def test_a_run_that_lasts_over_the_next_slot_delays_it(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", rt_restart=None, run_seconds=4000)
    clock.now = SIX + timedelta(seconds=4001)

    (row,) = soap.rows("xtk:workflow", "@processDate", "@nextProcessingDate", where="@id = 4900")

    assert row == {
        "processDate": "2026-11-22 06:06:40.000Z",
        "nextProcessingDate": "2026-11-22 07:00:00.000Z",
    }


def test_a_waiting_scheduler_may_save_its_own_copy_over_a_write(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", saves_over=True)
    move_schedule(soap)
    assert "00:05:00" in soap.period()
    clock.forward(seconds=10)
    assert "00:05:00" not in soap.period()

    move_schedule(soap)
    soap.call("xtk:workflow#Stop", "4900")
    clock.forward(seconds=8)
    assert "00:05:00" not in soap.period()

    move_schedule(soap)
    clock.forward(minutes=5)
    assert "00:05:00" in soap.period()


def test_while_marketing_restarts_its_scheduler_fires_late(soap: SoapClient, clock: HandClock) -> None:
    clock.now = SIX - timedelta(seconds=30)
    soap.lever("restart-marketing", seconds=90)
    clock.forward(seconds=100)

    (row,) = soap.rows("xtk:workflow", "@processDate", where="@id=4900")

    assert row == {"processDate": "2026-11-22 05:01:00.000Z"}


def test_an_unreadable_schedule_pauses_at_the_start(soap: SoapClient, clock: HandClock) -> None:
    soap.write(
        "<workflow xtkschema='xtk:workflow' id='4900' _operation='update'><activities _operation='update'>"
        "<schedule name='schedule' _operation='update'><period>soon</period></schedule></activities>"
        "</workflow>"
    )
    soap.call("xtk:workflow#Stop", "4900")
    clock.forward(seconds=8)
    soap.call("xtk:workflow#Start", "4900")
    clock.forward(seconds=6)

    row = soap.workflow()

    assert (row["state"], row["failed"], row["errorActivity"]) == ("13", "1", "schedule")
    assert row["nextProcessingDate"] == ""


def test_the_zone_comes_from_the_activity_then_the_workflow_then_the_server(
    campaign: CampaignServer, soap: SoapClient
) -> None:
    world, workflow = campaign.world, campaign.world.workflows[4900]
    assert world.zone_of(workflow).key == "Europe/Paris"

    soap.write("<workflow xtkschema='xtk:workflow' id='4900' timezone='Asia/Kathmandu'/>")
    assert world.zone_of(workflow).key == "Asia/Kathmandu"

    schedule = schedule_of(workflow.loaded)
    assert schedule is not None
    schedule.set("timezone", "America/New_York")
    assert world.zone_of(workflow).key == "America/New_York"


def test_other_workflows_do_not_care_for_the_restart(soap: SoapClient, clock: HandClock) -> None:
    clock.forward(days=2)
    soap.log_on()

    rows = soap.rows("xtk:workflow", "@internalName", "@state", where="@builtIn = 1")

    assert {row["state"] for row in rows} == {"11"}
    assert len(lines(soap, SIX, workflow=1204)) == 4


def test_old_journal_lines_are_thrown_away_by_the_cleanup(soap: SoapClient, clock: HandClock) -> None:
    clock.forward(days=40)
    soap.log_on()

    (oldest,) = soap.rows("xtk:workflowLog", "@logDate", lines=1)

    assert clock.now - datetime.fromisoformat(oldest["logDate"]) < timedelta(days=31)


def test_a_clock_that_goes_back_breaks_nothing(soap: SoapClient, clock: HandClock) -> None:
    clock.forward(hours=3)
    before = soap.workflow()
    clock.forward(hours=-10)

    assert soap.workflow() == before
    assert soap.call("xtk:workflow#Stop", "4900").ok


def picture(world: World) -> list[object]:
    return [
        *(
            (one.id, one.state, one.failed, one.error_count, one.next_run, one.process_id)
            for one in world.workflows.values()
        ),
        *world.journal,
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 7 * 3600), max_size=12))
def test_a_day_in_one_leap_is_the_same_as_in_any_steps(steps: list[int]) -> None:
    begin = utc("2026-11-22 03:00")
    plan = Plan(history_days=0)
    leaping, walking = build(plan, begin), build(plan, begin)
    for world in (leaping, walking):
        world.executions["mcExec1"].restart(utc("2026-11-22 14:00"), 20)
    end = begin + timedelta(hours=24)
    now = begin
    for step in steps:
        now = min(end, now + timedelta(seconds=step))
        walking.advance(now)

    leaping.advance(end)
    walking.advance(end)

    assert picture(walking) == picture(leaping)


@given(st.integers(0, 2**32), st.integers(0, 24 * 60))
@settings(deadline=None, max_examples=15)
def test_the_world_opens_sound_at_any_minute_of_the_day(seed: int, minute: int) -> None:
    now = utc("2026-11-22 00:00") + timedelta(minutes=minute)

    world = build(Plan(seed=seed, history_days=2), now)

    workflow = world.workflows[4900]
    assert world.time == now
    assert (workflow.state, workflow.failed) == (State.STARTED, False)
    assert workflow.next_run is not None
    assert workflow.next_run > now
    assert 1 <= world.settings.start_seconds <= 20
    assert 1 <= world.settings.stop_seconds <= 20


def test_the_same_seed_gives_the_same_world() -> None:
    now = utc("2026-11-22 04:30")

    assert picture(build(Plan(seed=7), now)) == picture(build(Plan(seed=7), now))
    assert picture(build(Plan(seed=7), now)) != picture(build(Plan(seed=8), now))


def failures(name: str, now: str, hours: float) -> list[tuple[datetime, str, str]]:
    world = build(scene(name, Plan(history_days=0)), utc(now))
    world.advance(utc(now) + timedelta(hours=hours))
    return [
        (line.at, line.message, world.workflows[line.workflow_id].name)
        for line in world.journal
        if line.at > utc(now) and line.kind == 0 and not line.message.startswith("SCR-")
    ]


def test_each_scenario_fails_in_its_own_way() -> None:
    (collision,) = failures("collision", "2026-11-22 03:30", 12)
    (password,) = failures("wrong-password", "2026-11-22 03:30", 12)
    (down,) = failures("rt-down", "2026-11-22 09:30", 12)
    (late,) = failures("late-start", "2026-11-22 03:30", 12)
    both = failures("two-rts", "2026-11-22 03:30", 12)
    winter = failures("dst", "2027-03-27 00:00", 24)
    (summer,) = failures("dst", "2027-03-28 00:00", 24)

    assert SIX < collision[0] < SIX + timedelta(seconds=10)
    assert (collision[1], collision[2]) == (EMPTY_RETURN, "mcSynch_mcExec1")
    assert password[0] < utc("2026-11-22 04:01")
    assert password[1] == "XSV-350012 Invalid login or password. Connection denied."
    assert utc("2026-11-22 10:00") < down[0] < utc("2026-11-22 10:00:10")
    assert down[1] == EMPTY_RETURN
    assert utc("2026-11-22 05:01") < late[0] < utc("2026-11-22 05:01:10")
    assert [name for _, _, name in both] == ["mcSynch_mcExec1", "mcSynch_mcExec2"]
    assert winter == []
    assert utc("2027-03-28 06:00") < summer[0] < utc("2027-03-28 06:00:10")
    assert failures("shadow", "2026-11-22 03:30", 12) == [collision]
    assert set(SCENES) == {"collision", "shadow", "wrong-password", "rt-down", "late-start", "two-rts", "dst"}


def test_a_world_without_restarts_has_no_edges_and_no_failures() -> None:
    world = build(Plan(history_days=1, rt_restart=None), SIX)
    world.advance(SIX + timedelta(days=1))

    assert world.executions["mcExec1"].next_edge(world.time) == NEVER
    assert not [line for line in world.journal if line.kind == 0]


def test_an_afternoon_restart_is_resumed_the_next_morning() -> None:
    now = utc("2026-11-22 20:00")
    world = build(Plan(history_days=2, rt_restart=time(14)), now)

    starts = [line.at for line in world.journal if line.message.startswith("Start requested")]

    assert [at.day for at in starts] == [21, 22, 22]
    assert world.workflows[4900].state == State.STARTED


def test_a_period_is_composed_in_the_order_of_its_bytes() -> None:
    text = definitions.period(m_tmStartTime="00:05:00.000")

    keys = [pair.split("='")[0] for pair in text.split("' ")]
    assert keys == sorted(keys)
    assert len(keys) == 43
    assert "m_tmStartTime='00:05:00.000'" in text
