"""Somebody's screen, as far as views go: what they show, and the hash of it. Refuses as Slack does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import SlackRefused
from bot.domain.policy import Groups, Person
from bot.domain.view import Opened


@dataclass
class Screen:
    """The views of one workspace.

    Attributes:
        shown: what each open box or Home tab shows, by its id; a Home tab goes by its person.
        hashes: counts what was shown, so that no two contents share a hash.
        refusals: codes by which the next calls are refused, in order.
        people: who is there.
        busy: called before something is shown, as if it took a while.
    """

    shown: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    hashes: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    busy: Any = None

    def update_view(self, view_id: str, view: Mapping[str, Any], *, hash_: str = "") -> Opened:
        """Replace the content of an open box."""
        if view_id not in self.shown:
            raise SlackRefused("Slack refused views.update: not_found.", code="not_found")
        return self._show(view_id, view, hash_)

    def publish_home(self, user: str, view: Mapping[str, Any], *, hash_: str = "") -> Opened:
        """Replace somebody's Home tab."""
        return self._show(user, view, hash_)

    def _show(self, place: str, view: Mapping[str, Any], hash_: str) -> Opened:
        if self.busy is not None:
            self.busy()
        if self.refusals:
            code = self.refusals.pop(0)
            raise SlackRefused(f"Slack refused it: {code}.", code=code)
        if hash_ and hash_ != str(self.hashes.get(place, 0)):
            raise SlackRefused("Slack refused it: hash_conflict.", code="hash_conflict")
        self.shown[place] = view
        self.hashes[place] = self.hashes.get(place, 0) + 1
        return Opened(place, str(self.hashes[place]))

    def person(self, user: str) -> Person:
        """Read who somebody is."""
        return self.people.get(user) or Person(user, user.lower())

    def members(self, groups: frozenset[str], *, fresh: bool = False) -> Groups:
        """Read the members of groups; nobody is in one."""
        del fresh
        return dict.fromkeys(groups, frozenset())
