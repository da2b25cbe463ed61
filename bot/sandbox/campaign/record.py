"""Every SOAP call, appended to a JSON Lines file; passwords and tokens are masked."""

import json
import re
from collections import Counter
from pathlib import Path
from threading import Lock
from xml.sax.saxutils import escape

from bot.sandbox.campaign.wire import Call

MASK = "***"
LOG_ON_METHODS = {"Logon": 1, "BearerTokenLogon": 0}


class SoapRecord:
    """Counts calls, and writes `{"action", "body", "status"}` for each.

    Attributes:
        path: the file, `None` to write nothing.
        counts: how often each action was called, whatever came of it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, action: str, body: bytes, status: int, secrets: set[str]) -> None:
        """Append a call; `status` is 0 where no answer was given."""
        with self._lock:
            self.counts[action] += 1
        if self.path is None:
            return
        text = body.decode("utf-8", errors="replace")
        for secret in sorted(secrets, key=len, reverse=True):
            text = re.sub(rf"(?<![^>=\s]){re.escape(escape(secret))}(?![^<;\s])", MASK, text)
        line = json.dumps({"action": action, "body": text, "status": status}, ensure_ascii=False)
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def secrets_of(call: Call) -> set[str]:
    """Return the secrets that a call itself carries: the password, right or wrong, and tokens."""
    index = LOG_ON_METHODS.get(call.method)
    secret = "" if index is None else call.text(index)
    return {text for text in (secret, call.token) if text}
