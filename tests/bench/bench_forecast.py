"""Print how long forecasts take on this machine: `python tests/bench/bench_forecast.py`.

Figures, not a test: machines differ. The aims are 30 ms for one hourly workflow over a year, growing
linearly, and 2 s for a thousand workflows over 21 days. Counts processor time, best of five.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.domain.forecast import Plan, forecast
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import propose_shifts
from tests.periods import HOURLY, at_times, every

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
START = datetime(2027, 1, 1, tzinfo=UTC)
WINDOWS = (
    RestartWindow(time(6), NEW_YORK),
    RestartWindow(time(6), PARIS, before=timedelta(0), takes=timedelta(minutes=2)),
)


def milliseconds(work: Callable[[], object]) -> float:
    """Take the best of five, since a machine is never alone."""
    spans = []
    for _ in range(5):
        begun = process_time()
        work()
        spans.append(process_time() - begun)
    return min(spans) * 1000


def plans(count: int) -> list[Plan]:
    """Write so many workflows, each with a minute of its own."""
    texts = [
        every("1h", f"00:{number % 60:02}") if number % 10 else at_times("06:00", f"{number % 24:02}:30")
        for number in range(count)
    ]
    return [
        Plan(f"mcSynch_{number}", Schedule.parse(text), (PARIS, NEW_YORK)[number % 2], WINDOWS)
        for number, text in enumerate(texts)
    ]


def main() -> None:
    """Measure and print."""
    hourly = Schedule.parse(HOURLY)
    one = Plan("mcSynch_mcExec", hourly, PARIS, WINDOWS[:1])
    figures: list[tuple[str, Callable[[], object]]] = [
        ("reading one schedule", lambda: Schedule.parse(HOURLY)),
        *(
            (f"one hourly workflow, {days} days", partial(forecast, [one], START, days))
            for days in (21, 365, 730, 3650)
        ),
        *(
            (f"{count} workflows, 21 days, two windows", partial(forecast, plans(count), START, 21))
            for count in (100, 1000)
        ),
        ("one shift, two offsets, 400 days", lambda: propose_shifts(hourly, PARIS, WINDOWS, (), START)),
    ]
    for name, work in figures:
        sys.stdout.write(f"{name:<40}{milliseconds(work):>10.2f} ms\n")


if __name__ == "__main__":
    main()
