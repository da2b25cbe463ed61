"""The whole program in any order of events: presses, votes, expiries, edits by others, faults, crashes.

What can happen, and how often it is tried; what each deed does, and what must hold after it, is `day.py`.
"""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.sandbox.campaign.faults import MODES
from tests.flows.day import ADMINS, Day

REQUESTERS = ("U0SAM", "U0SAM", "U0SAM", "U0ADA")
PEOPLE = ("U0SAM", "U0ADA", "U0GRACE", "U0GUEST", "U0STRANGER")
SLOW_MODES = ("slow", "trickle", "oversized")
"""A call that meets one of these takes the client's whole deadline."""

QUICK_MODES = tuple(sorted(MODES.difference(SLOW_MODES)))

STOP, WRITE, START = "xtk:workflow#Stop", "xtk:persist#Write", "xtk:workflow#Start"
ACTIONS = (STOP, WRITE, START, "xtk:queryDef#ExecuteQuery", "xtk:session#Logon", "*")
SHOWING = ("chat.postMessage", "chat.update", "chat.postEphemeral")
SLACK_MODES = ("ratelimited", "500", "html", "reset", "error:internal_error")
WHO = ("users.info", "usergroups.users.list")


@dataclass(frozen=True)
class Deed:
    """One thing that happens.

    Attributes:
        name: the method of `Day`.
        how: its arguments, by name.
    """

    name: str
    how: tuple[tuple[str, Any], ...]

    def do(self, day: Day) -> None:
        """Let it happen."""
        getattr(day, self.name)(**dict(self.how))

    def __repr__(self) -> str:
        """Write it as the call that it is."""
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self.how)})"


def deed(name: str, **how: st.SearchStrategy[Any]) -> st.SearchStrategy[Deed]:
    """Draw a deed."""
    return st.fixed_dictionaries(how).map(lambda drawn: Deed(name, tuple(drawn.items())))


def any_of(*values: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - arguments of any deed
    """Draw one of these values; one that stands there twice comes twice as often."""
    return st.sampled_from(values)


def asking() -> st.SearchStrategy[Deed]:
    """Draw a request for a change."""
    return st.one_of(
        deed("ask", user=any_of(*REQUESTERS), what=any_of("shift_5", "shift_10", "resume", "undo", "undo")),
        deed("ask", user=any_of(*PEOPLE), what=any_of("shift_5", "shift_10", "resume", "undo")),
        deed("ask_by_command", user=any_of(*REQUESTERS), minutes=any_of(5, 10)),
    )


def deciding() -> st.SearchStrategy[Deed]:
    """Draw what people do with a request that waits."""
    return st.one_of(
        deed("approve", user=any_of(*ADMINS)),
        deed("approve", user=any_of(*PEOPLE)),
        deed("approve_at_once"),
        deed("approve_an_old_card", user=any_of(*ADMINS)),
        deed("deliver_again", identical=st.booleans()),
        deed("deny", user=any_of(*PEOPLE)),
        deed("choose", user=any_of(*PEOPLE), what=any_of("extend", "extend", "withdraw")),
        deed("go_on", user=any_of(*PEOPLE), what=any_of("check", "check", "confirm")),
        deed("change_the_group", user=any_of(*ADMINS), told=st.booleans()),
    )


def meddling() -> st.SearchStrategy[Deed]:
    """Draw what others do in the console."""
    return st.one_of(
        deed("somebody_edits_the_schedule", minute=any_of(0, 5, 20)),
        deed("somebody_edits_an_activity"),
        deed("somebody_presses_in_the_console", what=any_of("start", "stop")),
    )


def trouble(modes: tuple[str, ...]) -> st.SearchStrategy[Deed]:
    """Draw what goes wrong."""
    return st.one_of(
        deed(
            "campaign_fails",
            action=any_of(STOP, WRITE, START, *ACTIONS),
            mode=any_of(*modes),
            when=any_of("before", "after"),
            times=any_of(1, 1, 2, 4),
        ),
        deed("slack_fails", method=any_of(*SHOWING), mode=any_of(*SLACK_MODES), times=any_of(1, 3)),
        deed("slack_does_not_say_who", method=any_of(*WHO), times=any_of(1, 5)),
        deed("rt_restarts", seconds=any_of(30, 180)),
        deed("marketing_restarts", seconds=any_of(30, 180), forget=st.booleans()),
        deed(
            "the_power_will_fail",
            method=any_of("stop", "write_schedule", "start"),
            when=any_of("before", "after"),
        ),
        deed("the_program_is_restarted"),
        deed("the_program_is_out", minutes=any_of(2, 70, 300)),
    )


def passing() -> st.SearchStrategy[Deed]:
    """Draw how time passes."""
    return st.one_of(
        deed("the_change_goes_on", steps=st.integers(1, 25)),
        deed("time_passes", seconds=any_of(5, 20, 60, 300)),
        deed("time_passes", seconds=any_of(1900, 3700, 4 * 3600)),
    )


class AnyOrder(RuleBasedStateMachine):
    """Everything that can happen, in any order."""

    modes: tuple[str, ...] = QUICK_MODES
    deadline = "10s"

    @initialize(
        quorum=any_of(1, 1, 2), asked=any_of("", "shift_5", "shift_10", "resume"), approved=st.booleans()
    )
    def the_day_begins(self, quorum: int, asked: str, *, approved: bool) -> None:
        """Let a run fail, and most often somebody ask for a change."""
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            self.day = self.stack.enter_context(Day(folder, quorum=quorum, deadline=self.deadline))
        except BaseException:
            self.stack.close()
            raise
        if asked:
            self.day.ask("U0SAM", asked)
        if asked and approved:
            self.day.approve_at_once()

    @rule(what=asking())
    def somebody_asks(self, what: Deed) -> None:
        """Ask for a change."""
        what.do(self.day)

    @rule(what=deciding())
    def somebody_decides(self, what: Deed) -> None:
        """Decide about it."""
        what.do(self.day)

    @rule(what=meddling())
    def somebody_meddles(self, what: Deed) -> None:
        """Do something in the console."""
        what.do(self.day)

    @rule(data=st.data())
    def something_goes_wrong(self, data: st.DataObject) -> None:
        """Order some trouble."""
        data.draw(trouble(self.modes)).do(self.day)

    @rule(what=passing())
    def time_goes_by(self, what: Deed) -> None:
        """Turn the clock."""
        what.do(self.day)

    @precondition(lambda self: self.day.is_under_way())
    @rule()
    def it_gets_calm(self) -> None:
        """Let every trouble end, and look at everything."""
        self.day.it_gets_calm()

    def teardown(self) -> None:
        """End in a calm."""
        if not hasattr(self, "day"):
            return
        try:
            self.day.it_gets_calm()
        finally:
            self.stack.close()
