"""What SQLite says, as sentences."""

import sqlite3
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.gateways.store.sqlite_errors import primary_code, refusal, translated


def said_by_sqlite(code: int, name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite words it")
    error.sqlite_errorcode = code
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_BUSY, "keeps /data/m.db locked: end whatever else has it open"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "keeps /data/m.db locked"),
        (sqlite3.SQLITE_LOCKED, "keeps /data/m.db locked"),
        (sqlite3.SQLITE_FULL, "Free some space"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "needs the right to write the file and its folder"),
        (sqlite3.SQLITE_CANTOPEN, "its folder must exist"),
        (sqlite3.SQLITE_NOTADB, "name another file under `store.url`"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "restore the latest backup"),
        (sqlite3.SQLITE_IOERR_FSYNC, "failed to read or write (SOME_NAME)"),
        (sqlite3.SQLITE_NOMEM, "refused a statement (SOME_NAME: as SQLite words it)"),
    ],
)
def test_each_trouble_says_what_to_do(code: int, words: str) -> None:
    sentence = str(refusal(said_by_sqlite(code, "SOME_NAME"), Path("/data/m.db")))
    assert words in sentence
    assert "/data/m.db" in sentence
    assert sentence.endswith(".")


def test_an_error_of_pythons_own_has_a_sentence_too() -> None:
    error = sqlite3.ProgrammingError("Cannot operate on a closed database.")
    assert primary_code(error) == 0
    assert "ProgrammingError: Cannot operate" in str(refusal(error, Path("m.db")))


def test_the_border_lets_everything_else_through() -> None:
    with pytest.raises(LookupError), translated(Path("m.db")):
        raise LookupError
    with pytest.raises(StoreError) as caught, translated(Path("m.db")):
        raise sqlite3.IntegrityError
    assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)
