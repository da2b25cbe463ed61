"""Keeps what was made of the store's content for as long as nothing is written. Decides nothing."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from bot.service.ports import Store

T = TypeVar("T")

MOST_KEPT = 64


class Kept:
    """The latest things made of the store; any thread may ask. What is given out must not be changed.

    Args:
        store: tells when something was written, by whichever process.
        most: how many things are kept.
    """

    def __init__(self, store: Store, most: int = MOST_KEPT) -> None:
        self._store = store
        self._most = most
        self._lock = Lock()
        self._things: OrderedDict[tuple[str, Hashable], object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was made under *key*, or make it anew if anything was written since.

        Args:
            key: names what *make* makes and everything that it makes it of, the store left out.
            make: reads the store and returns a value; what it raises is raised, and not kept.
        """
        # Asked for before the store is read: whatever is written meanwhile has a later name.
        place = (self._store.revision(), key)
        with self._lock:
            if place in self._things:
                self._things.move_to_end(place)
                return cast("T", self._things[place])
        thing = make()
        with self._lock:
            self._things[place] = thing
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return thing
