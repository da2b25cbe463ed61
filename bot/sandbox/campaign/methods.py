"""What each SOAP method does: from a `Call` to the bytes of its answer.

The table at the end is the list of everything the stand-in can do. Methods of the *persist* interface answer
in `urn:wpp:default`, and are also found under `xtk:persist|xtk:session`, as Adobe's SDK calls them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from bot.sandbox.campaign.access import Credentials
from bot.sandbox.campaign.persist import Unwritable, write, write_collection
from bot.sandbox.campaign.query import NotAnswerable, date_text, execute
from bot.sandbox.campaign.schemas import schema_document
from bot.sandbox.campaign.tables import OPTION
from bot.sandbox.campaign.wire import INTERFACE_NAMESPACE, Call, Element, Output, SoapFault, answer, failed
from bot.sandbox.campaign.workflow import Workflow
from bot.sandbox.campaign.world import NotNow, World

BUILD = "9396"
RELEASE = "7.4.3"
INSTANCE = "sandbox_mkt_prod1"


@dataclass(frozen=True)
class Request:
    """A call together with where it goes and who sends it.

    Attributes:
        world: the state it acts on; its lock is held.
        call: what is asked.
        credentials: what came along.
        login: who asks, `""` before a log-on.
    """

    world: World
    call: Call
    credentials: Credentials
    login: str = ""


Method = Callable[[Request], bytes]
OPEN_METHODS = frozenset({("xtk:session", "Logon"), ("xtk:session", "BearerTokenLogon")})


def perform(world: World, call: Call, credentials: Credentials) -> bytes:
    """Answer a call.

    Raises:
        SoapFault: the method does not exist or fails.
        Denied: the session or the password is not accepted.
    """
    method = METHODS.get((call.interface, call.method))
    if method is None:
        raise SoapFault(
            f"SOP-330006 The method '{call.method}' is not defined in SOAP service '{call.service}'.",
            code="SOAP-ENV:Client",
        )
    with world.lock:
        open_to_all = (call.interface, call.method) in OPEN_METHODS
        login = "" if open_to_all else world.access.identify(credentials, world.time)
        return method(Request(world, call, credentials, login))


def _log_on(request: Request) -> bytes:
    call, world = request.call, request.world
    session = world.access.log_on(call.text(0), call.text(1), world.time)
    return _session_answer(request, session.login, session.token, session.security)


def _bearer_log_on(request: Request) -> bytes:
    session = request.world.access.exchange(request.call.text(0), request.world.time)
    return _session_answer(request, session.login, session.token, session.security)


def _session_answer(request: Request, login: str, token: str, security: str) -> bytes:
    info = etree.Element("sessionInfo")
    etree.SubElement(
        info,
        "serverInfo",
        advisedClientBuildNumber="0",
        allowSQL="false",
        buildNumber=BUILD,
        commitId="8fa1e2c",
        databaseId="uFE8000000000000051A2C3D4E5F60718293A4B5C",
        defaultNameSpace="cus",
        instanceName=INSTANCE,
        majNumber="7",
        minClientBuildNumber="9333",
        minNumber="4",
        releaseName=RELEASE,
        securityTimeOut="86400",
        serverDate=date_text(request.world.time),
        servicePack="3",
        sessionTimeOut="86400",
        useVault="false",
    )
    info.append(_user_info(request.world, login))
    outputs = (
        Output("pstrSessionToken", "xsd:string", token),
        Output("pSessionInfo", "ns:Element", document=info),
        Output("pstrSecurityToken", "xsd:string", security),
    )
    return answer(request.call, outputs)


def _user_info(world: World, login: str) -> Element:
    user = etree.Element(
        "userInfo",
        datakitInDatabase="true",
        homeDir="",
        instanceLocale="en",
        locale="en-US",
        login=login,
        loginCS=f"{login.capitalize()} ({login})",
        loginId=str(world.operator_id(login)),
        noConsoleCnx="false",
        orgUnitId="0",
        theme="",
        timezone=world.zone.key,
    )
    etree.SubElement(user, "login-group", id="1060")
    if world.settings.is_admin:
        etree.SubElement(user, "login-right", right="admin")
    control = (("nms", "messageCenterControl"),) if world.settings.is_control else ()
    for namespace, name in (("xtk", "core"), ("nms", "campaign"), *control):
        etree.SubElement(user, "installed-package", name=name, namespace=namespace)
    return user


def _user(request: Request) -> bytes:
    user = _user_info(request.world, request.login)
    return answer(
        request.call, (Output("pUserInfo", "ns:Element", document=user),), namespace=INTERFACE_NAMESPACE
    )


def _log_off(request: Request) -> bytes:
    request.world.access.log_off(request.credentials)
    return answer(request.call)


def _nothing(request: Request) -> bytes:
    return answer(request.call)


def _server_time(request: Request) -> bytes:
    return answer(request.call, (Output("ptmServerTime", "xsd:dateTime", date_text(request.world.time)),))


def _option(request: Request) -> bytes:
    """Give an option's value and type; an option that is not there is empty, of type 0."""
    name = request.call.text(0)
    options = request.world.records.get(OPTION, [])
    record = next((option for option in options if option.get("name") == name), {})
    outputs = (
        Output("pstrValue", "xsd:string", record.get("stringValue", "")),
        Output("pbtType", "xsd:byte", record.get("dataType", "0")),
    )
    return answer(request.call, outputs)


