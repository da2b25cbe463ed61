"""What an installation starts from: pinned dependencies, a unit for systemd, an image."""

import re
import shutil
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)
PIN_WITH_EXTRAS = re.compile(r"^([a-z0-9._-]+)\[([a-z,]+)\]==", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / ".ci" / name).read_text(encoding="utf-8")))


def test_what_runs_is_pinned_at_the_versions_that_are_tested() -> None:
    tested, running = pins("requirements.txt"), pins("runtime.txt")

    assert running
    assert running.items() <= tested.items()
    assert {
        "slack-bolt",
        "zeep",
        "apscheduler",
        "sqlite-utils",
        "psycopg",
        "prometheus-client",
    } <= running.keys()
    assert not {"pytest", "mypy", "starlette"} & running.keys()


def test_what_builds_it_is_pinned_at_the_versions_that_pyproject_names() -> None:
    tested, building = pins("requirements.txt"), pins("build.txt")
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]

    assert building.items() <= tested.items()
    assert dict(one.split("==") for one in backend).items() <= building.items()


def test_whoever_installs_it_without_a_word_fetches_nothing_unpinned() -> None:
    """An isolated build asks the index for the newest of what builds the wheel, by no hash."""
    for name in ("docs/Dockerfile", "README.md"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        commands = re.findall(r"\S*pip (?:install|wheel)[^\n&`]*", text)
        assert commands, name
        for command in commands:
            if command.rstrip().endswith(" ."):
                assert "--no-deps --no-build-isolation" in command, command
            elif " -r " in command:
                assert "--require-hashes" in command, command


def extras_asked_for(pinned: str) -> set[tuple[str, str]]:
    """Tell whose extras *pinned* wants on this machine, as (distribution, extra)."""
    try:
        wanted = [Requirement(line) for line in requires(pinned) or ()]
    except PackageNotFoundError:
        return set()  # pinned for another system
    return {
        (canonicalize_name(each.name), extra)
        for each in wanted
        if each.marker is None or each.marker.evaluate({"extra": ""})
        for extra in each.extras
    }


def test_an_extra_that_somebody_asks_for_is_pinned_with_its_distribution() -> None:
    """Else pip refuses every file of ours on the day a newer version of that distribution is published."""
    text = (ROOT / ".ci/requirements.txt").read_text(encoding="utf-8")
    pinned = {(name, extra) for name, extras in PIN_WITH_EXTRAS.findall(text) for extra in extras.split(",")}
    asked = set().union(*(extras_asked_for(name) for name in pins("requirements.txt")))

    assert ("coverage", "toml") in asked
    assert asked <= pinned


@pytest.mark.parametrize("name", ["requirements.txt", "runtime.txt", "build.txt"])
def test_every_pin_has_its_hashes_and_no_file_an_address(name: str) -> None:
    text = (ROOT / ".ci" / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", text) if PIN.match(entry)]

    assert len(entries) == len(pins(name))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed here")
    program = shutil.which("true")
    text = (ROOT / "docs/mcsync.service").read_text(encoding="utf-8")
    unit = tmp_path / "mcsync.service"
    unit.write_text(text.replace("/opt/mcsync/bin/mcsync", str(program)), encoding="utf-8")

    verified = subprocess.run([tool, "verify", unit], capture_output=True, text=True, check=False)
    exposure = subprocess.run(
        [tool, "security", "--offline=true", unit], capture_output=True, text=True, check=False
    )

    assert (verified.returncode, verified.stderr) == (0, "")
    level = re.search(r"Overall exposure level for mcsync.service: ([0-9.]+)", exposure.stdout)
    assert level is not None, exposure.stdout + exposure.stderr
    assert float(level[1]) < 2.0


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_in_particular() -> None:
    text = (ROOT / "docs/Dockerfile").read_text(encoding="utf-8")
    steps = text.replace("\\\n", " ").splitlines()

    copied = [
        source
        for step in steps
        if step.startswith("COPY ") and "--from" not in step
        for source in step.split()[1:-1]
    ]
    assert {"bot", "commands", "pyproject.toml", ".ci/runtime.txt", ".ci/build.txt"} <= set(copied)
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert "USER 10001" in steps
    assert steps.index("USER 10001") < next(
        n for n, step in enumerate(steps) if step.startswith("ENTRYPOINT")
    )
    assert "--require-hashes" in text
    assert not re.search(r"https?://(?!127\.0\.0\.1)", text)
    assert "--tmpfs /tmp" in text


@pytest.mark.parametrize(
    ("name", "line"),
    [("mcsync.service", "Environment=MALLOC_ARENA_MAX=2"), ("Dockerfile", "ENV MALLOC_ARENA_MAX=2")],
)
def test_twenty_threads_have_two_heaps(name: str, line: str) -> None:
    assert line in (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()


def test_the_unit_lets_as_many_files_be_open_as_all_callers_and_servers_take() -> None:
    limit = re.search(
        r"^LimitNOFILE=(\d+)$", (ROOT / "docs/mcsync.service").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert limit is not None
    assert int(limit[1]) >= 4096
