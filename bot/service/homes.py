"""Keep people's Home tabs true while they look at them.

What a tab tells is computed from the store and published when that changed: by the digest of what it shows,
not oftener than every two seconds, and only for people who opened it lately. How it looks is injected.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.due_work import Claim
from bot.domain.errors import NotAllowed, SlackRefused
from bot.domain.policy import Person, check_may_rate
from bot.domain.view import HomeTab
from bot.service.home import HomeView, take_home
from bot.service.office import Office, ask_for_home
from bot.service.work import Later

log = structlog.get_logger(__name__)

PAUSE = timedelta(seconds=2)
"""The least time between two publications for one person."""

SEEN_AGAIN = timedelta(minutes=5)
"""How old the time of the last look may become on a tab on which nothing else changed."""

NOTE_FOR = timedelta(minutes=10)
"""How long what somebody was told stays on their tab."""

UNKNOWN_FOR = timedelta(days=1)
"""How long nobody's tab has a newer type of block after Slack refused it."""

NEWER_BLOCKS = frozenset({"table", "data_visualization"})
"""What a tab can do without: a workspace may not have them yet."""

REFUSALS = frozenset({"invalid_blocks", "invalid_arguments"})
"""What Slack answers to blocks that it does not know."""

_POINTER = re.compile(r"/blocks/([0-9]+)")

SEEN_BLOCK = "mcsync_home_seen"
"""The block that says when things were last looked at; it is not counted as a change."""

DrawHome = Callable[[str, HomeView | None, frozenset[str]], Mapping[str, Any]]
"""Draws a Home tab for a locale, or the sentence for a stranger, without some of `NEWER_BLOCKS`."""


class Homes:
    """Publishes Home tabs.

    Args:
        office: what the use cases share.
        draw: see `DrawHome`.
    """

    def __init__(self, office: Office, draw: DrawHome) -> None:
        self._office = office
        self._draw = draw

    def opened(self, user: str) -> None:
        """Remember that *user* looks at their Home tab, and ask that it be made true."""
        clock = self._office.clock
        with self._office.store.write() as tx:
            known = tx.home(user) or HomeTab(user, clock.machine_now())
            opened = replace(known, opened_at=clock.machine_now(), waiting=True)
            tx.save_home(opened)
            ask_for_home(tx, opened, clock.now())

    def show(self, claim: Claim) -> Later | None:
        """Publish one Home tab, if what it shows is no longer true."""
        office, user = self._office, claim.work.payload["user"]
        now, machine_now = office.clock.now(), office.clock.machine_now()
        with office.store.read() as tx:
            home = tx.home(user)
            others = tx.homes(since=machine_now - UNKNOWN_FOR)
        if home is None:
            return None
        since = now - home.published_at if home.published_at else SEEN_AGAIN
        if not home.waiting and since < PAUSE:
            return Later(now + PAUSE - since)
        person = office.slack.person(user)
        view = self._view(home, person, machine_now)
        unknown = {
            kind
            for one in others
            if one.unknown_until is not None and one.unknown_until > machine_now
            for kind in one.unknown
        }
        drawn = self._draw(person.locale or office.language, view, frozenset(unknown))
        content = _digest(drawn)
        if content == home.content and not home.waiting and since < SEEN_AGAIN:
            return None
        try:
            shown = office.slack.publish_home(user, drawn, hash_="" if home.waiting else home.hash)
        except SlackRefused as error:
            return self._refused(home, error, drawn, unknown)
        self._remember(home, published_at=now, content=content, hash=shown.hash, waiting=False)
        log.info("home.published", user=user)
        return None

    def _refused(
        self, home: HomeTab, error: SlackRefused, drawn: Mapping[str, Any], unknown: set[str]
    ) -> Later | None:
        """Find another way to publish what Slack did not take, if there is one."""
        refused = unknown | _refused_types(error, drawn) if error.code in REFUSALS else unknown
        if error.code == "hash_conflict":
            # Somebody else published since, or our last answer was lost: read again and replace it.
            self._remember(home, content="", hash="")
        elif refused > unknown:
            log.warning("home.unknown_blocks", user=home.user, kinds=sorted(refused), reason=str(error))
            until = self._office.clock.machine_now() + UNKNOWN_FOR
            self._remember(home, unknown=tuple(sorted(refused)), unknown_until=until)
        else:
            log.warning("home.refused", user=home.user, code=error.code, reason=str(error))
            return None
        return Later(self._office.clock.now())

    def _view(self, home: HomeTab, person: Person, machine_now: datetime) -> HomeView | None:
        """Read what the person may see; `None` for a stranger."""
        office = self._office
        try:
            check_may_rate(person)
        except NotAllowed:
            return None
        told = home.noted_at is not None and machine_now - home.noted_at < NOTE_FOR
        groups = office.directory.members(office.roles.groups)
        return take_home(office, person, groups, home.note if told else "")

    def _remember(self, home: HomeTab, **changes: Any) -> None:  # noqa: ANN401 - the dataclass's own
        """Save what changed here; whoever opened the tab again meanwhile still waits."""
        with self._office.store.write() as tx:
            known = tx.home(home.user) or home
            after = replace(known, **changes)
            if known.opened_at != home.opened_at:
                after = replace(after, waiting=known.waiting)
            tx.save_home(after)


def _refused_types(error: SlackRefused, drawn: Mapping[str, Any]) -> set[str]:
    """Tell which of the newer types Slack pointed at; all that are there when it pointed at none."""
    kinds = [str(block["type"]) for block in drawn["blocks"]]
    pointed = {kinds[int(number)] for number in _POINTER.findall(str(error)) if int(number) < len(kinds)}
    return (pointed & NEWER_BLOCKS) or (set(kinds) & NEWER_BLOCKS)


def _digest(drawn: Mapping[str, Any]) -> str:
    """Digest what a tab shows, but for the time of the last look."""
    blocks = [block for block in drawn["blocks"] if block.get("block_id") != SEEN_BLOCK]
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()
