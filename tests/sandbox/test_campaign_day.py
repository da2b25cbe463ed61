"""The day as a strip, and what else the page asks of Campaign."""

import time
from datetime import UTC, datetime

import pytest

from bot.sandbox.campaign.definitions import period
from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import TIMEOUT, HandClock, SoapClient, utc


def day(soap: SoapClient) -> dict[str, object]:
    found: dict[str, object] = soap.get("/_sandbox/world").json()["day"]
    return found


def test_the_day_shows_runs_absences_and_failures(soap: SoapClient, clock: HandClock) -> None:
    clock.now = utc("2026-11-22 05:01")

    shown = day(soap)

    assert (shown["begin"], shown["end"]) == ("2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z")
    assert shown["away"] == {"mcExec1": [["2026-11-22T05:00:00Z", "2026-11-22T05:03:00Z"]], "marketing": []}
    runs, failed = shown["runs"], shown["failures"]
    assert isinstance(runs, dict)
    assert isinstance(failed, dict)
    assert list(runs) == ["mcSynch_mcExec1"]
    assert len(runs["mcSynch_mcExec1"]) == 24
    assert runs["mcSynch_mcExec1"][0] == "2026-11-21T23:00:00Z"
    assert [at[:17] for at in failed["mcSynch_mcExec1"]] == ["2026-11-22T05:00:"]


def test_a_restart_by_hand_is_on_the_strip(soap: SoapClient) -> None:
    soap.lever("restart", seconds=60)

    away = day(soap)["away"]

    assert isinstance(away, dict)
    assert ["2026-11-22T04:30:00Z", "2026-11-22T04:31:00Z"] in away["mcExec1"]


def test_the_strip_follows_what_is_loaded_and_the_world_shows_both(soap: SoapClient) -> None:
    soap.lever("edit", period={"m_tmStartTime": "00:20:00.000"})

    workflow = soap.get("/_sandbox/world").json()["workflows"][0]

    assert workflow["stored_start"] == {"key": "m_tmStartTime", "at": "00:20:00.000", "every": "1h"}
    assert workflow["loaded_start"] == {"key": "m_tmStartTime", "at": "00:00:00.000", "every": "1h"}
    assert (workflow["account"], workflow["running"]) == ("mcExec1", False)
    runs = day(soap)["runs"]
    assert isinstance(runs, dict)
    assert runs["mcSynch_mcExec1"][0] == "2026-11-21T23:00:00Z"


def test_a_day_of_a_clock_change_has_its_hours() -> None:
    clock = HandClock(datetime(2027, 3, 28, 10, tzinfo=UTC))
    with CampaignServer(Plan(history_days=0), clock=clock) as server:
        shown = SoapClient(server.url)
        with shown.http:
            runs = shown.get("/_sandbox/world").json()["day"]["runs"]["mcSynch_mcExec1"]

    assert len(runs) == 23


def test_a_daily_schedule_tells_its_one_time_and_an_unreadable_one_nothing(clock: HandClock) -> None:
    daily = period(m_iTimeMode="1", m_tmFixedTime="08:00:00.000")
    with CampaignServer(Plan(history_days=0, period=daily), clock=clock) as server:
        soap = SoapClient(server.url)
        with soap.http:
            workflow = soap.get("/_sandbox/world").json()["workflows"][0]
            soap.lever("edit", period={"m_iTimeMode": "2"})
            soap.lever("stop")
            clock.forward(minutes=1)
            unreadable = day(soap)["runs"]
            server.world.workflows[4900].stored.find("activities/schedule/period").text = "?"  # type: ignore[union-attr]  # it is there
            without = soap.get("/_sandbox/world").json()["workflows"][0]["stored_start"]

    assert workflow["stored_start"] == {"key": "m_tmFixedTime", "at": "08:00:00.000", "every": ""}
    assert unreadable == {"mcSynch_mcExec1": []}
    assert without is None


def test_somebody_else_can_press_stop_and_start(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("stop", login="adele")
    clock.forward(minutes=1)
    stopped = soap.workflow()["state"]
    soap.lever("start", login="adele")
    clock.forward(minutes=1)

    assert (stopped, soap.workflow()["state"]) == ("20", "11")
    lines = [line["message"] for line in soap.get("/_sandbox/world").json()["journal"]]
    assert "Start requested by operator 'adele'." in lines
    answer = soap.http.post(f"{soap.url}/_sandbox/start", json={}, timeout=TIMEOUT)
    assert "does not fit the state of mcSynch_mcExec1 (11)" in answer.json()["error"]


@pytest.mark.parametrize(("seconds", "least"), [(0.2, 0.2), (0, 0)])
def test_campaign_can_be_slow_and_still_right(soap: SoapClient, seconds: float, least: float) -> None:
    soap.lever("settings", slow_seconds=seconds)
    begin = time.monotonic()

    answer = soap.rows("xtk:workflow", "@id", where="@internalName = 'mcSynch_mcExec1'")

    assert time.monotonic() - begin >= least
    assert answer == [{"id": "4900"}]
