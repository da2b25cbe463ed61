"""The walls of the house: who may import whom, what files are called, and that importing touches nothing."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for room in ("bot", "commands")
    for file in sorted((ROOT / room).rglob("*.py"))
}

OURS = {  # room: what it may see of ours; the first that fits counts; `=` means that module alone
    "bot.domain": "bot.domain",
    "bot.service": "bot.domain bot.service",
    "bot.gateways": "bot.domain bot.service.ports bot.gateways",
    "bot.web": "bot.domain bot.service bot.web",
    "bot.sandbox": "bot.sandbox",
    "bot.app": "bot.domain bot.service bot.gateways bot.web bot.settings bot.settings_secrets bot.manifest"
    " bot.connections bot.program bot.watching commands",
    "bot.program": "bot.domain bot.service bot.gateways bot.web",
    "bot.watching": "bot.domain bot.service bot.gateways bot.web",
    "bot.cli": "bot",
    "bot.cli_database": "bot.domain bot.settings bot.settings_loading bot.cli_words bot.audit_offline"
    " bot.database_offline",
    "bot.settings": "bot.domain",
    "bot.settings_loading": "bot.domain bot.settings bot.settings_file bot.settings_instance"
    " bot.settings_secrets",
    "bot.settings_file": "bot.domain bot.languages bot.settings_values",
    "bot.settings_values": "bot.domain bot.languages",
    "bot.settings_instance": "bot.domain bot.settings_file",
    "bot.connections": "bot.domain bot.gateways bot.settings",
    "bot.doctor": "bot.domain bot.service.ports bot.gateways bot.web bot.settings bot.settings_loading"
    " bot.settings_secrets bot.connections bot.doctor",
    "bot.offline": "bot.domain bot.offline_output bot.offline_words",
    "bot.diagnose_offline": "bot.domain bot.offline_words",
    "bot.audit_offline": "bot.domain bot.service bot.gateways.store",
    "bot.database_offline": "bot.domain bot.service bot.gateways.store",
    "bot": "bot.domain",
    "commands": "bot.domain bot.service bot.languages commands",
}
FOREIGN = {  # library: who may see it
    "zeep": "bot.gateways.campaign",
    "lxml": "bot.gateways.campaign bot.sandbox",
    "requests": "bot.gateways.campaign bot.sandbox",
    "urllib3": "bot.gateways.campaign",
    "sqlite_utils": "bot.gateways.store",
    "sqlite3": "bot.gateways.store",
    "psycopg": "bot.gateways.store",
    "apscheduler": "bot.gateways.scheduler",
    "slack_sdk": "bot.gateways.slack",
    "slack_bolt": "=commands commands.listening bot.gateways.slack bot.app",
    "pydantic": "bot.settings_file bot.settings_values bot.gateways.store",
    "pydantic_core": "bot.gateways.store",
    "standardwebhooks": "bot.web",
    "waitress": "bot.web",
    "prometheus_client": "bot.gateways.metrics",
    "yaml": "bot.sandbox",
    "starlette": "bot.sandbox",
    "uvicorn": "bot.sandbox",
    "click": "bot.cli bot.cli_words bot.cli_database bot.offline bot.offline_words bot.diagnose_offline",
    "structlog": "bot.program bot.logs bot.service bot.gateways bot.web commands",
    "_typeshed": "bot commands",
}
OUTSIDE = "socket http urllib ssl subprocess threading logging os pathlib random secrets time"
"""Parts of the standard library by which the outside, time and chance come in."""


def inside(name: str, places: str) -> bool:
    """Tell whether a module, or a name in one, belongs to one of *places*."""
    return any(
        name == place.removeprefix("=") or (place[0] != "=" and name.startswith(f"{place}."))
        for place in places.split()
    )


def imports() -> Iterator[tuple[str, str]]:
    """Walk every import of every module, wherever it stands in it, as (who, what)."""
    for name, file in MODULES.items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((name, f"{'.' * node.level}{node.module}.{alias.name}") for alias in node.names)


def may_import(name: str, what: str) -> bool:
    """Tell whether the walls let *name* see *what*."""
    top = what.partition(".")[0]
    if top in ("bot", "commands"):
        rooms = [OURS[room] for room in OURS if inside(name, room)]
        return inside(what, rooms[0]) if rooms else False
    if top in FOREIGN:
        return inside(name, FOREIGN[top])
    return top in sys.stdlib_module_names and not (inside(name, "bot.domain") and inside(what, OUTSIDE))


def test_every_module_imports_only_what_its_room_may_see() -> None:
    strangers = [f"{name} imports {what}" for name, what in imports() if not may_import(name, what)]

    assert strangers == []


def test_the_walls_are_no_paint() -> None:
    for name, what in (
        ("bot.domain.change", "bot.service.ports"),
        ("bot.domain.change", "structlog"),
        ("bot.domain.change", "time.time"),
        ("bot.domain.change", "pydantic.BaseModel"),
        ("bot.service.work", "bot.gateways.clock"),
        ("bot.gateways.clock", "bot.service.work"),
        ("bot.gateways.store.sqlite", "slack_sdk.WebClient"),
        ("bot.sandbox.story", "bot.domain.report"),
        ("bot.settings_loading", "bot.app"),
        ("commands.status", "bot.gateways.store"),
        ("commands.status", "slack_bolt.App"),
        ("commands", ".cards"),
    ):
        assert not may_import(name, what), f"{name} may import {what}"


def test_only_the_composition_root_knows_the_counter_and_only_the_command_line_knows_the_root() -> None:
    for name, what in imports():
        assert not (inside(what, "commands") and inside(name, "bot") and name != "bot.app"), name
        assert not (inside(what, "bot.app bot.sandbox") and not inside(name, "bot.cli bot.sandbox")), name


def test_every_wall_stands_around_something() -> None:
    used = {what.partition(".")[0] for _, what in imports()}

    assert [room for room in OURS if not any(inside(name, room) for name in MODULES)] == []
    assert set(FOREIGN) - used <= {"psycopg"}


def test_a_file_says_by_its_name_what_lives_in_it_and_at_its_top_what_must_not() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "base"}

    for name, file in MODULES.items():
        assert not empty_words & set(name.rpartition(".")[2].split("_")), name
        assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), f"{name} has no docstring"


def log_lines() -> Iterator[tuple[str, ast.Call]]:
    """Walk every call that writes to the log, as (where, call)."""
    for name, file in MODULES.items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_log = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            )
            if is_log:
                assert isinstance(node, ast.Call)
                yield name, node


def test_every_line_of_the_log_is_a_noun_and_a_verb() -> None:
    events = [
        (name, line.args[0].value) for name, line in log_lines() if isinstance(line.args[0], ast.Constant)
    ]

    assert len(events) > 50
    assert [one for one in events if not re.fullmatch(r"[a-z][a-z_]*\.[a-z][a-z_]*", str(one[1]))] == []


TOUCHING_NOTHING = """
import sys, threading

importing = ""

def watch(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes or event.startswith(("socket.", "sqlite3.", "subprocess.", "os.system", "os.putenv")):
        raise RuntimeError(f"importing {importing} touched the world: {event} {args}")

sys.addaudithook(watch)
for importing in sys.argv[1:]:
    __import__(importing)
    assert threading.active_count() == 1, f"{importing} started a thread"
"""


def test_importing_any_module_touches_nothing() -> None:
    names = [name for name in MODULES if not name.endswith("__main__")]

    done = subprocess.run(
        [sys.executable, "-B", "-c", TOUCHING_NOTHING, *names],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
