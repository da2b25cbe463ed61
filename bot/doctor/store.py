"""The store, as `mcsync doctor` sees it: nothing is created or changed, but for a refused log-on."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.domain.checkup import Finding, attention, fine, wrong
from bot.domain.errors import McsyncError, StoreError, StoreOutdated
from bot.domain.logon_bar import LogonBar
from bot.gateways.campaign import LogonBars
from bot.gateways.store import SqlStore, StoredLogonBars, create_store
from bot.gateways.store.location import is_postgresql, sqlite_path

LITTLE_SPACE = 100 * 1024 * 1024
"""Bytes; a busy year takes about as much."""

_ANOTHER = "Do what this line says, or name another database under `store.url`."


class StoreLook:
    """One look at the store, opened and closed with a `with` block.

    Args:
        url: of the configuration.
        password: of the database's user, `""` where none is asked for.

    Attributes:
        findings: what was seen, once opened.
    """

    def __init__(self, url: str, password: str = "") -> None:
        self._store = create_store(url, password=password)
        self._file = None if is_postgresql(url) else sqlite_path(url)
        self._open = False
        self._usable = False
        self.findings: tuple[Finding, ...] = ()

    def __enter__(self) -> Self:
        """Look."""
        self.findings = tuple(self._look())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store, if it is open."""
        if self._open:
            self._store.close()

    def bars(self) -> LogonBars | None:
        """Give the memory of refused log-ons; `None` where none can be kept, so that none may be risked."""
        return _Bars(self, self._store) if self._usable else None

    def is_open(self) -> bool:
        """Tell whether there is a database to read."""
        return self._open

    def make(self) -> None:
        """Create the database after all, because something must be remembered.

        Raises:
            StoreError: it cannot be created.
        """
        self._store.open()
        self._open = True

    def _look(self) -> Iterator[Finding]:
        if self._file is not None and not self._file.exists():
            yield self._folder(self._file)
            yield from self._space(self._file)
            return
        try:
            self._store.open_as_it_is()
            self._open = True
            _try_to_write(self._store)
        except StoreOutdated as error:
            yield attention(
                "store.version",
                str(error),
                "Make a backup, then start `mcsync run` once: it brings the tables up.",
            )
            return
        except StoreError as error:
            yield wrong("store", str(error), _ANOTHER)
            return
        self._usable = True
        yield fine("store", "the database can be read and written")
        yield fine("store.version", "its tables are those of this version")
        if self._file is not None:
            yield from self._space(self._file)

    def _folder(self, file: Path) -> Finding:
        folder = file.absolute().parent
        if not folder.is_dir():
            return wrong(
                "store", f"there is no folder {folder}", f"Create {folder} for the user that runs mcsync."
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            return wrong(
                "store",
                f"the folder {folder} cannot be written",
                f"Let the user that runs mcsync write {folder}, on a disk that is not mounted read-only.",
            )
        self._usable = True
        return fine("store", f"{file} is not there yet; `mcsync run` creates it")

    def _space(self, file: Path) -> Iterator[Finding]:
        folder = file.absolute().parent
        if not folder.is_dir():
            return
        free = shutil.disk_usage(folder).free
        megabytes = f"{free // (1024 * 1024)} MB are free where the database lies"
        if free < LITTLE_SPACE:
            yield wrong(
                "store.space", megabytes, f"Free at least {LITTLE_SPACE // (1024 * 1024)} MB in {folder}."
            )
        else:
            yield fine("store.space", megabytes)


class _Bars:
    """Refused log-ons, in a database that is created only when one must be remembered."""

    def __init__(self, look: StoreLook, store: SqlStore) -> None:
        self._look = look
        self._stored = StoredLogonBars(store)

    def get(self, instance: str) -> LogonBar | None:
        """Find the remembered refusal of an instance."""
        return self._stored.get(instance) if self._look.is_open() else None

    def save(self, bar: LogonBar) -> None:
        """Remember a refusal."""
        if not self._look.is_open():
            self._look.make()
        self._stored.save(bar)


class _Untouched(McsyncError):
    """Ends the trial of writing so that nothing is kept."""


def _try_to_write(store: SqlStore) -> None:
    """Make sure that the database takes a write, and take it back.

    Raises:
        StoreError: it does not.
    """
    with suppress(_Untouched), store.write() as tx:
        tx.lift_logon_bar("")
        raise _Untouched
