"""The scenarios of the sandbox: what each is about, when it begins, and what the bot is told for it.

What Campaign makes of a scenario is its own (`bot/sandbox/campaign/seed.py`); the names are the same.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
COLLISION = "collision"


def _tomorrow(now: datetime, at: time) -> datetime:
    return datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), at, tzinfo=ZONE)


def _day_of_summer_time(now: datetime, at: time) -> datetime:
    """Find the next day on which the clock is put forward."""
    begin = _tomorrow(now, at)
    while begin.utcoffset() == (begin - timedelta(days=1)).utcoffset() or begin.dst() == timedelta():
        begin += timedelta(days=1)
    return begin


@dataclass(frozen=True)
class Scene:
    """A scenario.

    Attributes:
        about: one sentence for whoever opens the page.
        at: the time of day in Paris at which it begins.
        day: which day that is, from now on.
        accounts: the execution instances.
        mode: what the bot may do, as in its configuration.
        restart: marketing's own restart, as in the bot's configuration.
        takes: how long that restart is allowed to take.
        rt_zone: the execution instances' zone.
    """

    about: str
    at: time = time(5, 52)
    day: Callable[[datetime, time], datetime] = _tomorrow
    accounts: tuple[str, ...] = ("mcExec1",)
    mode: str = "propose"
    restart: str = "03:30"
    takes: str = "3m"
    rt_zone: str = "Europe/Paris"

    def start(self, now: datetime) -> datetime:
        """Tell when it begins for somebody who opens it *now*."""
        return self.day(now, self.at)


SCENES: Mapping[str, Scene] = {
    COLLISION: Scene("In eight minutes RT restarts, and the hourly run meets it."),
    "wrong-password": Scene(
        "From the next run on, RT refuses the password of the archiving.", at=time(9, 52)
    ),
    "rt-down": Scene("At the next run RT is away for 40 minutes, far from its restart.", at=time(9, 52)),
    "late-start": Scene(
        "The run of 05:55 is held up by marketing's own restart, into RT's.",
        at=time(5, 45),
        restart="05:54",
        takes="7m",
    ),
    "two-rts": Scene("Two RTs restart at once, and two workflows meet it.", accounts=("mcExec1", "mcExec2")),
    "dst": Scene(
        "Last night the clock was put forward: the daily run of 08:00 now meets RT's restart at 06:00 UTC.",
        at=time(7, 52),
        day=_day_of_summer_time,
        rt_zone="UTC",
    ),
    "shadow": Scene("As collision, but mcsync only watches and asks whether it was right.", mode="shadow"),
}


@dataclass(frozen=True)
class Surroundings:
    """Where the bot finds everything.

    Attributes:
        slack_mode: "http" or "socket".
        slack: base address of Slack.
        campaign: base address of Campaign.
        port: where the bot listens.
        database: path of its database.
    """

    slack_mode: str
    slack: str
    campaign: str
    port: int
    database: str


def configuration(scene: Scene, where: Surroundings) -> str:
    """Write the bot's `mcsync.toml` for a scenario."""
    tables: list[tuple[str, Mapping[str, object]]] = [
        (
            "[slack]",
            {
                "mode": where.slack_mode,
                "api_url": f"{where.slack}/api/",
                "channel": "C0OPS",
                "approvers": ["S0ADMINS"],
                "administrators": ["U0ADA"],
            },
        ),
        ("[store]", {"url": f"sqlite:///{where.database}"}),
        ("[web]", {"listen": f"127.0.0.1:{where.port}"}),
        (
            "[[campaign]]",
            {
                "name": "prod",
                "url": where.campaign,
                "login": "mcsync",
                "zone": ZONE.key,
                "restart": scene.restart,
                "takes": scene.takes,
                "mode": scene.mode,
                "poll": "60s",
            },
        ),
    ]
    tables += [("[[campaign.execution]]", _execution(scene, where, account)) for account in scene.accounts]
    return "\n\n".join("\n".join([head, *_lines(keys)]) for head, keys in tables) + "\n"


def _execution(scene: Scene, where: Surroundings, account: str) -> dict[str, object]:
    return {
        "account": account,
        "url": f"{where.campaign}/rt/{account}",
        "restart": "06:00:00",
        "zone": scene.rt_zone,
        "tracking": "00:00",
    }


def _lines(keys: Mapping[str, object]) -> list[str]:
    """Write keys as TOML; a text or a list of texts reads the same in JSON."""
    return [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
