"""What is done to a morning: drawn from the seed before the morning begins, so that it can be done again.

Each family of trouble has a deck with every combination once. It is shuffled by the seed and dealt round by
round, so that a long campaign plays every card, and a round is what its name says, whatever came before it.
Nothing here touches a program; what a card means is in `trouble.py`.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from tests.flows.toll import AFTER, BEFORE, BETWEEN

COMMIT, PAUSE = "commit", "ms"
"""Labels of triggers that are no call: a commit of the program's store, and machine time."""

STOP, WRITE, START = "xtk:workflow#Stop", "xtk:persist#Write", "xtk:workflow#Start"
READ, LOGON, CLOCK = "xtk:queryDef#ExecuteQuery", "xtk:session#Logon", "xtk:session#GetServerTime"
WHOAMI = "xtk:session#GetUserInfo"
CALLS = (STOP, WRITE, START, READ, LOGON, CLOCK, WHOAMI)
"""Every call that the program makes to Campaign."""

CAMPAIGN_MODES = (
    *("empty-body", "empty-envelope", "blank-tokens", "503", "html", "fault", "expired-session"),
    *("reset", "slow", "truncate", "redirect", "trickle", "oversized"),
)
SLACK_MODES = ("ratelimited", "500", "html", "reset", "slow", "error:internal_error")
SLACK_METHODS = (
    *("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.history", "users.info"),
    *("conversations.replies", "usergroups.users.list", "response_url", "views.publish", "views.open"),
    *("views.update", "reactions.add", "reactions.remove", "auth.test"),
)
"""Every method that the program calls; `apps.connections.open` belongs to Socket Mode."""

WHO_IS_WHO = frozenset({"users.info", "usergroups.users.list", "auth.test"})
STEPS = 26
"""Steps of a morning: what people do, and then some rule time."""

STRUCK_UNTIL = 15
"""Trouble begins before this step, so that the rest of the morning can suffer from it."""

LONGER_THAN_AN_APPROVAL = 7200
"""Seconds that the program is out in some rounds: what was approved before is good no more."""

AHEAD_SECONDS = (0.0, 90.0, -90.0)
"""How wrong Campaign's clock is, from round to round of the family that is about Campaign."""

Details = Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class Trigger:
    """An exact moment.

    Attributes:
        label: a SOAP action, `COMMIT` or `PAUSE`.
        number: 1 for the first such call or commit from then on; milliseconds for `PAUSE`.
        moment: of a call: `BEFORE`, `BETWEEN` or `AFTER`.
    """

    label: str
    number: int
    moment: str = ""

    def __str__(self) -> str:
        """Say when that is."""
        if self.label == PAUSE:
            return f"after {self.number} ms"
        return f"{self.moment or 'at'} {self.label} {self.number}"


@dataclass(frozen=True)
class Card:
    """One trouble.

    Attributes:
        deed: its name in `trouble.DEEDS`.
        details: what it is told.
        trigger: the exact moment, `None` for at once.
    """

    deed: str
    details: tuple[tuple[str, str | int | float | bool], ...] = ()
    trigger: Trigger | None = None

    def __str__(self) -> str:
        """Say it in a line."""
        told = " ".join(str(value) for _, value in self.details)
        return " ".join(part for part in (self.deed, told, str(self.trigger or "")) if part)


@dataclass(frozen=True)
class Strike:
    """A card that is played at a step."""

    step: int
    card: Card

    def __str__(self) -> str:
        """Say when and what."""
        return f"{self.step}: {self.card}"


@dataclass(frozen=True)
class Plan:
    """One round of a family.

    Attributes:
        family: which.
        number: of the round.
        seed: of the campaign.
        strikes: in the order of their steps.
    """

    family: str
    number: int
    seed: int
    strikes: tuple[Strike, ...]

    @property
    def people(self) -> str:
        """The seed of what people do."""
        return f"{self.seed} {self.family} {self.number}"

    @property
    def socket_mode(self) -> bool:
        """Whether Slack reaches the program by Socket Mode."""
        return self.family == "socket" or (self.family == "kills" and self.number % 3 == 2)

    @property
    def campaign_ahead(self) -> float:
        """How far Campaign's clock is ahead of the program's, seconds."""
        return AHEAD_SECONDS[self.number % 3] if self.family == "campaign" else 0.0


# --- Decks ----------------------------------------------------------------------------------------


def card(deed: str, trigger: Trigger | None = None, **details: str | float | bool) -> Card:
    """Make a card."""
    return Card(deed, tuple(details.items()), trigger)


def boundaries() -> Iterator[Trigger]:
    """List every boundary of a change, of a log-on, and of the reads around them."""
    for label, most in ((STOP, 1), (WRITE, 1), (START, 1), (LOGON, 1), (WHOAMI, 1), (READ, 8)):
        for number, moment in product(range(1, most + 1), (BEFORE, BETWEEN, AFTER)):
            yield Trigger(label, number, moment)


def _kills() -> Iterator[Card]:
    out = (0, 0, 40, 600)
    places = (
        *boundaries(),
        *(Trigger(COMMIT, number) for number in range(1, 31)),
        *(Trigger(PAUSE, ms) for ms in (0, 5, 10, 20, 40, 80, 120, 180, 250, 350, 450, 600)),
    )
    for index, trigger in enumerate(places):
        yield card("kill", trigger, out=out[index % len(out)])
    for label in (STOP, WRITE, START):
        yield card("kill", Trigger(label, 1, BEFORE), out=LONGER_THAN_AN_APPROVAL)


