"""The members of user groups, remembered for a minute so that a decision rarely waits for Slack."""

from datetime import datetime, timedelta
from threading import Lock

import structlog

from bot.domain.errors import SlackError
from bot.domain.policy import Groups
from bot.service.ports import Clock, Slack

log = structlog.get_logger(__name__)

KEPT = timedelta(seconds=60)
"""How long a membership is believed, machine time."""


class CachedGroups:
    """The `Directory` port: members by group. Safe in any thread.

    A group that cannot be read is left out, so nobody is in it: a role that cannot be checked is not given.
    Failures are not remembered.

    Args:
        slack: reads a group.
        clock: machine time tells the age of what is remembered.
    """

    def __init__(self, slack: Slack, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._drops = 0

    def members(self, groups: frozenset[str], *, fresh: bool = False) -> Groups:
        """Read the members of *groups*; one that cannot be read is left out. *fresh* asks Slack anew."""
        found: dict[str, frozenset[str]] = {}
        for group in sorted(groups):
            members = None if fresh else self._remembered(group)
            if members is None:
                members = self._read(group)
            if members is not None:
                found[group] = members
        return found

    def drop(self) -> None:
        """Forget everything, as when Slack says that a group has changed."""
        with self._lock:
            self._kept.clear()
            self._drops += 1

    def _remembered(self, group: str) -> frozenset[str] | None:
        with self._lock:
            kept = self._kept.get(group)
        if kept is None:
            return None
        at, members = kept
        # A clock that was set back makes an age negative: not to be believed either.
        return members if timedelta() <= self._clock.machine_now() - at < KEPT else None

    def _read(self, group: str) -> frozenset[str] | None:
        at = self._clock.machine_now()
        with self._lock:
            drops = self._drops
        try:
            members = self._slack.members(group)
        except SlackError as error:
            log.warning("group.unreadable", group=group, reason=str(error))
            with self._lock:
                self._kept.pop(group, None)
            return None
        with self._lock:
            # What was read before a change was told may be from before the change.
            if drops == self._drops:
                self._kept[group] = (at, members)
        return members
