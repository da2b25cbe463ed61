"""Programs of their own, for what only several processes or a disk of its own can show.

Run as `python -W error -m tests.gateways.store.child COMMAND ARGUMENT`; speaks line by line.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from bot.domain.errors import StoreError
from bot.gateways.store import SqlStore, create_store
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON


def command(name: str, argument: str | Path) -> list[str]:
    """Give the command line that runs *name*."""
    return [sys.executable, "-W", "error", "-m", "tests.gateways.store.child", name, str(argument)]


def start_again_and_again() -> None:
    """Open and close the store that each line of the input names; answer `ok` or the error."""
    for line in sys.stdin:
        store = create_store(line.strip())
        try:
            store.open()
            with store.write() as tx:
                tx.record(examples.deed(str(os.getpid())))
            store.close()
        except StoreError as error:
            print(error, flush=True)  # noqa: T201 - the parent listens
        else:
            print("ok", flush=True)  # noqa: T201 - the parent listens


def write_until_killed(url: str) -> None:
    """Write one transaction after the other; after each, say its number."""
    store = create_store(url)
    store.open()
    with store.read() as tx:
        number = len(tx.audit(limit=1_000_000))
    while True:
        number += 1
        with store.write() as writing:
            writing.accept_delivery(str(number), NOON, "x" * 700)
            writing.enqueue(examples.work(str(number), lane=str(number)))
            writing.record(examples.deed(str(number)))
        print(number, flush=True)  # noqa: T201 - the parent listens


def fill_the_disk(folder: str) -> None:
    """Write until the disk is full and a little longer; tell what was said and what is left."""
    store = create_store(f"sqlite:///{folder}/mcsync.db")
    store.open()
    said: list[str] = []
    saved = 0
    while len(said) < 3:
        try:
            with store.write() as tx:
                tx.accept_delivery(f"{saved}-{len(said)}", NOON, "x" * 3000)
                tx.record(examples.deed(str(saved)))
            saved += 1
        except StoreError as error:
            said.append(str(error))
    try:
        store.backup(Path(folder) / "backup.db")
    except StoreError as error:
        said.append(str(error))
    store.close()
    store.open()
    tell(store, said, saved, folder)


def find_the_disk_read_only(folder: str, *, killed: bool) -> None:
    """Write, make the disk read-only, and try to open the store again; tell what was said."""
    url = f"sqlite:///{folder}/mcsync.db"
    if killed:
        # What is left then is a journal that wants to be written back.
        with subprocess.Popen(command("write", url), stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            writer.kill()
    else:
        store = create_store(url)
        store.open()
        store.close()
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    before = contents(Path(folder))
    said = []
    store = create_store(url)
    try:
        store.open()
    except StoreError as error:
        said.append(str(error))
    print(json.dumps({"said": said, "unchanged": contents(Path(folder)) == before}))  # noqa: T201 - the answer


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of *folder*."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def tell(store: SqlStore, said: list[str], saved: int, folder: str) -> None:
    """Print what was said, and what the store holds now, as JSON."""
    with store.read() as tx:
        entries = tx.audit(limit=1_000_000)
    answer = {
        "said": said,
        "saved": saved,
        "subjects": [entry.deed.subject for entry in entries],
        "flaws": store.flaws(),
        "files": sorted(path.name for path in Path(folder).iterdir()),
    }
    store.close()
    print(json.dumps(answer))  # noqa: T201 - the answer


def main(name: str, argument: str) -> None:
    match name:
        case "start":
            start_again_and_again()
        case "write":
            write_until_killed(argument)
        case "fill":
            fill_the_disk(argument)
        case "read-only":
            find_the_disk_read_only(argument, killed=False)
        case "read-only-after-kill":
            find_the_disk_read_only(argument, killed=True)
        case _:
            raise ValueError(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
