"""`mcsync audit`: the record of who did what, examined and exported from the database alone.

Needs neither Slack nor Campaign nor their secrets, and changes nothing in the database.
"""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from bot.domain.audit import AuditEntry, DamagedEntry, Examination
from bot.domain.errors import UnreadableInput
from bot.gateways.store import create_store
from bot.gateways.store.sql_store import SqlStore
from bot.service.health import examine_record, trail

NOT_SOUND = 3
"""Exit status: the record was read, and it is not what was written."""

COLUMNS = (
    "sequence",
    "at",
    "event",
    "actor",
    "actor_name",
    "source",
    "instance",
    "subject",
    "details",
    "previous",
    "digest",
)
"""Of an export: all that the digest is computed from, see `bot.domain.audit.link`."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FORMULA = ("=", "+", "-", "@")


def verify(store_url: str, last_digest: str, out: TextIO, *, password: str = "") -> int:
    """Examine the record; write one line when it is sound, one for each flaw when it is not.

    Args:
        store_url: where the database is.
        last_digest: the last digest of some health line, `""` to go by what is sealed in the store.
        out: where to write.
        password: of a PostgreSQL user.

    Returns:
        The exit status.

    Raises:
        UnreadableInput: *last_digest* is no digest.
        ConfigurationError: *store_url* is not supported.
        StoreError: the database cannot be used as it is.
    """
    wanted = last_digest.strip().lower()
    if wanted and not _DIGEST.fullmatch(wanted):
        raise UnreadableInput("--last wants the last_digest of a health line: 64 hexadecimal digits.")
    with _looked_at(store_url, password) as store, store.read() as tx:
        found = examine_record(tx, last_digest=wanted)
    out.writelines(f"{line}\n" for line in _verdict(found))
    return NOT_SOUND if found.flaws else 0


def export(
    store_url: str,
    style: str,
    since: datetime | None,
    out: TextIO,
    complaints: TextIO,
    *,
    password: str = "",
) -> int:
    """Write the entries, oldest first.

    JSON is exact: whoever has it can compute every digest anew. CSV is for reading in a spreadsheet: what a
    spreadsheet would take for a formula begins with an apostrophe, and control characters are blanks.

    Args:
        store_url: where the database is.
        style: `json` or `csv`.
        since: leave out what happened before.
        out: where to write.
        complaints: where to name entries that cannot be read.
        password: of a PostgreSQL user.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: *store_url* is not supported.
        StoreError: the database cannot be used as it is.
    """
    damaged: list[DamagedEntry] = []
    with _looked_at(store_url, password) as store, store.read() as tx:
        entries = _readable(trail(tx), since, damaged)
        if style == "csv":
            _write_csv(entries, out)
        else:
            _write_json(entries, out)
    complaints.writelines(
        f"Entry {entry.sequence} cannot be read and is left out: see mcsync audit verify.\n"
        for entry in damaged
    )
    return NOT_SOUND if damaged else 0


def read_since(text: str) -> datetime:
    """Read a date, or a date and time, as an instant; UTC where no offset is told.

    Raises:
        UnreadableInput: it is neither.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableInput(
            "--since wants a date such as 2026-11-24, or 2026-11-24T06:00:00+01:00."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@contextmanager
def _looked_at(store_url: str, password: str) -> Iterator[SqlStore]:
    store = create_store(store_url, password=password)
    store.open_as_it_is()
    try:
        yield store
    finally:
        store.close()


def _verdict(found: Examination) -> Iterator[str]:
    if found.flaws:
        yield from found.flaws
        count = len(found.flaws)
        yield f"Not sound: {count} {'flaw' if count == 1 else 'flaws'} in {found.entries} entries."
    elif found.last is None:
        yield "Sound: there is no entry yet."
    else:
        at = found.last.deed.at.astimezone(UTC)
        yield (
            f"Sound: {found.entries} {'entry' if found.entries == 1 else 'entries'}; the last one is entry "
            f"{found.last.sequence} of {at:%Y-%m-%d %H:%M:%S} UTC, digest {found.last.digest}."
        )


def _readable(
    entries: Iterator[AuditEntry | DamagedEntry], since: datetime | None, damaged: list[DamagedEntry]
) -> Iterator[AuditEntry]:
    for entry in entries:
        if isinstance(entry, DamagedEntry):
            damaged.append(entry)
        elif since is None or entry.deed.at >= since:
            yield entry


def _write_json(entries: Iterator[AuditEntry], out: TextIO) -> None:
    out.write("[")
    for number, entry in enumerate(entries):
        row = dict(zip(COLUMNS, _row(entry), strict=True)) | {"details": dict(entry.deed.details)}
        out.write(f"{',' if number else ''}\n{json.dumps(row)}")
    out.write("\n]\n")


def _write_csv(entries: Iterator[AuditEntry], out: TextIO) -> None:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_cell(value) for value in _row(entry)])


def _row(entry: AuditEntry) -> tuple[str | int, ...]:
    deed = entry.deed
    details = json.dumps(dict(sorted(deed.details.items())))
    who = (deed.actor, deed.actor_name, deed.source)
    about = (deed.instance, deed.subject, details)
    return (entry.sequence, deed.at.isoformat(), deed.event.value, *who, *about, entry.previous, entry.digest)


def _cell(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    shown = "".join(sign if sign.isprintable() else " " for sign in value)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
