from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bot.sandbox.campaign.expressions import compile_expression
from bot.sandbox.campaign.query import execute
from bot.sandbox.campaign.seed import Plan, build
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.campaign.tables import TABLES, Row
from tests.sandbox.soap_client import HandClock, SoapClient, attributes, document, element, fault, result, utc

NAMES = ["billing", "cleanup", "mcSynch_mcExec1", "tracking"]
WORLD = build(Plan(history_days=0), utc("2026-11-22 04:30"))


def names(soap: SoapClient, where: str) -> list[str]:
    rows = soap.rows("xtk:workflow", "@internalName", where=where)
    return sorted(row["internalName"] for row in rows)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("@internalName = 'billing'", ["billing"]),
        ("@internalName == 'billing'", ["billing"]),
        ("@internalName='it''s'", []),
        ("@internalName IN ('billing', 'tracking','x')", ["billing", "tracking"]),
        ("@internalName NOT IN ('billing','tracking')", ["cleanup", "mcSynch_mcExec1"]),
        ("@internalName like 'mcSynch_%'", ["mcSynch_mcExec1"]),
        ("@internalName LIKE '%ing'", ["billing", "tracking"]),
        ("[@id] = 4900", ["mcSynch_mcExec1"]),
        ("@id > 1204 and @id <= 1219", ["billing", "tracking"]),
        ("@id = '4900'", ["mcSynch_mcExec1"]),
        ("@id <> 4900", ["billing", "cleanup", "tracking"]),
        ("@id != 4900 AND @id < 1211", ["cleanup"]),
        ("@id < -5", []),
        ("not (@builtIn = 1)", ["mcSynch_mcExec1"]),
        ("@builtIn = true and @failed = false", ["billing", "cleanup", "tracking"]),
        ("(@id=1204 or @id=1211) and @internalName='tracking'", ["tracking"]),
        ("@id=1204 or @id=1211 and @internalName='tracking'", ["cleanup", "tracking"]),
        ("[modifiedBy/@name] = 'admin' and [@id] = 1204", ["cleanup"]),
        ("@nextProcessingDate > #2026-11-22 05:00:00Z#", ["billing", "cleanup", "tracking"]),
        ("@nextProcessingDate = #2026-11-22 05:00:00.000Z#", ["mcSynch_mcExec1"]),
        ("@nextProcessingDate = '2026-11-22 05:00:00Z'", ["mcSynch_mcExec1"]),
        ("@nextProcessingDate = #2026-11-22 06:00:00#", ["mcSynch_mcExec1"]),
        ("@nextProcessingDate <= AddHours(GetDate(), 1)", ["mcSynch_mcExec1", "tracking"]),
        ("@nextProcessingDate <= AddMinutes(GetDate(), -1)", []),
        ("@nextProcessingDate is null", []),
        ("@nextProcessingDate IS NOT NULL and @errorActivity IS NULL", NAMES),
        ("@nextProcessingDate < @lastStart", []),
        ("'2026-11-22 05:00:00Z' = @nextProcessingDate", ["mcSynch_mcExec1"]),
        ("'4900' = @id or 'x' = @id", ["mcSynch_mcExec1"]),
        ("@id = @nextProcessingDate", []),
        ("@created < AddDays(@id, 1)", []),
        ("@internalName = @label", []),
        ("[process/@processState] = 11 and @state = 11", NAMES),
        ("data LIKE '%CELL_OFFSET%'", ["mcSynch_mcExec1"]),
    ],
)
def test_conditions_choose_the_records(soap: SoapClient, condition: str, expected: list[str]) -> None:
    assert names(soap, condition) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "@nope = 1",
        "@internalName = 'a' @id",
        "@internalName =",
        "@id in (1, 2",
        "@id ~ 1",
        "[nope/@name] = 'a'",
        "[modifiedBy/@nope] = 'a'",
        "Nope(@id) = 1",
        "@id not 5",
        "@nextProcessingDate = #yesterday#",
        "@nextProcessingDate = 'yesterday'",
        "@internalName = 'open",
        ") = 1",
        "data = 'x'",
    ],
)
def test_what_cannot_be_parsed_is_a_fault(soap: SoapClient, expression: str) -> None:
    message, detail = fault(soap.query("xtk:workflow", "@id", where=expression))

    assert message == "SOP-330011 Error while executing the method 'ExecuteQuery' of service 'xtk:queryDef'."
    assert detail.startswith(f"XTK-170036 Unable to parse expression '{expression}'.")


