"""A row of the table: what was measured, against what, and whether that is good enough. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import Pair, figures


@dataclass(frozen=True)
class Aim:
    """How good is good enough.

    Attributes:
        limit: the figure to keep to.
        unit: of that figure: `×` for a ratio to the floor.
        at_least: whether more is better.
    """

    limit: float
    unit: str
    at_least: bool = False

    def holds(self, figure: float) -> bool:
        """Tell whether *figure* is good enough."""
        return figure >= self.limit if self.at_least else figure <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {amount(self.limit, self.unit)}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: its key, for `--compare` and for programs.
        what: what was measured, for people.
        figure: what it came to, the one that the aim is about.
        unit: of `figure`.
        aim: `None` where there is only a figure to tell.
        ours: ours, in `own_unit`.
        floor: the floor's, in the same unit; `None` where nothing is beside it.
        own_unit: of these two.
        against: what the floor is.
        bound: what bounds it where the aim is missed.
        counted: whether it is a count, the same on every machine, and so may fail a build.
    """

    name: str
    what: str
    figure: float
    unit: str
    aim: Aim | None = None
    ours: float | None = None
    floor: float | None = None
    own_unit: str = ""
    against: str = ""
    bound: str = ""
    counted: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is met; `None` without one."""
        return None if self.aim is None else self.aim.holds(self.figure)

    def as_json(self) -> dict[str, Any]:
        """Write the row for machines."""
        return {
            "name": self.name,
            "what": self.what,
            "figure": self.figure,
            "unit": self.unit,
            "aim": None if self.aim is None else str(self.aim),
            "met": self.is_met,
            "ours": self.ours,
            "floor": self.floor,
            "own_unit": self.own_unit,
            "against": self.against,
            "bound": "" if self.is_met else self.bound,
            "counted": self.counted,
        }


def ratio_row(
    name: str,
    what: str,
    pairs: Sequence[Pair],
    unit: str,
    *,
    against: str,
    aim: Aim | None = None,
    bound: str = "",
) -> Row:
    """Make a row of pairs: its figure is the median of their ratios."""
    found = figures(pairs)
    return Row(
        name,
        what,
        found.ratio,
        "×",
        aim=aim,
        ours=found.ours,
        floor=found.floor,
        own_unit=unit,
        against=against,
        bound=bound,
    )


def amount(value: float, unit: str) -> str:
    """Write a value with its unit, in as many digits as it is worth."""
    if unit == "×":
        return f"{value:.2f} ×" if abs(value) < 10 else f"{value:,.0f} ×"
    if unit == "calls":
        return f"{value:g} calls"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()
