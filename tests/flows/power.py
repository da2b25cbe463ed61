"""A town in which the power may fail just before or just after Campaign does a step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from bot.domain.workflow import Workflow
from bot.service.ports import Campaign
from tests.flows.town import Town


class PowerCut(BaseException):
    """The program ends here and now, in the midst of a call; no `except Exception` sees it."""


@dataclass
class Fuse:
    """A gateway that cuts the power at the next call of one method, before or after Campaign did it.

    Attributes:
        real: the gateway.
        armed: the method and the moment (`before` or `after`) of the next cut, `None` for none.
        blown: whether it has happened.
    """

    real: Campaign
    armed: tuple[str, str] | None = None
    blown: bool = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the gateway has
        """Pass everything else on."""
        return getattr(self.real, name)

    def stop(self, workflow: Workflow) -> None:
        """Stop it."""
        self._through("stop", lambda: self.real.stop(workflow))

    def start(self, workflow: Workflow) -> None:
        """Start it."""
        self._through("start", lambda: self.real.start(workflow))

    def write_schedule(self, workflow: Workflow, period: str) -> None:
        """Write it."""
        self._through("write_schedule", lambda: self.real.write_schedule(workflow, period))

    def _through(self, name: str, call: Callable[[], None]) -> None:
        if self.armed == (name, "before"):
            self._blow()
        call()
        if self.armed == (name, "after"):
            self._blow()

    def _blow(self) -> None:
        self.armed, self.blown = None, True
        raise PowerCut


@dataclass
class StormyTown(Town):
    """A town in which the power may fail."""

    fuse: Fuse | None = field(default=None, init=False)

    def settle(self) -> None:
        """Wait until nothing is due; where the power failed, start the program again first."""
        assert self.fuse is not None
        fuse = self.fuse
        self.wait_until(lambda: fuse.blown or self.health()["due"] == 0)
        if fuse.blown:
            self.restart()

    def restart(self) -> None:
        """Close the program and open it again on the same store."""
        self.close_program()
        self.open_program()
        self.wire()
        self.settle()

    def wire(self) -> None:
        """Put the fuse in."""
        assert self.program is not None
        campaigns = cast("dict[str, Campaign]", self.program.service.office.campaigns)
        self.fuse = Fuse(campaigns["prod"])
        campaigns["prod"] = cast("Campaign", self.fuse)
