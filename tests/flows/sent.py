"""Everything that a program sent to Slack in a test, judged in the end: messages, boxes, Home tabs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.commands.valid import assert_valid_blocks, assert_valid_view

Json = dict[str, Any]
Sent = tuple[str, Json]


def assert_all_valid(log: Path) -> None:
    """Find nothing in the stand-in's call log that one of the judges would refuse."""
    for method, body in payloads(log):
        view = body.get("view")
        if isinstance(view, dict):
            assert_valid_view(view)
        if "blocks" in body:
            assert_valid_blocks(body["blocks"])
        if "blocks" in body and body.get("text") == "":
            raise AssertionError(f"{method} has no text to be read aloud")


def payloads(log: Path) -> Iterator[Sent]:
    """Read each different payload of a call log once: its method and its body, nested JSON decoded."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    for line in dict.fromkeys(lines):
        sent = json.loads(line)
        body = sent["body"]
        if body.keys() & {"blocks", "view"}:
            yield sent["method"], {key: _decoded(value) for key, value in body.items()}


def _decoded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Decode what slack_sdk puts into a form as JSON text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
