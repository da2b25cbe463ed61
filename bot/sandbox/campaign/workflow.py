"""One workflow of the stand-in: its stored definition, what the engine has loaded of it, and how it stands.

Values only; what moves them through time is `engine.py`.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.sandbox.campaign.wire import Element, attributes_of


class State(IntEnum):
    """`@state` of xtk:workflow, as Adobe's JavaScript SDK numbers it."""

    EDIT = 0
    STARTING = 10
    STARTED = 11
    PAUSING = 12
    PAUSED = 13
    RESUMING = 14
    STOPPING = 15
    STOPPED = 20


IGNORE_ERRORS = "1"


@dataclass(frozen=True)
class Run:
    """One execution that is under way.

    Attributes:
        started: when it began, UTC.
        ends: when it will be done if nothing comes between.
    """

    started: datetime
    ends: datetime


@dataclass(frozen=True)
class Transition:
    """A change of state that was asked for and takes a while.

    Attributes:
        at: when it will be done, UTC.
        state: what the workflow is then.
    """

    at: datetime
    state: State


@dataclass
class Workflow:
    """A record of xtk:workflow.

    Attributes:
        id: the primary key.
        stored: the `<workflow>` element as last written: attributes of the definition, `<activities>` and
            other children.
        account: the execution account its runs log on to, `""` for a workflow that stays at home.
        run_seconds: how long one run takes, `None` for the world's setting.
        loaded: the `<activities>` that the engine follows; `None` while stopped. A stored change counts only
            after Stop and Start.
        saves_at: when a waiting scheduler will save its own copy over what was written, if it does that.
        created_by, modified_by: operators' primary keys.
        runs_done, runs_failed: how its runs ended so far.
    """

    id: int
    stored: Element
    created: datetime
    account: str = ""
    run_seconds: float | None = None
    state: State = State.STOPPED
    failed: bool = False
    error_activity: str = ""
    error_count: int = 0
    last_start: datetime | None = None
    next_run: datetime | None = None
    process_id: int = 0
    process_date: datetime | None = None
    last_modified: datetime | None = None
    created_by: int = 0
    modified_by: int = 0
    loaded: Element | None = None
    run: Run | None = None
    transition: Transition | None = None
    saves_at: datetime | None = None
    runs_done: int = 0
    runs_failed: int = 0

    @property
    def name(self) -> str:
        """The internal name."""
        return self.stored.get("internalName", "")

    @property
    def activities(self) -> Element | None:
        """The stored `<activities>`."""
        return self.stored.find("activities")

    @property
    def on_error(self) -> str:
        """What happens after an error: `0` pauses the workflow, `1` ignores the error."""
        return self.stored.get("onError", "0")

    def load(self) -> None:
        """Make the engine follow what is stored."""
        self.loaded = deepcopy(self.activities)

    def save_loaded(self) -> bool:
        """Put the engine's own copy back in place of the stored one; tell whether that changed anything."""
        stored, loaded = self.activities, self.loaded
        if stored is None or loaded is None or same_xml(stored, loaded):
            return False
        self.stored.replace(stored, deepcopy(loaded))
        return True


def same_xml(one: Element, other: Element) -> bool:
    """Tell whether two elements say the same, down to their text."""
    return (
        one.tag == other.tag
        and attributes_of(one) == attributes_of(other)
        and (one.text or "").strip() == (other.text or "").strip()
        and len(one) == len(other)
        and all(same_xml(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    )


def schedule_of(activities: Element | None) -> Element | None:
    """Return the first scheduler of a definition."""
    return None if activities is None else activities.find("schedule")


def period_of(activities: Element | None) -> str:
    """Return the text of the scheduler's `<period>`, `""` when there is none."""
    schedule = schedule_of(activities)
    return "" if schedule is None else schedule.findtext("period") or ""
