"""What an attack came to, as a line for people and as JSON for machines."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

TOLD = 3
"""Breaches of one promise that are told in full."""


@dataclass
class Tally:
    """What one attack came to.

    Attributes:
        attack: its name.
        rounds: how often it was carried out.
        struck: how often each kind of trouble was made.
        breaches: every promise that was not kept, with the round it happened in.
        skipped: why it could not be carried out here, `""` where it was.
        seconds: machine time in all.
    """

    attack: str
    rounds: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0

    def summary(self) -> list[str]:
        """Tell the first breaches of each promise, and how many more there are."""
        told: Counter[str] = Counter()
        lines = []
        for breach in self.breaches:
            promise = breach.split(": ")[1]
            told[promise] += 1
            if told[promise] <= TOLD:
                lines.append(breach)
        lines += [f"… and {count - TOLD} more: {one}" for one, count in told.items() if count > TOLD]
        return lines

    def breach(self, where: str, promise: str, what: str) -> None:
        """Write a broken promise down."""
        self.breaches.append(f"{where}: {promise}: {what}")


def table(tallies: Sequence[Tally]) -> str:
    """Draw the table for people, in Markdown."""
    rows = ["| attack | rounds | troubles made | broken promises | seconds |", "|---|---|---|---|---|"]
    for tally in tallies:
        struck = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.struck.items()))
        broken = f"skipped: {tally.skipped}" if tally.skipped else str(len(tally.breaches))
        rows.append(f"| {tally.attack} | {tally.rounds} | {struck} | {broken} | {tally.seconds:.0f} |")
    return "\n".join(rows)


def as_json(tallies: Sequence[Tally], seed: int) -> str:
    """Write everything for machines."""
    rows = [
        {
            "attack": tally.attack,
            "rounds": tally.rounds,
            "struck": dict(tally.struck),
            "breaches": tally.breaches,
            "skipped": tally.skipped,
            "seconds": round(tally.seconds, 1),
        }
        for tally in tallies
    ]
    return json.dumps({"seed": seed, "attacks": rows}, indent=2)
