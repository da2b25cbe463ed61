"""The schemas that GetEntityIfMoreRecent serves: enough for Adobe's SDK to find methods and parameters.

Attributes come from `tables.py`, so that what a schema says and what a query accepts cannot drift apart.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from bot.sandbox.campaign.tables import TABLES
from bot.sandbox.campaign.wire import Element, to_text


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method."""

    name: str
    type: str
    out: bool = False


@dataclass(frozen=True)
class MethodSignature:
    """One method: `static` ones need no entity, `const` ones do not change it."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    static: bool = True
    const: bool = False


_WORKFLOW_ID = Parameter("workflowId", "string")
_PERSIST = (
    MethodSignature("Write", (Parameter("doc", "DOMDocument"),)),
    MethodSignature("WriteCollection", (Parameter("doc", "DOMDocument"),)),
    MethodSignature(
        "GetEntityIfMoreRecent",
        (
            Parameter("pk", "string"),
            Parameter("md5", "string"),
            Parameter("mustExist", "boolean"),
            Parameter("doc", "DOMDocument", out=True),
        ),
    ),
)
METHODS: Mapping[str, tuple[MethodSignature, ...]] = {
    "xtk:session": (
        MethodSignature("Logoff"),
        MethodSignature("TestCnx"),
        MethodSignature("GetServerTime", (Parameter("serverTime", "datetime", out=True),)),
        MethodSignature(
            "GetOption",
            (
                Parameter("name", "string"),
                Parameter("value", "string", out=True),
                Parameter("type", "byte", out=True),
            ),
        ),
        MethodSignature("GetUserInfo", (Parameter("userInfo", "sessionUserInfo", out=True),)),
    ),
    "xtk:queryDef": (
        MethodSignature(
            "ExecuteQuery", (Parameter("output", "DOMDocument", out=True),), static=False, const=True
        ),
    ),
    "xtk:workflow": (
        MethodSignature("Start", (_WORKFLOW_ID,)),
        MethodSignature("StartWithParameters", (_WORKFLOW_ID, Parameter("parameters", "DOMElement"))),
        MethodSignature("Stop", (_WORKFLOW_ID,)),
        MethodSignature("Pause", (_WORKFLOW_ID,)),
        MethodSignature("Kill", (_WORKFLOW_ID,)),
        MethodSignature("Wakeup", (_WORKFLOW_ID,)),
        MethodSignature(
            "PostEvent",
            (
                _WORKFLOW_ID,
                Parameter("activity", "string"),
                Parameter("transition", "string"),
                Parameter("parameters", "DOMElement"),
                Parameter("complete", "boolean"),
            ),
        ),
    ),
}
_TYPES = {"string": "string", "long": "long", "boolean": "boolean", "datetime": "datetime"}


def schema_document(schema: str) -> Element | None:
    """Build the `<schema>` of a name such as `xtk:workflow`, `None` for one that is not served."""
    namespace, _, name = schema.partition(":")
    table = TABLES.get(schema)
    if table is None and schema not in METHODS:
        return None
    document = etree.Element("schema", namespace=namespace, name=name, implements="xtk:persist")
    if schema == "xtk:session":
        interface = etree.SubElement(document, "interface", name="persist")
        interface.extend(_method(signature) for signature in _PERSIST)
        etree.SubElement(document, "element", name="sessionInfo")
        user = etree.SubElement(document, "element", name="userInfo", label="Parameters")
        etree.SubElement(user, "attribute", name="loginId", type="long")
    root = etree.SubElement(document, "element", name=name)
    if table is not None:
        document.set("label", table.label)
        key = etree.SubElement(root, "key", name="id", internal="true")
        etree.SubElement(key, "keyfield", xpath="@id")
        for column, kind in table.columns.items():
            if "/" not in column:
                etree.SubElement(root, "attribute", name=column, type=_TYPES[kind])
        for link_name, link in table.links.items():
            join = etree.SubElement(root, "element", name=link_name, type="link", target=link.schema)
            etree.SubElement(join, "join", {"xpath-dst": "@id", "xpath-src": f"@{link.column}"})
    if schema in METHODS:
        methods = etree.SubElement(document, "methods")
        methods.extend(_method(signature) for signature in METHODS[schema])
    # Not a secret: Campaign tells versions of an entity apart by MD5.
    document.set("md5", hashlib.md5(to_text(document).encode(), usedforsecurity=False).hexdigest())
    return document


def _method(signature: MethodSignature) -> Element:
    method = etree.Element("method", name=signature.name)
    if signature.static:
        method.set("static", "true")
    if signature.const:
        method.set("const", "true")
    if signature.parameters:
        parameters = etree.SubElement(method, "parameters")
        for parameter in signature.parameters:
            inout = "out" if parameter.out else "in"
            etree.SubElement(parameters, "param", name=parameter.name, type=parameter.type, inout=inout)
    return method
