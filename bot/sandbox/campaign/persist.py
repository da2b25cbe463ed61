"""xtk:persist#Write and its merge rules, the destructive one included.

Source: Adobe's documentation, "Data oriented APIs". A record is found by `_key`, by
`@id`, or by the schema's own key. `_operation` is insertOrUpdate unless said otherwise; `update` and `delete`
of a record that is not there do nothing and say nothing. The activities of a workflow are an XML collection:
they are *replaced* by what comes, unless `_operation` stands on the collection and on every element of it.
"""

from copy import deepcopy

from lxml import etree

from bot.sandbox.campaign.scheduler import PAIR
from bot.sandbox.campaign.tables import ACCOUNT, DEFINITION_COLUMNS, OPTION, TABLES, WORKFLOW, Table
from bot.sandbox.campaign.wire import Element, attributes_of, to_text
from bot.sandbox.campaign.workflow import Workflow, same_xml
from bot.sandbox.campaign.world import World, Written

CONTROL = frozenset({"xtkschema", "_operation", "_key", "_cs"})
# Other children, such as `<process>` and `<modifiedBy>`, are the engine's or links, and are passed over.
WRITABLE = frozenset({"activities", "variables", "desc"})
OPERATIONS = frozenset({"insert", "insertOrUpdate", "update", "delete", "none"})


class Unwritable(Exception):
    """The document cannot be saved; the text is the fault's detail."""


def write(world: World, document: Element, login: str) -> None:
    """Save a document.

    Args:
        world: where it is saved.
        document: the entity, without namespaces.
        login: who writes.

    Raises:
        Unwritable: no or an unknown `xtkschema`, an unknown attribute or operation, an insert of a record
            that exists.
    """
    schema = document.get("xtkschema", "")
    table = TABLES.get(schema)
    if table is None:
        raise Unwritable(f"XSV-350023 Unable to save document of type '{schema or document.tag}'.")
    text = to_text(document)
    changed = (
        _write_workflow(world, table, document, login)
        if schema == WORKFLOW
        else _write_record(world, table, document)
    )
    world.writes.append(Written(at=world.time, login=login, document=text, changed=tuple(changed)))


def write_collection(world: World, collection: Element, login: str) -> None:
    """Save every document of a collection, one after the other; its `xtkschema` counts for all of them.

    Raises:
        Unwritable: as `write`.
    """
    for document in collection.iterfind("*"):
        copy = deepcopy(document)
        copy.set("xtkschema", copy.get("xtkschema", collection.get("xtkschema", "")))
        write(world, copy, login)


def _write_workflow(world: World, table: Table, document: Element, login: str) -> list[str]:
    operation = _operation(document)
    given = _given(table, document)
    if document.find("data") is not None:
        raise Unwritable(
            "XSV-350023 Unable to save document: 'data' is a memo and cannot be written directly."
        )
    workflow = _find_workflow(world, document, given)
    if operation in ("none", "update", "delete") and (workflow is None or operation == "none"):
        return []
    if workflow is not None and operation == "insert":
        raise _duplicate(table)
    if operation == "delete" and workflow is not None:
        del world.workflows[workflow.id]
        return [f"workflow {workflow.name} deleted"]
    # Merged on a copy: a document that turns out to be wrong halfway leaves nothing behind.
    stored = _blank_workflow() if workflow is None else deepcopy(workflow.stored)
    own = {name: text for name, text in given.items() if name in DEFINITION_COLUMNS}
    changed = _merge_attributes(stored, own)
    for child in document.iterfind("*"):
        if child.tag in WRITABLE:
            changed += _merge_child(stored, child)
    if workflow is None:
        workflow = _new_workflow(world, stored, login)
    workflow.stored = stored
    world.was_written(workflow, login)
    return changed


def _find_workflow(world: World, document: Element, given: dict[str, str]) -> Workflow | None:
    keys = _keys(document, "internalName", given)
    for workflow in world.workflows.values():
        own = attributes_of(workflow.stored) | {"id": str(workflow.id)}
        if all(own.get(key) == given.get(key) for key in keys):
            return workflow
    return None


def _blank_workflow() -> Element:
    stored = etree.Element("workflow")
    etree.SubElement(stored, "activities")
    return stored


def _new_workflow(world: World, stored: Element, login: str) -> Workflow:
    workflow = Workflow(
        id=world.new_id(), stored=stored, created=world.time, created_by=world.operator_id(login)
    )
    world.workflows[workflow.id] = workflow
    return workflow


def _write_record(world: World, table: Table, document: Element) -> list[str]:
    if table.schema not in (ACCOUNT, OPTION):
        raise Unwritable(f"XSV-350023 Unable to save document of type '{table.schema}'.")
    operation = _operation(document)
    given = _given(table, document)
    keys = _keys(document, table.key, given)
    records = world.records.setdefault(table.schema, [])
    record = next((one for one in records if all(one.get(key) == given.get(key) for key in keys)), None)
    if operation == "none" or (record is None and operation in ("update", "delete")):
        return []
    if record is None:
        records.append({"id": str(world.new_id()), **given})
        return [f"{table.name} inserted"]
    if operation == "insert":
        raise _duplicate(table)
    if operation == "delete":
        records.remove(record)
        return [f"{table.name} deleted"]
    changed = [
        f"@{name}: {record.get(name, '')} -> {text}"
        for name, text in given.items()
        if record.get(name) != text
    ]
    record.update(given)
    return changed


