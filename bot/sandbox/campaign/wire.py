"""SOAP as Campaign speaks it: a request into a `Call`, an answer or a fault into bytes.

Nothing here knows what a method does. The shapes follow Adobe's documentation and the recorded answers of
its JavaScript SDK: wrapper in the service's namespace, `xsi:type='ns:Element'` on XML outputs, payload that
inherits the wrapper's namespace. Answers are composed as text, because the real server's answers carry
prefixes (`ns:`) that an XML library would feel free to rename.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape

from lxml import etree
from lxml.etree import _Element

Element: TypeAlias = _Element

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NATIVE_STYLE = "http://schemas.xmlsoap.org/soap/encoding/"
XML_STYLE = "http://xml.apache.org/xml-soap/literalxml"
INTERFACE_NAMESPACE = "urn:wpp:default"
# Adobe's SDK calls an interface method in the namespace `urn:xtk:persist|xtk:session`, which is no valid URI:
# libxml2 refuses it, Campaign does not.
UNESCAPED_PIPE = re.compile(rb"""(\sxmlns(?::\w+)?=["']urn:[\w:]+)\|([\w:]+["'])""")
TRUE_WORDS = frozenset({"1", "true", "yes"})


class Malformed(Exception):
    """The request is not a SOAP call."""


@dataclass(frozen=True)
class Call:
    """One SOAP request.

    Attributes:
        service: the part of SOAPAction before `#`, such as `xtk:persist` or `xtk:persist|xtk:session`.
        method: the part after it.
        token: the text of the first parameter, the session token; often empty.
        arguments: the parameters after it, by position; their names do not matter to Campaign.
    """

    service: str
    method: str
    token: str
    arguments: tuple[Element, ...]

    @property
    def interface(self) -> str:
        """The schema or interface that implements the method: `xtk:persist` of `xtk:persist|xtk:session`."""
        return self.service.partition("|")[0]

    def text(self, index: int) -> str:
        """Return the text of the parameter at `index`, `""` when it was not sent."""
        return text_of(self.arguments[index]) if index < len(self.arguments) else ""

    def truth(self, index: int) -> bool:
        """Read the parameter at `index` as a boolean."""
        return self.text(index).strip().lower() in TRUE_WORDS

    def document(self, index: int) -> Element | None:
        """Return the XML inside the parameter at `index`, freed of namespaces, `None` when there is none."""
        if index >= len(self.arguments):
            return None
        child = self.arguments[index].find("*")
        return None if child is None else without_namespaces(child)


@dataclass(frozen=True)
class Output:
    """One value of an answer.

    Attributes:
        name: the element's name, such as `pstrSessionToken`.
        kind: the xsi:type, `xsd:string` and so on; XML has `ns:Element`.
        text: the value of a simple type.
        document: the value of an XML type; `None` leaves the element empty.
    """

    name: str
    kind: str
    text: str = ""
    document: Element | None = None


class SoapFault(Exception):
    """What a method ends with when it fails.

    Attributes:
        message: the faultstring, starting with an Adobe code where it has one.
        detail: the root cause, `""` for none.
        code: the faultcode.
    """

    def __init__(self, message: str, detail: str = "", code: str = "SOAP-ENV:Server") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.code = code


def failed(call: Call, detail: str) -> SoapFault:
    """Wrap a root cause the way Campaign does (SOP-330011)."""
    return SoapFault(
        f"SOP-330011 Error while executing the method '{call.method}' of service '{call.service}'.", detail
    )


def parse_document(text: str | bytes) -> Element:
    """Parse XML that we trust as little as any other: no entities, no network; CDATA sections survive.

    Raises:
        etree.XMLSyntaxError: it is not XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False, huge_tree=True)
    return etree.fromstring(text, parser)


def without_namespaces(element: Element) -> Element:
    """Copy an element with local names only; SOAP's own attributes (xsi:type, encodingStyle) are dropped."""
    copy = deepcopy(element)
    copy.tail = None
    for node in copy.iter(etree.Element):
        node.tag = etree.QName(node).localname
        for name in [name for name in node.attrib if str(name).startswith("{")]:
            del node.attrib[name]
    etree.cleanup_namespaces(copy)
    return copy


def parse_call(body: bytes, soap_action: str | None) -> Call:
    """Read a request.

    Args:
        body: the bytes as received.
        soap_action: the header, quoted or not; without it the wrapper's namespace names the service.

    Raises:
        Malformed: not XML, not an envelope, or an empty Body.
    """
    try:
        envelope = parse_document(UNESCAPED_PIPE.sub(rb"\1%7C\2", body, count=1))
    except etree.XMLSyntaxError as error:
        raise Malformed(f"Document is not XML: {error.msg}") from error
    wrappers = envelope.xpath(
        f"/*[local-name()='Envelope' and namespace-uri()='{ENVELOPE}']/*[local-name()='Body']/*"
    )
    if not isinstance(wrappers, list) or not wrappers or not isinstance(wrapper := wrappers[0], Element):
        raise Malformed("The SOAP envelope has no method in its Body")
    name = etree.QName(wrapper)
    action = (soap_action or "").strip().strip('"').strip()
    service, hash_sign, method = action.partition("#")
    if not hash_sign:
        service, method = (name.namespace or "").removeprefix("urn:").replace("%7C", "|"), name.localname
    parameters = list(wrapper.iterfind("*"))
    token = text_of(parameters[0]).strip() if parameters else ""
    return Call(service=service, method=method, token=token, arguments=tuple(parameters[1:]))


def answer(call: Call, outputs: tuple[Output, ...] = (), *, namespace: str | None = None) -> bytes:
    """Compose the answer to a call.

    Args:
        call: the request that is answered.
        outputs: its values, in order.
        namespace: of the wrapper; the service's own by default, `urn:wpp:default` for interface methods.
    """
    urn = namespace or f"urn:{call.interface}"
    values = "".join(_render(output) for output in outputs)
    return _envelope(
        f"<{call.method}Response xmlns='{urn}' SOAP-ENV:encodingStyle='{NATIVE_STYLE}'>{values}"
        f"</{call.method}Response>",
        namespace=urn,
    )


def fault(error: SoapFault) -> bytes:
    """Compose a SOAP fault; it travels with HTTP status 500."""
    detail = f"<detail xsi:type='xsd:string'>{escape(error.detail)}</detail>" if error.detail else ""
    return _envelope(
        f"<SOAP-ENV:Fault><faultcode>{error.code}</faultcode>"
        f"<faultstring xsi:type='xsd:string'>{escape(error.message)}</faultstring>{detail}</SOAP-ENV:Fault>"
    )


def empty_envelope() -> bytes:
    """Compose an envelope whose Body has nothing in it."""
    return _envelope("")


def text_of(element: Element) -> str:
    """Return the text inside an element, children included."""
    return "".join(str(part) for part in element.itertext())


def attributes_of(element: Element) -> dict[str, str]:
    """Return the attributes of an element as plain texts."""
    return {str(name): str(text) for name, text in element.attrib.items()}


def to_text(element: Element) -> str:
    """Serialise an element without a declaration and without the text that follows it."""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _render(output: Output) -> str:
    if output.kind == "ns:Element":
        inside = "" if output.document is None else to_text(output.document)
        style = f"xsi:type='ns:Element' SOAP-ENV:encodingStyle='{XML_STYLE}'"
        return f"<{output.name} {style}>{inside}</{output.name}>"
    return f"<{output.name} xsi:type='{output.kind}'>{escape(output.text)}</{output.name}>"


def _envelope(inside: str, *, namespace: str | None = None) -> bytes:
    ns = f" xmlns:ns='{namespace}'" if namespace else ""
    return (
        "<?xml version='1.0'?>\n<SOAP-ENV:Envelope xmlns:xsd='http://www.w3.org/2001/XMLSchema'"
        f" xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'{ns} xmlns:SOAP-ENV='{ENVELOPE}'>"
        f"<SOAP-ENV:Body>{inside}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()
