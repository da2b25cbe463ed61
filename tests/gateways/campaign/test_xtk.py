"""Nothing from outside can become part of an expression."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from bot.domain.errors import UnreadableInput
from bot.gateways.campaign import xtk

HOSTILE = st.text(st.sampled_from("ab'\\\"#@[]()=<>&;%$- \n\x00\u2019éＡ") | st.characters(), max_size=40)


def string_literal(expression: str) -> tuple[str, str]:
    """Read a literal the way an expression parser does; return its value and whatever comes after it."""
    assert expression.startswith("'")
    value = []
    position = 1
    while expression[position] != "'":
        if expression[position] == "\\":
            position += 1
        value.append(expression[position])
        position += 1
    return "".join(value), expression[position + 1 :]


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
@example("' OR 1=1 OR ''='")
@example("\\")
@example("\\'")
@example("a\\' OR @id <> '")
def test_a_text_is_one_literal_with_that_value_or_is_refused(value: str) -> None:
    try:
        literal = xtk.text(value)
    except UnreadableInput:
        assert re.search(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", value)
    else:
        assert string_literal(literal) == (value, "")


@given(HOSTILE | st.from_regex(r"[A-Za-z_][\w.-]{0,20}", fullmatch=True))
@settings(max_examples=300, deadline=None)
@example("mcSynch_mcExec1\n")
@example("mcSynch_ｍcExec1")
def test_a_name_is_its_own_literal_or_is_refused(value: str) -> None:
    try:
        literal = xtk.name(value)
    except UnreadableInput:
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}", value) is None
    else:
        assert literal == f"'{value}'"
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", value)


@given(HOSTILE | st.integers().map(str))
@settings(max_examples=200, deadline=None)
@example("١٢")
@example("12\n")
@example("1 OR 1=1")
def test_a_number_is_ascii_digits_or_is_refused(value: str) -> None:
    try:
        literal = xtk.number(value)
    except UnreadableInput:
        assert re.fullmatch(r"-?[0-9]{1,20}", value) is None
    else:
        assert literal == value
        assert literal.isascii()
        assert literal.removeprefix("-").isdecimal()


@pytest.mark.parametrize("value", ["mcSynch_mcExec1", "WKF12", "a.b-c", "_x"])
def test_names_that_people_give_are_taken(value: str) -> None:
    assert xtk.name(value) == f"'{value}'"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (datetime(2026, 1, 31, 6, tzinfo=UTC), "#2026-01-31 06:00:00Z#"),
        (
            datetime(2026, 1, 31, 7, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1))),
            "#2026-01-31 06:00:00Z#",
        ),
        (datetime(987, 1, 1, tzinfo=UTC), "#0987-01-01 00:00:00Z#"),
    ],
)
def test_an_instant_is_written_in_utc_and_whole_seconds(value: datetime, literal: str) -> None:
    assert xtk.instant(value) == literal


def test_an_instant_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="zone"):
        xtk.instant(datetime(2026, 1, 31, 6))  # noqa: DTZ001 - the subject


def test_a_query_has_adobes_shape() -> None:
    query = xtk.query(
        "xtk:workflow",
        "select",
        select=("@id", "@state"),
        where=("@id = 1", "@failed = 1"),
        order=(("@id", True),),
        lines=5,
    )

    assert etree.tostring(query).decode() == (
        '<queryDef schema="xtk:workflow" operation="select" lineCount="5" startLine="0">'
        '<select><node expr="@id"/><node expr="@state"/></select>'
        '<where><condition expr="@id = 1"/><condition expr="@failed = 1"/></where>'
        '<orderBy><node expr="@id" sortDesc="true"/></orderBy></queryDef>'
    )


def test_a_query_without_conditions_has_no_empty_parts() -> None:
    assert [part.tag for part in xtk.query("xtk:workflow", "count", select=("@id",), lines=1)] == ["select"]
