"""How values travel: frozen dataclasses as JSON text, instants as integer milliseconds.

Reading is strict: a body with a missing, unknown or ill-typed field is refused, never patched up, because a
value that lost a field on the way in would lose it for good on the next save.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.domain.answered import Request
from bot.domain.audit import Deed, Seal
from bot.domain.errors import StoreError
from bot.domain.incident import Incident
from bot.domain.journal import Failure
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.message import Posted
from bot.domain.notice import Notice
from bot.domain.proposal import Proposal
from bot.domain.sentence import say
from bot.domain.sight import Sight
from bot.domain.sighted import Sighted
from bot.domain.trust import Rating, Suggestion
from bot.domain.view import Box, HomeTab
from bot.gateways.store.sentences import with_note, with_sentences, without_note

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Codec(Generic[T]):
    """Turns values of one kind into JSON text and back.

    Attributes:
        kind: what a person calls such a value.

    Args:
        kind: see above.
        of: the values' type.
        english: whether sentences are kept as letters only, as in the record, whose digest covers them.
    """

    def __init__(self, kind: str, of: type[T], *, english: bool = False) -> None:
        self.kind = kind
        self._of = of
        self._english = english

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        """What pydantic knows of the type, learnt with the first value: of all of them it takes 20 ms."""
        return TypeAdapter(self._of)

    def encode(self, value: T) -> str:
        """Write *value* as JSON text.

        Raises:
            ValueError: *value* is not of its own type, or holds text that is not Unicode.
        """
        try:
            body = self._adapter.dump_json(value, warnings="error").decode()
        except PydanticSerializationError as error:
            raise ValueError(f"This {self.kind} cannot be stored: {error}") from error
        return body if self._english else with_note(body, value)

    def decode(self, body: str) -> T:
        """Read a value from JSON text.

        Raises:
            StoreError: the text is not a value of this kind.
        """
        try:
            own, sentences = without_note(body)
            value = self._adapter.validate_json(own, strict=True, extra="forbid")
            return with_sentences(value, sentences) if sentences else value
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the whole text"
            raise self._unreadable(f"{where}: {first['msg']}") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._unreadable(str(error)) from error

    def _unreadable(self, why: str) -> StoreError:
        return StoreError(
            say(
                "A stored {kind} cannot be read ({why}): it was damaged or written by another version of "
                "mcsync. Run the version that wrote it, or restore a backup.",
                kind=self.kind,
                why=why,
            )
        )


INCIDENT = Codec(say("incident"), Incident)
FAILURE = Codec(say("failure"), Failure)
PROPOSAL = Codec(say("proposal"), Proposal)
SIGHTED = Codec(say("sighting of a workflow"), Sighted)
SIGHT = Codec(say("sight of an instance"), Sight)
POSTED = Codec(say("place of a card"), Posted)
HOME = Codec(say("Home tab"), HomeTab)
BOX = Codec(say("box"), Box)
LESSON = Codec(say("lesson"), Lesson)
NOTICE = Codec(say("notice"), Notice)
SUGGESTION = Codec(say("suggestion"), Suggestion)
RATING = Codec(say("rating"), Rating)
REQUEST = Codec(say("request"), Request)
LOGON_BAR = Codec(say("refused log-on"), LogonBar)
DEED = Codec(say("audit entry"), Deed, english=True)
SEAL = Codec(say("seal of the audit chain"), Seal, english=True)
PAYLOAD: Codec[Mapping[str, str]] = Codec(say("payload of due work"), Mapping[str, str])  # type: ignore[type-abstract] # pydantic makes a dict


def milliseconds(at: datetime) -> int:
    """Count the whole milliseconds from the epoch to *at*: the resolution of every column that holds time.

    Raises:
        ValueError: *at* has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no zone, so it is no instant.")
    return (at - _EPOCH) // _MILLISECOND


def instant(count: int) -> datetime:
    """Turn milliseconds since the epoch into an instant, UTC."""
    return _EPOCH + count * _MILLISECOND