@pytest.mark.parametrize("node", ["@nope", "[nope/@name]", "[modifiedBy/@nope]", "nope", "@workflow-id"])
def test_selecting_an_unknown_attribute_is_a_fault(soap: SoapClient, node: str) -> None:
    _, detail = fault(soap.query("xtk:workflow", "@id", node))

    assert "XTK-170036" in detail
    assert "xtk:workflow" in detail


@pytest.mark.parametrize(
    "query",
    [
        "<queryDef schema='xtk:nope'><select><node expr='@id'/></select></queryDef>",
        "<queryDef schema='xtk:workflow' operation='remove'><select><node expr='@id'/></select></queryDef>",
        "<queryDef schema='xtk:workflow'/>",
        "<queryDef schema='xtk:workflow' lineCount='many'><select><node expr='@id'/></select></queryDef>",
        "<queryDef schema='xtk:option'><select><node expr=''/></select><orderBy><node/></orderBy></queryDef>",
    ],
)
def test_a_query_that_makes_no_sense_is_a_fault(soap: SoapClient, query: str) -> None:
    message, _ = fault(soap.call("xtk:queryDef#ExecuteQuery", element(query)))

    assert message.startswith("SOP-330011")


def test_a_query_that_is_not_there_is_a_fault(soap: SoapClient) -> None:
    assert "empty" in fault(soap.call("xtk:queryDef#ExecuteQuery", ""))[1]


def test_operations_have_their_own_shapes(soap: SoapClient) -> None:
    none, one = "@id = 1", "@id = 4900"

    assert document(soap.query("xtk:workflow", "@id", where=one)).tag.endswith("workflow-collection")
    assert document(soap.query("xtk:workflow", "@id", where=one, operation="get")).get("id") == "4900"
    assert document(soap.query("xtk:workflow", "@id", where=one, operation="getIfExists")).get("id") == "4900"
    assert document(soap.query("xtk:workflow", where=one, operation="count")).get("count") == "1"
    assert document(soap.query("xtk:workflow", where=none, operation="count")).get("count") == "0"
    assert len(document(soap.query("xtk:workflow", "@id", where=none))) == 0
    assert attributes(document(soap.query("xtk:workflow", "@id", where=none, operation="getIfExists"))) == {}
    assert "WDB-200011" in fault(soap.query("xtk:workflow", "@id", where=none, operation="get"))[1]


@pytest.mark.parametrize("operation", ["select", "getIfExists"])
def test_nothing_found_can_be_a_bare_output(soap: SoapClient, operation: str) -> None:
    soap.lever("settings", bare_empty=True)

    (output,) = result(soap.query("xtk:workflow", "@id", where="@id = 1", operation=operation))

    assert len(output) == 0


def test_pages_and_order(soap: SoapClient) -> None:
    def page(start: int, lines: int, order: list[tuple[str, bool]]) -> list[str]:
        answer = soap.query(
            "xtk:workflow", "@internalName", order=order, startLine=str(start), lineCount=str(lines)
        )
        return [attributes(row)["internalName"] for row in document(answer)]

    assert page(0, 2, [("@internalName", False)]) == NAMES[:2]
    assert page(2, 9, [("@internalName", False)]) == NAMES[2:]
    assert page(0, 1, [("@internalName", True)]) == ["tracking"]
    assert page(0, 9, [("@builtIn", True), ("@id", True)]) == [
        "billing",
        "tracking",
        "cleanup",
        "mcSynch_mcExec1",
    ]
    assert page(0, 1, [("@nextProcessingDate", False)]) == ["mcSynch_mcExec1"]
    soap.call("xtk:workflow#Kill", "billing")
    assert page(0, 1, [("@nextProcessingDate", False)]) == ["billing"]


def test_a_query_without_a_line_count_stops_at_200(soap: SoapClient, clock: HandClock) -> None:
    clock.forward(hours=23)
    assert len(soap.rows("xtk:workflowLog", "@id")) == 200
    assert len(soap.rows("xtk:workflowLog", "@id", lines=1000)) > 200


