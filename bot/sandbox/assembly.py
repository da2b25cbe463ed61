"""Parts that are opened one after the other, and closed together however far that came."""

from abc import ABC, abstractmethod
from contextlib import ExitStack
from types import TracebackType
from typing import Self


class Assembly(ABC):
    """Opens its parts on entering, and closes them on leaving, or when one of them does not open."""

    _stack: ExitStack

    def __enter__(self) -> Self:
        """Open everything."""
        with ExitStack() as opening:
            self._stack = opening
            self._open()
            self._stack = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything, the last one first."""
        self._stack.close()

    @abstractmethod
    def _open(self) -> None:
        """Open one part after the other, and put into `_stack` how each is closed."""
