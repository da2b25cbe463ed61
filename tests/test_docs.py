"""What people read must be what the program is."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from bot.cli import main
from bot.settings_loading import parse
from commands.grammar import COMMANDS
from tests.flows.town import ENVIRONMENT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_command_as_the_grammar_does() -> None:
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in README.splitlines()
        if line.startswith("| `/mcsync ")
    ]

    expected = []
    for entry in COMMANDS.values():
        words = " ".join(filter(None, ("/mcsync", entry.name, entry.usage))).replace("|", r"\|")
        expected.append([f"`{words}`", entry.does])

    assert [row[:2] for row in cells] + [row[2:] for row in cells] == expected


def test_the_first_forty_lines_of_the_readme_hold_what_a_newcomer_needs() -> None:
    first = "\n".join(README.splitlines()[:40])

    for needed in ("make demo", "make test", "Shift +5 min", "`/mcsync help [command]`", "`/mcsync now`"):
        assert needed in first, needed
    for place in (
        "commands/",
        "bot/domain/",
        "bot/service/",
        "bot/gateways/",
        "bot/web/",
        "bot/sandbox/",
        "bot/app.py",
    ):
        assert f"`{place}`" in first, place


def test_the_map_of_the_readme_names_what_is_there() -> None:
    rows = re.findall(r"^\| ((?:`[a-z_/.]+`(?:, )?)+) \|", README, re.MULTILINE)

    for row in rows:
        for place in re.findall(r"`([^`]+)`", row):
            assert (ROOT / place).exists(), place


def test_every_command_of_the_command_line_that_the_readme_shows_exists() -> None:
    shown = set(re.findall(r"`mcsync ([a-z-]+)", README)) | set(
        re.findall(r"^mcsync ([a-z]+) .*--", README, re.MULTILINE)
    )

    assert shown
    assert shown <= set(main.commands)


def test_the_configuration_of_the_readme_is_one() -> None:
    example = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert example is not None
    text = "\n".join(line.removeprefix("   ") for line in example[1].splitlines())

    settings = parse(tomllib.loads(text), ENVIRONMENT)

    assert settings.campaign("prod").instance.workflows == {"mcSynch_mcExec1"}


def test_no_file_names_an_index_or_a_folder_of_some_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        return
    addresses = re.compile(r"(--index-url|--find-links|--extra-index)|^/(home|root|work)/", re.MULTILINE)
    for name in listed.stdout.split():
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".toml", ".txt", ".yml"}
            and path != Path(__file__)
            and path.is_file()
        ):
            assert not addresses.search(path.read_text(encoding="utf-8")), name


def test_help_of_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = ("zeep", "slack_bolt", "apscheduler")
    code = f"import sys; import bot.cli; print([name for name in {heavy} if name in sys.modules])"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert shown.stdout.strip() == "[]"
