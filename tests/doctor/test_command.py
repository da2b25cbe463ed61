"""`mcsync doctor` as a person runs it: lines, JSON, exit status, and the folder of answers."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.doctor import report
from bot.doctor.keep import Folder, redacted
from bot.domain.checkup import attention, fine, skipped, wrong
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.slack.server import SlackServer
from tests.doctor.stage import Installation
from tests.flows.town import HandClock

pytestmark = pytest.mark.usefixtures("log_as_it_was")


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[SlackServer, CampaignServer]]:
    with SlackServer(mode="socket") as slack, CampaignServer() as campaign:
        yield slack, campaign


@pytest.fixture
def installation(tmp_path: Path, servers: tuple[SlackServer, CampaignServer]) -> Installation:
    return Installation(tmp_path, *servers, HandClock(datetime.now(UTC)))


def doctor(installation: Installation, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(
        main, ["doctor", "--config", str(installation.write()), *words], env=installation.environment
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_each_finding_is_a_line_and_the_last_line_counts_them(installation: Installation) -> None:
    status, out, err = doctor(installation)

    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[0].startswith("ok    configuration: ")
    assert lines[-1].endswith(" in order, 0 to look at, 0 wrong, 0 not examined")
    assert len(lines) == int(lines[-1].split()[0]) + 1


def test_what_is_wrong_names_its_remedy_below_and_ends_with_status_3(installation: Installation) -> None:
    installation.environment["MCSYNC_SLACK_BOT_TOKEN"] = "xoxb-wrong"

    status, out, _ = doctor(installation)

    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("WRONG slack.token"))
    assert status == report.NOT_WELL == 3
    assert lines[at + 1].startswith("      -> Put the token")


def test_for_machines_it_is_one_object(installation: Installation) -> None:
    installation.environment["MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET"] = ""

    status, out, _ = doctor(installation, "--json")

    shown = json.loads(out)
    assert (status, shown["well"]) == (0, True)
    assert {row["outcome"] for row in shown["findings"]} == {"fine", "attention"}
    assert all(set(row) == {"name", "outcome", "says", "remedy"} for row in shown["findings"])


def test_real_answers_are_kept_for_their_owner_alone_and_without_secrets(installation: Installation) -> None:
    folder = installation.folder / "report"

    status, _, _ = doctor(installation, "--save", str(folder))

    assert status == 0
    files = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    everything = "".join(files.values())
    assert "findings.json" in files
    assert "m_tmStartTime='00:00:00.000'" in everything
    assert "xtk:workflowLog" in everything or "workflowLog" in everything
    assert not [name for name in files if "Logon" in name or "Logoff" in name]
    for session in installation.campaign.world.access.secrets:
        assert session not in everything
    assert "xoxb-" not in everything
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_written_is_a_sentence(installation: Installation) -> None:
    taken = installation.folder / "file"
    taken.write_text("here is something else", encoding="utf-8")

    status, _, err = doctor(installation, "--save", str(taken))

    assert status == 2
    assert err.startswith(f"The folder {taken} cannot be written: ")


def test_a_reader_who_goes_away_is_not_the_folder(installation: Installation) -> None:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "doctor", "--config"]
    with subprocess.Popen(
        [*command, str(installation.write())],
        env={**os.environ, **installation.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("ok    configuration")
        process.stdout.close()
        said = process.stderr.read()

    assert said == ""
    assert process.returncode == 1


def test_a_configuration_that_cannot_be_read_is_the_only_finding(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", "--config", str(tmp_path / "none.toml")])

    assert result.exit_code == report.NOT_WELL
    assert "there is no such file" in result.stdout
    assert result.stdout.count("WRONG") == 1


def test_secrets_and_addresses_of_people_are_taken_out() -> None:
    header = "X-Security-Token: @abcdefghijklmnopqrstuvwxyz012345=="
    text = f'<op email="ada@example.com" password="hunter2"/> {header}'

    shown = redacted(text)

    assert "ada@" not in shown
    assert "hunter2" not in shown
    assert "abcdefghij" not in shown


def test_sessions_are_never_kept_at_all(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "kept")
    folder.open()

    folder.keep("xtk:session#Logon", "<pstrSessionToken>x</pstrSessionToken>")
    folder.keep("xtk:queryDef#ExecuteQuery", "<a/>")

    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["01-xtk-queryDef-ExecuteQuery.xml"]


def test_a_sentence_of_several_lines_stays_one_line() -> None:
    assert list(report.lines(wrong("a", "one\n  two", "three\nfour"))) == [
        "WRONG a: one two",
        "      -> three four",
    ]
    assert list(report.lines(skipped("b", "that"))) == ["-     b: not examined: that"]


def test_only_what_is_wrong_is_a_failure() -> None:
    assert report.status_of([fine("a", "x"), attention("b", "x", "y"), skipped("c", "x")]) == 0
    assert report.status_of([fine("a", "x"), wrong("b", "x", "y")]) == 3
