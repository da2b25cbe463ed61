"""The README quotes what was measured, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def cells(text: str) -> list[tuple[str, str]]:
    """Read the first two cells of every row of every table in a text."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [(row[0].strip(), row[1].strip()) for row in rows if len(row) > 1]


def test_every_figure_that_the_readme_quotes_stands_in_the_measured_table() -> None:
    page = cells((ROOT / "docs" / "bench.md").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## How fast it is\n(.*?)^## ", readme, re.MULTILINE | re.DOTALL)
    assert section is not None
    quoted = [row for row in cells(section[1]) if row != ("what", "result")]

    assert len(quoted) >= 5
    assert [row for row in quoted if row not in page] == []


def test_the_measured_table_says_when_where_and_how_loaded_it_was() -> None:
    page = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")

    for told in (
        r"\d{4}-\d{2}-\d{2}",
        r"\d+ cores",
        r"load \d+\.\d before and \d+\.\d after",
        r"medians of \d",
    ):
        assert re.search(told, page), told
