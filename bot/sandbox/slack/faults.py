"""Breaking the next calls on purpose."""

import threading
from dataclasses import dataclass, replace

MODES = ("ratelimited", "500", "html", "reset", "slow")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with the next calls of a method.

    Attributes:
        method: a Web API method, `response_url`, or `*` for any.
        mode: "ratelimited", "500", "html", "reset", "slow" or "error:<code>".
        times: how many calls it spoils.
        retry_after: seconds in the `Retry-After` header of "ratelimited".
        seconds: how long "slow" takes.
        when: "before" the effect, or "after" it: then only the answer is lost.
    """

    method: str
    mode: str
    times: int = 1
    retry_after: int = 1
    seconds: float = 10.0
    when: str = "before"


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Spoil the next calls."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        """Return what has not happened yet."""
        with self._lock:
            return list(self._waiting)

    def take(self, method: str) -> Fault | None:
        """Return the fault that this call meets, and count it."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.method in (method, "*"):
                    if fault.times <= 1:
                        del self._waiting[index]
                    else:
                        self._waiting[index] = replace(fault, times=fault.times - 1)
                    return fault
        return None
