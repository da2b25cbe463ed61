import tomllib
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.instance import Mode
from bot.sandbox.campaign.seed import SCENES as CAMPAIGN_SCENES
from bot.sandbox.campaign.seed import Plan, scene
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.scenes import SCENES, ZONE, Surroundings, configuration
from bot.settings import Settings
from bot.settings_loading import parse
from tests.flows.town import ENVIRONMENT
from tests.sandbox.soap_client import HandClock

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHERE = Surroundings("http", "http://127.0.0.1:1", "http://127.0.0.1:2", 3, '/a "quoted" folder/mcsync.db')


def settings(name: str) -> Settings:
    return parse(tomllib.loads(configuration(SCENES[name], WHERE)), ENVIRONMENT)


def test_campaign_and_the_bot_know_the_same_scenarios() -> None:
    assert set(SCENES) == set(CAMPAIGN_SCENES)


@pytest.mark.parametrize("name", SCENES)
def test_the_bot_is_told_what_campaign_does(name: str) -> None:
    plan, told = scene(name, Plan()), settings(name).campaign("prod")

    assert [execution.account for execution in told.instance.executions] == list(plan.accounts)
    for execution in told.instance.executions:
        (window,) = execution.windows
        assert (window.at, window.zone.key) == (plan.rt_restart, plan.rt_zone)
    if plan.marketing_restart is not None:
        (window,) = told.instance.windows
        assert (window.at, window.takes) == (plan.marketing_restart, plan.marketing_takes)
    assert told.instance.mode is (Mode.SHADOW if name == "shadow" else Mode.PROPOSE)
    assert told.probe_urls["mcSynch_mcExec1"] == "http://127.0.0.1:2/rt/mcExec1"


@pytest.mark.parametrize("name", SCENES)
def test_a_scenario_begins_shortly_before_its_run(name: str) -> None:
    start = SCENES[name].start(NOW)
    clock = HandClock(start.astimezone(UTC))
    with CampaignServer(Plan(history_days=1), clock=clock, scenario=name) as server:
        runs = [one.next_run for one in server.world.workflows.values() if one.account]

    assert NOW < start < NOW + timedelta(days=200)
    for run in runs:
        assert run is not None
        assert timedelta(minutes=5) <= run - start <= timedelta(minutes=15)


def test_dst_begins_on_the_day_on_which_the_clock_is_put_forward() -> None:
    start = SCENES["dst"].start(NOW)

    assert (start.date().isoformat(), start.time()) == ("2027-03-28", time(7, 52))
    assert start.tzinfo is ZONE


def test_socket_mode_and_paths_are_written_as_toml() -> None:
    text = configuration(SCENES["collision"], WHERE)

    assert tomllib.loads(text)["store"]["url"] == f"sqlite:///{WHERE.database}"
    assert 'mode = "http"' in text
