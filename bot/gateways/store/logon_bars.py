"""Refused log-ons, for whoever is about to log on: each look and each note is a transaction of its own."""

from bot.domain.logon_bar import LogonBar
from bot.service.ports import Store


class StoredLogonBars:
    """Where the Campaign gateways remember refused log-ons, for every replica and the next start.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, instance: str) -> LogonBar | None:
        """Find the remembered refusal of an instance.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._store.read() as reading:
            return reading.logon_bar(instance)

    def save(self, bar: LogonBar) -> None:
        """Remember a refusal.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._store.write() as writing:
            writing.save_logon_bar(bar)
