"""Turns what PostgreSQL says into one sentence that says what to do. The only border for `psycopg.Error`.

No sentence repeats what the database says of a value, a parameter or how it was reached: only its state and
its own short message, which libpq writes without the password.
"""

import psycopg

from bot.domain.errors import StoreError

_LOST = (
    "The connection to the database {place} was lost before the change was complete, so nothing of it was "
    "saved: try again in a moment."
)
_UNKNOWN_OUTCOME = (
    "The connection to the database {place} was lost while a change was being saved, so it may be saved or "
    "not: look before you repeat it."
)
_UNREACHABLE = (
    "The database {place} cannot be reached: see that the server runs and that the address under `store.url` "
    "is right."
)
_CROWDED = (
    "Others changed the same rows of the database {place} at the same moment, so nothing was saved: try "
    "again in a moment."
)
_WITHOUT_ENTRY = (
    "The database {place} does not let mcsync in: look at the user under `store.url` and at "
    "MCSYNC_STORE_PASSWORD or store.password_file."
)

_SENTENCES = {
    "28": _WITHOUT_ENTRY,
    "3D000": "There is no database {place}: create it, or name another one under `store.url`.",
    "3F": "The schema in which mcsync should work does not exist in the database {place}: create it first.",
    "40": _CROWDED,
    "42501": (
        "The database {place} does not allow mcsync's user what it needs: make it the owner of a database or "
        "of a schema of its own."
    ),
    "25006": (
        "The database {place} can only be read, as a standby can: name the primary server under `store.url`."
    ),
    "25P03": _LOST,
    "53100": (
        "The disk of the database {place} is full, so nothing was saved; what was stored before is whole. "
        "Free some space, then try again."
    ),
    "53300": (
        "The database {place} has no connection left for mcsync: each replica needs 9 of them, so raise "
        "max_connections or run fewer replicas."
    ),
    "55P03": (
        "Somebody has kept the database {place} locked for too long: look for an open transaction in "
        "pg_stat_activity, then try again."
    ),
    "57014": "The database {place} took too long over one statement and was stopped: look at its load.",
    "57P": "The database {place} is stopping or starting: try again in a moment.",
    "XX00": (
        "The database {place} is damaged ({state}). Stop mcsync, keep the data aside for inspection and "
        "restore the latest backup."
    ),
}
"""By SQLSTATE or its beginning (PostgreSQL documentation, appendix A); the longest that fits counts."""

_AGAIN = ("40001", "40P01", "23505")
"""Serialization failure, deadlock, and a unique index that two claims met at once."""


def refusal(error: psycopg.Error, place: str, *, committing: bool = False) -> StoreError:
    """Say in one sentence why the database cannot be used as it is, and what to do.

    Args:
        error: what psycopg raised.
        place: server and database, without user and password.
        committing: whether it came as the answer to COMMIT.
    """
    state = error.sqlstate or ""
    sentence = next(
        (_SENTENCES[state[:length]] for length in range(5, 1, -1) if state[:length] in _SENTENCES), ""
    )
    if is_lost(error):
        sentence = _UNKNOWN_OUTCOME if committing else sentence or _LOST
    if not sentence:
        said = error.diag.message_primary or type(error).__name__
        sentence = "The database {place} refused a statement ({state}: {said})."
        return StoreError(sentence.format(place=place, state=state or "no state", said=said))
    return StoreError(sentence.format(place=place, state=state))


def unreachable(error: psycopg.Error, place: str) -> StoreError:
    """Say why no connection could be opened."""
    text = str(error)
    # libpq gives no state for what went wrong before a session began, only the server's words.
    if error.sqlstate is None and ("authentication failed" in text or "no password supplied" in text):
        return StoreError(_WITHOUT_ENTRY.format(place=place))
    if error.sqlstate is None and 'database "' in text and "does not exist" in text:
        return StoreError(_SENTENCES["3D000"].format(place=place))
    if error.sqlstate is None and "too many clients" in text:
        return StoreError(_SENTENCES["53300"].format(place=place))
    if error.sqlstate is None:
        return StoreError(_UNREACHABLE.format(place=place))
    return refusal(error, place)


def is_lost(error: psycopg.Error) -> bool:
    """Tell whether the connection is of no more use."""
    state = error.sqlstate or ""
    if state.startswith(("57P", "25P03", "08")):
        return True
    # libpq's own words for a broken connection come without a state.
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not state


def may_be_repeated(error: psycopg.Error) -> bool:
    """Tell whether a transaction that was surely taken back may succeed when it is run again."""
    return (error.sqlstate or "") in _AGAIN or is_lost(error)
