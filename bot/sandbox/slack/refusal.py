"""How Slack says no. One exception for all of Slack's error codes; the web layer turns it into JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object, as it travels."""


class SlackRefusal(Exception):
    """Slack's answer `{"ok": false, "error": code, ...}`.

    Attributes:
        code: Slack's own error code.
        fields: what else stands in the answer, such as `needed` and `provided`.
    """

    def __init__(self, code: str, fields: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.fields = dict(fields or {})
        super().__init__(code)

    def answer(self) -> Json:
        """Return the body of the answer."""
        return {"ok": False, "error": self.code, **self.fields}


def refusal_with_messages(code: str, messages: Sequence[str]) -> SlackRefusal:
    """Return a refusal that explains itself in `response_metadata.messages`, as for `invalid_blocks`."""
    errors = [message.removeprefix("[ERROR] ") for message in messages]
    return SlackRefusal(code, {"errors": errors, "response_metadata": {"messages": list(messages)}})
