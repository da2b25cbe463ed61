"""What `store.url` may say."""

from pathlib import Path

import pytest

from bot.domain.errors import ConfigurationError
from bot.gateways.store.location import sqlite_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///mcsync.db", "mcsync.db"),
        ("sqlite:///data/mcsync.db", "data/mcsync.db"),
        ("sqlite:////var/lib/mcsync/mcsync.db", "/var/lib/mcsync/mcsync.db"),
        ("sqlite:///with space & é %41.db", "with space & é %41.db"),
    ],
)
def test_a_sqlite_address_names_a_file(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "is not an address"),
        ("mcsync.db", "is not an address"),
        ("mysql://bot:hunter2@db/mcsync", "begins with mysql://, which is not supported"),
        ("SQLITE:///mcsync.db", "begins with SQLITE://"),
        ("sqlite://mcsync.db", "needs three slashes"),
        ("sqlite://", "needs three slashes"),
        ("sqlite:///", "names no file"),
        ("sqlite:////var/lib/", "names no file"),
        ("sqlite:///:memory:", "not memory"),
        ("sqlite:///mcsync.db?mode=ro", "takes no options"),
    ],
)
def test_any_other_address_is_refused_with_what_is_supported(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        sqlite_path(url)
    (sentence,) = caught.value.problems
    assert sentence.startswith("store.url ")
    assert problem in sentence
    assert "sqlite:///relative.db, sqlite:////absolute/path.db and postgresql://" in sentence
    assert "hunter2" not in sentence
