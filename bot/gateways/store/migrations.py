"""The history of the tables, from top to bottom. A migration that was released is never edited.

Each migration is a name and plain SQL that every engine understands, applied in one transaction with the
record of it. Columns hold what is searched, ordered or compared; the value itself is JSON in `body`. Time
is milliseconds since the epoch. What makes a table append-only differs between engines, so a migration only
names the table and the engine writes the trigger.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Migration:
    """One step in the history.

    Attributes:
        name: unique, and never changed once released.
        statements: run in order.
        append_only: tables in which no row may ever be changed or removed from here on.
    """

    name: str
    statements: tuple[str, ...]
    append_only: tuple[str, ...] = ()


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "0001_first_tables",
        (
            """
            CREATE TABLE deliveries (
                key TEXT NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            # Without a journal line `journal_id` is empty, and the time of the change of state is what
            # tells two failures apart.
            """
            CREATE TABLE failures (
                instance TEXT NOT NULL,
                workflow_id TEXT NOT NULL,
                journal_id TEXT NOT NULL,
                at BIGINT NOT NULL,
                workflow TEXT NOT NULL,
                reported_at BIGINT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (instance, workflow_id, journal_id, at)
            )
            """,
            "CREATE INDEX failures_by_workflow ON failures (instance, workflow, at)",
            """
            CREATE TABLE incidents (
                id TEXT NOT NULL PRIMARY KEY,
                instance TEXT NOT NULL,
                workflow TEXT NOT NULL,
                cause TEXT NOT NULL,
                state TEXT NOT NULL,
                last_at BIGINT NOT NULL,
                revision BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            "CREATE INDEX incidents_by_time ON incidents (last_at, id)",
            "CREATE INDEX open_incidents_by_time ON incidents (last_at, id) WHERE state = 'open'",
            """
            CREATE INDEX open_incidents_of_workflow ON incidents (instance, workflow, last_at, id)
            WHERE state = 'open'
            """,
            """
            CREATE UNIQUE INDEX one_open_incident ON incidents (instance, workflow, cause)
            WHERE state = 'open'
            """,
            """
            CREATE TABLE proposals (
                id TEXT NOT NULL PRIMARY KEY,
                instance TEXT NOT NULL,
                workflow TEXT NOT NULL,
                stage TEXT NOT NULL,
                undecided BIGINT NOT NULL,
                revision BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            """
            CREATE UNIQUE INDEX one_undecided_proposal ON proposals (instance, workflow)
            WHERE undecided = 1
            """,
            """
            CREATE TABLE sightings (
                instance TEXT NOT NULL,
                workflow TEXT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (instance, workflow)
            )
            """,
            """
            CREATE TABLE cards (
                key TEXT NOT NULL PRIMARY KEY,
                body TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE lessons (
                instance TEXT NOT NULL,
                workflow TEXT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (instance, workflow)
            )
            """,
            """
            CREATE TABLE notices (
                key TEXT NOT NULL PRIMARY KEY,
                body TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE suggestions (
                incident TEXT NOT NULL PRIMARY KEY,
                instance TEXT NOT NULL,
                at BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            "CREATE INDEX suggestions_by_time ON suggestions (instance, at)",
            """
            CREATE TABLE ratings (
                incident TEXT NOT NULL,
                person TEXT NOT NULL,
                instance TEXT NOT NULL,
                at BIGINT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (incident, person)
            )
            """,
            "CREATE INDEX ratings_by_time ON ratings (instance, at)",
            """
            CREATE TABLE logon_bars (
                instance TEXT NOT NULL PRIMARY KEY,
                body TEXT NOT NULL
            )
            """,
            # No column repeats what `body` says: a copy could be changed without breaking the chain.
            """
            CREATE TABLE audit (
                sequence BIGINT NOT NULL PRIMARY KEY,
                body TEXT NOT NULL,
                previous TEXT NOT NULL,
                digest TEXT NOT NULL
            )
            """,
            # `again_at` is the earliest time it was asked for while somebody holds it; `claimed` is what
            # `wanted` was when it was claimed.
            """
            CREATE TABLE work (
                key TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                lane TEXT NOT NULL,
                due_at BIGINT NOT NULL,
                payload TEXT NOT NULL,
                attempt BIGINT NOT NULL,
                wanted BIGINT NOT NULL,
                owner TEXT,
                lease_until BIGINT,
                claimed BIGINT,
                again_at BIGINT
            )
            """,
            "CREATE INDEX work_by_time ON work (due_at)",
            "CREATE INDEX work_by_lane ON work (lane, due_at)",
            "CREATE UNIQUE INDEX one_holder_per_lane ON work (lane) WHERE owner IS NOT NULL",
        ),
        append_only=("audit",),
    ),
    Migration(
        "0002_seals_and_sights",
        (
            """
            CREATE TABLE seals (
                sequence BIGINT NOT NULL PRIMARY KEY,
                body TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE sights (
                instance TEXT NOT NULL PRIMARY KEY,
                body TEXT NOT NULL
            )
            """,
        ),
        append_only=("seals",),
    ),
    Migration(
        "0003_homes_and_boxes",
        (
            """
            CREATE TABLE homes (
                person TEXT NOT NULL PRIMARY KEY,
                opened_at BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            "CREATE INDEX homes_by_time ON homes (opened_at)",
            """
            CREATE TABLE boxes (
                id TEXT NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
        ),
    ),
    Migration(
        "0004_requests",
        (
            """
            CREATE TABLE requests (
                key TEXT NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                body TEXT NOT NULL
            )
            """,
            "CREATE INDEX requests_by_time ON requests (at)",
        ),
    ),
    Migration(
        "0005_quiet_lanes_and_traces",
        (
            """
            CREATE TABLE quiet_lanes (
                lane TEXT NOT NULL PRIMARY KEY,
                until BIGINT NOT NULL
            )
            """,
            "ALTER TABLE work ADD COLUMN trace TEXT",
        ),
    ),
)
