"""Journeys through rule time: from event to event, so that everything happens in its order, with progress.

Each step goes to whatever comes next in Campaign or in the bot, and waits until the bot has done what fell
due. In a long lull, when nothing is near, the routine polls of several minutes become one; a day passes in
seconds.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import requests

from bot.sandbox.process import Stuck
from bot.sandbox.programs import RUNNING, Sandbox
from bot.sandbox.scenes import ZONE

NEAR = timedelta(seconds=45)
"""The bot polls every minute: what it wants sooner than that is no mere poll, or a poll that is near."""
LULL = timedelta(minutes=10)
"""The longest step."""
AROUND_RESTARTS = timedelta(minutes=15)
"""So near to a restart nothing is overtaken: the bot watches there every few seconds."""
A_LOOK = timedelta(seconds=70)
"""In this time the bot has polled once more."""
LONGEST_RUN = timedelta(minutes=40)
LONGEST_CHANGE = timedelta(minutes=20)
"""So long a change may take from Stop to Start; it waits for a restart to be over."""
MORNING = time(5, 58)
STARTED = 11
AT_REST = (0, 13)
"""States of a workflow that nothing but a person's decision ends: being edited, paused."""


class Nowhere(Exception):
    """There is no such place in time, or a journey is under way; the text says why."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a journey is.

    Attributes:
        number: which journey of the day this is, from 1.
        to: what it leads to, in words.
        begin: rule time when it began, UTC.
        end: where it is expected to end, UTC.
        over: whether it has ended.
        trouble: why it ended early, `""` when it did not.
    """

    number: int
    to: str
    begin: datetime
    end: datetime
    over: bool = False
    trouble: str = ""


