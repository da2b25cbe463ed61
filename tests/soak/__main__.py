"""Run the soak tests and write their table: `python -m tests.soak [--seed N] [PATH …]`."""

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "docs" / "soak.md"
HEAD = (
    "# What the long tests came to",
    "Written by `make soak`; each row when it last ran, with its seed. Figures as they were, with failures.",
    "",
    "| test | day | seed | cases | failures | skipped | seconds |",
    "|---|---|---|---|---|---|---|",
)
COLUMNS = 7


@dataclass
class Row:
    """What one test came to.

    Attributes:
        cases: how often it ran, with different parameters.
        failures: how often it failed.
        skipped: how often it could not run.
        seconds: in all.
    """

    cases: int = 0
    failures: int = 0
    skipped: int = 0
    seconds: float = 0.0


def main() -> int:
    """Run everything; exit status as pytest's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", default="2", help="how many tests at once")
    parser.add_argument("paths", nargs="*", default=["tests/soak"], help="which of them; all unless named")
    arguments = parser.parse_args()
    seed = arguments.seed
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "soak.xml"
        words = [
            "-m",
            "soak",
            "-n",
            arguments.workers,
            "-q",
            f"--hypothesis-seed={seed}",
            f"--junitxml={report}",
            *arguments.paths,
        ]
        status = subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False).returncode
        table = _table(report, seed, TABLE.read_text(encoding="utf-8") if TABLE.exists() else "")
    TABLE.write_text(table, encoding="utf-8")
    print(table)  # noqa: T201 - the table is the purpose
    return status


def _table(report: Path, seed: int, before: str) -> str:
    """Write the table: this run's rows, and those of tests that it left out as they stood *before*."""
    rows: dict[str, Row] = defaultdict(Row)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest has just written it
        name = (
            f"{case.get('classname', '').removeprefix('tests.soak.')}: {case.get('name', '').split('[')[0]}"
        )
        row = rows[name.replace("_", " ")]
        row.cases += 1
        row.failures += case.find("failure") is not None or case.find("error") is not None
        row.skipped += case.find("skipped") is not None
        row.seconds += float(case.get("time", "0"))
    run = f"{datetime.now(UTC):%Y-%m-%d} | {seed}"
    lines = {
        name: f"| {name} | {run} | {row.cases} | {row.failures} | {row.skipped} | {row.seconds:.0f} |"
        for name, row in rows.items()
    }
    kept = {
        line.split("|")[1].strip(): line for line in before.splitlines() if line.count("|") == COLUMNS + 1
    }
    kept.pop("test", None)
    kept.pop("---", None)
    return "\n".join([*HEAD, *(line for _, line in sorted({**kept, **lines}.items()))]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
