"""What we watch: a marketing server and the execution instances it archives from, as configured.

Addresses and secrets are not here: they belong to the gateways.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.badge import Badge, badge_of
from bot.domain.errors import NotFound
from bot.domain.restart import RestartWindow
from bot.domain.sentence import say


class Mode(StrEnum):
    """How far mcsync may go on an instance."""

    PROPOSE = "propose"
    SHADOW = "shadow"
    OFF = "off"


@dataclass(frozen=True)
class Execution:
    """An execution instance (RT) and its archiving workflow.

    Attributes:
        account: the external account that names it, such as `mcExec1`.
        workflow: the internal name, `mcSynch_<account>` unless configured otherwise.
        windows: when RT is away, one per configured restart time.
        tracking: the minute phase of RT's tracking workflow, `None` if unknown.
        probe: whether RT may be probed around its restart.
    """

    account: str
    workflow: str
    windows: tuple[RestartWindow, ...]
    tracking: time | None
    probe: bool


@dataclass(frozen=True)
class Instance:
    """A marketing server.

    Attributes:
        name: as configured, such as `prod`.
        zone: the application server's zone.
        database_zone: the database's zone.
        mode: how far mcsync may go.
        poll: the time between two polls.
        windows: when marketing itself restarts.
        executions: the execution instances.
        operator: the login by which mcsync writes, `""` when only the server can tell (IMS).
        label: what people call it, `""` for its name.
        colour: a word for it, `""` to go by its name.
        emoji: a sign for it, `""` to go by its colour.
    """

    name: str
    zone: ZoneInfo
    database_zone: ZoneInfo
    mode: Mode
    poll: timedelta
    windows: tuple[RestartWindow, ...]
    executions: tuple[Execution, ...]
    operator: str = ""
    label: str = ""
    colour: str = ""
    emoji: str = ""

    @property
    def badge(self) -> Badge:
        """Tell it from any other at a glance."""
        return badge_of(self.name, label=self.label, colour=self.colour, emoji=self.emoji)

    @property
    def workflows(self) -> frozenset[str]:
        """Name the workflows inside the fence."""
        return frozenset(execution.workflow for execution in self.executions)

    def execution(self, workflow: str) -> Execution:
        """Find the execution instance that *workflow* archives from.

        Raises:
            NotFound: no configured workflow has that name.
        """
        for execution in self.executions:
            if execution.workflow == workflow:
                return execution
        known = ", ".join(sorted(self.workflows))
        raise NotFound(
            say(
                "{name} is not a workflow of {instance} that mcsync watches. It watches: {known}.",
                name=workflow,
                instance=self.name,
                known=known,
            )
        )