def test_links_aliases_and_literals_land_where_they_are_named(soap: SoapClient) -> None:
    query = element(
        "<queryDef schema='xtk:workflowLog' operation='select' lineCount='1'><select>"
        "<node expr='[@workflow-id]'/><node expr='[workflow/@internalName]'/>"
        "<node expr='[workflow/@label]' alias='@workflowLabel'/>"
        "<node expr=\"'xtk:workflowLog'\" alias='@schema'/>"
        "<node expr='[workflow/@id]' alias='[deep/er/@id]'/></select>"
        "<where><condition expr='[@workflow-id] = 4900'/></where></queryDef>"
    )

    (row,) = document(soap.call("xtk:queryDef#ExecuteQuery", query))

    assert attributes(row) == {
        "workflow-id": "4900",
        "workflowLabel": "Message Center mcExec1",
        "schema": "xtk:workflowLog",
    }
    workflow, deep = row.find("{*}workflow"), row.find("{*}deep/{*}er")
    assert workflow is not None
    assert deep is not None
    assert attributes(workflow) == {"internalName": "mcSynch_mcExec1"}
    assert attributes(deep) == {"id": "4900"}


def test_the_whole_record_comes_with_its_definition(soap: SoapClient) -> None:
    answer = soap.query(
        "xtk:workflow",
        *("data", "[/]", "@label", "variables", "script", "desc"),
        where="@internalName = 'mcSynch_mcExec1'",
        operation="get",
    )

    record = document(answer)
    assert record.get("timezone") == ""
    assert record.get("onError") == "0"
    assert [etree.QName(child).localname for child in record] == ["activities", "variables", "desc"]


def test_the_definition_comes_inline_or_as_text(soap: SoapClient) -> None:
    inline = soap.activities()
    soap.lever("settings", memo="text")
    record = document(soap.query("xtk:workflow", "@id", "data", where="@id=4900", operation="get"))

    memo = record.findtext("{*}data")

    assert memo is not None
    assert record.find("{*}activities") is None
    scripts = [script.text for script in inline.iter("{*}script")]
    assert [script.text for script in element(memo).iter("script")] == scripts
    assert any("<type> 11 : instance d'exécution" in (script or "") for script in scripts)
    assert any("« " in (script or "") for script in scripts)


def test_a_query_may_ask_for_the_memo_as_it_is_stored(soap: SoapClient) -> None:
    query = element(
        "<queryDef schema='xtk:workflow' operation='get' unExpandMemoData='true'><select><node expr='data'/>"
        "</select><where><condition expr='@id = 4900'/></where></queryDef>"
    )

    record = document(soap.call("xtk:queryDef#ExecuteQuery", query))

    assert "<activities>" in (record.findtext("{*}data") or "")


def test_nested_conditions_are_joined_by_their_operators(soap: SoapClient) -> None:
    query = element(
        "<queryDef schema='xtk:workflow' operation='select'><select><node expr='@id'/></select><where>"
        "<condition boolOperator='OR'><condition boolOperator='OR' expr='@id = 1204'/>"
        "<condition expr='@id = 1211'/></condition><condition boolOperator='AND' expr='@id = 4900'/>"
        "<condition expr=\"@internalName LIKE 'mc%'\"/></where></queryDef>"
    )

    found = document(soap.call("xtk:queryDef#ExecuteQuery", query))

    assert sorted(attributes(row)["id"] for row in found) == ["4900"]


def test_execution_accounts_are_found_the_way_campaign_finds_them(soap: SoapClient) -> None:
    where = "@type = 11 AND @active = 1 AND @isMessageCenter = 1 AND @isInteraction = 0"

    rows = soap.rows("nms:extAccount", "@name", "@server", "@executionInstanceId", where=where)

    assert rows == [{"name": "mcExec1", "server": f"{soap.url}/rt/mcExec1", "executionInstanceId": "1"}]
    assert len(soap.rows("nms:extAccount", "@name", "@type")) == 2


def test_the_journal_tells_the_failures_and_the_starts_of_five_days(clock: HandClock) -> None:
    with CampaignServer(clock=clock) as server:
        soap = SoapClient(server.url)
        with soap.http:
            soap.log_on()
            check_five_days(soap)


