"""How much is measured: the long form for figures to quote, the short form for every change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        pairs: how many alternating pairs a ratio is the median of.
        seconds: how long one burst of requests lasts.
        short: leaves out or shrinks what takes minutes.
    """

    pairs: int
    seconds: float
    short: bool = False


LONG = Effort(pairs=5, seconds=3.0)
SHORT = Effort(pairs=1, seconds=0.5, short=True)
