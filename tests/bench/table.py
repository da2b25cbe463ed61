"""The table of a run: text for people, Markdown for `docs/bench.md`, JSON for machines. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.row import Row, amount

HEAD = ("what", "result", "aim", "ours", "floor", "the floor is", "what bounds it")


@dataclass(frozen=True)
class Circumstances:
    """When and where a run was made.

    Attributes:
        date: UTC, such as `2026-11-23 06:30`.
        cores: of the machine.
        python: its version.
        load: the machine's load average over a minute, before and after.
        pairs: how many pairs each ratio is the median of.
        short: whether it was the short form.
    """

    date: str
    cores: int
    python: str
    load: tuple[float, float]
    pairs: int
    short: bool

    def __str__(self) -> str:
        form = "short form, " if self.short else ""
        return (
            f"{self.date} UTC, {form}{self.cores} cores, Python {self.python}, "
            f"load {self.load[0]:.1f} before and {self.load[1]:.1f} after, "
            f"medians of {self.pairs} alternating pairs"
        )


def as_json(rows: Sequence[Row], where: Circumstances) -> dict[str, Any]:
    """Write a run for machines."""
    return {
        "date": where.date,
        "cores": where.cores,
        "python": where.python,
        "load": list(where.load),
        "pairs": where.pairs,
        "short": where.short,
        "rows": [row.as_json() for row in rows],
    }


def as_text(rows: Sequence[Row], where: Circumstances, earlier: Mapping[str, Any] | None = None) -> str:
    """Write a run for people at a terminal.

    Args:
        rows: in order.
        where: the circumstances.
        earlier: an earlier run, as `as_json` wrote it; adds how each figure has changed.
    """
    cells = [_cells(row)[:6] for row in rows]
    head: tuple[str, ...] = HEAD[:6]
    if earlier is not None:
        before = {str(one["name"]): float(one["figure"]) for one in earlier["rows"]}
        head = (*head[:2], "change", *head[2:])
        cells = [
            (*line[:2], change(before.get(row.name), row.figure), *line[2:])
            for row, line in zip(rows, cells, strict=True)
        ]
    widths = [max(len(line[column]) for line in (head, *cells)) for column in range(len(head))]
    lines = [str(where), ""]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, tuple("-" * width for width in widths), *cells)
    ]
    missed = [row for row in rows if row.is_met is False]
    lines += ["", *(f"Missed: {row.what}. {row.bound}".rstrip() for row in missed)]
    return "\n".join(lines).rstrip() + "\n"


def as_page(rows: Sequence[Row], where: Circumstances) -> str:
    """Write a run as a page of Markdown."""
    told = (
        f"Written by `make bench`: {where}. Figures as they were; the load tells whether others used the "
        "machine as well, and the ratios are what counts. Each floor is a program in `tests/bench/floors/`."
    )
    lines = [
        "# How fast it is",
        told,
        "",
        f"| {' | '.join(HEAD)} |",
        f"|{'---|' * len(HEAD)}",
        *(f"| {' | '.join(_cells(row))} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def change(before: float | None, now: float) -> str:
    """Tell how a figure has changed, in per cent; `new` where it was not measured before."""
    if before is None:
        return "new"
    if before == 0:
        return "same" if now == 0 else "from 0"
    return f"{100 * (now / before - 1):+.0f} %"


def failures(rows: Sequence[Row]) -> list[str]:
    """Name the counted rows that miss their aims: the only ones that fail a build."""
    return [
        f"{row.what}: {amount(row.figure, row.unit)}, and the aim is {row.aim}"
        for row in rows
        if row.counted and row.is_met is False
    ]


def _cells(row: Row) -> tuple[str, ...]:
    mark = {True: " ✓", False: " ✗", None: ""}[row.is_met]
    return (
        row.what,
        amount(row.figure, row.unit) + mark,
        "" if row.aim is None else str(row.aim),
        "" if row.ours is None else amount(row.ours, row.own_unit),
        "" if row.floor is None else amount(row.floor, row.own_unit),
        row.against,
        row.bound if row.is_met is False else "",
    )
