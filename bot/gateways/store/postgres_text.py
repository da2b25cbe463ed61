"""Turns our SQL into PostgreSQL's dialect (pure): parameters, row locks, order of text, append-only tables.

Nothing else differs from what SQLite runs.
"""

import re
from functools import lru_cache

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")
_ROW_LOCKS = re.compile(r"/\* (FOR UPDATE[A-Z ]*) \*/")
_TEXT = re.compile(r"\bTEXT\b")


@lru_cache(maxsize=256)
def statement(text: str) -> str:
    """Write *text* with psycopg's parameters, and with row locks where a comment asks for them."""
    return _PARAMETER.sub(r"%(\1)s", _ROW_LOCKS.sub(r"\1", text.replace("%", "%%")))


def table(text: str) -> str:
    """Write a statement of a migration.

    Text is ordered by its code points, as SQLite does, whatever the database's own language.
    """
    return _TEXT.sub('TEXT COLLATE "C"', text)


def append_only(name: str) -> tuple[str, ...]:
    """Write what keeps the rows of the table *name* as they are."""
    return (
        f"""
        CREATE FUNCTION {name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'rows of {name} are never changed or removed'; END $$
        """,
        f"""
        CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}_is_append_only()
        """,
    )
