"""The least that one can do with a pasted journal: read its lines and their dates.

`python -m tests.bench.floors.read_lines FILE`; each line of input is one reading.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

from tests.bench.orders import Order, answer_orders


def read_lines(text: str) -> list[tuple[datetime, str, str]]:
    """Read date, activity and message of every line."""
    found = []
    for line in text.splitlines():
        at, activity, message = line.split("\t", 2)
        found.append((datetime.fromisoformat(at), activity, message))
    return found


def main() -> None:
    """Read once for each line of input."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8")

    def deed(_: Order) -> dict[str, object]:
        began = time.process_time()
        lines = read_lines(text)
        return {"ms": 1000 * (time.process_time() - began), "lines": len(lines)}

    answer_orders(deed)


if __name__ == "__main__":
    main()
