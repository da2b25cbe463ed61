"""The troubles that a tester has ordered for the next calls."""

from dataclasses import dataclass, replace
from threading import Lock

MODES = frozenset(
    {
        "empty-body",
        "empty-envelope",
        "blank-tokens",
        "503",
        "html",
        "fault",
        "expired-session",
        "reset",
        "slow",
        "truncate",
        "redirect",
        "trickle",
        "oversized",
    }
)
MOMENTS = frozenset({"before", "after", "late"})


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    Attributes:
        action: the SOAPAction it waits for, `*` for any.
        mode: one of `MODES`.
        times: for how many calls.
        when: `before`: the method does not run. `after`: it runs, and only its answer is lost or spoilt.
            `late`: for `slow`, it runs at the end of the wait, when the client may have gone.
        seconds: machine time that `slow` holds the answer for, and `trickle` stretches it over.
    """

    action: str
    mode: str
    times: int = 1
    when: str = "before"
    seconds: float = 30.0

    def fits(self, action: str) -> bool:
        """Tell whether a call with this action meets the trouble."""
        return self.action in ("*", action)


class Faults:
    """The orders, oldest first; each call takes at most one."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._lock = Lock()

    def order(self, fault: Fault) -> None:
        """Add an order; `times` 0 instead withdraws what was ordered for that action, `*` everything."""
        with self._lock:
            if fault.times > 0:
                self._orders.append(fault)
            elif fault.action == "*":
                self._orders.clear()
            else:
                self._orders = [order for order in self._orders if order.action != fault.action]

    def take(self, action: str) -> Fault | None:
        """Return the trouble for a call, and count it off."""
        with self._lock:
            for index, order in enumerate(self._orders):
                if order.fits(action):
                    left = replace(order, times=order.times - 1)
                    self._orders[index : index + 1] = [left] if left.times else []
                    return order
        return None

    def pending(self) -> tuple[Fault, ...]:
        """Return the orders not yet used up."""
        with self._lock:
            return tuple(self._orders)
