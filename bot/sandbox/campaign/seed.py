"""The world at the start: operators, accounts, workflows, and days of journal that really happened.

The journal is not written down but played: the world starts some days earlier and is advanced through them,
with somebody pressing Start each morning after the failure of 06:00. So it cannot contradict the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.campaign import definitions
from bot.sandbox.campaign.access import DENIED, Access
from bot.sandbox.campaign.outages import Outages
from bot.sandbox.campaign.query import date_text
from bot.sandbox.campaign.tables import ACCOUNT, OPTION
from bot.sandbox.campaign.workflow import State, Workflow
from bot.sandbox.campaign.world import Operator, World

LOGIN, PASSWORD = "mcsync", "sandbox"
IMS_CLIENT, IMS_SECRET = "mcsync-ims", "sandbox"
SUPPORT = "adele"
INSTANCE_ACCOUNT = "mcExec1"
# Somebody comes in and presses Start at about half past eight.
PRESSED = time(8, 30)
# Before this long after a restart nobody could have pressed Start already.
SETTLED = timedelta(minutes=20)


@dataclass(frozen=True)
class Plan:
    """What a world starts from.

    Attributes:
        seed: of all randomness.
        url: where the marketing server is reached.
        zone: the marketing server's zone.
        rt_zone, rt_restart, rt_takes: the daily restart of the execution instances.
        marketing_restart, marketing_takes: the marketing server's own daily restart.
        history_days: how many days of journal lie behind the start.
        accounts: the execution instances.
        period: the schedule of the archiving workflows.
        run_error: what every archiving run fails with from the start on, `""` for nothing.
        rt_down: how long the execution instances stay away at the first run after the start.
    """

    seed: int = 1
    url: str = "http://127.0.0.1"
    zone: str = "Europe/Paris"
    rt_zone: str = "Europe/Paris"
    rt_restart: time | None = time(6)
    rt_takes: timedelta = timedelta(seconds=180)
    marketing_restart: time | None = None
    marketing_takes: timedelta = timedelta(seconds=180)
    history_days: int = 5
    accounts: tuple[str, ...] = (INSTANCE_ACCOUNT,)
    period: str = definitions.period()
    run_error: str = ""
    rt_down: timedelta = timedelta()


def scene(name: str, plan: Plan) -> Plan:
    """Return the plan of a scenario: `plan` with what the scenario is about.

    Raises:
        KeyError: there is no such scenario.
    """
    return replace(plan, **SCENES[name])


def build(plan: Plan, now: datetime) -> World:
    """Build the world as it is at `now`, UTC, with its history."""
    zone = ZoneInfo(plan.zone)
    today = now.astimezone(zone).date()
    begin = datetime.combine(today - timedelta(days=plan.history_days), time(), tzinfo=zone).astimezone(UTC)
    world = _empty_world(plan, min(begin, now), now)
    for account in plan.accounts:
        world.executions[account] = Outages(ZoneInfo(plan.rt_zone), plan.rt_restart, plan.rt_takes)
    _furnish(world, plan)
    for workflow in world.workflows.values():
        workflow.load()
        workflow.state, workflow.last_start = State.STARTED, workflow.created
        world.plan(workflow)
    _play(world, now)
    world.settings.run_error = plan.run_error
    if plan.rt_down:
        _bring_down(world, plan.rt_down)
    return world


def _bring_down(world: World, takes: timedelta) -> None:
    """Let each execution instance be away when its workflow runs next, outside any restart."""
    for workflow in world.workflows.values():
        if workflow.account and workflow.next_run is not None:
            begin = workflow.next_run - timedelta(seconds=30)
            world.executions[workflow.account].by_hand.append((begin, begin + takes))


def _empty_world(plan: Plan, begin: datetime, now: datetime) -> World:
    world = World(
        seed=plan.seed,
        time=begin,
        zone=ZoneInfo(plan.zone),
        marketing=Outages(ZoneInfo(plan.zone), plan.marketing_restart, plan.marketing_takes),
        executions={},
        access=Access(
            # Tokens of one start never fit the next one's.
            random=Random(f"{plan.seed}:tokens:{now}"),
            passwords={LOGIN: PASSWORD},
            clients={IMS_CLIENT: (IMS_SECRET, LOGIN)},
        ),
    )
    pace = world.random("pace")
    world.settings.start_seconds = float(pace.randint(2, 12))
    world.settings.stop_seconds = float(pace.randint(4, 18))
    return world


def _furnish(world: World, plan: Plan) -> None:
    for id_, name, label in (
        (0, "internal", "Internal"),
        (1059, "admin", "Administrator"),
        (6021, LOGIN, "mcsync"),
    ):
        world.operators[id_] = Operator(id_, name, label)
    created = world.time - timedelta(days=400)
    for index, account in enumerate(plan.accounts):
        world.workflows[4900 + index] = Workflow(
            4900 + index, definitions.archiving(account, plan.period), created, account=account
        )
        world.records.setdefault(ACCOUNT, []).append(_execution_account(plan, index, account, created))
    for id_, seconds, stored in (
        (1204, 95.0, definitions.cleanup()),
        (1211, 25.0, definitions.tracking()),
        (1219, 12.0, definitions.billing()),
    ):
        world.workflows[id_] = Workflow(id_, stored, created, run_seconds=seconds)
    for workflow in world.workflows.values():
        workflow.created_by, workflow.modified_by = 0, 1059
        workflow.last_modified = world.time - timedelta(days=40)
    world.records[ACCOUNT].append(
        {
            "id": "2088",
            "name": "defaultEmailMid",
            "label": "Routing to mid-sourcing",
            "server": "https://mid.example.net",
            "account": "mid",
            "type": "3",
            "active": "1",
            "isMessageCenter": "0",
            "isInteraction": "0",
        }
    )
    world.records[OPTION] = [
        {
            "id": "3101",
            "name": "XtkDatabaseId",
            "stringValue": "uFE8000000000000051A2C3D4E5F6",
            "dataType": "6",
        },
        {"id": "3102", "name": "NmsServer_LastPostUpgrade", "stringValue": "9396", "dataType": "6"},
        {"id": "3103", "name": "WdbcTimeZone", "stringValue": plan.zone, "dataType": "6"},
        {"id": "3104", "name": "MC_LastTlRtSynch_1", "stringValue": date_text(world.time), "dataType": "7"},
    ]


def _execution_account(plan: Plan, index: int, account: str, created: datetime) -> dict[str, str]:
    return {
        "id": str(2301 + index),
        "name": account,
        "label": f"Message Center execution instance {index + 1}",
        "server": f"{plan.url}/rt/{account}",
        "account": "mc_sync",
        "password": "@f3rWq0pK2mXb8aYtG1cLsA==",
        "executionInstanceId": str(index + 1),
        "type": "11",
        "active": "1",
        "isMessageCenter": "1",
        "isInteraction": "0",
        "createdBy-id": "1059",
        "modifiedBy-id": "1059",
        "created": date_text(created),
        "lastModified": date_text(created),
    }


def _play(world: World, now: datetime) -> None:
    """Live through the days before the start, with somebody who presses Start after each failure.

    A restart that is less than `SETTLED` old at `now` is left out: the world is sound when it opens.
    """
    presses = {press for press in _mornings(world, now) if press <= now - timedelta(minutes=5)}
    for outages in world.executions.values():
        last = _last_restart(outages, now)
        if last is None:
            continue
        if now < last + outages.takes + SETTLED:
            world.advance(last - timedelta(microseconds=1))
            outages.since = last + timedelta(microseconds=1)
        elif not any(last < press for press in presses):
            presses.add(last + (now - last + outages.takes) / 2)
    for press in sorted(presses):
        world.advance(press)
        for workflow in world.workflows.values():
            if workflow.state == State.PAUSED and workflow.failed:
                world.start(workflow, SUPPORT)
    world.advance(now)


def _mornings(world: World, now: datetime) -> list[datetime]:
    day = world.time.astimezone(world.zone).date()
    mornings = []
    while (morning := datetime.combine(day, PRESSED, tzinfo=world.zone).astimezone(UTC)) < now:
        late = world.random("morning", day).randint(0, 1500)
        mornings.append(morning + timedelta(seconds=late))
        day += timedelta(days=1)
    return mornings


def _last_restart(outages: Outages, now: datetime) -> datetime | None:
    if outages.at is None:
        return None
    day = now.astimezone(outages.zone).date()
    last = datetime.combine(day, outages.at, tzinfo=outages.zone).astimezone(UTC)
    if last > now:
        last = datetime.combine(day - timedelta(days=1), outages.at, tzinfo=outages.zone).astimezone(UTC)
    return last


SCENES: Mapping[str, Mapping[str, Any]] = {
    "collision": {},
    "shadow": {},
    "wrong-password": {"run_error": DENIED},
    "rt-down": {"rt_down": timedelta(minutes=40)},
    # Planned for 05:55, well before the restart; marketing's own restart lets it fire in the midst of it.
    "late-start": {
        "period": definitions.period(m_tmStartTime="00:55:00.000"),
        "marketing_restart": time(5, 54),
        "marketing_takes": timedelta(minutes=7),
    },
    "two-rts": {"accounts": (INSTANCE_ACCOUNT, "mcExec2")},
    # 08:00 in Paris is 06:00 UTC in summer only.
    "dst": {
        "period": definitions.period(m_iTimeMode="1", m_tmFixedTime="08:00:00.000"),
        "rt_zone": "UTC",
    },
}
