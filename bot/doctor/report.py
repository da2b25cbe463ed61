"""How findings are printed: a line each for people, an object each for machines. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.checkup import Finding, Outcome

NOT_WELL = 3
"""Exit status: something must be repaired."""

_SIGNS = {
    Outcome.FINE: "ok   ",
    Outcome.ATTENTION: "look ",
    Outcome.WRONG: "WRONG",
    Outcome.SKIPPED: "-    ",
}


def status_of(findings: Iterable[Finding]) -> int:
    """Compute the exit status: 0, or `NOT_WELL` when anything is wrong."""
    return NOT_WELL if any(finding.outcome is Outcome.WRONG for finding in findings) else 0


def lines(finding: Finding) -> Iterator[str]:
    """Write a finding for people: one line, and one more for its remedy."""
    yield f"{_SIGNS[finding.outcome]} {finding.name}: {_one_line(finding.says)}"
    if finding.remedy:
        yield f"      -> {_one_line(finding.remedy)}"


def summary(findings: Sequence[Finding]) -> str:
    """Count what was found."""
    counts = Counter(finding.outcome for finding in findings)
    return (
        f"{counts[Outcome.FINE]} in order, {counts[Outcome.ATTENTION]} to look at, "
        f"{counts[Outcome.WRONG]} wrong, {counts[Outcome.SKIPPED]} not examined"
    )


def as_json(findings: Sequence[Finding]) -> str:
    """Write all findings for machines."""
    rows = [
        {
            "name": finding.name,
            "outcome": finding.outcome.value,
            "says": finding.says,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]
    return json.dumps({"well": status_of(findings) == 0, "findings": rows}, ensure_ascii=False, indent=2)


def _one_line(text: str) -> str:
    return " ".join(text.split())
