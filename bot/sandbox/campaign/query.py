"""xtk:queryDef#ExecuteQuery: select, get, getIfExists and count over the tables."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from lxml import etree

from bot.sandbox.campaign.expressions import Evaluator, Unparsable, compile_expression, resolve, value_at
from bot.sandbox.campaign.tables import LOG, TABLES, WORKFLOW, Row, Table, Value, definition_xml, rows
from bot.sandbox.campaign.wire import TRUE_WORDS, Element
from bot.sandbox.campaign.world import World

# What the server gives when a query names no lineCount (Adobe's JavaScript SDK).
DEFAULT_LINE_COUNT = 200
OPERATIONS = frozenset({"select", "get", "getIfExists", "count"})

Writer = Callable[[Row, Element], None]


class NotAnswerable(Exception):
    """The query is wrong, or a `get` found nothing; the text is the fault's detail."""


def execute(world: World, query: Element) -> Element | None:
    """Answer a `<queryDef>`.

    Returns:
        What stands inside `pdomOutput`, `None` to leave it empty.

    Raises:
        NotAnswerable: an unknown schema, attribute or operation; a `get` without a record.
    """
    try:
        return _execute(world, query)
    except Unparsable as error:
        raise NotAnswerable(str(error)) from error


def date_text(moment: datetime) -> str:
    """Write an instant the way Campaign does: `2026-01-31 06:00:00.000Z`."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def value_text(value: Value) -> str:
    """Write a value as an attribute's text."""
    if isinstance(value, datetime):
        return date_text(value)
    return "" if value is None else str(value)


def _execute(world: World, query: Element) -> Element | None:
    table = TABLES.get(query.get("schema", ""))
    if table is None:
        raise NotAnswerable(f"XTK-170006 Unable to find schema '{query.get('schema', '')}'.")
    operation = query.get("operation", "select")
    if operation not in OPERATIONS:
        raise NotAnswerable(f"XTK-170016 Unknown operation '{operation}' in the query.")
    writers = _select(world, table, query)
    found = [row for row in rows(world, table) if _condition(world, table, query.find("where"))(row)]
    if operation == "count":
        return etree.Element(table.name, count=str(len(found)))
    if not writers:
        raise NotAnswerable("XTK-170019 No node to select in the query.")
    for key in reversed(_order(world, table, query)):
        found.sort(key=key.of, reverse=key.descending)
    if operation == "select":
        start = _whole(query, "startLine", 0)
        lines = _whole(query, "lineCount", DEFAULT_LINE_COUNT)
        return _collection(world, table, writers, found[start : start + lines])
    if not found and operation == "get":
        raise NotAnswerable(f"WDB-200011 No record of '{table.label} ({table.schema})' matches the query.")
    if not found:
        return None if world.settings.bare_empty else etree.Element(table.name)
    return _record(table, writers, found[0])