def _operation(element: Element) -> str:
    operation = element.get("_operation", "insertOrUpdate")
    if operation not in OPERATIONS:
        raise Unwritable(f"XTK-170047 Unknown operation '{operation}' on element '{element.tag}'.")
    return operation


def _given(table: Table, document: Element) -> dict[str, str]:
    given = {name: text for name, text in attributes_of(document).items() if name not in CONTROL}
    for name in given:
        if name not in table.columns:
            raise Unwritable(
                f"XTK-170036 Unable to parse expression '@{name}'. Unknown attribute '{name}'"
                f" (see definition of schema '{table.label} ({table.schema})')."
            )
    return given


def _keys(document: Element, default: str, given: dict[str, str]) -> list[str]:
    named = document.get("_key", "")
    if named:
        return [key.strip().lstrip("@") for key in named.split(",")]
    return ["id"] if "id" in given else [default]


def _duplicate(table: Table) -> Unwritable:
    return Unwritable(
        f"XSV-350023 Unable to save document of type '{table.schema}'. The record already exists."
    )


def _merge_attributes(element: Element, given: dict[str, str]) -> list[str]:
    changed = []
    for name, text in given.items():
        if element.get(name) != text:
            changed.append(f"@{name}: {element.get(name, '')} -> {text}")
            element.set(name, text)
    return changed


def _merge_child(stored: Element, child: Element) -> list[str]:
    """Bring one child element in: a collection by its own rules, anything else as a whole."""
    mine = stored.find(child.tag)
    if child.tag == "activities" and mine is not None and _merges(child):
        return _merge_activities(mine, child)
    fresh = _stripped(child)
    if mine is None:
        stored.append(fresh)
        return [f"<{child.tag}> inserted"]
    if same_xml(mine, fresh):
        return []
    before, after = _names(mine), _names(fresh)
    stored.replace(mine, fresh)
    return [
        f"<{child.tag}> replaced: {before} -> {after}"
        if child.tag == "activities"
        else f"<{child.tag}> replaced"
    ]


def _merges(collection: Element) -> bool:
    elements = (collection, *collection.iterfind("*"))
    return all(element.get("_operation") is not None for element in elements)


def _merge_activities(mine: Element, given: Element) -> list[str]:
    _operation(given)
    changed = []
    for activity in given.iterfind("*"):
        operation, name = _operation(activity), activity.get("name", "")
        old = next((one for one in mine if one.tag == activity.tag and one.get("name") == name), None)
        if operation == "none" or (old is None and operation in ("update", "delete")):
            continue
        if old is None:
            mine.append(_stripped(activity))
            changed.append(f"activity {name} inserted")
        elif operation == "insert":
            raise Unwritable(f"XSV-350023 Unable to save document: activity '{name}' already exists.")
        elif operation == "delete":
            mine.remove(old)
            changed.append(f"activity {name} deleted")
        else:
            changed += _merge_activity(old, activity)
    return changed


def _merge_activity(old: Element, given: Element) -> list[str]:
    """Attributes that are given overwrite, child elements that are given replace; the rest stays."""
    name = given.get("name", "")
    attributes = {key: text for key, text in attributes_of(given).items() if key not in CONTROL}
    changed = [f"activity {name} {change}" for change in _merge_attributes(old, attributes)]
    for tag in dict.fromkeys(child.tag for child in given.iterfind("*")):
        before = old.findall(tag)
        after = [_stripped(child) for child in given.iterfind(tag)]
        if len(before) == len(after) and all(
            same_xml(one, other) for one, other in zip(before, after, strict=True)
        ):
            continue
        place = old.index(before[0]) if before else len(old)
        for element in before:
            old.remove(element)
        for offset, element in enumerate(after):
            old.insert(place + offset, element)
        changed += [f"activity {name} {change}" for change in _changes(str(tag), before, after)]
    return changed


def _stripped(element: Element) -> Element:
    """Copy what will be stored: without the words that only steer the write."""
    copy = deepcopy(element)
    copy.tail = None
    for node in copy.iter(etree.Element):
        for name in CONTROL & set(attributes_of(node)):
            del node.attrib[name]
    return copy


def _names(activities: Element) -> str:
    return ", ".join(activity.get("name", "?") for activity in activities.iterfind("*")) or "none"


def _changes(tag: str, before: list[Element], after: list[Element]) -> list[str]:
    """Say what changed: single keys of a `<period>`, else only that the element is another."""
    old, new = (dict(PAIR.findall("".join(one.text or "" for one in side))) for side in (before, after))
    if tag == "period" and old.keys() == new.keys():
        return [f"{key}: {old[key]} -> {new[key]}" for key in old if old[key] != new[key]]
    return [f"<{tag}> replaced"]
