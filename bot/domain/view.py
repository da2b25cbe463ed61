"""Views as the use cases know them: what a Home tab shows, and a box that is drawn again while it is open.

How they look is the counter's.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Opened:
    """A view as Slack keeps it.

    Attributes:
        id: Slack's id of it.
        hash: tells this content from any other; an update that names it fails once the content changed.
    """

    id: str
    hash: str


@dataclass(frozen=True)
class HomeTab:
    """One person's Home tab.

    Attributes:
        user: the Slack id.
        opened_at: when the person last opened it, machine time.
        waiting: whether they opened it and were not shown it since.
        published_at: when it was last published, rule time; `None` before the first time.
        content: the digest of what it shows, `""` before the first time.
        hash: Slack's own hash of what it shows, `""` when it is not known.
        unknown: types of newer blocks that Slack refused on this tab.
        unknown_until: until when nobody's tab is built of these, machine time; `None` if Slack took them all.
        note: what the person was told last, `""` if nothing.
        noted_at: when, machine time.
    """

    user: str
    opened_at: datetime
    waiting: bool = True
    published_at: datetime | None = None
    content: str = ""
    hash: str = ""
    unknown: tuple[str, ...] = ()
    unknown_until: datetime | None = None
    note: str = ""
    noted_at: datetime | None = None


@dataclass(frozen=True)
class Box:
    """A box on somebody's screen that is drawn again when something in it changes.

    Attributes:
        id: Slack's id of the view.
        changed: Slack's time of the latest change in it (`action_ts`), `""` before the first.
        at: when that was taken in, rule time.
    """

    id: str
    changed: str
    at: datetime