class Journeys:
    """Moves rule time, one journey at a time, in a thread of its own.

    Args:
        sandbox: the programs.
        changed: called whenever `progress` changes.
    """

    def __init__(self, sandbox: Sandbox, changed: Callable[[], None] = lambda: None) -> None:
        self.progress: Progress | None = None
        self._sandbox = sandbox
        self._changed = changed
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def minutes(self, count: int) -> None:
        """Begin to skip some minutes.

        Raises:
            Nowhere: a journey is under way.
        """
        end = self._sandbox.clock.now() + timedelta(minutes=count)
        self._begin(f"{end.astimezone(ZONE):%H:%M:%S}", end, lambda: self._walk(end))

    def tomorrow(self) -> None:
        """Begin to skip to tomorrow 05:58 in Paris, shortly before the restart.

        Raises:
            Nowhere: a journey is under way.
        """
        day = self._sandbox.clock.now().astimezone(ZONE).date() + timedelta(days=1)
        end = datetime.combine(day, MORNING, tzinfo=ZONE).astimezone(UTC)
        self._begin("tomorrow 05:58", end, lambda: self._walk(end))

    def next_run(self) -> None:
        """Begin to skip to the next archiving run, through it, and on until the bot has seen what it came to.

        A workflow that is stopped counts for as long as the bot may take to start it again.

        Raises:
            Nowhere: a journey is under way, or every archiving workflow is paused.
        """
        archiving = self._archiving()
        if all(one["state"] in AT_REST for one in archiving):
            raise Nowhere("No archiving workflow waits for a run: start it, or approve a change.")
        planned = [datetime.fromisoformat(one["next_run"]) for one in archiving if _waits(one)]
        end = min(planned, default=self._sandbox.clock.now() + LONGEST_CHANGE)
        self._begin("the next run", end + A_LOOK, self._walk_through_run)

    def stop(self) -> None:
        """Stop where time is now, after the step under way, and wait for that."""
        thread = self._thread
        self._stopping.set()
        if thread is not None:
            thread.join()

    def wait(self) -> None:
        """Wait until the journey under way has ended."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _begin(self, to: str, end: datetime, travel: Callable[[], None]) -> None:
        with self._lock:
            if self.progress is not None and not self.progress.over:
                raise Nowhere(f"Time is on its way already: to {self.progress.to}.")
            number = self.progress.number + 1 if self.progress is not None else 1
            self.progress = Progress(number, to, self._sandbox.clock.now(), end)
            self._stopping.clear()
        self._changed()
        self._thread = threading.Thread(target=self._travel, args=(travel,), name="journey")
        self._thread.start()

    def _travel(self, travel: Callable[[], None]) -> None:
        trouble = ""
        try:
            self._sandbox.settle()
            travel()
        except (Stuck, requests.RequestException) as error:
            trouble = str(error).partition("\n")[0]
        assert self.progress is not None
        self.progress = replace(self.progress, over=True, trouble=trouble)
        self._changed()

    def _walk(self, end: datetime) -> None:
        """Go from event to event until *end*."""
        while not self._stopping.is_set() and self._sandbox.clock.now() < end:
            self._step(end)

    def _walk_through_run(self) -> None:
        patience = self._sandbox.clock.now() + LONGEST_CHANGE
        while not (planned := self._planned()):
            if self._stopping.is_set():
                return
            if self._sandbox.clock.now() >= patience:
                raise Stuck("Nobody started the archiving workflow.")
            self._step(patience)
        at = min(planned.values())
        names = {name for name, run in planned.items() if run == at}
        before = self._ended(names)
        self._walk(at)
        while not self._stopping.is_set() and self._sandbox.clock.now() < at + LONGEST_RUN:
            ended = self._ended(names)
            if all(ended[name] > before[name] for name in names):
                break
            self._step(at + LONGEST_RUN)
        self._walk(self._sandbox.clock.now() + A_LOOK)

    def _planned(self) -> dict[str, datetime]:
        """Return the next run of each archiving workflow that waits for one."""
        return {
            one["name"]: datetime.fromisoformat(one["next_run"]) for one in self._archiving() if _waits(one)
        }

    def _ended(self, names: set[str]) -> dict[str, int]:
        """Count by workflow the runs that are over."""
        return {
            one["name"]: one["runs_done"] + one["runs_failed"]
            for one in self._archiving()
            if one["name"] in names
        }

    def _step(self, end: datetime) -> None:
        """Go to the next event, and let the bot do what falls due; never further than *end*."""
        now = self._sandbox.clock.now()
        world = self._sandbox.campaign("world")
        self._sandbox.jump(max(now, next_stop(now, end, world, self._next_due())))

    def _next_due(self) -> datetime | None:
        return self._sandbox.next_due() if self._sandbox.bot_state == RUNNING else None

    def _archiving(self) -> list[dict[str, Any]]:
        return [one for one in self._sandbox.campaign("world")["workflows"] if one["account"]]


def next_stop(now: datetime, end: datetime, world: dict[str, Any], due: datetime | None) -> datetime:
    """Choose where the next step leads.

    Args:
        now: rule time.
        end: never further than this.
        world: Campaign as it shows itself.
        due: when the bot has something to do next, `None` for never.
    """
    stops = [end]
    if world["next"]:
        stops.append(datetime.fromisoformat(world["next"]))
    if due is not None:
        calm = _calm_until(now, world)
        is_lull = due - now > NEAR and calm > now
        stops.append(max(due, min(now + LULL, calm)) if is_lull else due)
    return min(stops)


def _calm_until(now: datetime, world: dict[str, Any]) -> datetime:
    """Tell until when no restart is near; *now* when one is."""
    servers = (world["marketing"], *world["executions"].values())
    edges = [datetime.fromisoformat(one["next_edge"]) for one in servers if one["next_edge"]]
    spans = [span for away in world["day"]["away"].values() for span in away]
    if any(_is_around(now, *span) for span in spans):
        return now
    return min((edge - AROUND_RESTARTS for edge in edges), default=now + LULL)


def _is_around(now: datetime, begin: str, until: str) -> bool:
    return (
        datetime.fromisoformat(begin) - AROUND_RESTARTS
        <= now
        <= datetime.fromisoformat(until) + AROUND_RESTARTS
    )


def _waits(workflow: dict[str, Any]) -> bool:
    """Tell whether a workflow is started and plans a run."""
    return bool(workflow["state"] == STARTED and workflow["next_run"])
