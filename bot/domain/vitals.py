"""How the running program itself is, as far as the store does not tell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Vitals:
    """What the program says of itself.

    Attributes:
        version: of mcsync.
        slack: `http`, `connected` or `disconnected`.
        bell_quiet_seconds: since when nobody looked for due work.
    """

    version: str = ""
    slack: str = "http"
    bell_quiet_seconds: float = 0.0
