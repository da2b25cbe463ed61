"""The command line: what cannot be used is one sentence and exit status 2; what runs ends when it is told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.cli_words import UNUSABLE

SECRETS = {
    "MCSYNC_SLACK_BOT_TOKEN": "xoxb-1-SECRET",
    "MCSYNC_SLACK_SIGNING_SECRET": "signing-SECRET",
    "MCSYNC_CAMPAIGN_PROD_PASSWORD": "password-SECRET",
}
CONFIGURATION = """\
[slack]
mode = "http"
api_url = "http://127.0.0.1:1/api/"
channel = "C0123456789"
[store]
url = "{store}"
[web]
listen = "127.0.0.1:0"
[[campaign]]
name = "prod"
url = "http://127.0.0.1:1"
login = "mcsync"
zone = "Europe/Paris"
[[campaign.execution]]
account = "mcExec1"
url = "http://127.0.0.1:1"
restart = "06:00:00"
zone = "Europe/Paris"
"""


pytestmark = pytest.mark.usefixtures("log_as_it_was")


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    """`run` takes over signals, here those of the test's own process."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def file_in(folder: Path, content: str = CONFIGURATION, store: str = "") -> str:
    file = folder / "mcsync.toml"
    file.write_text(content.format(store=store or f"sqlite:///{folder / 'mcsync.db'}"), encoding="utf-8")
    return str(file)


