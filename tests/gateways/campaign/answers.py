"""Answers in the shapes that Campaign gives them: single quotes, `xsi:type`, `urn:wpp:default` and all."""

from xml.sax.saxutils import escape, quoteattr

SOAP_ENCODING = "SOAP-ENV:encodingStyle='http://schemas.xmlsoap.org/soap/encoding/'"
LITERAL = "xsi:type='ns:Element' SOAP-ENV:encodingStyle='http://xml.apache.org/xml-soap/literalxml'"
SESSION = "___2f1c9a70-aaaa-4bbb-8ccc-1d2e3f405162"
SECURITY = "@kT9vQd0nK8mJ2bL5xW7yR1sF3gH6==zz=="

PERIOD = (
    "m_abDay='7' m_abDay[0]='0' m_iDayMode='1' m_iTimeMode='3' m_iValidMode='1' m_tmSpanTime='1h' "
    "m_tmStartTime='00:00:00.000' m_tmStopTime='' m_vtmTime='0'"
)
MOVED = PERIOD.replace("m_tmStartTime='00:00", "m_tmStartTime='00:05")

SCHEDULE = (
    '<schedule label="Planificateur" name="schedule" x="160" y="40" timezone="_inherit_">'
    '<transitions><transition name="transition" target="connection"/></transitions>'
    f"<period>{PERIOD}</period></schedule>"
)
SCRIPT = (
    '<js label="Données &amp; URL" name="connection" x="280" y="40"><script>'
    "if (a &lt; b &amp;&amp; c) { logInfo('é — ✓'); }\n\treturn  2;</script></js>"
)
END = '<end label="Fin" name="end" x="400" y="40"/>'
ACTIVITIES = f"<activities>{SCHEDULE}{SCRIPT}{END}</activities>"


def envelope(body: str, *, ns: str = "urn:xtk:session") -> str:
    """Wrap a body."""
    return (
        "<?xml version='1.0'?>\n<SOAP-ENV:Envelope xmlns:xsd='http://www.w3.org/2001/XMLSchema' "
        f"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:ns='{ns}' "
        "xmlns:SOAP-ENV='http://schemas.xmlsoap.org/soap/envelope/'>\n"
        f"<SOAP-ENV:Body>\n{body}\n</SOAP-ENV:Body>\n</SOAP-ENV:Envelope>"
    )


def answer(method: str, content: str = "", *, ns: str) -> str:
    """Answer a method of the service *ns*."""
    return envelope(f"<{method}Response xmlns='{ns}' {SOAP_ENCODING}>{content}</{method}Response>", ns=ns)


def logon(session: str = SESSION, security: str = SECURITY) -> str:
    """Answer a Logon, with a session that may be blank."""
    return answer(
        "Logon",
        f"""
        <pstrSessionToken xsi:type='xsd:string'>{session}</pstrSessionToken>
        <pSessionInfo {LITERAL}>
          <sessionInfo>
            <serverInfo buildNumber="9396" releaseName="7.4.3" instanceName="prod"
                        serverDate="2026-01-31 06:00:00.500Z" sessionTimeOut="86400"/>
            <userInfo login="mcsync" loginId="1201" timezone="Europe/Paris" locale="en">
              <login-right right="admin"/>
              <installed-package name="messageCenterControl" namespace="nms"/>
            </userInfo>
          </sessionInfo>
        </pSessionInfo>
        <pstrSecurityToken xsi:type='xsd:string'>{security}</pstrSecurityToken>""",
        ns="urn:xtk:session",
    )


def logoff() -> str:
    """Answer a Logoff."""
    return answer("Logoff", ns="urn:xtk:session")


def server_time(text: str) -> str:
    """Answer a GetServerTime."""
    return answer(
        "GetServerTime",
        f"<ptmServerTime xsi:type='xsd:dateTime'>{text}</ptmServerTime>",
        ns="urn:xtk:session",
    )


def query(output: str) -> str:
    """Answer an ExecuteQuery."""
    return answer("ExecuteQuery", f"<pdomOutput {LITERAL}>{output}</pdomOutput>", ns="urn:xtk:queryDef")


def written() -> str:
    """Answer a Write: in a namespace of nobody's."""
    return answer("Write", ns="urn:wpp:default")


def controlled(method: str) -> str:
    """Answer a Start or a Stop."""
    return answer(method, ns="urn:xtk:workflow")


def fault(message: str, detail: str = "", *, code: str = "SOAP-ENV:Client") -> str:
    """Compose a fault, with or without a detail."""
    inner = f"<detail xsi:type='xsd:string'>{escape(detail)}</detail>" if detail else ""
    return envelope(
        f"<SOAP-ENV:Fault><faultcode>{code}</faultcode>"
        f"<faultstring xsi:type='xsd:string'>{escape(message)}</faultstring>{inner}</SOAP-ENV:Fault>"
    )


def row(element: str, content: str = "", **attributes: str) -> str:
    """Compose a record; attributes have `_` for `-`."""
    written = "".join(f" {name.replace('_', '-')}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{element}{written}>{content}</{element}>"


def collection(element: str, *rows: str) -> str:
    """Compose what a `select` gives."""
    return f"<{element}-collection>{''.join(rows)}</{element}-collection>"


STATUS = {
    "id": "4900",
    "internalName": "mcSynch_mcExec1",
    "state": "11",
    "failed": "0",
    "errorCount": "0",
    "processId": "0",
    "nextProcessingDate": "2026-01-31 07:00:00.000Z",
}


def status(**changed: str) -> str:
    """Compose the record of a poll; an attribute that is `""` is left out."""
    return row("workflow", **{name: value for name, value in {**STATUS, **changed}.items() if value})


def workflow(content: str = ACTIVITIES, **changed: str) -> str:
    """Compose the full record of a workflow around its definition."""
    attributes = {
        **STATUS,
        "label": "Message Center mcExec1",
        "timezone": "_inherit_",
        "onError": "0",
        "lastStart": "2026-01-31 06:00:00.000Z",
        "lastModified": "2025-11-02 09:12:44.120Z",
        **changed,
    }
    return row("workflow", content + '<modifiedBy name="ada"/>', **attributes)


def line(journal_id: str, at: str, message: str = "Processing started.", **more: str) -> str:
    """Compose a line of the journal."""
    return row(
        "workflowLog", id=journal_id, logDate=at, message=message, **{"activity": "soapImport", **more}
    )
