"""An installation to examine: both stand-ins, a configuration without a mistake, and ways to spoil it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from bot import app, manifest
from bot.doctor import examine
from bot.domain.checkup import Finding
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.slack.server import SlackServer
from tests.flows.town import ENVIRONMENT, HandClock

FILE = """\
[slack]
mode = "socket"
api_url = "{slack}"
channel = "C0OPS"
approvers = ["S0ADMINS"]
administrators = ["U0ADA"]

[store]
url = "sqlite:///{folder}/mcsync.db"

[web]
listen = "127.0.0.1:0"

[[campaign]]
name = "prod"
url = "{campaign}"
login = "mcsync"
zone = "Europe/Paris"
restart = "03:30"

[[campaign.execution]]
account = "mcExec1"
url = "{rt}"
restart = "06:00:00"
zone = "Europe/Paris"
"""


@dataclass
class WrongClock:
    """A clock whose machine time is off."""

    rule: HandClock
    off: timedelta

    def now(self) -> datetime:
        """Tell rule time."""
        return self.rule.at

    def machine_now(self) -> datetime:
        """Tell machine time, wrongly."""
        return datetime.now(UTC) + self.off


@dataclass
class Installation:
    """Everything an examination looks at; a test spoils one thing and looks.

    Attributes:
        folder: where configuration and database lie.
        slack: the stand-in.
        campaign: the stand-in.
        clock: rule time.
        off: how wrong this machine's clock is.
        environment: the secrets.
        changes: what stands in the configuration in place of something else, by that.
        kept: every answer of Campaign that was shown.
    """

    folder: Path
    slack: SlackServer
    campaign: CampaignServer
    clock: HandClock
    off: timedelta = timedelta()
    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    changes: dict[str, str] = field(default_factory=dict)
    kept: list[tuple[str, str]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Tell where the configuration is."""
        return self.folder / "mcsync.toml"

    @property
    def database(self) -> Path:
        """Tell where the database is."""
        return self.folder / "mcsync.db"

    def write(self) -> Path:
        """Write the configuration, changes included."""
        text = FILE.format(
            slack=self.slack.api_url,
            campaign=self.campaign.url,
            rt=self.campaign.rt_url(),
            folder=self.folder,
        )
        for old, new in self.changes.items():
            assert old in text, old
            text = text.replace(old, new)
        self.file.write_text(text, encoding="utf-8")
        return self.file

    def examine(self) -> list[Finding]:
        """Examine it."""
        return list(
            examine(
                self.write(),
                self.environment,
                WrongClock(self.clock, self.off),
                scopes=manifest.scopes(app.entrances().events),
                keep=lambda what, text: self.kept.append((what, text)),
            )
        )

    # --- Levers -----------------------------------------------------------------------------------

    def turn(self, settings: Mapping[str, Any]) -> None:
        """Turn settings of Campaign."""
        answer = requests.post(f"{self.campaign.url}/_sandbox/settings", json=dict(settings), timeout=5)
        assert answer.ok, answer.text

    def tell_slack(self, deed: str, body: Mapping[str, Any]) -> None:
        """Pull a lever of Slack's."""
        answer = requests.post(f"{self.slack.url}/_sandbox/{deed}", json=dict(body), timeout=5)
        assert answer.json()["ok"], answer.text

    def withdraw_scope(self, scope: str) -> None:
        """Take a scope from the installed app."""
        standin = self.slack.standin
        granted = standin.installation.manifest
        fewer = tuple(one for one in granted.scopes if one != scope)
        standin.installation = replace(standin.installation, manifest=replace(granted, scopes=fewer))

    def log_ons(self) -> int:
        """Count the log-ons that were asked for."""
        return self.campaign.world.access.attempts

    def configuration(self) -> dict[str, Any]:
        """Read the configuration as it is written."""
        return tomllib.loads(self.file.read_text(encoding="utf-8"))
