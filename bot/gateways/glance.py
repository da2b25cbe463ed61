"""Asks something that may hang, and goes on without an answer where there is none in time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from bot.domain.errors import StoreError

T = TypeVar("T")


class Glance(Generic[T]):
    """One question to the store, asked by one thread at a time: a store that hangs holds no more than that.

    Args:
        ask: asks it.
        seconds: how long to wait for the answer, the former asker's time included.
    """

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._turn = threading.Lock()

    def take(self) -> T:
        """Ask anew.

        Raises:
            StoreError: the store cannot be asked, or does not answer in time.
        """
        deadline = time.monotonic() + self._seconds
        if not self._turn.acquire(timeout=self._seconds):
            raise self._silent()
        answer: Future[T] = Future()
        try:
            threading.Thread(target=self._run, args=(answer,), name="glance", daemon=True).start()
        except RuntimeError:
            # The system gives no more threads; the next asker may get one.
            self._turn.release()
            raise self._silent() from None
        try:
            return answer.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            raise self._silent() from None

    def _run(self, answer: "Future[T]") -> None:
        try:
            found = self._ask()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asked
            self._turn.release()
            answer.set_exception(error)
        else:
            self._turn.release()
            answer.set_result(found)

    def _silent(self) -> StoreError:
        return StoreError(f"the store has not answered within {self._seconds:g} seconds")
