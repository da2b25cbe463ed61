"""Builds queries in Campaign's expression language, so that nothing from outside becomes part of one.

Expressions know no bind variables. Names are held to a short list of characters, other text is quoted the way
Adobe's JavaScript SDK does it (`escapeXtk`), instants are written by us.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree

from bot.domain.errors import UnreadableInput
from bot.domain.sentence import say

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
_ID = re.compile(r"-?[0-9]{1,20}")
_UNQUOTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def name(value: str) -> str:
    """Write an internal name as a literal.

    Raises:
        UnreadableInput: it has other characters than letters, digits, `_`, `.` and `-`.
    """
    if _NAME.fullmatch(value) is None:
        raise UnreadableInput(
            say(
                "{value} is no internal name: those have only letters, digits, and the signs _ . -",
                value=f"{value[:80]!r}",
            )
        )
    return text(value)


def number(value: str) -> str:
    """Write an id as a literal; ids may be negative.

    Raises:
        UnreadableInput: it is no whole number.
    """
    if _ID.fullmatch(value) is None:
        raise UnreadableInput(
            say("{value} is no id of Campaign: those are whole numbers.", value=f"{value[:80]!r}")
        )
    return value


def text(value: str) -> str:
    """Write any text as a literal, quoted and escaped.

    Raises:
        UnreadableInput: it has control characters, which an expression cannot carry.
    """
    if _UNQUOTABLE.search(value):
        raise UnreadableInput(say("A text with control characters cannot be part of a query."))
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def instant(value: datetime) -> str:
    """Write an instant as a literal, in UTC, rounded down to the second: the form that Adobe documents.

    Raises:
        ValueError: *value* has no zone.
    """
    if value.tzinfo is None:
        raise ValueError("an instant has a zone")
    utc = value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return f"#{utc.isoformat(sep=' ')}Z#"


def query(
    schema: str,
    operation: str,
    *,
    select: Iterable[str],
    where: Iterable[str] = (),
    order: Iterable[tuple[str, bool]] = (),
    lines: int,
) -> etree._Element:
    """Build a `queryDef`.

    Args:
        schema: such as `xtk:workflow`.
        operation: `select` for many records, `getIfExists` for one.
        select: XPath expressions.
        where: conditions that must all hold.
        order: expressions, each with whether it descends.
        lines: how many records at most; the server's own limit is not documented, so ours is always set.
    """
    root = etree.Element("queryDef", schema=schema, operation=operation, lineCount=str(lines), startLine="0")
    selected = etree.SubElement(root, "select")
    for expression in select:
        etree.SubElement(selected, "node", expr=expression)
    conditions = tuple(where)
    if conditions:
        filtered = etree.SubElement(root, "where")
        for condition in conditions:
            etree.SubElement(filtered, "condition", expr=condition)
    orders = tuple(order)
    if orders:
        ordered = etree.SubElement(root, "orderBy")
        for expression, descends in orders:
            etree.SubElement(ordered, "node", expr=expression, sortDesc="true" if descends else "false")
    return root
