"""What takes thought and no network: forecasts against a search of every minute, the diagnosis of a paste."""

import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.effort import Effort
from tests.bench.figures import Pair, alternate
from tests.bench.program import NotMeasurable, Program
from tests.bench.row import Aim, Row, ratio_row

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
START = datetime(2027, 1, 1, tzinfo=UTC)
WINDOWS = ((PARIS, 359, 363), (NEW_YORK, 360, 363))
"""Zone, first and last minute of the day in which a run is in danger."""
SAMPLE = 20
LINES = 10_000
SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"


def measure(effort: Effort) -> Iterator[Row]:
    """Measure the forecasts, then the diagnosis."""
    with (
        tempfile.TemporaryDirectory(prefix="mcsync-bench-") as folder,
        Program("tests.bench.our_thinking") as ours,
    ):
        with Program("tests.bench.floors.minute_search") as floor:
            yield _forecast(effort, ours, floor, count=1, days=365, sample=1)
            yield _forecast(effort, ours, floor, count=1000, days=21, sample=SAMPLE)
        path = Path(folder) / "journal.txt"
        path.write_text(journal(LINES), encoding="utf-8")
        with Program("tests.bench.floors.read_lines", str(path)) as floor:
            pairs = alternate(
                effort.pairs,
                lambda: float(ours.ask({"do": "diagnose", "path": str(path)})["ms"]),
                lambda: float(floor.ask({})["ms"]),
            )
        yield ratio_row(
            "diagnosis-10000",
            f"diagnosis of {LINES:,} journal lines",
            [Pair(*pair) for pair in pairs],
            "ms",
            against="reading the lines and their dates",
        )


def _forecast(effort: Effort, ours: Program, floor: Program, *, count: int, days: int, sample: int) -> Row:
    """Compare with a search of every minute; of many workflows, it searches a *sample*, counted up."""
    # One workflow archives from one execution instance; many of them from several.
    windows = WINDOWS if count > 1 else WINDOWS[:1]
    order = {"do": "forecast", "start": START.isoformat(), "days": days, "windows": windows}
    plans = [plan(number) for number in range(count)]
    few = {**order, "plans": plans[:: count // sample + 1][:sample]}
    if ours.ask(few)["found"] != (found := floor.ask(few)["found"]) or not found:
        raise NotMeasurable("The forecast and the search of every minute do not find the same.")
    pairs = alternate(
        effort.pairs,
        lambda: ours.ask({**order, "plans": plans}),
        lambda: floor.ask(few),
    )
    times = count / sample
    counted_up = f", {sample} workflows × {times:.0f}" if sample < count else ""
    # Told as how many times faster we are: the search's time over ours.
    faster = [Pair(times * _ms(slow), _ms(quick)) for quick, slow in pairs]
    row = ratio_row("", "", faster, "ms", against=f"a search of every minute{counted_up}")
    return Row(
        f"forecast-{count}",
        f"forecast of {count:,} workflow{'s' if count > 1 else ''} × {days} days: times faster",
        row.figure,
        "×",
        aim=Aim(50, "×", at_least=True),
        bound="a value is made for each restart and each collision; the search keeps bare instants",
        ours=row.floor,
        floor=row.ours,
        own_unit="ms",
        against=row.against,
    )


def _ms(answer: dict[str, Any]) -> float:
    return max(0.01, float(answer["ms"]))


def plan(number: int) -> tuple[str, int | None, int]:
    """Make a workflow's zone, hour (`None` for every hour) and minute; one in ten is daily."""
    zone = (PARIS, NEW_YORK)[number // 2 % 2]
    return (zone, number // 10 % 24, 0) if number % 10 == 9 else (zone, None, number % 60)


def journal(lines: int, seed: int = 1) -> str:
    """Write a journal as the console gives it: hourly runs, and a collision every morning at six."""
    source = random.Random(seed)  # noqa: S311 - repeatable, not secret
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    told: list[str] = []
    while len(told) < lines:
        at = hour
        for activity in ("schedule", "soapImport", "soapImportBatchEvent", "jsReplicateUrl", "end"):
            for _ in range(3):
                number = source.randrange(99_999)
                told.append(
                    f"{at:%Y-%m-%d %H:%M:%S}\t{activity}\t{number} rows processed in {number % 977} ms"
                )
                at += timedelta(seconds=2)
        if hour.hour == 6:
            wrapper = "SCR-160012 error while evaluating script 'mcSynch_mcExec1/soapImport'."
            told += [f"{at:%Y-%m-%d %H:%M:%S}\tsoapImport\t{message}" for message in (wrapper, SENTENCE)]
        hour += timedelta(hours=1)
    return "\n".join(told[:lines])
