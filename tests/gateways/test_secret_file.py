"""Webhook secrets that are changed while the bot runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.gateways.secret_file import SecretFile
from bot.settings_secrets import read_webhook_secrets

OLD, NEW = "whsec_dGhlIG9sZCBzZWNyZXQsIDI0IGJ5dGVz", "whsec_dGhlIG5ldyBzZWNyZXQsIDI0IGJ5dGVz"


def replaced(path: Path, text: str) -> None:
    """Put another file in its place at once, as a secret store or an editor does."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(OLD, encoding="utf-8")
    return path


def test_both_are_valid_while_both_stand_there_and_the_old_one_ends(path: Path) -> None:
    secrets = SecretFile(path, (OLD,), read_webhook_secrets)
    assert secrets.current() == (OLD,)

    replaced(path, f"{OLD}\n{NEW}\n")
    assert secrets.current() == (OLD, NEW)

    replaced(path, NEW)
    assert secrets.current() == (NEW,)


def test_a_file_that_is_written_in_place_is_read_anew(path: Path) -> None:
    secrets = SecretFile(path, (OLD,), read_webhook_secrets)
    assert secrets.current() == (OLD,)

    path.write_text(NEW, encoding="utf-8")
    os.utime(path, ns=(1, 1))

    assert secrets.current() == (NEW,)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: replaced(path, ""),
        lambda path: replaced(path, "no secret"),
        lambda path: replaced(path, f"{OLD} {NEW[:14]}"),
        lambda path: path.write_bytes(b"\xff\xfe"),
    ],
    ids=["missing", "empty", "something else", "half written", "no text"],
)
def test_a_spoilt_file_leaves_the_last_good_secrets_and_is_told_once(
    path: Path, spoil: Callable[[Path], object]
) -> None:
    secrets = SecretFile(path, (OLD,), read_webhook_secrets)
    secrets.current()
    spoil(path)

    with capture_logs() as told:
        assert [secrets.current() for _ in range(3)] == [(OLD,)] * 3
    assert [line["event"] for line in told] == ["webhook.secrets_unreadable"]

    replaced(path, NEW)
    assert secrets.current() == (NEW,)


def test_no_secret_is_told_when_they_change(path: Path) -> None:
    secrets = SecretFile(path, (OLD,), read_webhook_secrets)
    replaced(path, f"{OLD} {NEW}")

    with capture_logs() as told:
        secrets.current()

    assert told[0]["event"] == "webhook.secrets_changed"
    assert told[0]["valid"] == 2
    assert "whsec_" not in str(told)
