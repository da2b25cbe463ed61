import pytest

from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import TIMEOUT, HandClock, SoapClient, utc


def refused(soap: SoapClient, name: str, method: str = "POST", /, **body: object) -> str:
    """Pull a lever that must be refused, and return the reason."""
    answer = soap.http.request(method, f"{soap.url}/_sandbox/{name}", json=body, timeout=TIMEOUT)
    assert answer.status_code == 400
    reason = answer.json()["error"]
    assert isinstance(reason, str)
    return reason


def test_the_world_is_shown_as_it_stands(soap: SoapClient, clock: HandClock) -> None:
    clock.now = utc("2026-11-22 05:01")

    world = soap.get("/_sandbox/world").json()

    assert world["now"] == "2026-11-22T05:01:00Z"
    assert world["next"] == "2026-11-22T05:03:00Z"
    (archiving,) = [one for one in world["workflows"] if one["id"] == 4900]
    assert (archiving["state"], archiving["failed"], archiving["runs_failed"]) == (13, True, 2)
    assert archiving["stored_period"] == archiving["loaded_period"]
    assert archiving["next_run"] == "2026-11-22T06:00:00Z"
    assert archiving["modified_by"] == "admin"
    assert world["executions"]["mcExec1"] == {
        "away": True,
        "zone": "Europe/Paris",
        "restart": "06:00:00",
        "takes": 180.0,
        "next_edge": "2026-11-22T05:03:00Z",
    }
    assert (world["marketing"]["away"], world["marketing"]["restart"]) == (False, None)
    assert world["marketing"]["next_edge"] is None
    assert world["journal"][-1]["message"] == "Empty return for method 'Logon' of service 'xtk:session'."
    assert world["journal"][-1]["error"] is True
    assert (world["sessions"], world["logons"], world["writes"]) == (1, 1, 0)
    assert world["calls"] == {"xtk:session#Logon": 1}


def test_the_next_event_leads_through_the_day(soap: SoapClient, clock: HandClock) -> None:
    seen = []
    for _ in range(6):
        at = soap.lever("next", "GET")["at"]
        assert isinstance(at, str)
        seen.append(at.removeprefix("2026-11-22T"))
        clock.now = utc(at.removesuffix("Z"))

    assert seen[0] == "05:00:00Z"
    assert "05:00:01Z" < seen[1] < "05:00:10Z"
    assert seen[2:] == ["05:03:00Z", "05:20:00Z", "05:20:25Z", "06:20:00Z"]


def test_a_started_workflow_has_no_loaded_schedule_once_it_is_stopped(soap: SoapClient) -> None:
    soap.call("xtk:workflow#Kill", "4900")

    (archiving,) = [one for one in soap.get("/_sandbox/world").json()["workflows"] if one["id"] == 4900]

    assert (archiving["loaded_period"], archiving["next_run"]) == (None, None)


def test_somebody_else_can_edit_the_schedule(soap: SoapClient) -> None:
    answer = soap.lever(
        "edit", workflow="mcSynch_mcExec1", login="intruder", period={"m_tmStartTime": "00:20:00.000"}
    )

    assert answer["changed"] == ["activity schedule m_tmStartTime: 00:00:00.000 -> 00:20:00.000"]
    assert "m_tmStartTime='00:20:00.000'" in soap.period()
    (row,) = soap.rows("xtk:workflow", "@id", where="[modifiedBy/@name] = 'intruder'")
    assert row == {"id": "4900"}
    (written,) = soap.get("/_sandbox/writes").json()["writes"]
    assert written["login"] == "intruder"


