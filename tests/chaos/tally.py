"""What the campaign came to: each round, each attack, a table for people and JSON for machines."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TOLD = 3
"""Breaches of one promise that are told in full."""


@dataclass
class Round:
    """What one round came to.

    Attributes:
        attack: the family or the attack.
        number: which round of it.
        planned: what was to be done.
        met: what came to pass of it, in order.
        struck: how often each kind of trouble came to pass.
        figures: what else was counted or measured.
        breaches: every promise that was not kept, and what was seen instead.
        skipped: why it could not be carried out here, `""` where it was.
        seconds: machine time.
        deadline: when it has to end, on the monotonic clock, however much is left.
    """

    attack: str
    number: int = 0
    planned: list[str] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    breaches: list[tuple[str, str]] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0
    deadline: float = float("inf")

    @property
    def name(self) -> str:
        """Its name, by which it is played again."""
        return f"{self.attack}:{self.number}"

    def breach(self, promise: str, what: str) -> None:
        """Write a broken promise down."""
        self.breaches.append((promise, what))

    def line(self) -> str:
        """Tell it in a line."""
        end = f"skipped: {self.skipped}" if self.skipped else f"{len(self.breaches)} broken"
        return f"{self.name}  {self.seconds:.1f} s  {end}  [{'; '.join(self.planned)}]"


def told_breaches(rounds: Sequence[Round], seed: int) -> list[str]:
    """Tell the first breaches of each promise, how to play them again, and how many more there are."""
    found: Mapping[str, list[tuple[Round, str]]] = defaultdict(list)
    for one in rounds:
        for promise, what in one.breaches:
            found[promise].append((one, what))
    lines = []
    for promise, cases in found.items():
        for one, what in cases[:TOLD]:
            lines += [
                f"{promise}: {what}",
                f"    again: python -m tests.chaos --seed {seed} --only {one.name}",
            ]
        if len(cases) > TOLD:
            lines.append(f"… and {len(cases) - TOLD} more: {promise}")
    return lines


def table(rounds: Sequence[Round], cards: Mapping[str, int]) -> str:
    """Draw the table for people, in Markdown.

    Args:
        rounds: all.
        cards: how many different troubles each family has.
    """
    lines = [
        "| attack | rounds | what came to pass | different troubles | broken promises | seconds a round |",
        "|---|---|---|---|---|---|",
    ]
    for attack in dict.fromkeys(one.attack for one in rounds):
        theirs = [one for one in rounds if one.attack == attack]
        struck: Counter[str] = Counter()
        for one in theirs:
            struck.update(one.struck)
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(struck.items()))
        different = len({met for one in theirs for met in one.met})
        of = f"{different} of {cards[attack]}" if attack in cards else ""
        skipped = next((one.skipped for one in theirs if one.skipped), "")
        broken = f"skipped: {skipped}" if skipped else str(sum(len(one.breaches) for one in theirs))
        seconds = sum(one.seconds for one in theirs) / len(theirs)
        lines.append(f"| {attack} | {len(theirs)} | {told} | {of} | {broken} | {seconds:.1f} |")
    return "\n".join(lines)


def as_json(rounds: Sequence[Round], seed: int) -> str:
    """Write everything for machines."""
    rows = [
        {
            "round": one.name,
            "planned": one.planned,
            "met": one.met,
            "struck": dict(one.struck),
            "figures": one.figures,
            "breaches": [{"promise": promise, "seen": what} for promise, what in one.breaches],
            "skipped": one.skipped,
            "seconds": round(one.seconds, 1),
        }
        for one in rounds
    ]
    return json.dumps({"seed": seed, "rounds": rows}, indent=2)