def check_five_days(soap: SoapClient) -> None:
    errors = soap.rows(
        "xtk:workflowLog",
        *("@logDate", "@activity", "@message", "@error"),
        where=["[@workflow-id] = 4900", "@logType = 0"],
    )
    starts = soap.rows(
        "xtk:workflowLog", "@logDate", where=["[@workflow-id] = 4900", "@message LIKE 'Start requested%'"]
    )

    assert [one["message"] for one in errors[:2]] == [
        "SCR-160012 JavaScript: Error while evaluating script 'mcSynch_mcExec1/soapImport'.",
        "Empty return for method 'Logon' of service 'xtk:session'.",
    ]
    assert {(one["activity"], one["error"]) for one in errors} == {("soapImport", "1")}
    failed = [datetime.fromisoformat(one["logDate"]) for one in errors[1::2]]
    assert [at.date().day for at in failed] == [17, 18, 19, 20, 21]
    assert all(
        timedelta(seconds=1) < at - at.replace(hour=5, minute=0, second=0) < timedelta(seconds=10)
        for at in failed
    )
    pressed = [datetime.fromisoformat(one["logDate"]) for one in starts]
    assert [(at.day, at.hour) for at in pressed] == [(day, 7) for day in (17, 18, 19, 20, 21)]
    assert all(at.minute >= 30 for at in pressed)


Condition = tuple[str, Callable[[Row], bool]]


def atoms() -> st.SearchStrategy[Condition]:
    midnight = utc("2026-11-22 00:00")
    moments = st.integers(0, 24 * 60).map(lambda minute: midnight + timedelta(minutes=minute))
    comparisons: dict[str, Callable[[int], bool]] = {
        "=": lambda sign: sign == 0,
        "<>": lambda sign: sign != 0,
        "<": lambda sign: sign < 0,
        ">=": lambda sign: sign >= 0,
    }

    def number(sign: str, value: int) -> Condition:
        def holds(row: Row) -> bool:
            mine = row.values["id"]
            assert isinstance(mine, int)
            return comparisons[sign]((mine > value) - (mine < value))

        return f"@id {sign} {value}", holds

    def moment(sign: str, value: datetime) -> Condition:
        def holds(row: Row) -> bool:
            mine = row.values["nextProcessingDate"]
            assert isinstance(mine, datetime)
            return comparisons[sign]((mine > value) - (mine < value))

        return f"@nextProcessingDate {sign} #{value.isoformat(sep=' ')}#", holds

    def member(chosen: list[str]) -> Condition:
        listed = ", ".join(f"'{name}'" for name in chosen)
        return f"@internalName IN ({listed})", lambda row: row.values["internalName"] in chosen

    signs = st.sampled_from(sorted(comparisons))
    return st.one_of(
        st.builds(number, signs, st.sampled_from([1203, 1204, 1211, 4899, 4900])),
        st.builds(moment, signs, moments),
        st.builds(member, st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)),
    )


def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def both(one: Condition, other: Condition) -> Condition:
        return f"({one[0]} and {other[0]})", lambda row: one[1](row) and other[1](row)

    def either(one: Condition, other: Condition) -> Condition:
        return f"({one[0]} OR {other[0]})", lambda row: one[1](row) or other[1](row)

    def negated(one: Condition) -> Condition:
        return f"NOT {one[0]}", lambda row: not one[1](row)

    return st.one_of(
        st.builds(both, inner, inner), st.builds(either, inner, inner), st.builds(negated, inner)
    )


@given(st.recursive(atoms(), joined, max_leaves=6))
def test_any_condition_chooses_what_plain_python_chooses(condition: Condition) -> None:
    text, expected = condition
    query = etree.Element("queryDef", schema="xtk:workflow", operation="select")
    etree.SubElement(etree.SubElement(query, "select"), "node", expr="@id")
    etree.SubElement(etree.SubElement(query, "where"), "condition", expr=text)

    found = execute(WORLD, query)

    assert found is not None
    all_rows = [Row(TABLES["xtk:workflow"], row_values(name)) for name in NAMES]
    assert {row.get("id") for row in found} == {str(row.values["id"]) for row in all_rows if expected(row)}


def row_values(name: str) -> dict[str, str | int | datetime | None]:
    workflow = WORLD.workflow(name)
    assert workflow is not None
    return {"id": workflow.id, "internalName": workflow.name, "nextProcessingDate": workflow.next_run}


@given(st.text(max_size=40))
def test_any_text_as_a_literal_is_compared_as_it_is(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    table = TABLES["nms:extAccount"]

    evaluate = compile_expression(WORLD, table, f"@label = '{quoted}'")

    assert evaluate(Row(table, {"label": text})) == 1
    assert evaluate(Row(table, {"label": text + "x"})) == 0
