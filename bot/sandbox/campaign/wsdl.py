"""`/nl/jsp/schemawsdl.jsp?schema=…`: the WSDL of a schema's methods, document style, as servers write it.

Parameters come from `schemas.py`. Campaign reads inputs by position; outputs have the names of its answers,
`p` and a sign of their type before the name (`pdomOutput`, `ptmServerTime`).
"""

from collections.abc import Sequence

from lxml import etree

from bot.sandbox.campaign.schemas import METHODS, MethodSignature, Parameter
from bot.sandbox.campaign.wire import Element

WSDL, SOAP, XSD = (
    "http://schemas.xmlsoap.org/wsdl/",
    "http://schemas.xmlsoap.org/wsdl/soap/",
    "http://www.w3.org/2001/XMLSchema",
)
_SIGNS = {"string": "str", "datetime": "tm", "byte": "bt", "boolean": "b", "DOMDocument": "dom"}
_XSD_TYPES = {"string": "s:string", "datetime": "s:dateTime", "byte": "s:byte", "boolean": "s:boolean"}
_LOGON = MethodSignature(
    "Logon",
    (
        Parameter("login", "string"),
        Parameter("password", "string"),
        Parameter("parameters", "DOMElement"),
        Parameter("sessionToken", "string", out=True),
        Parameter("sessionInfo", "sessionUserInfo", out=True),
        Parameter("securityToken", "string", out=True),
    ),
)


def wsdl_document(schema: str, router: str) -> bytes | None:
    """Write the WSDL of a schema such as `xtk:queryDef`, `None` for one without methods.

    Args:
        schema: its name.
        router: the address that the methods are called at.
    """
    signatures = METHODS.get(schema)
    if signatures is None:
        return None
    if schema == "xtk:session":
        signatures = (_LOGON, *signatures)
    target = f"urn:{schema}"
    root = etree.Element(
        f"{{{WSDL}}}definitions",
        {"targetNamespace": target},
        nsmap={"wsdl": WSDL, "soap": SOAP, "s": XSD, "tns": target},
    )
    _types(root, target, signatures)
    for signature in signatures:
        for kind, suffix in (("In", ""), ("Out", "Response")):
            message = etree.SubElement(root, f"{{{WSDL}}}message", name=signature.name + kind)
            part = {"name": "parameters", "element": f"tns:{signature.name}{suffix}"}
            etree.SubElement(message, f"{{{WSDL}}}part", part)
    name = f"{schema.partition(':')[2]}MethodsSoap"
    _port_type(root, name, signatures)
    _binding(root, name, schema, signatures)
    service = etree.SubElement(root, f"{{{WSDL}}}service", name=_service(schema))
    port = etree.SubElement(service, f"{{{WSDL}}}port", name=name, binding=f"tns:{name}")
    etree.SubElement(port, f"{{{SOAP}}}address", location=router)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _service(schema: str) -> str:
    namespace, _, name = schema.partition(":")
    return namespace.capitalize() + name[0].upper() + name[1:]


def _types(root: Element, target: str, signatures: Sequence[MethodSignature]) -> None:
    types = etree.SubElement(root, f"{{{WSDL}}}types")
    schema = etree.SubElement(
        types, f"{{{XSD}}}schema", elementFormDefault="qualified", targetNamespace=target
    )
    anything = etree.SubElement(schema, f"{{{XSD}}}complexType", name="Element")
    inside = etree.SubElement(anything, f"{{{XSD}}}sequence")
    etree.SubElement(inside, f"{{{XSD}}}any", processContents="lax")
    for signature in signatures:
        given = [("sessiontoken", "s:string")]
        if not signature.static:
            given.append(("entity", "tns:Element"))
        given += [(one.name, _type(one)) for one in signature.parameters if not one.out]
        _element(schema, signature.name, given)
        taken = [(_output(one), _type(one)) for one in signature.parameters if one.out]
        _element(schema, f"{signature.name}Response", taken)


def _element(schema: Element, name: str, fields: Sequence[tuple[str, str]]) -> None:
    element = etree.SubElement(schema, f"{{{XSD}}}element", name=name)
    content = etree.SubElement(element, f"{{{XSD}}}complexType")
    sequence = etree.SubElement(content, f"{{{XSD}}}sequence")
    for field, kind in fields:
        etree.SubElement(sequence, f"{{{XSD}}}element", minOccurs="1", maxOccurs="1", name=field, type=kind)


def _type(parameter: Parameter) -> str:
    return _XSD_TYPES.get(parameter.type, "tns:Element")


def _output(parameter: Parameter) -> str:
    sign = _SIGNS.get(parameter.type, "")
    return f"p{sign}{parameter.name[0].upper()}{parameter.name[1:]}"


def _port_type(root: Element, name: str, signatures: Sequence[MethodSignature]) -> None:
    port_type = etree.SubElement(root, f"{{{WSDL}}}portType", name=name)
    for signature in signatures:
        operation = etree.SubElement(port_type, f"{{{WSDL}}}operation", name=signature.name)
        etree.SubElement(operation, f"{{{WSDL}}}input", message=f"tns:{signature.name}In")
        etree.SubElement(operation, f"{{{WSDL}}}output", message=f"tns:{signature.name}Out")


def _binding(root: Element, name: str, schema: str, signatures: Sequence[MethodSignature]) -> None:
    binding = etree.SubElement(root, f"{{{WSDL}}}binding", name=name, type=f"tns:{name}")
    etree.SubElement(
        binding, f"{{{SOAP}}}binding", style="document", transport="http://schemas.xmlsoap.org/soap/http"
    )
    for signature in signatures:
        operation = etree.SubElement(binding, f"{{{WSDL}}}operation", name=signature.name)
        action = f"{schema}#{signature.name}"
        etree.SubElement(operation, f"{{{SOAP}}}operation", soapAction=action, style="document")
        for side in ("input", "output"):
            body = etree.SubElement(operation, f"{{{WSDL}}}{side}")
            etree.SubElement(body, f"{{{SOAP}}}body", use="literal")