def _campaign() -> Iterator[Card]:
    for action, mode in product(CALLS, CAMPAIGN_MODES):
        for when in ("before", "after", "late") if mode == "slow" else ("before", "after"):
            times = 4 if action == READ else 1 + (len(mode) + len(when)) % 2
            yield card("campaign fails", action=action, mode=mode, when=when, times=times)
    for trigger in boundaries():
        yield card("session expires", trigger)
        yield card("somebody edits", trigger, what="period" if trigger.number % 2 else "script")
        if trigger.moment != AFTER:
            yield card("marketing restarts", trigger, seconds=120, forget=trigger.moment == BEFORE)
            yield card("somebody presses", trigger, what="start" if trigger.label == START else "stop")
    for seconds in (20, 120, 400):
        yield card("rt restarts", seconds=seconds)
        for forget in (False, True):
            yield card("marketing restarts", seconds=seconds, forget=forget)


def _slack_faults() -> Iterator[Card]:
    for method, mode, when in product(SLACK_METHODS, SLACK_MODES, ("before", "after")):
        times = 3 if when == "before" else 1
        yield card("slack fails", method=method, mode=mode, when=when, times=times)


def _deliveries() -> Iterator[Card]:
    for minutes, identical in product((0, 1, 4), (False, True)):
        yield card("delivered again", minutes=minutes, identical=identical)
    for user, age, steps in product(("U0ADA", "U0GRACE"), (0, 120, 280), (1, 4)):
        yield card("delivered late", user=user, age=age, steps=steps)


def _groups() -> Iterator[Card]:
    for user, quiet in product(("U0ADA", "U0GRACE"), (False, True)):
        yield card("group changes", user=user, quiet=quiet)
        for number in (2, 5, 9):
            yield card("group changes", Trigger(COMMIT, number), user=user, quiet=quiet)


def _sockets() -> Iterator[Card]:
    moments = (None, *(Trigger(COMMIT, number) for number in range(1, 9)))
    for trigger in moments:
        for reason, wait in (("refresh_requested", 0.3), ("warning", 0.0), ("drop", 0.0)):
            yield card("socket closes", trigger, reason=reason, close_after=wait)
        for seconds in (0.3, 1.2, 3.0):
            yield card("slack stalls", trigger, seconds=seconds)
    for mode in SLACK_MODES:
        yield card("slack fails", method="apps.connections.open", mode=mode, when="before", times=2)


@cache
def decks() -> Mapping[str, tuple[Card, ...]]:
    """Return every family's deck, in a fixed order."""
    kills, campaign = tuple(_kills()), tuple(_campaign())
    slack = (*_slack_faults(), *_deliveries(), *_groups())
    twins = tuple(one for one in (*kills, *campaign) if one.deed in ("kill", "session expires"))
    return {
        "kills": kills,
        "campaign": campaign,
        "slack": slack,
        "socket": (*_sockets(), *_deliveries(), *tuple(_slack_faults())[::4]),
        "twins": twins,
        "everything": (*kills, *campaign, *slack),
    }


HANDS: Mapping[str, int] = {
    "kills": 4,
    "campaign": 4,
    "slack": 4,
    "socket": 4,
    "twins": 4,
    "everything": 6,
}
"""How many cards of its deck each family plays in a round."""


def plan_of(family: str, number: int, seed: int) -> Plan:
    """Deal the cards of a round; the same words give the same plan, always and everywhere."""
    deck = list(decks()[family])
    random.Random(f"{seed} {family}").shuffle(deck)  # noqa: S311 - repeatable, not secret
    chance = random.Random(f"{seed} {family} {number} steps")  # noqa: S311 - the same
    first = number * HANDS[family]
    dealt = [deck[(first + index) % len(deck)] for index in range(HANDS[family])]
    strikes = [Strike(_step_of(one, chance), one) for one in dealt]
    return Plan(family, number, seed, tuple(sorted(strikes, key=lambda one: one.step)))


def rounds_for_all(family: str) -> int:
    """Count the rounds in which every card of a deck is played."""
    return -(-len(decks()[family]) // HANDS[family])


def spread(rounds: int, weights: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Share so many rounds out among the families by weight, at least one for each: name and number.

    The families take turns, so that a campaign that is cut short has seen all of them.
    """
    total = sum(weights.values())
    shares = {name: max(1, round(rounds * weight / total)) for name, weight in weights.items()}
    found = [
        (name, number, (number + 0.5) / share) for name, share in shares.items() for number in range(share)
    ]
    return [(name, number) for name, number, _ in sorted(found, key=lambda one: one[2])]


def _step_of(dealt: Card, chance: random.Random) -> int:
    """Choose a step; what lies in wait for a call of a change does so from the beginning."""
    drawn = chance.randrange(STRUCK_UNTIL)
    waits = dealt.trigger is not None and dealt.trigger.label in (STOP, WRITE, START, WHOAMI)
    fails = dict(dealt.details).get("action") in (STOP, WRITE, START, WHOAMI)
    return drawn % 3 if waits or fails else drawn