def _execute_query(request: Request) -> bytes:
    query = request.call.document(0)
    if query is None:
        raise failed(request.call, "XTK-170023 The query is empty.")
    try:
        found = execute(request.world, query)
    except NotAnswerable as error:
        raise failed(request.call, str(error)) from error
    return answer(request.call, (Output("pdomOutput", "ns:Element", document=found),))


def _entity(request: Request) -> bytes:
    kind, _, name = request.call.text(0).partition("|")
    document = schema_document(name) if kind == "xtk:schema" else None
    if document is None and request.call.truth(2):
        raise failed(request.call, f"XSV-350005 Entity '{name}' of type '{kind}' does not exist.")
    if document is not None and document.get("md5") == request.call.text(1):
        document = None
    output = Output("pdomDoc", "ns:Element", document=document)
    return answer(request.call, (output,), namespace=INTERFACE_NAMESPACE)


def _write(request: Request) -> bytes:
    return _save(request, write)


def _write_collection(request: Request) -> bytes:
    return _save(request, write_collection)


def _save(request: Request, save: Callable[[World, Element, str], None]) -> bytes:
    document = request.call.document(0)
    if document is None:
        raise failed(request.call, "XSV-350023 Unable to save document: it is empty.")
    try:
        save(request.world, document, request.login)
    except Unwritable as error:
        raise failed(request.call, str(error)) from error
    return answer(request.call, namespace=INTERFACE_NAMESPACE)


def _control(move: Callable[[World, Workflow, str], None]) -> Method:
    """Build the method that asks one workflow for a change of state."""

    def method(request: Request) -> bytes:
        wanted = request.call.text(0).strip()
        workflow = request.world.workflow(wanted)
        if workflow is None:
            raise failed(request.call, f"WDB-200011 The workflow '{wanted}' does not exist.")
        try:
            move(request.world, workflow, request.login)
        except NotNow as error:
            detail = (
                "BAS-010003 Unable to complete operation in current status."
                f" (workflow '{workflow.name}', state {int(workflow.state)})"
            )
            raise failed(request.call, detail) from error
        return answer(request.call)

    return method


def _fire(world: World, workflow: Workflow, _login: str) -> None:
    world.fire(workflow)


METHODS: dict[tuple[str, str], Method] = {
    ("xtk:session", "Logon"): _log_on,
    ("xtk:session", "BearerTokenLogon"): _bearer_log_on,
    ("xtk:session", "Logoff"): _log_off,
    ("xtk:session", "TestCnx"): _nothing,
    ("xtk:session", "GetServerTime"): _server_time,
    ("xtk:session", "GetOption"): _option,
    ("xtk:session", "GetUserInfo"): _user,
    ("xtk:queryDef", "ExecuteQuery"): _execute_query,
    ("xtk:persist", "GetEntityIfMoreRecent"): _entity,
    ("xtk:persist", "Write"): _write,
    ("xtk:persist", "WriteCollection"): _write_collection,
    ("xtk:workflow", "Start"): _control(World.start),
    ("xtk:workflow", "StartWithParameters"): _control(World.start),
    ("xtk:workflow", "Stop"): _control(World.stop),
    ("xtk:workflow", "Pause"): _control(World.pause),
    ("xtk:workflow", "Kill"): _control(World.kill),
    ("xtk:workflow", "Wakeup"): _control(_fire),
    ("xtk:workflow", "WakeUp"): _control(_fire),
    ("xtk:workflow", "PostEvent"): _control(_fire),
}
