"""An order at the levers of the sandbox, read from JSON: what it names is there, or it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.campaign.outages import Outages
from bot.sandbox.campaign.workflow import Workflow
from bot.sandbox.campaign.world import World

if TYPE_CHECKING:
    from bot.sandbox.campaign.server import CampaignServer


class Refused(Exception):
    """The order makes no sense; the text says why."""


@dataclass(frozen=True)
class Order:
    """One control request: the server it is for, and its JSON body."""

    server: "CampaignServer"
    body: Mapping[str, Any]

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self.server.world

    def number(self, key: str, default: float) -> float:
        """Read a number that is not negative."""
        value = self.body.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Refused(f"'{key}' must be a number, 0 or more")
        return float(value)

    def text(self, key: str, default: str = "") -> str:
        """Read a text."""
        value = self.body.get(key, default)
        if not isinstance(value, str):
            raise Refused(f"'{key}' must be a text")
        return value

    def workflow(self) -> Workflow:
        """Return the workflow that is named, the first archiving one by default."""
        name = self.text("workflow") or next(one.name for one in self.world.workflows.values() if one.account)
        workflow = self.world.workflow(name)
        if workflow is None:
            raise Refused(f"there is no workflow '{name}'")
        return workflow

    def execution(self) -> Outages:
        """Return the execution instance that is named, the first one by default."""
        account = self.text("account") or next(iter(self.world.executions))
        if account not in self.world.executions:
            raise Refused(f"there is no execution instance '{account}'")
        return self.world.executions[account]


def read_order(server: "CampaignServer", body: bytes) -> Order:
    """Read the body of a control request.

    Raises:
        Refused: it is not a JSON object.
    """
    try:
        values = json.loads(body or b"{}")
    except ValueError as error:
        raise Refused(f"the body is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise Refused("the body must be a JSON object")
    return Order(server, values)
