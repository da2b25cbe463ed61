"""A workflow's activities: XML from the server to values, and values to the documents that we write.

Two readings of the same definition give equal text, whoever indented them: namespaces that an element only
inherits from the answer are dropped, white space between elements is dropped where an element holds nothing
else, and the rest is canonical XML (C14N, exclusive). Text inside elements (scripts, `<period>`) is kept.
"""

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from bot.domain.errors import UnreadableDefinition
from bot.domain.sentence import say
from bot.domain.workflow import Activity, Definition
from bot.gateways.campaign.answer import REPLACEMENT, bounded, scrubbed, without_document_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.workflow import Workflow

_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*?\?>")


def definition(workflow: etree._Element) -> Definition:
    """Read the activities of a `<workflow>` element.

    They come as `<activities>` inside it, as `<activities>` inside `<data>`, or as the text of `<data>`.

    Raises:
        UnreadableDefinition: they do not come at all, the text is not XML, or has relative namespaces.
    """
    for place in _places(workflow):
        if (found := _child(place, "activities")) is not None:
            return _read(_plain(found))
    raise UnreadableDefinition(
        say("The workflow came without its activities, so mcsync cannot judge its schedule.")
    )


def definition_of(activities_xml: str) -> Definition:
    """Read the canonical XML of `<activities>` back, such as a backup.

    Raises:
        UnreadableDefinition: it is not that.
    """
    root = _parsed(activities_xml)
    if root.tag != "activities":
        raise UnreadableDefinition(say("The backup does not hold the activities of a workflow."))
    return _read(_plain(root))


def schedule_document(workflow: "Workflow", period: str) -> etree._Element:
    """Build the document that writes *period* into the only scheduler, and nothing else.

    `_operation` stands on all three levels: without it on `<activities>`, the server would replace every
    activity by the one sent. The activity is complete, since its content is replaced by what is sent.

    Raises:
        UnreadableDefinition: the scheduler holds a character that XML cannot carry: our copy is not faithful.
    """
    definition = workflow.definition
    (scheduler,) = (
        a for a in definition.activities if a.kind == "schedule" and a.name == definition.scheduler
    )
    _refuse_unfaithful(scheduler.xml + scrubbed(period), workflow)
    activity = _parsed(scheduler.xml)
    (holder,) = activity.findall("period")
    holder.text = period
    activity.set("_operation", "update")
    root = _update(workflow)
    activities = etree.SubElement(root, "activities", _operation="update")
    activities.append(activity)
    return root


def restore_document(workflow: "Workflow", activities_xml: str) -> etree._Element:
    """Build the document that puts a complete backup in place of whatever activities there are.

    Here `<activities>` carries no `_operation`, so the whole collection is replaced.

    Raises:
        UnreadableDefinition: the backup is none, or is not faithful.
    """
    _refuse_unfaithful(activities_xml, workflow)
    root = _update(workflow)
    root.append(_parsed(activities_xml))
    return root


def _update(workflow: "Workflow") -> etree._Element:
    return etree.Element("workflow", xtkschema="xtk:workflow", id=workflow.status.id, _operation="update")


def _refuse_unfaithful(xml: str, workflow: "Workflow") -> None:
    if REPLACEMENT in xml:
        raise UnreadableDefinition(
            say(
                "{workflow} holds a character that XML cannot carry, so mcsync has no faithful copy to "
                "write; change it in the console.",
                workflow=workflow.status.name,
            )
        )


def _read(activities: etree._Element) -> Definition:
    elements = list(activities.iterchildren(etree.Element))
    schedulers = [child for child in elements if child.tag == "schedule"]
    periods = schedulers[0].findall("period") if len(schedulers) == 1 else []
    readable = len(periods) == 1 and len(periods[0]) == 0
    return Definition(
        activities=tuple(Activity(str(e.tag), e.get("name", ""), _canonical(e)) for e in elements),
        xml=_canonical(activities),
        period=(periods[0].text or "") if readable else None,
        scheduler=schedulers[0].get("name", "") if readable else None,
        timezone=schedulers[0].get("timezone", "") if readable else "",
    )


def _places(workflow: etree._Element) -> "Iterator[etree._Element]":
    """Go through the elements in which `<activities>` may stand, the likeliest first."""
    yield workflow
    data = _child(workflow, "data")
    if data is None:
        return
    if len(data) == 0:
        data = _parsed(f"<data>{_DECLARATION.sub('', data.text or '')}</data>")
    yield data
    inner = _child(data, "workflow")
    if inner is not None:
        yield inner


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    return next(parent.iterchildren(f"{{*}}{name}"), None)


def _parsed(xml: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    try:
        return etree.fromstring(bounded(without_document_type(scrubbed(xml))).encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDefinition(
            say("The definition of the workflow is not XML: {why}", why=str(error.msg))
        ) from None


def _plain(element: etree._Element) -> etree._Element:
    """Copy *element* without the namespace it inherits from the answer, and without indentation."""
    inherited = etree.QName(element).namespace
    copy = deepcopy(element)
    for node in copy.iter(etree.Element):
        name = etree.QName(node)
        if name.namespace == inherited:
            node.tag = name.localname
        if len(node) and not any(text.strip() for text in (node.text or "", *(c.tail or "" for c in node))):
            node.text = None
            for child in node:
                child.tail = None
    etree.cleanup_namespaces(copy)
    return copy


def _canonical(element: etree._Element) -> str:
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_tail=False).decode("utf-8")
    except etree.C14NError as error:
        raise UnreadableDefinition(
            say("The definition has no canonical form: {why}.", why=str(error))
        ) from None
