"""The threat model names tests; each must exist, or it would be a promise."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[a-z_/]+\.py(?:::[A-Za-z_:]+)?)`", TEXT)))


def names_in(file: Path) -> set[str]:
    """Name the tests of a file as pytest does."""
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            inside = (part.name for part in node.body if isinstance(part, ast.FunctionDef))
            names |= {f"{node.name}::{name}" for name in inside}
    return {name for name in names if name.rpartition("::")[2].startswith("test_")}


@pytest.mark.parametrize("named", NAMED)
def test_every_test_that_the_threat_model_names_exists(named: str) -> None:
    place, _, name = named.partition("::")

    assert (ROOT / place).is_file(), place
    if name:
        assert name in names_in(ROOT / place), named


def test_each_kind_of_threat_has_its_answers_and_each_answer_its_test() -> None:
    parts = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    for threat in ("Forge", "Replay", "Escalate", "Read", "Exhaust"):
        (part,) = (part for part in parts if part.startswith(threat))
        rows = [row for row in part.splitlines() if row.startswith("| ") and not row.startswith("| what")]
        assert len(rows) >= 4, threat
        assert all(re.search(r"`tests/", row.rsplit("| ", 1)[1]) for row in rows), threat
