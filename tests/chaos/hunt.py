"""Hunts for bugs planted in the running program: a campaign that can find nothing is worth nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice

from tests.chaos import disk, inputs, witness
from tests.chaos.plan import plan_of
from tests.chaos.rounds import carry_out
from tests.flows.breaches import Promise

BUGGY = "tests.chaos.buggy"


@dataclass(frozen=True)
class Plant:
    """A planted bug.

    Attributes:
        promise: what it breaks.
        attack: which attack finds it.
        size: of that attack, where it has one.
        about: only rounds that deal a card of this pattern are played, in their order.
    """

    promise: str
    attack: str
    size: int = 0
    about: str = ""

    def rounds(self, seed: int) -> Iterator[int]:
        """List the rounds that are played, one after the other."""
        for number in count():
            if not self.about or any(
                re.search(self.about, str(one)) for one in plan_of(self.attack, number, seed).strikes
            ):
                yield number


@dataclass(frozen=True)
class Hunt:
    """How a hunt ended.

    Attributes:
        bug: which was planted.
        plant: what it breaks.
        rounds: how many were played.
        seen: the first breach of its promise, `""` for none.
    """

    bug: str
    plant: Plant
    rounds: int
    seen: str

    @property
    def is_found(self) -> bool:
        """Whether it was found, as what it is."""
        return bool(self.seen)

    def told(self) -> str:
        """Tell it in a line."""
        how = f"found in round {self.rounds} of {self.plant.attack}" if self.is_found else "not found"
        return f"{self.bug}: {how}: {self.plant.promise}: {' '.join(self.seen.split())[:160]}"


PLANTS: Mapping[str, Plant] = {
    "the gateway writes twice": Plant(Promise.ONE_WRITE, "slack"),
    "a write whose answer was lost is repeated": Plant(
        Promise.ONE_WRITE, "campaign", about=r"persist#Write \S+ (after|late)"
    ),
    "anybody may decide": Plant(Promise.APPROVED, "authority"),
    "what was shown is not compared": Plant(Promise.APPROVED, "authority"),
    "rights are believed for ever": Plant(Promise.APPROVED, "authority"),
    "an approval is believed for ever": Plant(
        Promise.APPROVED, "kills", about=r"kill 7200 before \S+(Stop|Write)"
    ),
    "a press is lost": Plant(Promise.KEPT, "kills"),
    "votes are dropped silently": Plant(Promise.KEPT, "kills"),
    "nothing is started again": Plant(Promise.RUNNING, "kills"),
    "an approved change is lost": Plant(Promise.ENDED, "kills"),
    "a write is left out of the record": Plant(Promise.RECORD, "kills"),
    "an entry of the record follows from none": Plant(Promise.RECORD, "kills"),
    "a card is not updated": Plant(Promise.CARDS, "kills"),
    "a card is posted twice": Plant(Promise.CARDS, "kills"),
    "a secret is logged": Plant(witness.NO_SECRET, "kills"),
    "memory is not given back": Plant(witness.FLAT, "slack"),
    "threads are left behind": Plant(witness.FLAT, "slack"),
    "a date of Campaign ends in a trace": Plant(witness.FORESEEN, "answers", 300),
    "a report ends in a 5xx": Plant(inputs.ANSWERED, "inputs", 500),
    "it ends with its session": Plant(witness.GOES_ON, "campaign"),
    "a full disk loses an approval": Plant(disk.PROMISE, "disk"),
}
"""Every planted bug by its name in `buggy.PLANTS`."""


def hunt(bug: str, seed: int, rounds: int) -> Hunt:
    """Attack the program with a bug in it, round by round, until its promise is seen to be broken.

    At most so many *rounds* are played.
    """
    plant = PLANTS[bug]
    for played, number in enumerate(islice(plant.rounds(seed), rounds), 1):
        told = carry_out(plant.attack, number, seed, program=(BUGGY, bug), size=plant.size)
        seen = [what for promise, what in told.breaches if promise == plant.promise]
        if seen or told.skipped:
            return Hunt(bug, plant, played, seen[0] if seen else told.skipped)
    return Hunt(bug, plant, rounds, "")
