"""Values on their way into JSON text and back."""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import Deed, Seal
from bot.domain.errors import StoreError
from bot.domain.incident import Incident
from bot.domain.journal import Failure
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.message import Posted
from bot.domain.notice import Notice
from bot.domain.proposal import Proposal
from bot.domain.sight import Sight
from bot.domain.sighted import Sighted
from bot.domain.trust import Rating, Suggestion
from bot.gateways.store import codec
from bot.gateways.store.codec import Codec
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

CODECS: list[tuple[type, Codec[Any]]] = [
    (Incident, codec.INCIDENT),
    (Failure, codec.FAILURE),
    (Proposal, codec.PROPOSAL),
    (Sighted, codec.SIGHTED),
    (Posted, codec.POSTED),
    (Lesson, codec.LESSON),
    (Notice, codec.NOTICE),
    (Suggestion, codec.SUGGESTION),
    (Rating, codec.RATING),
    (LogonBar, codec.LOGON_BAR),
    (Deed, codec.DEED),
    (Seal, codec.SEAL),
    (Sight, codec.SIGHT),
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9))])
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
    timedelta: st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones),  # noqa: DTZ001 - bounds
}


def anything(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type, a union, a tuple of types …
    """Make values of *kind* by its annotations, so that a field added tomorrow is tried tomorrow."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*(anything(argument) for argument in arguments))
    if origin is tuple:
        return st.lists(anything(arguments[0]), max_size=2).map(tuple)
    if origin in (types.UnionType, typing.Union):
        return st.one_of([anything(argument) for argument in arguments])
    if origin is Mapping:
        return st.dictionaries(anything(arguments[0]), anything(arguments[1]), max_size=3)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{one.name: anything(hints[one.name]) for one in dataclasses.fields(kind)})
    assert issubclass(kind, Enum), kind
    return st.sampled_from(kind)


@pytest.mark.parametrize(("kind", "found"), CODECS, ids=[kind.__name__ for kind, _ in CODECS])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_value_comes_back_as_it_was(kind: type, found: Codec[Any], data: st.DataObject) -> None:
    value = data.draw(anything(kind))
    body = found.encode(value)
    assert found.decode(body) == value
    assert found.encode(found.decode(body)) == body


def damaged(change: Mapping[str, object], *, without: str = "") -> str:
    body = json.loads(codec.INCIDENT.encode(examples.incident())) | change
    body.pop(without, None)
    return json.dumps(body)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("", "the whole text"),
        ("null", "the whole text"),
        ("{", "the whole text"),
        (damaged({"failures": "3"}), "failures"),
        (damaged({"first_at": "yesterday"}), "first_at"),
        (damaged({"state": "asleep"}), "state"),
        (damaged({"added_by_a_newer_version": 1}), "added_by_a_newer_version"),
        (damaged({"diagnosis": {}}), "diagnosis.cause"),
        (damaged({}, without="message"), "message"),
    ],
)
def test_a_body_that_is_not_what_we_wrote_is_refused(body: str, where: str) -> None:
    with pytest.raises(StoreError) as caught:
        codec.INCIDENT.decode(body)
    assert str(caught.value).startswith(f"A stored incident cannot be read ({where}: ")
    assert "restore a backup" in str(caught.value)


def test_a_value_that_is_not_of_its_own_type_is_refused() -> None:
    with pytest.raises(ValueError, match="This incident cannot be stored"):
        codec.INCIDENT.encode(examples.incident(failures="many"))


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones))  # noqa: DTZ001 - bounds
@settings(max_examples=50, deadline=None)
def test_an_instant_keeps_its_milliseconds(at: datetime) -> None:
    found = codec.instant(codec.milliseconds(at))
    assert timedelta() <= at - found < timedelta(milliseconds=1)
    assert found.utcoffset() == timedelta()


def test_milliseconds_grow_with_time() -> None:
    assert codec.milliseconds(NOON + timedelta(milliseconds=1)) == codec.milliseconds(NOON) + 1
    assert codec.milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)) == -1
