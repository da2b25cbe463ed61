"""The story as `.ci/run` plays it from the wheel, once by webhook and once by polling over Socket Mode."""

from pathlib import Path

import pytest

from bot.sandbox.programs import Sandbox
from bot.sandbox.story import play


@pytest.mark.parametrize(("socket_mode", "webhook"), [(False, True), (True, False)])
def test_the_story_ends_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, socket_mode: bool, webhook: bool
) -> None:
    with Sandbox(keep=tmp_path, socket_mode=socket_mode) as sandbox:
        status = play(sandbox, webhook=webhook)

    told = capsys.readouterr().out
    assert status == 0, told
    assert "One failure in, one verified change out, one write" in told
    assert {"mcsync.db", "slack.jsonl", "campaign.jsonl"} <= {path.name for path in tmp_path.iterdir()}