def test_somebody_else_can_edit_an_activity(soap: SoapClient) -> None:
    answer = soap.lever("edit", activity={"name": "soapImport", "label": "Neu", "script": "a < b"})

    assert answer["changed"] == [
        "activity soapImport @label: Récupération des événements -> Neu",
        "activity soapImport <script> replaced",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "say what to edit"),
        ({"period": {"m_nope": "1"}}, "the period has no m_nope"),
        ({"activity": {"name": "nope"}}, "has no activity 'nope'"),
        ({"workflow": "nope", "period": {"a": "b"}}, "there is no workflow 'nope'"),
        ({"workflow": 5}, "'workflow' must be a text"),
        ({"activity": {"name": "end", "_operation": "upsert"}}, "Unknown operation"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(
    soap: SoapClient, body: dict[str, object], reason: str
) -> None:
    assert reason in refused(soap, "edit", **body)


def test_a_workflow_without_a_scheduler_cannot_be_edited(soap: SoapClient) -> None:
    soap.write("<workflow xtkschema='xtk:workflow' id='4900'><activities/></workflow>")

    assert "has no scheduler" in refused(soap, "edit", period={"m_tmStartTime": "x"})


def test_the_scheduler_can_be_made_to_fire(soap: SoapClient) -> None:
    soap.lever("run")

    assert int(soap.workflow()["processId"]) > 0
    assert "is not idle and started (state 11)" in refused(soap, "run")


def test_restarts_can_be_ordered_for_now(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("restart", seconds=10, account="mcExec1")
    soap.lever("run")
    clock.forward(seconds=30)

    assert soap.workflow()["state"] == "13"
    assert "no execution instance 'x'" in refused(soap, "restart", account="x")
    assert "'seconds' must be a number" in refused(soap, "restart", seconds=-1)
    assert "'seconds' must be a number" in refused(soap, "restart", seconds=True)


def test_settings_are_turned_together_or_not_at_all(soap: SoapClient) -> None:
    answer = soap.lever("settings", run_seconds=5, saves_over=True, memo="text", start_seconds=1.5)

    settings = answer["settings"]
    assert isinstance(settings, dict)
    assert (settings["run_seconds"], settings["start_seconds"], settings["memo"]) == (5.0, 1.5, "text")
    assert "there is no setting 'nope'" in refused(soap, "settings", run_seconds=9, nope=1)
    assert "'saves_over' must be a bool" in refused(soap, "settings", saves_over="yes")
    assert "'run_seconds' must be a float" in refused(soap, "settings", run_seconds=True)
    assert "'memo' must be" in refused(soap, "settings", memo="xml")
    assert "'fault_status' must be" in refused(soap, "settings", fault_status=404)
    assert "'rt_restart' cannot be '26:00'" in refused(soap, "settings", rt_restart="26:00")
    assert "'rt_zone' cannot be 'Mars/Olympus'" in refused(soap, "settings", rt_zone="Mars/Olympus")
    assert "'rt_takes' cannot be None" in refused(soap, "settings", rt_takes=None)
    assert soap.get("/_sandbox/world").json()["settings"] == settings


def test_restart_times_can_be_moved(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", rt_restart="08:00", rt_zone="UTC", rt_takes=60)
    soap.lever("settings", marketing_restart="05:45", marketing_takes=30)

    world = soap.get("/_sandbox/world").json()
    assert world["executions"]["mcExec1"]["next_edge"] == "2026-11-22T08:00:00Z"
    assert world["marketing"]["next_edge"] == "2026-11-22T04:45:00Z"
    clock.now = utc("2026-11-22 08:00:30")
    soap.log_on()
    assert soap.workflow()["state"] == "13"


def test_a_run_can_fail_for_another_reason(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", run_error="XSV-350012 Invalid login or password. Connection denied.")
    soap.lever("run")
    clock.forward(seconds=10)

    last = soap.get("/_sandbox/world").json()["journal"][-1]
    assert last["message"] == "XSV-350012 Invalid login or password. Connection denied."
    assert soap.workflow()["state"] == "13"


def test_a_failure_may_leave_no_line(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("settings", journal_missing=True)
    clock.now = utc("2026-11-22 05:05")

    journal = soap.get("/_sandbox/world").json()["journal"]

    assert soap.workflow()["failed"] == "1"
    assert journal[-1]["message"] == "Processing started."


def test_a_reset_puts_the_first_world_back(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("edit", period={"m_tmStartTime": "00:20:00.000"})
    soap.lever("faults", mode="503", times=9)
    clock.forward(hours=1)

    soap.lever("reset")

    soap.log_on()
    assert "m_tmStartTime='00:00:00.000'" in soap.period()
    assert soap.workflow()["state"] == "11"
    assert soap.get("/_sandbox/writes").json() == {"writes": []}


def test_a_scenario_sets_the_scene_and_stays_until_another(soap: SoapClient) -> None:
    soap.lever("scenario", name="two-rts")
    soap.lever("reset")

    world = soap.get("/_sandbox/world").json()
    assert list(world["executions"]) == ["mcExec1", "mcExec2"]
    assert [one["id"] for one in world["workflows"]][:2] == [4900, 4901]
    assert "'nope' is not one of collision, dst" in refused(soap, "scenario", name="nope")


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'"x"'])
def test_an_order_that_is_no_json_object_is_refused(soap: SoapClient, content: bytes) -> None:
    answer = soap.http.post(f"{soap.url}/_sandbox/restart", data=content, timeout=TIMEOUT)

    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


@pytest.mark.parametrize(("method", "name"), [("POST", "nope"), ("GET", "restart"), ("DELETE", "world")])
def test_an_unknown_lever_is_refused(soap: SoapClient, method: str, name: str) -> None:
    assert f"there is no {method} /_sandbox/{name}" in refused(soap, name, method)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"mode": "nope"}, "'nope' is not one of"),
        ({"when": "later"}, "'later' is not one of"),
        ({"times": -1}, "times"),
    ],
)
def test_a_fault_that_does_not_exist_is_refused(
    soap: SoapClient, body: dict[str, object], reason: str
) -> None:
    assert reason in refused(soap, "faults", **body)


def test_the_world_moves_by_itself_when_nobody_asks(clock: HandClock) -> None:
    with CampaignServer(Plan(history_days=0), clock=clock) as server:
        world = server.world
        clock.now = utc("2026-11-22 05:30")
        moved = False
        for _ in range(100):
            moved = world.time == clock.now
            if moved:
                break
            server.closing.wait(0.02)

    assert moved
