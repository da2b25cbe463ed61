"""How a measured program takes orders: a line of JSON in, a line of JSON out."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

Order = Mapping[str, Any]


def say(line: str) -> None:
    """Tell one line to whoever started this process."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def answer_orders(deed: Callable[[Order], Mapping[str, Any]]) -> None:
    """Say that we are ready, then carry out order after order until there are no more."""
    say("ready")
    for line in sys.stdin:
        say(json.dumps(deed(json.loads(line))))
