"""The judge at the end of every flow lets nothing pass that Slack would not take."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sent import assert_all_valid, payloads
from tests.flows.town import Town

Json = dict[str, Any]
LONG = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
FINE = {"type": "header", "text": {"type": "plain_text", "text": "x"}}
HOME = {"type": "home", "blocks": [{"type": "file", "external_id": "x", "source": "remote"}]}
CHART = {"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": []}}


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("chat.postMessage", {"text": "x", "blocks": [LONG]}),
        ("chat.postEphemeral", {"text": "x", "blocks": json.dumps([LONG])}),
        ("chat.postMessage", {"text": "", "blocks": [FINE]}),
        ("chat.update", {"text": "x", "blocks": [CHART]}),
        ("views.publish", {"user_id": "U0ADA", "view": HOME}),
        ("views.open", {"view": json.dumps({"type": "modal", "title": FINE["text"], "blocks": [LONG]})}),
        ("acknowledgement", {"of": "interactive", "response_action": "update", "view": HOME}),
        ("response_url", {"text": "x", "blocks": [LONG]}),
    ],
)
def test_what_slack_would_not_take_is_found(tmp_path: Path, method: str, body: Json) -> None:
    log = tmp_path / "slack.jsonl"
    log.write_text(json.dumps({"method": method, "body": body}) + "\n", encoding="utf-8")

    with pytest.raises(AssertionError):
        assert_all_valid(log)


def test_a_town_hands_over_cards_boxes_and_answers(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        town.collide()
        town.type("U0SAM", "/mcsync diagnose")
        town.slack_lever("command", user="U0SAM", text="/mcsync diagnose paste")

    kinds = {method for method, _ in payloads(tmp_path / "slack.jsonl")}

    assert {"chat.postMessage", "views.open"} <= kinds
    assert "acknowledgement" in kinds
