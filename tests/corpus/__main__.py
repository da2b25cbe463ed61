"""Print the confusion matrix of the diagnosis over all labelled cases: `python -m tests.corpus`."""

import sys
from collections import Counter

from tests.corpus.cases import Case, load

SHOWN = 30
"""Wrong verdicts that are listed."""


def main() -> int:
    """Judge every case and print how the verdicts lie; exit status 1 when one is wrong."""
    cases = load()
    found = {case.name: case.found() for case in cases}
    print(matrix(cases, found))  # noqa: T201 - the output is the purpose
    wrong = [case for case in cases if found[case.name][0] != case.cause]
    for case in wrong[:SHOWN]:
        print(f"wrong: {case.file}: {case.name}: {found[case.name][0]} instead of {case.cause}")  # noqa: T201 - as above
    return 1 if wrong else 0


def matrix(cases: tuple[Case, ...], found: dict[str, tuple[str, bool]]) -> str:
    """Draw the matrix: true causes down, verdicts across by letter, then what it comes to."""
    counts = Counter((case.cause, found[case.name][0]) for case in cases)
    causes = sorted({cause for pair in counts for cause in pair})
    letters = {cause: chr(ord("A") + index) for index, cause in enumerate(causes)}
    width = max(map(len, causes)) + 4
    lines = [" " * width + "".join(f"{letter:>4}" for letter in letters.values())]
    for cause, letter in letters.items():
        row = "".join(f"{counts[cause, verdict] or '·':>4}" for verdict in causes)
        lines.append(f"{letter}  {cause}".ljust(width) + row)
    true = [case for case in cases if case.collides]
    recognised = sum(found[case.name][0] == case.cause for case in true)
    offered = sum(found[case.name][1] for case in true)
    wrongly = sum(found[case.name][1] for case in cases if not case.collides)
    lines += [
        "",
        f"{len(cases)} cases, {sum(found[case.name][0] == case.cause for case in cases)} judged right",
        f"restart collisions: {recognised} of {len(true)} recognised, {offered} offered a shift",
        f"other causes that were offered a shift: {wrongly}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
