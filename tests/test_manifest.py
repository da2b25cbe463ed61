"""The manifest must say what the program is: Slack learns of us from nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot import app, manifest
from bot.cli import main
from bot.sandbox.slack.methods import METHODS as STAND_INS_METHODS
from bot.web.application import SLACK_PATH
from commands import EVENTS, SHORTCUTS
from commands.grammar import COMMANDS

ROOT = Path(__file__).parent.parent


def printed(*words: str) -> str:
    result = CliRunner().invoke(main, ["manifest", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def read(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(printed(*words))
    return found


def test_the_file_in_the_repository_is_what_the_program_prints() -> None:
    shown = printed()

    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == shown, "run: mcsync manifest > manifest.yml"


def test_every_web_api_method_that_is_called_is_in_the_table_and_no_other() -> None:
    called = {"apps.connections.open"}
    for file in (ROOT / "bot/gateways/slack").glob("*.py"):
        called |= set(re.findall(r'"([a-z]+(?:\.[a-zA-Z]+)+)"', file.read_text(encoding="utf-8")))

    assert {name for name in called if name in STAND_INS_METHODS} == {
        *manifest.METHODS,
        "apps.connections.open",
    }


def test_the_table_asks_for_what_the_stand_in_demands_of_each_method() -> None:
    for name, need in manifest.METHODS.items():
        assert set(STAND_INS_METHODS[name].scopes) <= set(need.scopes), name


def test_each_scope_stands_in_the_manifest_below_its_reasons() -> None:
    lines = printed().splitlines()
    found = read()["oauth_config"]["scopes"]["bot"]

    assert found == sorted(found)
    for scope in found:
        above = lines[lines.index(f"      - {scope}") - 1]
        assert above.startswith("      # "), scope


def test_commands_shortcuts_and_events_are_those_of_the_phone_book() -> None:
    found = read()

    (command,) = found["features"]["slash_commands"]
    assert command["command"] == "/mcsync"
    assert command["usage_hint"].split(" | ") == list(COMMANDS)
    assert {entry["callback_id"] for entry in found["features"]["shortcuts"]} == set(SHORTCUTS)
    assert found["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert found["features"]["app_home"]["home_tab_enabled"] == ("app_home_opened" in EVENTS)


def test_slack_takes_the_lengths_of_everything() -> None:
    found = read()

    assert len(found["display_information"]["name"]) <= 35
    assert len(found["display_information"]["description"]) <= 140
    for command in found["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["usage_hint"]) <= 1000
    for shortcut in found["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255


def test_by_socket_mode_no_address_is_named() -> None:
    found = read()

    assert found["settings"]["socket_mode_enabled"] is True
    assert found["settings"]["interactivity"] == {"is_enabled": True}
    assert "url" not in found["features"]["slash_commands"][0]


def test_by_http_everything_goes_to_the_one_path_for_slack() -> None:
    found = read("--http", "https://bot.example.com/", "--command", "/archive")

    address = "https://bot.example.com/slack/events"
    assert found["settings"]["socket_mode_enabled"] is False
    assert found["settings"]["interactivity"]["request_url"] == address
    assert found["settings"]["event_subscriptions"]["request_url"] == address
    (command,) = found["features"]["slash_commands"]
    assert (command["command"], command["url"]) == ("/archive", address)


@pytest.mark.parametrize(
    "words",
    [
        ("--http", "http://bot.example.com"),
        ("--http", "https://bot.example.com/a path"),
        ("--command", "mcsync"),
        ("--command", "/mc sync"),
    ],
)
def test_an_address_or_command_that_slack_would_refuse_is_refused(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["manifest", *words])

    assert result.exit_code == 2
    assert "write a" in result.output


def test_a_text_is_quoted_so_that_yaml_reads_it_as_it_is() -> None:
    entrances = manifest.Entrances(("a: b", '"c"'), {"k": ("x # y", "é: ☃")}, ())

    found = yaml.safe_load(manifest.write(entrances))

    assert found["features"]["slash_commands"][0]["usage_hint"] == 'a: b | "c"'
    assert found["features"]["shortcuts"][0]["name"] == "x # y"
    assert found["features"]["shortcuts"][0]["description"] == "é: ☃"


def test_an_event_of_the_phone_book_that_the_table_does_not_know_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(KeyError):
        manifest.write(manifest.Entrances((), {}, ("message",)))


def test_the_path_of_the_manifest_is_that_of_the_web_server() -> None:

    assert manifest.SLACK_PATH == SLACK_PATH
    assert app.entrances().events == tuple(EVENTS)