def mcsync(*words: str, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command in this process."""
    result = CliRunner().invoke(main, list(words), env=SECRETS if environment is None else environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def program(*words: str, code: str = "") -> "subprocess.Popen[str]":
    """Start a command as a program of its own."""
    start = [sys.executable, "-c", f"{code}\nfrom bot.cli import main\nmain()", *words]
    return subprocess.Popen(
        start, env={**os.environ, **SECRETS}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


# --- Help -----------------------------------------------------------------------------------------


def test_help_names_every_command_with_its_sentence() -> None:
    status, out, _ = mcsync("-h")

    assert status == 0
    for name, command in main.commands.items():
        assert name in out
        assert (command.help or "").strip(), name


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_of_every_command_says_what_it_does_or_what_it_may_be(name: str) -> None:
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Option):
            told = parameter.help or isinstance(parameter.type, click.Choice) or parameter.show_default
            assert told, f"{name} {parameter.opts}"
    assert mcsync(name, "--help")[0] == 0


def test_the_version_is_that_of_the_package() -> None:
    status, out, _ = mcsync("--version")

    assert status == 0
    assert "mcsync" in out


def test_an_unknown_command_or_word_is_status_2() -> None:
    assert mcsync("rnu")[0] == UNUSABLE
    assert mcsync("run", "--log", "xml")[0] == UNUSABLE


# --- Configuration that cannot be used ------------------------------------------------------------


@pytest.mark.parametrize("words", [("run",), ("campaign-script", "prod", "--url", "https://bot.example.com")])
def test_a_missing_file_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    status, out, err = mcsync(*words, "--config", str(tmp_path / "none.toml"))

    assert status == UNUSABLE
    assert out == ""
    assert err == (
        "The configuration is wrong:\n"
        f"  {tmp_path / 'none.toml'}: there is no such file; copy the example from the README\n"
    )


def test_a_wrong_file_and_missing_secrets_are_named_at_once(tmp_path: Path) -> None:
    wrong = file_in(
        tmp_path, CONFIGURATION.replace("C0123456789", "#ops").replace("Europe/Paris", "Paris", 1)
    )

    status, _, err = mcsync("run", "--config", wrong, environment=dict.fromkeys(SECRETS, ""))

    assert status == UNUSABLE
    assert [line.partition(":")[0].strip() for line in err.splitlines()[1:]] == [
        "slack.channel",
        "campaign.0.zone",
        "slack.bot_token_file",
        "slack.signing_secret_file",
        "campaign.0.password_file",
    ]
    assert "Traceback" not in err


@pytest.mark.parametrize("store", ["sqlite:////nowhere/at/all/mcsync.db", "mysql://u:SECRET@h/x"])
def test_a_store_that_cannot_be_used_is_a_sentence(tmp_path: Path, store: str) -> None:
    status, out, err = mcsync("run", "--config", file_in(tmp_path, store=store))

    assert status == UNUSABLE
    assert out == ""
    assert "Traceback" not in err
    assert "SECRET" not in err


# --- The script for Campaign ----------------------------------------------------------------------


def test_the_script_is_printed_for_the_instance_that_is_named(tmp_path: Path) -> None:
    status, out, err = mcsync(
        "campaign-script", "prod", "--url", "https://bot.example.com/", "--config", file_in(tmp_path)
    )

    assert (status, err) == (0, "")
    assert 'var MCSYNC_URL = "https://bot.example.com/webhooks/campaign/prod";' in out
    assert "SECRET" not in out


def test_whoever_prints_the_script_needs_no_secret(tmp_path: Path) -> None:
    words = ("campaign-script", "prod", "--url", "https://bot.example.com", "--config", file_in(tmp_path))

    status, out, err = mcsync(*words, environment=dict.fromkeys(SECRETS, ""))

    assert (status, err) == (0, "")
    assert 'var MCSYNC_WORKFLOWS = ["mcSynch_mcExec1"];' in out


def test_an_address_in_clear_is_told_beside_the_script(tmp_path: Path) -> None:
    words = ("campaign-script", "prod", "--config", file_in(tmp_path), "--url")

    status, out, err = mcsync(*words, "http://bot.example.com:8080")
    assert (status, out.count("var MCSYNC_URL")) == (0, 1)
    assert err.startswith("http://bot.example.com:8080: over http:// the webhook secret travels in clear")

    assert mcsync(*words, "http://127.0.0.1:8080")[2] == ""


def test_an_unknown_instance_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    status, out, err = mcsync(
        "campaign-script", "stage", "--url", "https://bot.example.com", "--config", file_in(tmp_path)
    )

    assert (status, out) == (UNUSABLE, "")
    assert err == "There is no instance stage in the configuration. There is: prod.\n"


@pytest.mark.parametrize("base", ["bot.example.com", "ftp://bot.example.com", "https://"])
def test_an_address_that_campaign_could_not_call_is_refused(tmp_path: Path, base: str) -> None:
    status, out, err = mcsync("campaign-script", "prod", "--url", base, "--config", file_in(tmp_path))

    assert (status, out) == (UNUSABLE, "")
    assert "begins with https:// (or http://)" in err


# --- Programs of their own ------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_says_where_it_listens_and_ends_when_it_is_told(tmp_path: Path, number: signal.Signals) -> None:
    running = program("run", "--config", file_in(tmp_path), "--log", "json")
    try:
        assert running.stdout is not None
        first = running.stdout.readline()
        # Impatient people press Ctrl-C more than once; a handler that takes a lock would wait for itself.
        for _ in range(100):
            running.send_signal(number)
        _, err = running.communicate(timeout=20)
    finally:
        running.kill()
        running.communicate()

    assert first.startswith("mcsync listens on port ")
    assert running.returncode == 0
    assert "program.closed" in err
    assert "SECRET" not in err


def test_without_its_extra_the_sandbox_says_what_to_install() -> None:
    missing = program("sandbox", code="import sys\nsys.modules['starlette'] = None")

    out, err = missing.communicate(timeout=20)

    assert missing.returncode == UNUSABLE
    assert out == ""
    assert err.startswith("The sandbox needs its extra: pip install 'mcsync[sandbox]' (starlette")


def test_commands_that_need_nothing_import_nothing_of_the_program() -> None:
    code = "import atexit, sys\natexit.register(lambda: print(sorted(sys.modules), file=sys.stderr))"

    asked = program("--help", code=code)
    out, err = asked.communicate(timeout=20)

    assert "campaign-script" in out
    for heavy in ("slack_bolt", "zeep", "apscheduler", "sqlite_utils", "pydantic", "bot.sandbox.slack"):
        assert f"'{heavy}'" not in err