def _whole(query: Element, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise NotAnswerable(f"XTK-170024 '{text}' is not a value for '{name}'.")
    return int(text)


def _collection(world: World, table: Table, writers: list[Writer], found: list[Row]) -> Element | None:
    if not found and world.settings.bare_empty:
        return None
    collection = etree.Element(f"{table.name}-collection")
    collection.extend(_record(table, writers, row) for row in found)
    return collection


def _record(table: Table, writers: list[Writer], row: Row) -> Element:
    record = etree.Element(table.name)
    for write in writers:
        write(row, record)
    return record


def _select(world: World, table: Table, query: Element) -> list[Writer]:
    as_text = world.settings.memo == "text" or query.get("unExpandMemoData", "").lower() in TRUE_WORDS
    writers: list[Writer] = []
    for node in query.iterfind("select/node"):
        expression = node.get("expr", "").strip()
        if expression == "[/]":
            writers += [
                _attribute_writer(world, table, f"@{name}") for name in table.columns if "/" not in name
            ]
        if table.schema == WORKFLOW and expression in ("data", "activities", "[/]"):
            writers.append(_definition_writer(world, as_text=as_text and expression != "activities"))
        elif expression in table.elements:
            writers.append(_element_writer(expression))
        elif expression != "[/]":
            writers.append(_attribute_writer(world, table, expression, node.get("alias", "")))
    return writers


def _definition_writer(world: World, *, as_text: bool) -> Writer:
    def write(row: Row, record: Element) -> None:
        if record.find("activities") is not None or record.find("data") is not None:
            return
        workflow = world.workflows[int(str(row.values["id"]))]
        record.extend(definition_xml(workflow, as_text=as_text))

    return write


def _element_writer(name: str) -> Writer:
    def write(row: Row, record: Element) -> None:
        if row.element is not None and record.find(name) is None:
            record.extend(deepcopy(child) for child in row.element.iterfind(name))

    return write


def _attribute_writer(world: World, table: Table, expression: str, alias: str = "") -> Writer:
    """Write a value where its path says, or where the alias says."""
    if expression.startswith(("@", "[")):
        evaluate: Evaluator = partial(value_at, world, path=resolve(table, expression, expression))
        place = alias or expression.strip("[]")
    else:
        evaluate = compile_expression(world, table, expression)
        place = alias or "@expr"

    def write(row: Row, record: Element) -> None:
        *parents, name = place.strip("[]").split("/")
        element = record
        for parent in parents:
            child = element.find(parent)
            element = etree.SubElement(element, parent) if child is None else child
        element.set(name.lstrip("@"), value_text(evaluate(row)))

    return write


def _condition(world: World, table: Table, where: Element | None) -> Callable[[Row], bool]:
    """Join the conditions of a `<where>` or a nesting `<condition>`: AND, unless one says OR to the next."""
    if where is None:
        return lambda _row: True
    parts = [
        (condition.get("boolOperator", "AND").upper(), _one_condition(world, table, condition))
        for condition in where.iterfind("condition")
    ]

    def holds(row: Row) -> bool:
        result, operator = True, "AND"
        for following, part in parts:
            result = (result or part(row)) if operator == "OR" else (result and part(row))
            operator = following
        return result

    return holds


def _one_condition(world: World, table: Table, condition: Element) -> Callable[[Row], bool]:
    expression = condition.get("expr")
    if expression is None:
        return _condition(world, table, condition)
    if table.schema == WORKFLOW and expression.strip().lower().startswith("data like"):
        return _data_like(world, expression)
    evaluate = compile_expression(world, table, expression)
    return lambda row: bool(evaluate(row))


def _data_like(world: World, expression: str) -> Callable[[Row], bool]:
    """`data LIKE '%<schedule%'`: a filter over the text of the definition."""
    wanted = expression.partition("'")[2].rpartition("'")[0].strip("%")

    def holds(row: Row) -> bool:
        workflow = world.workflows[int(str(row.values["id"]))]
        return wanted in "".join(element.text or "" for element in definition_xml(workflow, as_text=True))

    return holds


@dataclass(frozen=True)
class _SortKey:
    evaluate: Evaluator
    descending: bool

    def of(self, row: Row) -> tuple[bool, int, float, str]:
        """Empty values first, then numbers and dates, then text."""
        value = self.evaluate(row)
        if value is None:
            return (False, 0, 0.0, "")
        if isinstance(value, datetime):
            return (True, 0, value.timestamp(), "")
        return (True, 0, float(value), "") if isinstance(value, int) else (True, 1, 0.0, value)


def _order(world: World, table: Table, query: Element) -> list[_SortKey]:
    keys = []
    for node in query.iterfind("orderBy/node"):
        evaluate = compile_expression(world, table, node.get("expr", ""))
        keys.append(_SortKey(evaluate, node.get("sortDesc", "").lower() in TRUE_WORDS))
    if not keys and table.schema == LOG:
        keys.append(_SortKey(lambda row: row.values.get("id"), descending=False))
    return keys
