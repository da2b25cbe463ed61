"""What Slack is told of our shortcuts must be what we listen to."""

import re
from pathlib import Path

from commands import SHORTCUTS

MANIFEST = (Path(__file__).parents[2] / "manifest.yml").read_text(encoding="utf-8")
DECLARED = re.findall(
    r"- name: (.+)\n +type: (.+)\n +callback_id: (.+)\n +description: (.+)\n", MANIFEST, re.MULTILINE
)


def test_every_shortcut_of_the_manifest_is_answered_and_no_other() -> None:
    assert {callback_id for _, _, callback_id, _ in DECLARED} == set(SHORTCUTS)


def test_slack_takes_the_shortcuts_of_the_manifest() -> None:
    for name, kind, callback_id, description in DECLARED:
        assert len(name) <= 24
        assert kind == "message"
        assert len(callback_id) <= 255
        assert len(description) <= 150
