import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bot.sandbox.campaign.persist import write
from bot.sandbox.campaign.seed import Plan, build
from bot.sandbox.campaign.wire import Element
from bot.sandbox.campaign.world import World
from tests.sandbox.soap_client import SoapClient, element, fault, utc

MOVED = "m_tmStartTime='00:05:00.000'"


def update(inner: str, attributes: str = "id='4900' _operation='update'") -> str:
    return f"<workflow xtkschema='xtk:workflow' {attributes}>{inner}</workflow>"


def moved_schedule(soap: SoapClient, operation: str = "_operation='update'") -> str:
    period = soap.period().replace("m_tmStartTime='00:00:00.000'", MOVED)
    return (
        f"<schedule name='schedule' {operation}><transitions><transition name='transition' "
        f"target='connection'/></transitions><period>{period.replace(chr(39), '&apos;')}</period></schedule>"
    )


def activity_names(soap: SoapClient) -> list[str]:
    return [activity.get("name", "") for activity in soap.activities()]


def test_an_update_marked_on_every_level_changes_one_activity_only(soap: SoapClient) -> None:
    before = {one.get("name"): etree.tostring(one) for one in soap.activities()}

    answer = soap.write(update(f"<activities _operation='update'>{moved_schedule(soap)}</activities>"))

    assert answer.ok, answer.text
    assert MOVED in soap.period()
    after = {one.get("name"): etree.tostring(one) for one in soap.activities()}
    assert [name for name in before if before[name] != after[name]] == ["schedule"]
    assert soap.lever("writes", "GET")["writes"] == [
        {
            "at": "2026-11-22T04:30:00Z",
            "login": "mcsync",
            "document": update(f"<activities _operation='update'>{moved_schedule(soap)}</activities>")
            .replace("'", '"')
            .replace("&apos;", "'"),
            "changed": ["activity schedule m_tmStartTime: 00:00:00.000 -> 00:05:00.000"],
        }
    ]


@pytest.mark.parametrize(
    ("collection", "activity"),
    [("", "_operation='update'"), ("_operation='update'", ""), ("", "")],
    ids=["not on the collection", "not on the activity", "on neither"],
)
def test_an_operation_forgotten_anywhere_replaces_every_activity(
    soap: SoapClient, collection: str, activity: str
) -> None:
    document = update(f"<activities {collection}>{moved_schedule(soap, activity)}</activities>")

    assert soap.write(document).ok

    assert activity_names(soap) == ["schedule"]


def test_a_backup_written_back_as_a_whole_restores_everything(soap: SoapClient) -> None:
    backup = etree.tostring(soap.activities(), method="c14n", exclusive=True)
    plain = backup.replace(b' xmlns="urn:xtk:queryDef"', b"")
    soap.write(update("<activities/>"))
    assert activity_names(soap) == []

    assert soap.write(update(plain.decode())).ok

    assert etree.tostring(soap.activities(), method="c14n", exclusive=True) == backup


def test_an_update_of_nothing_does_nothing_and_says_nothing(soap: SoapClient) -> None:
    for attributes in ("id='1' _operation='update'", "internalName='nope' _operation='delete'"):
        assert soap.write(update("<activities/>", attributes)).ok
    assert soap.write(
        update("<activities _operation='update'><js name='nope' _operation='update'/></activities>")
    ).ok

    assert len(soap.rows("xtk:workflow", "@id")) == 4
    assert activity_names(soap)[0] == "schedule"
    assert len(activity_names(soap)) == 6


def test_a_record_is_found_by_the_key_that_is_named(soap: SoapClient) -> None:
    by_key = "_key='@internalName' internalName='mcSynch_mcExec1' _operation='update' label='A'"
    by_two = "_key='@internalName, @builtIn' internalName='mcSynch_mcExec1' builtIn='1' _operation='update'"

    soap.write(update("", by_key))
    soap.write(update("<desc>B</desc>", by_two))

    assert soap.rows("xtk:workflow", "@label", where="@id = 4900") == [{"label": "A"}]
    assert len(soap.lever("writes", "GET")["writes"][0]["changed"]) == 1
    assert soap.lever("writes", "GET")["writes"][1]["changed"] == []


