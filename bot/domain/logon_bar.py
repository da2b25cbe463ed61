"""A log-on that Campaign refused: three of them lock the account (KA-16410), so none is repeated."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LogonBar:
    """A refused log-on, remembered.

    Attributes:
        instance: the marketing server.
        secret_digest: of the login and secret that were refused (never the secret).
        at: when.
        sentence: what the server said.
    """

    instance: str
    secret_digest: str
    at: datetime
    sentence: str
