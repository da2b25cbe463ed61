"""Exact moments of the running program: the calls that pass on their way to Campaign, and its commits."""

import http.client
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.plan import Trigger
from tests.flows.toll import Toll

LOOK_SECONDS = 0.001
"""How often the store is looked at: well under the time that a durable commit takes."""


@dataclass
class Ambush:
    """What happens at a moment, once.

    Attributes:
        trigger: the moment.
        deed: what is done.
        cuts: whether the call gets no answer then.
        left: how many more such calls or commits there are until then.
    """

    trigger: Trigger
    deed: Callable[[], None]
    cuts: bool
    left: int


class Gate(Toll):
    """A gate that several ambushes lie in, and that may change what it passes on.

    Attributes:
        distort: given the label of a call and its answer, returns what is passed on instead; `None` for what
            came.
    """

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self._ambushes: list[Ambush] = []
        self._met = threading.local()
        self.distort: Callable[[str, bytes], bytes] | None = None

    def lay(self, trigger: Trigger, deed: Callable[[], None], *, cuts: bool) -> None:
        """Do *deed* at a moment of a call."""
        with self._lock:
            self._ambushes.append(Ambush(trigger, deed, cuts, trigger.number))

    def lift(self) -> None:
        """Give up what still lies in wait."""
        with self._lock:
            self._ambushes.clear()

    def meets(self, label: str) -> str | None:
        """Count a call; return the moment at which something is to be done in it, `None` for none."""
        with self._lock:
            self.passed.append(label)
            theirs = [one for one in self._ambushes if one.trigger.label == label]
            for ambush in theirs:
                ambush.left -= 1
            due = next((one for one in theirs if one.left <= 0), None)
            if due is not None:
                self._ambushes.remove(due)
        self._met.ambush = due
        return due.trigger.moment if due is not None else None

    def fire(self) -> bool:
        """Do what lay in wait for this call; tell whether the caller is to be hung up on."""
        ambush: Ambush = self._met.ambush
        ambush.deed()
        self.fired.set()
        return ambush.cuts

    def pieces(self, label: str, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        """Read an answer; all of it, where it is to be another one: that of a SOAP call."""
        if self.distort is not None and self._changes(label):
            yield self.distort(label, b"".join(super().pieces(label, answer)))
        else:
            yield from super().pieces(label, answer)

    def length_of(self, label: str, first: bytes, answer: http.client.HTTPResponse) -> int:
        """Tell how long an answer is said to be: what was changed is one piece."""
        return len(first) if self._changes(label) else super().length_of(label, first, answer)

    def _changes(self, label: str) -> bool:
        return self.distort is not None and "#" in label


class CommitWatch:
    """Watches a SQLite file from beside, and does something at a commit; a context manager.

    Args:
        database: the file.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._ambushes: list[Ambush] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Watch nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Watch no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def lay(self, trigger: Trigger, deed: Callable[[], None]) -> None:
        """Do *deed* at a commit."""
        with self._lock:
            self._ambushes.append(Ambush(trigger, deed, cuts=False, left=trigger.number))
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="commits")
            self._thread.start()

    def lift(self) -> None:
        """Give up what still lies in wait."""
        with self._lock:
            self._ambushes.clear()

    def _watch(self) -> None:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=5)) as connection:
            before = self._version(connection)
            while not self._over.wait(LOOK_SECONDS):
                now = self._version(connection)
                if now != before:
                    before = now
                    self._count()

    def _version(self, connection: sqlite3.Connection) -> int:
        """Read the number that changes with every commit of somebody else."""
        while True:
            try:
                return int(connection.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.OperationalError:  # the program is just starting, and has it for itself
                time.sleep(LOOK_SECONDS)
                if self._over.is_set():
                    return 0

    def _count(self) -> None:
        with self._lock:
            for ambush in self._ambushes:
                ambush.left -= 1
            due = [one for one in self._ambushes if one.left <= 0]
            self._ambushes = [one for one in self._ambushes if one.left > 0]
        for ambush in due:
            ambush.deed()
