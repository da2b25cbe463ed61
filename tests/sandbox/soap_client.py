"""A small, deliberately plain SOAP client for the Campaign stand-in: lxml builds, requests sends."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from lxml import etree

from bot.sandbox.campaign.wire import Element, parse_document

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ROUTER = "/nl/jsp/soaprouter.jsp"
TIMEOUT = 10


class HandClock:
    """Rule time that moves only when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Move ahead by `hours`, `minutes`, `seconds` ..."""
        self.now += timedelta(**span)


def utc(text: str) -> datetime:
    """Read `2026-11-22 05:00` as a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def element(text: str) -> Element:
    """Parse a piece of XML."""
    return parse_document(text)


def envelope(service: str, method: str, parameters: Sequence[str | Element]) -> bytes:
    """Build a request in the documents' own form: wrapper and parameters in the service's namespace."""
    urn = f"urn:{service}"
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"e": ENVELOPE})
    body = etree.SubElement(root, f"{{{ENVELOPE}}}Body")
    wrapper = etree.SubElement(body, f"{{{urn}}}{method}", nsmap={"u": urn})
    for index, value in enumerate(("", *parameters)):
        parameter = etree.SubElement(wrapper, f"{{{urn}}}p{index}")
        if isinstance(value, str):
            parameter.text = value
        else:
            parameter.append(value)
    return etree.tostring(root)


class SoapClient:
    """Talks to one stand-in and remembers its tokens."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.headers: dict[str, str] = {}

    def post(self, body: bytes, headers: dict[str, str]) -> requests.Response:
        """Send a body as it is."""
        return self.http.post(
            self.url + ROUTER,
            data=body,
            headers={**self.headers, **headers},
            timeout=TIMEOUT,
            allow_redirects=False,
        )

    def call(self, action: str, *parameters: str | Element) -> requests.Response:
        """Call `service#Method` with these parameters after the session token."""
        service, method = action.split("#")
        return self.post(envelope(service, method, parameters), {"SOAPAction": action})

    def log_on(self, login: str = "mcsync", password: str = "sandbox") -> requests.Response:
        """Log on, and keep the tokens when that works."""
        answer = self.call("xtk:session#Logon", login, password, "")
        if answer.ok:
            outputs = result(answer)
            self.headers = {
                "Cookie": f"__sessiontoken={outputs[0].text}",
                "X-Security-Token": outputs[2].text or "",
            }
        return answer

    def query(
        self,
        schema: str,
        *nodes: str,
        where: str | Sequence[str] = (),
        operation: str = "select",
        order: Sequence[tuple[str, bool]] = (),
        **attributes: str,
    ) -> requests.Response:
        """Run a queryDef; several conditions are joined by AND."""
        query = etree.Element("queryDef", attributes, schema=schema, operation=operation)
        select = etree.SubElement(query, "select")
        for node in nodes:
            etree.SubElement(select, "node", expr=node)
        conditions = [where] if isinstance(where, str) else where
        if conditions:
            wanted = etree.SubElement(query, "where")
            for condition in conditions:
                etree.SubElement(wanted, "condition", expr=condition)
        if order:
            ordered = etree.SubElement(query, "orderBy")
            for expression, descending in order:
                etree.SubElement(ordered, "node", expr=expression, sortDesc=str(descending).lower())
        return self.call("xtk:queryDef#ExecuteQuery", query)

    def rows(
        self, schema: str, *nodes: str, where: str | Sequence[str] = (), lines: int | None = None
    ) -> list[dict[str, str]]:
        """Select records, as dictionaries of their attributes."""
        limit = {} if lines is None else {"lineCount": str(lines)}
        answer = self.query(schema, *nodes, where=where, order=(), operation="select", **limit)
        return [attributes(row) for row in document(answer)]

    def workflow(self, name: str = "mcSynch_mcExec1") -> dict[str, str]:
        """Read how a workflow stands."""
        (row,) = self.rows(
            "xtk:workflow",
            *(
                "@id",
                "@state",
                "@failed",
                "@processId",
                "@nextProcessingDate",
                "@errorCount",
                "@errorActivity",
            ),
            *("@lastModified", "@lastStart"),
            where=f"@internalName = '{name}'",
        )
        return row

    def activities(self, name: str = "mcSynch_mcExec1") -> Element:
        """Read a definition."""
        answer = self.query("xtk:workflow", "data", where=f"@internalName='{name}'", operation="get")
        found = document(answer).find("{*}activities")
        assert found is not None
        return found

    def period(self, name: str = "mcSynch_mcExec1") -> str:
        """Read the text of a workflow's schedule."""
        return self.activities(name).findtext("{*}schedule/{*}period") or ""

    def write(self, text: str) -> requests.Response:
        """Write a document."""
        return self.call("xtk:persist#Write", element(text))

    def lever(self, name: str, method: str = "POST", /, **body: object) -> dict[str, Any]:
        """Pull a lever of the sandbox that must work."""
        answer = self.http.request(method, f"{self.url}/_sandbox/{name}", json=body, timeout=TIMEOUT)
        assert answer.ok, answer.text
        values = answer.json()
        assert isinstance(values, dict)
        return values

    def get(self, path: str) -> requests.Response:
        """Fetch a page without following redirects."""
        return self.http.get(self.url + path, timeout=TIMEOUT, headers=self.headers, allow_redirects=False)


def body(answer: requests.Response) -> Element:
    """Return the one element inside an answer's Body."""
    (found,) = parse_document(answer.content).findall(f"{{{ENVELOPE}}}Body/*")
    return found


def result(answer: requests.Response) -> list[Element]:
    """Return the outputs of an answer that went well."""
    assert answer.status_code == 200, answer.text
    return list(body(answer))


def document(answer: requests.Response) -> Element:
    """Return the XML inside the only output of an answer."""
    (output,) = result(answer)
    (found,) = output
    return found


def fault(answer: requests.Response) -> tuple[str, str]:
    """Return faultstring and detail of an answer that is a SOAP fault."""
    assert answer.status_code == 500, answer.text
    assert body(answer).tag == f"{{{ENVELOPE}}}Fault"
    return body(answer).findtext("faultstring") or "", body(answer).findtext("detail") or ""


def attributes(row: Element) -> dict[str, str]:
    """Return the attributes of a record."""
    return {str(name): str(text) for name, text in row.attrib.items()}
