"""What several processes on one SQLite file must survive, as often as the caller has time for."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.domain.audit import flaws
from bot.gateways.store import create_store
from tests.gateways.store.child import command
from tests.gateways.store.examples import NOON

ROOT = Path(__file__).parents[3]


@contextmanager
def child(name: str, argument: str | Path = "") -> Iterator[subprocess.Popen[str]]:
    """Run a command of `child` whose lines can be read and written; killed in the end."""
    with subprocess.Popen(
        command(name, argument), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def start_together(folder: Path, *, processes: int, rounds: int) -> None:
    """Let *processes* open the same fresh file at the same moment, *rounds* times."""
    with ExitStack() as stack:
        children = [stack.enter_context(child("start")) for _ in range(processes)]
        for number in range(rounds):
            url = f"sqlite:///{folder / str(number)}.db"
            for process in children:
                say(process, url)
            assert [hear(process) for process in children] == ["ok"] * processes
            store = create_store(url)
            store.open()
            with store.read() as tx:
                subjects = {entry.deed.subject for entry in tx.audit()}
            store.close()
            assert subjects == {str(process.pid) for process in children}


def kill_while_writing(folder: Path, *, times: int) -> None:
    """Kill a writer -9 at *times* different moments; what it acknowledged must be there, whole."""
    url = f"sqlite:///{folder / 'mcsync.db'}"
    acknowledged = 0
    for turn in range(times):
        with child("write", url) as process:
            for _ in range(3 + turn * 7 % 20):
                acknowledged = int(hear(process))
            process.kill()
            # What was said before the kill and not yet heard counts too.
            assert process.stdout is not None
            for line in process.stdout.read().split():
                acknowledged = int(line)
        store = create_store(url)
        store.open()
        with store.write() as tx:
            entries = tx.audit(limit=1_000_000)
            stored = len(entries)
            assert stored in (acknowledged, acknowledged + 1)
            assert list(flaws(entries)) == []
            # All of a transaction or none of it.
            assert tx.due(NOON) == stored
            assert not tx.accept_delivery(str(stored), NOON, "")
            assert tx.accept_delivery(str(stored + 1), NOON, "")
        assert store.flaws() == ()
        store.close()
