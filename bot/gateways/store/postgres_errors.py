"""Turns what PostgreSQL says into one sentence that says what to do. The only border for `psycopg.Error`.

No sentence repeats what the database says of a value, a parameter or how it was reached: only its state and
its own short message, which libpq writes without the password.
"""

import psycopg

from bot.domain.errors import StoreError
from bot.domain.sentence import filled, say

_LOST = say(
    "The connection to the database {place} was lost before the change was complete, so nothing of it was "
    "saved: try again in a moment.",
    place="",
)
_UNKNOWN_OUTCOME = say(
    "The connection to the database {place} was lost while a change was being saved, so it may be saved or "
    "not: look before you repeat it.",
    place="",
)
_UNREACHABLE = say(
    "The database {place} cannot be reached: see that the server runs and that the address under `store.url` "
    "is right.",
    place="",
)
_CROWDED = say(
    "Others changed the same rows of the database {place} at the same moment, so nothing was saved: try "
    "again in a moment.",
    place="",
)
_WITHOUT_ENTRY = say(
    "The database {place} does not let mcsync in: look at the user under `store.url` and at "
    "MCSYNC_STORE_PASSWORD or store.password_file.",
    place="",
)

_SENTENCES = {
    "28": _WITHOUT_ENTRY,
    "3D000": say("There is no database {place}: create it, or name another one under `store.url`.", place=""),
    "3F": say(
        "The schema in which mcsync should work does not exist in the database {place}: create it first.",
        place="",
    ),
    "40": _CROWDED,
    "42501": say(
        "The database {place} does not allow mcsync's user what it needs: make it the owner of a database or "
        "of a schema of its own.",
        place="",
    ),
    "25006": say(
        "The database {place} can only be read, as a standby can: name the primary server under `store.url`.",
        place="",
    ),
    "25P03": _LOST,
    "53100": say(
        "The disk of the database {place} is full, so nothing was saved; what was stored before is whole. "
        "Free some space, then try again.",
        place="",
    ),
    "53300": say(
        "The database {place} has no connection left for mcsync: each replica needs 9 of them, so raise "
        "max_connections or run fewer replicas.",
        place="",
    ),
    "55P03": say(
        "Somebody has kept the database {place} locked for too long: look for an open transaction in "
        "pg_stat_activity, then try again.",
        place="",
    ),
    "57014": say(
        "The database {place} took too long over one statement and was stopped: look at its load.", place=""
    ),
    "57P": say("The database {place} is stopping or starting: try again in a moment.", place=""),
    "XX00": say(
        "The database {place} is damaged ({state}). Stop mcsync, keep the data aside for inspection and "
        "restore the latest backup.",
        place="",
        state="",
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
        (_SENTENCES[state[:length]] for length in range(5, 1, -1) if state[:length] in _SENTENCES), None
    )
    if is_lost(error):
        sentence = _UNKNOWN_OUTCOME if committing else sentence or _LOST
    if not sentence:
        said = error.diag.message_primary or type(error).__name__
        refused = say(
            "The database {place} refused a statement ({state}: {said}).",
            place=place,
            state=state or say("no state"),
            said=said,
        )
        return StoreError(refused)
    return StoreError(filled(sentence, place=place, state=state))


def unreachable(error: psycopg.Error, place: str) -> StoreError:
    """Say why no connection could be opened."""
    text = str(error)
    # libpq gives no state for what went wrong before a session began, only the server's words.
    if error.sqlstate is None and ("authentication failed" in text or "no password supplied" in text):
        return StoreError(filled(_WITHOUT_ENTRY, place=place))
    if error.sqlstate is None and 'database "' in text and "does not exist" in text:
        return StoreError(filled(_SENTENCES["3D000"], place=place))
    if error.sqlstate is None and "too many clients" in text:
        return StoreError(filled(_SENTENCES["53300"], place=place))
    if error.sqlstate is None:
        return StoreError(filled(_UNREACHABLE, place=place))
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