def test_insert_or_update_is_what_happens_by_default(soap: SoapClient) -> None:
    soap.write(update("<activities><end name='end'/></activities>", "internalName='fresh' label='Fresh'"))
    soap.write(update("", "internalName='fresh' label='Fresher'"))

    assert soap.rows("xtk:workflow", "@label", "@state", where="@internalName = 'fresh'") == [
        {"label": "Fresher", "state": "20"}
    ]
    assert [one.get("name") for one in soap.activities("fresh")] == ["end"]


def test_an_insert_of_what_exists_is_a_fault_and_a_delete_removes_it(soap: SoapClient) -> None:
    assert "already exists" in fault(soap.write(update("", "id='4900' _operation='insert'")))[1]

    assert soap.write(update("", "id='4900' _operation='delete'")).ok

    assert soap.rows("xtk:workflow", "@id", where="@id = 4900") == []


def test_operation_none_touches_nothing(soap: SoapClient) -> None:
    soap.write(update("<activities/>", "id='4900' _operation='none' label='X'"))

    assert len(activity_names(soap)) == 6


@pytest.mark.parametrize(
    "document",
    [
        "<workflow id='4900' label='X'/>",
        "<workflow xtkschema='xtk:nope' id='4900'/>",
        "<workflow xtkschema='xtk:workflow' id='4900' nope='1'/>",
        "<workflow xtkschema='xtk:workflow' id='4900' _operation='upsert'/>",
        "<workflow xtkschema='xtk:workflow' id='4900'><data>x</data></workflow>",
        update(
            "<activities _operation='update'><js name='soapImport' _operation='delete'/>"
            "<end name='end' _operation='insert'/></activities>",
            "id='4900' label='X'",
        ),
        "<operator xtkschema='xtk:operator' name='root'/>",
        "<option xtkschema='xtk:option' name='XtkDatabaseId' _operation='insert'/>",
    ],
)
def test_a_document_that_cannot_be_saved_is_a_fault_and_changes_nothing(
    soap: SoapClient, document: str
) -> None:
    before = soap.query("xtk:workflow", "data", "[/]", where="@id=4900", operation="get").content

    message, detail = fault(soap.write(document))

    assert message == "SOP-330011 Error while executing the method 'Write' of service 'xtk:persist'."
    assert detail[:4] in ("XSV-", "XTK-")
    assert soap.query("xtk:workflow", "data", "[/]", where="@id=4900", operation="get").content == before
    assert soap.lever("writes", "GET") == {"writes": []}


def test_a_write_without_a_document_is_a_fault(soap: SoapClient) -> None:
    assert "empty" in fault(soap.call("xtk:persist#Write", ""))[1]
    assert "empty" in fault(soap.call("xtk:persist#Write"))[1]


def test_activities_can_be_inserted_replaced_and_deleted_one_by_one(soap: SoapClient) -> None:
    soap.write(
        update(
            "<activities _operation='update'><end name='end' _operation='delete'/>"
            "<end name='last' _operation='insertOrUpdate' x='1'/><js name='connection' _operation='none'/>"
            "<js name='soapImport' label='Neu' _operation='update'><script>a &lt; b</script></js>"
            "</activities>"
        )
    )

    found = {one.get("name"): one for one in soap.activities()}
    assert list(found) == [
        *("schedule", "connection", "soapImport", "soapImportBatchEvent", "jsReplicateUrl", "last"),
    ]
    changed = found["soapImport"]
    assert changed.get("label") == "Neu"
    assert changed.get("img") == "xtk:activities/js.png"
    assert changed.findtext("{*}script") == "a < b"
    assert changed.find("{*}initScript") is not None
    assert "_operation" not in etree.tostring(soap.activities()).decode()


