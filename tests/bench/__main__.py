"""Measure and print: `python -m tests.bench [--short] [--json F] [--compare F] [--page F] [GROUP …]`.

Exit status 1 when a counted row misses its aim or could not be counted; nothing else ever fails, since
machines differ.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import requests

from tests.bench import (
    card_rows,
    counted_rows,
    fleet_rows,
    poll_rows,
    socket_rows,
    start_rows,
    status_rows,
    table,
    thinking_rows,
    webhook_rows,
)
from tests.bench.effort import LONG, SHORT, Effort
from tests.bench.program import NotMeasurable
from tests.bench.row import Row

GROUPS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    "status": status_rows.measure,
    "socket": socket_rows.measure,
    "webhook": webhook_rows.measure,
    "card": card_rows.measure,
    "calls": counted_rows.measure,
    "poll": poll_rows.measure,
    "thinking": thinking_rows.measure,
    "start": start_rows.measure,
    "fleet": fleet_rows.measure,
}

COUNTED = "calls"
"""The group whose rows are the same on every machine."""


def main() -> int:
    """Measure what was asked for, print the table, write the files."""
    arguments = _parser().parse_args()
    earlier = json.loads(arguments.compare.read_text(encoding="utf-8")) if arguments.compare else None
    effort = SHORT if arguments.short else LONG
    before = os.getloadavg()[0]
    rows: list[Row] = []
    unmeasured: list[str] = []
    for name in arguments.groups or GROUPS:
        sys.stderr.write(f"Measuring {name} …\n")
        try:
            rows += GROUPS[name](effort)
        except (NotMeasurable, requests.RequestException) as error:
            sys.stderr.write(f"{name} could not be measured: {error}\n")
            unmeasured.append(name)
        where = table.Circumstances(
            date=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
            cores=os.cpu_count() or 0,
            python=platform.python_version(),
            load=(before, os.getloadavg()[0]),
            pairs=effort.pairs,
            short=effort.short,
        )
        # After each group: a long run that is cut short leaves what it has measured.
        _write(arguments.json, json.dumps(table.as_json(rows, where), indent=1, ensure_ascii=False) + "\n")
        _write(arguments.page, table.as_page(rows, where))
    sys.stdout.write(table.as_text(rows, where, earlier))
    missed = table.failures(rows)
    for one in missed:
        sys.stderr.write(f"A counted row misses its aim: {one}\n")
    return 1 if missed or COUNTED in unmeasured else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure mcsync.")
    parser.add_argument("--short", action="store_true", help="within a minute; figures are rough")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the run for machines")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="show the change since such a file")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the run as Markdown")
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all unless named"
    )
    return parser


def _write(path: Path | None, text: str) -> None:
    if path is not None:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
