"""Forecasts and diagnoses as the bot does, as a process, and tells what processor time that takes.

`python -m tests.bench.our_thinking`; each line of input is one order, see `main`.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.forecast import Plan, forecast
from bot.domain.paste import read_paste
from bot.domain.paste_verdict import judge_paste
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from tests.bench.orders import Order, answer_orders
from tests.periods import every, fixed


def look_ahead(order: Order) -> Callable[[], int]:
    """Prepare a forecast; it returns how many minutes hold a run that meets a restart."""
    plans = [
        Plan(
            f"mcSynch_{number}",
            Schedule.parse(
                every("1h", f"00:{minute:02}") if hour is None else fixed(f"{hour:02}:{minute:02}")
            ),
            ZoneInfo(zone),
            tuple(_window(*window) for window in order["windows"]),
        )
        for number, (zone, hour, minute) in enumerate(order["plans"])
    ]
    start = datetime.fromisoformat(order["start"])
    return lambda: sum(
        len({collision.run.at for collision in one.collisions})
        for one in forecast(plans, start, order["days"])
    )


def diagnose(order: Order) -> Callable[[], int]:
    """Prepare the diagnosis of a pasted journal; it returns how many failures are in it."""
    zone = ZoneInfo("Europe/Paris")
    text = Path(order["path"]).read_text(encoding="utf-8")
    windows = [RestartWindow(clock(6), zone)]
    return lambda: judge_paste(read_paste(text, zone), windows=windows).failures


def _window(zone: str, first: int, last: int) -> RestartWindow:
    """Make the window of a minute's restart that lasts from minute *first* of the day to minute *last*."""
    return RestartWindow(
        clock(*divmod(first, 60)),
        ZoneInfo(zone),
        before=timedelta(0),
        takes=timedelta(minutes=last - first + 1),
        margin=timedelta(0),
    )


DEEDS: Mapping[str, Callable[[Order], Callable[[], int]]] = {
    "forecast": look_ahead,
    "diagnose": diagnose,
}


def main() -> None:
    """Carry out `{"do": …}` for each line of input; tells milliseconds and what was found."""

    def carry_out(order: Order) -> dict[str, object]:
        deed = DEEDS[order["do"]](order)
        began = time.process_time()
        found = deed()
        return {"ms": 1000 * (time.process_time() - began), "found": found}

    answer_orders(carry_out)


if __name__ == "__main__":
    main()