def test_other_children_are_replaced_and_the_engines_own_passed_over(soap: SoapClient) -> None:
    soap.write(
        update(
            "<desc>Neu</desc><desc>Neu</desc><variables a='1'/><process processState='0'/>"
            "<modifiedBy name='x'/>"
        )
    )

    changes = soap.lever("writes", "GET")["writes"][0]["changed"]
    assert changes == ["<desc> replaced", "<variables> replaced"]


def test_who_wrote_and_when_can_be_read(soap: SoapClient) -> None:
    soap.write(update("", "id='4900' _operation='update' label='X'"))

    (row,) = soap.rows(
        "xtk:workflow", "@lastModified", "[modifiedBy/@name]", "[@modifiedBy-id]", where="@id=4900"
    )
    assert row == {"lastModified": "2026-11-22 04:30:00.000Z", "modifiedBy-id": "6021"}


def test_other_records_can_be_written_too(soap: SoapClient) -> None:
    account = "<extAccount xtkschema='nms:extAccount' name='{0}' label='{1}' {2}/>"

    soap.write(account.format("new", "One", ""))
    soap.write(account.format("new", "Two", "type='3'"))
    soap.write(account.format("gone", "x", "_operation='update'"))
    soap.write(account.format("defaultEmailMid", "x", "_operation='delete'"))
    soap.write(account.format("mcExec1", "x", "_operation='none'"))

    rows = soap.rows("nms:extAccount", "@name", "@label")
    assert [(row["name"], row["label"]) for row in rows] == [
        ("mcExec1", "Message Center execution instance 1"),
        ("new", "Two"),
    ]


def test_a_collection_is_written_document_by_document(soap: SoapClient) -> None:
    collection = element(
        "<workflow-collection xtkschema='xtk:workflow'><workflow id='4900' label='A'/>"
        "<workflow id='1204' label='B' xtkschema='xtk:workflow'/></workflow-collection>"
    )

    assert soap.call("xtk:persist#WriteCollection", collection).ok

    rows = soap.rows("xtk:workflow", "@label", where="@id in (4900, 1204)")
    assert sorted(row["label"] for row in rows) == ["A", "B"]


Activities = dict[str, str]
ACTIVITIES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "3"]), max_size=4)
OPERATIONS = st.sampled_from([None, "update", "insertOrUpdate", "delete", "none"])


def tree(activities: Activities) -> Element:
    root = etree.Element("activities")
    for name, label in activities.items():
        etree.SubElement(root, "js", name=name, label=label)
    return root


def world_with(activities: Activities) -> World:
    world = build(Plan(history_days=0), utc("2026-11-22 04:30"))
    workflow = world.workflows[4900]
    assert workflow.activities is not None
    workflow.stored.replace(workflow.activities, tree(activities))
    return world


@given(
    stored=ACTIVITIES,
    sent=st.dictionaries(
        st.sampled_from("abcd"), st.tuples(st.sampled_from(["8", "9"]), OPERATIONS), max_size=4
    ),
    on_collection=st.sampled_from([None, "update"]),
)
def test_merging_follows_a_plain_dictionary(
    stored: Activities, sent: dict[str, tuple[str, str | None]], on_collection: str | None
) -> None:
    world = world_with(stored)
    document = etree.Element("workflow", xtkschema="xtk:workflow", id="4900", _operation="update")
    collection = etree.SubElement(
        document, "activities", {"_operation": on_collection} if on_collection else {}
    )
    for name, (label, operation) in sent.items():
        extra = {"_operation": operation} if operation else {}
        etree.SubElement(collection, "js", extra, name=name, label=label)

    write(world, document, "mcsync")

    merges = on_collection and all(operation for _, operation in sent.values())
    expected = dict(stored) if merges else {name: label for name, (label, _) in sent.items()}
    if merges:
        for name, (label, operation) in sent.items():
            if operation == "insertOrUpdate" or (operation == "update" and name in expected):
                expected[name] = label
            elif operation == "delete":
                expected.pop(name, None)
    activities = world.workflows[4900].activities
    assert activities is not None
    assert {one.get("name"): one.get("label") for one in activities} == expected
