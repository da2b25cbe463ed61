"""What many measurements come to: medians, percentiles, ratios of pairs. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """One measurement of ours and the one of the floor that followed it at once."""

    ours: float
    floor: float


@dataclass(frozen=True)
class Figures:
    """What pairs come to.

    Attributes:
        ours: the median of ours.
        floor: the median of the floor's.
        ratio: the median of the pairs' own ratios, so that a slow minute counts for both.
    """

    ours: float
    floor: float
    ratio: float


def percentile(values: Sequence[float], share: float) -> float:
    """Find the smallest value that *share* (0 to 1) of all values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("There is no percentile of nothing.")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def alternate(pairs: int, ours: Callable[[], T], floor: Callable[[], T]) -> list[tuple[T, T]]:
    """Measure ours, the floor, ours, the floor …, so that whatever else the machine does meets both."""
    return [(ours(), floor()) for _ in range(pairs)]


def figures(pairs: Sequence[Pair]) -> Figures:
    """Sum up pairs by their medians.

    Raises:
        statistics.StatisticsError: there are no pairs.
        ZeroDivisionError: a floor is nothing.
    """
    return Figures(
        median(pair.ours for pair in pairs),
        median(pair.floor for pair in pairs),
        median(pair.ours / pair.floor for pair in pairs),
    )
