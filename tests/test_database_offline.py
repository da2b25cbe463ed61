"""`mcsync db`: backup while in use, restore, examination."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.cli_words import UNUSABLE
from bot.gateways.store import SqlStore, create_store
from tests.gateways.store import examples
from tests.gateways.store.processes import child, hear


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "mcsync.db"


@pytest.fixture(name="store")
def _store(path: Path) -> Iterator[SqlStore]:
    store = create_store(f"sqlite:///{path}")
    store.open()
    yield store
    store.close()


def db(path: Path, command: str, *words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["db", command, "--store", f"sqlite:///{path}", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def record(store: SqlStore, *subjects: str) -> None:
    with store.write() as tx:
        for subject in subjects:
            tx.record(examples.deed(subject))


def subjects(path: Path) -> list[str]:
    store = create_store(f"sqlite:///{path}")
    store.open()
    with closing(store), store.read() as tx:
        return [entry.deed.subject for entry in tx.audit()]


def test_what_is_backed_up_while_in_use_comes_back(path: Path, store: SqlStore, tmp_path: Path) -> None:
    record(store, "one")
    backup = tmp_path / "backup.db"

    assert db(path, "backup", backup)[0] == 0
    record(store, "two")
    store.close()
    status, out, err = db(path, "restore", backup)

    assert (status, err) == (0, "")
    assert out == f"Restored from {backup}.\nWhat was there is kept as {path}.before-restore-1.\n"
    assert subjects(path) == ["one"]
    assert subjects(tmp_path / "mcsync.db.before-restore-1") == ["one", "two"]
    assert subjects(backup) == ["one"]


def test_while_somebody_uses_the_database_nothing_is_restored(
    path: Path, store: SqlStore, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    record(store, "kept")
    before = sorted(file.name for file in tmp_path.iterdir())

    status, _, err = db(path, "restore", backup)

    assert status == UNUSABLE
    assert err == f"{path} is in use: stop mcsync, then restore. Nothing was changed.\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == before
    record(store, "still written")
    store.close()
    assert subjects(path) == ["kept", "still written"]


@pytest.mark.parametrize("damage", [b"", b"not a database" * 500])
def test_a_damaged_or_missing_database_is_replaced(
    path: Path, store: SqlStore, tmp_path: Path, damage: bytes
) -> None:
    record(store, "one")
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()
    path.write_bytes(damage)

    assert db(path, "restore", backup)[0] == 0
    assert subjects(path) == ["one"]

    path.unlink()
    status, out, _ = db(path, "restore", backup)
    assert (status, out) == (0, f"Restored from {backup}.\n")
    assert subjects(path) == ["one"]


def kill_a_writer(path: Path, *, commits: int = 20) -> None:
    """Let a program write to a database and kill it, so that what it wrote last is beside the file."""
    with child("write", f"sqlite:///{path}") as writer:
        while int(hear(writer)) < commits:
            pass
        writer.kill()
        writer.wait()
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_a_killed_program_left_beside_a_missing_database_does_not_damage_what_is_restored(
    path: Path, store: SqlStore, tmp_path: Path
) -> None:
    record(store, "one")
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()
    kill_a_writer(path)
    path.unlink()

    status, out, _ = db(path, "restore", backup)

    assert (status, subjects(path)) == (0, ["one"])
    assert db(path, "check")[0] == 0
    kept = [f"{path.name}.before-restore-1-{ending}" for ending in ("shm", "wal")]
    assert names(tmp_path) == ["backup.db", path.name, *kept]
    assert "What was there is kept as" in out


@pytest.mark.parametrize("what", ["missing", "overwritten"])
def test_a_database_that_a_living_program_lost_is_in_use_all_the_same(
    path: Path, store: SqlStore, tmp_path: Path, what: str
) -> None:
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()
    with child("write", f"sqlite:///{path}") as writer:
        hear(writer)
        if what == "missing":
            path.unlink()
        else:
            os.truncate(path, 0)
            path.write_bytes(b"not a database" * 500)
        before = names(tmp_path)

        status, _, err = db(path, "restore", backup)

        assert (status, names(tmp_path)) == (UNUSABLE, before)
        assert err == f"{path} is in use: stop mcsync, then restore. Nothing was changed.\n"


@pytest.mark.parametrize("what", ["whole", "missing", "overwritten"])
def test_what_lay_beside_the_file_of_a_backup_is_no_part_of_it(
    path: Path, store: SqlStore, tmp_path: Path, what: str
) -> None:
    record(store, "one")
    backup = tmp_path / "backup.db"
    kill_a_writer(backup)
    if what == "missing":
        backup.unlink()
    elif what == "overwritten":
        backup.write_bytes(b"not a database" * 500)

    assert db(path, "backup", backup)[0] == 0

    store.close()
    assert names(tmp_path) == ["backup.db", path.name]
    assert subjects(backup) == ["one"]


def test_no_backup_takes_the_place_of_a_database_that_is_in_use(
    path: Path, store: SqlStore, tmp_path: Path
) -> None:
    record(store, "one")
    other = tmp_path / "other.db"
    with child("write", f"sqlite:///{other}") as writer:
        hear(writer)

        status, _, err = db(path, "backup", other)

        assert (status, err) == (
            UNUSABLE,
            f"{other} is in use as a database: name another file for the backup.\n",
        )
        assert hear(writer)
    assert "one" not in subjects(other)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_nobody_but_its_owner_may_read_a_backup(path: Path, store: SqlStore, tmp_path: Path) -> None:
    record(store, "one")
    backup = tmp_path / "backup.db"
    backup.touch(0o644)

    db(path, "backup", backup)

    assert rights(backup) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_a_restored_database_has_the_rights_of_the_former_one(
    path: Path, store: SqlStore, tmp_path: Path, mode: int
) -> None:
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()
    path.chmod(mode)

    assert db(path, "restore", backup)[0] == 0
    assert rights(path) == mode

    path.unlink()
    assert db(path, "restore", backup)[0] == 0
    assert rights(path) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_database_that_root_restores_belongs_to_whom_it_belonged(
    path: Path, store: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    folder.mkdir()
    live, backup = folder / "mcsync.db", tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()
    path.rename(live)
    os.chown(live, 4321, 4322)
    os.chown(folder, 4323, 4324)

    assert db(live, "restore", backup)[0] == 0
    assert (live.stat().st_uid, live.stat().st_gid) == (4321, 4322)

    live.unlink()
    assert db(live, "restore", backup)[0] == 0
    assert (live.stat().st_uid, live.stat().st_gid) == (4323, 4324)


def test_a_second_restore_keeps_what_the_first_one_put_aside(
    path: Path, store: SqlStore, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()

    for number in (1, 2):
        out = db(path, "restore", backup)[1]
        assert out.endswith(f"mcsync.db.before-restore-{number}.\n")


def test_what_is_no_backup_is_refused_and_changes_nothing(
    path: Path, store: SqlStore, tmp_path: Path
) -> None:
    record(store, "one")
    store.close()
    nothing = tmp_path / "nothing.db"
    empty = tmp_path / "empty.db"
    empty.touch()
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    text = tmp_path / "text.db"
    text.write_text("x" * 5000, encoding="utf-8")

    said = {}
    for file in (nothing, empty, foreign, text, path):
        status, _, said[file.name] = db(path, "restore", file)
        assert status == UNUSABLE, file

    assert "There is no backup" in said["nothing.db"]
    assert "is empty" in said["empty.db"]
    assert "belongs to another program" in said["foreign.db"]
    assert "is not a SQLite database" in said["text.db"]
    assert "is the database itself" in said["mcsync.db"]
    assert subjects(path) == ["one"]


def test_a_backup_of_a_newer_version_is_refused(path: Path, store: SqlStore, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    db(path, "backup", backup)
    store.close()
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mcsync', '9999', 'x')"
        )

    status, _, err = db(path, "restore", backup)

    assert status == UNUSABLE
    assert "was written by a newer mcsync" in err


def test_a_sound_database_is_called_sound_while_it_is_in_use(path: Path, store: SqlStore) -> None:
    record(store, "one", "two")

    assert db(path, "check") == (
        0,
        "The database is sound, and its tables are of this version.\nThe record is sound: 2 entries.\n",
        "",
    )


def test_a_changed_record_is_not_sound(path: Path, store: SqlStore) -> None:
    record(store, "one", "two")
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("UPDATE audit SET digest = previous WHERE sequence = 1")

    status, out, _ = db(path, "check")

    assert status == 3
    assert out.endswith("Not sound. Stop mcsync, keep the database aside and restore the latest backup.\n")


def test_damage_in_the_file_is_named(path: Path, store: SqlStore) -> None:
    record(store, *(f"{number}" * 50 for number in range(200)))
    store.close()
    content = bytearray(path.read_bytes())
    content[20000:24000] = b"\xff" * 4000
    path.write_bytes(bytes(content))

    status, out, err = db(path, "check")

    assert (status, bool(out)) == (3, True) or (status == UNUSABLE and "is damaged" in err)


def test_a_database_that_is_not_there_is_a_sentence(path: Path) -> None:
    status, out, err = db(path, "check")

    assert (status, out) == (UNUSABLE, "")
    assert err.startswith("There is no database")


def test_an_older_database_is_sound_and_named_as_older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE _sqlite_migrations (migration_set, name, applied_at)")

    status, out, _ = db(path, "check")

    assert status == 0
    assert "older mcsync" in out
