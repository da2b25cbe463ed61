"""The schemas that can be queried: their attributes, their links, and the rows the world gives for them.

Attribute names and types follow the records in Adobe's documentation and in public exports. A name that is
not listed here is unknown to queries and to writes.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from bot.sandbox.campaign.wire import Element, attributes_of, to_text
from bot.sandbox.campaign.workflow import Workflow
from bot.sandbox.campaign.world import ERROR, JournalLine, World

Value = str | int | datetime | None

WORKFLOW, LOG, ACCOUNT, OPERATOR, OPTION = (
    "xtk:workflow",
    "xtk:workflowLog",
    "nms:extAccount",
    "xtk:operator",
    "xtk:option",
)


@dataclass(frozen=True)
class Link:
    """A way from a row to the one it belongs to: the schema, and the column that holds its key."""

    schema: str
    column: str


@dataclass(frozen=True)
class Table:
    """What is known of a schema.

    Attributes:
        schema: such as `xtk:workflow`.
        label: what people call it.
        columns: the type of every attribute: `string`, `long`, `boolean` or `datetime`. A path such as
            `process/@processState` is a column too.
        links: by name.
        elements: the child elements that can be selected.
        key: the attributes that tell records apart when a write names no other.
    """

    schema: str
    label: str
    columns: Mapping[str, str]
    key: str
    links: Mapping[str, Link] = field(default_factory=dict)
    elements: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The element's name: `workflow` for `xtk:workflow`."""
        return self.schema.partition(":")[2]


@dataclass(frozen=True)
class Row:
    """One record, ready to be asked.

    Attributes:
        table: what it is a record of.
        values: by column; a value that is missing counts as empty.
        element: where its child elements are, `None` for none.
    """

    table: Table
    values: Mapping[str, Value]
    element: Element | None = None


def _columns(**kinds: str) -> dict[str, str]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


_AUTHORS = {"createdBy": Link(OPERATOR, "createdBy-id"), "modifiedBy": Link(OPERATOR, "modifiedBy-id")}

# What a definition says of itself, and a write may therefore change.
DEFINITION_COLUMNS = _columns(
    string="internalName label schema timezone modelName form nextProcessingAfn recipientLink",
    long="onError errorLimit history supervisor-id scenario-id folder-id operation-id"
    " queryRestart unlockedCount status",
    boolean="builtIn isModel production simulation keepResult showSQL",
)
_ENGINE_COLUMNS = _columns(
    string="errorActivity nextProcessingHost hostname port process/@login",
    long="id state errorCount processId createdBy-id modifiedBy-id eventCount taskCount process/@priority"
    " process/@processState process/@startState",
    boolean="failed process/@forecasted",
    datetime="lastStart nextProcessingDate processDate created lastModified",
)

TABLES: Mapping[str, Table] = {
    table.schema: table
    for table in (
        Table(
            WORKFLOW,
            "Workflows",
            DEFINITION_COLUMNS | _ENGINE_COLUMNS,
            key="internalName",
            links=_AUTHORS,
            elements=frozenset({"data", "activities", "variables", "desc", "script", "process"}),
        ),
        Table(
            LOG,
            "Workflow journal",
            _columns(
                string="activity message", long="id logType workflow-id", boolean="error", datetime="logDate"
            ),
            key="id",
            links={"workflow": Link(WORKFLOW, "workflow-id")},
        ),
        Table(
            ACCOUNT,
            "External accounts",
            _columns(
                string="name label server account password executionInstanceId timezone provider port",
                long="id type createdBy-id modifiedBy-id",
                boolean="active isMessageCenter isInteraction builtIn",
                datetime="created lastModified",
            ),
            key="name",
            links=_AUTHORS,
        ),
        Table(
            OPERATOR, "Operators", _columns(string="name label", long="id", boolean="disabled"), key="name"
        ),
        Table(
            OPTION,
            "Options",
            _columns(string="name stringValue description", long="id dataType longValue"),
            key="name",
        ),
    )
}


def rows(world: World, table: Table) -> Iterator[Row]:
    """Yield the records of a table."""
    if table.schema == WORKFLOW:
        yield from (_workflow_row(table, workflow) for workflow in world.workflows.values())
    elif table.schema == LOG:
        yield from (_journal_row(table, line) for line in world.journal)
    elif table.schema == OPERATOR:
        for operator in world.operators.values():
            yield Row(
                table, {"id": operator.id, "name": operator.name, "label": operator.label, "disabled": 0}
            )
    else:
        for record in world.records.get(table.schema, []):
            yield Row(table, {name: typed(table, name, text) for name, text in record.items()})


def linked(world: World, row: Row, link: Link) -> Row | None:
    """Follow a link, `None` where it leads nowhere."""
    table = TABLES[link.schema]
    wanted = row.values.get(link.column)
    return next((other for other in rows(world, table) if other.values.get("id") == wanted), None)


def typed(table: Table, name: str, text: str) -> Value:
    """Read the text of an attribute as its column's type."""
    if table.columns[name] not in ("long", "boolean"):
        return text
    return int(text) if text.lstrip("-").isdecimal() else int(text == "true")


def definition_xml(workflow: Workflow, *, as_text: bool) -> list[Element]:
    """Return what the memo `data` expands to: `<activities>` and `<variables>`, or their text in `<data>`."""
    children = [deepcopy(child) for child in workflow.stored if child.tag != "desc"]
    if not as_text:
        return children
    root = etree.Element("workflow")
    root.extend(children)
    data = etree.Element("data")
    data.text = to_text(root)
    return [data]


def _workflow_row(table: Table, workflow: Workflow) -> Row:
    values: dict[str, Value] = {
        name: typed(table, name, text)
        for name, text in attributes_of(workflow.stored).items()
        if name in table.columns
    }
    values |= {
        "id": workflow.id,
        "state": int(workflow.state),
        "status": 3 if workflow.failed else 0,
        "failed": int(workflow.failed),
        "errorActivity": workflow.error_activity,
        "errorCount": workflow.error_count,
        "lastStart": workflow.last_start,
        "nextProcessingDate": workflow.next_run,
        "processDate": workflow.process_date,
        "processId": workflow.process_id,
        "created": workflow.created,
        "lastModified": workflow.last_modified,
        "createdBy-id": workflow.created_by,
        "modifiedBy-id": workflow.modified_by,
        "hostname": "mkt1",
        "process/@processState": int(workflow.state),
        "process/@forecasted": 0,
        "process/@priority": 0,
        "process/@startState": 0,
    }
    return Row(table, values, element=workflow.stored)


def _journal_row(table: Table, line: JournalLine) -> Row:
    values: dict[str, Value] = {
        "id": line.id,
        "logDate": line.at,
        "activity": line.activity,
        "message": line.message,
        "logType": line.kind,
        "error": int(line.kind == ERROR),
        "workflow-id": line.workflow_id,
    }
    return Row(table, values)
