"""One HTTP connection: which path means what, and how an answer is sent, spoilt, held or cut."""

import json
import socket
import struct
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from bot.sandbox.campaign import control, methods, orders, pages, spoilt, wire
from bot.sandbox.campaign.access import EXPIRED, Credentials, Denied
from bot.sandbox.campaign.faults import Fault
from bot.sandbox.campaign.query import date_text
from bot.sandbox.campaign.record import secrets_of
from bot.sandbox.campaign.spoilt import HTML, PLAIN, XML
from bot.sandbox.campaign.world import World
from bot.sandbox.campaign.wsdl import wsdl_document

if TYPE_CHECKING:
    from socketserver import BaseServer

    from bot.sandbox.campaign.server import CampaignServer

SOAP_ROUTER = "/nl/jsp/soaprouter.jsp"
LOGON_PAGE = "/nl/jsp/logon.jsp"
PING_PAGES = ("/nl/jsp/ping.jsp", "/nl/jsp/mcPing.jsp")
WSDL_PAGE = "/nl/jsp/schemawsdl.jsp"
JSON = "application/json"
LARGEST_REQUEST = 64 * 1024 * 1024


class Connection(BaseHTTPRequestHandler):
    """Answers requests until the client hangs up."""

    protocol_version = "HTTP/1.1"
    server_version = "Apache"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for headers and body

    def __init__(
        self,
        request: socket.socket,
        client: tuple[str, int],
        server: "BaseServer",
        campaign: "CampaignServer",
    ) -> None:
        self.campaign = campaign
        super().__init__(request, client, server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: the record of SOAP calls is the log."""

    def do_GET(self) -> None:
        """Answer pages, pings and levers."""
        self._route("GET")

    def do_POST(self) -> None:
        """Answer SOAP, IMS and levers."""
        self._route("POST")

    def do_DELETE(self) -> None:
        """Answer levers."""
        self._route("DELETE")

    def _route(self, method: str) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_REQUEST:
            self.close_connection = True
            self._send(400, pages.NOT_FOUND, HTML)
            return
        body = self.rfile.read(int(length))
        world = self.campaign.advance()
        path = urlsplit(self.path).path
        if path.startswith("/_sandbox/"):
            self._lever(method, path.removeprefix("/_sandbox/"), body)
        elif path.startswith("/rt/"):
            self._execution(world, path)
        elif path in ("/ims/token", "/ims/token/v3"):
            self._token(world, body)
        elif path == "/r/test":
            self._send(200, pages.redirection_test(world.zone, world.time, methods.INSTANCE), XML)
        elif world.marketing.away(world.time):
            self._send(*spoilt.unavailable())
        elif path == SOAP_ROUTER and method == "POST":
            self._soap(body)
        elif path == LOGON_PAGE:
            self._send(200, pages.LOGON, HTML)
        elif path in (*PING_PAGES, WSDL_PAGE):
            self._page_for_operators(world, path)
        else:
            self._send(404, pages.NOT_FOUND, HTML)

    def _lever(self, method: str, name: str, body: bytes) -> None:
        try:
            order = orders.read_order(self.campaign, body)
            answer, status = control.handle(method, name, order), 200
        except orders.Refused as error:
            answer, status = {"error": str(error)}, 400
        self._send(status, json.dumps(answer).encode(), JSON)

    def _execution(self, world: World, path: str) -> None:
        """Answer for an execution instance: Apache always, the web module only when it is not restarting."""
        account, _, rest = path.removeprefix("/rt/").partition("/")
        outages = world.executions.get(account)
        if outages is None:
            self._send(404, pages.NOT_FOUND, HTML)
        elif rest == "r/test":
            self._send(200, pages.redirection_test(outages.zone, world.time, f"sandbox_{account}"), XML)
        elif outages.away(world.time):
            self._send(200, b"", HTML)
        elif f"/{rest}" == LOGON_PAGE:
            self._send(200, pages.LOGON, HTML)
        elif f"/{rest}" == SOAP_ROUTER:
            self._send(403, EXPIRED.encode(), PLAIN)
        else:
            self._send(404, pages.NOT_FOUND, HTML)

    def _token(self, world: World, body: bytes) -> None:
        form = {key: values[0] for key, values in parse_qs(body.decode("utf-8", errors="replace")).items()}
        granted = None
        if form.get("grant_type") == "client_credentials":
            with world.lock:
                granted = world.access.grant(
                    form.get("client_id", ""), form.get("client_secret", ""), world.time
                )
        if granted is None:
            error = {"error": "invalid_client", "error_description": "invalid client_id or client_secret"}
            self._send(400, json.dumps(error).encode(), JSON)
            return
        token, lifetime = granted
        answer = {"access_token": token, "token_type": "bearer", "expires_in": lifetime}
        self._send(200, json.dumps(answer).encode(), JSON)

    def _page_for_operators(self, world: World, path: str) -> None:
        """Answer whoever is logged on; send others to the log-on page."""
        try:
            with world.lock:
                world.access.identify(self._credentials(""), world.time)
        except Denied:
            self._redirect()
            return
        if path == WSDL_PAGE:
            self._wsdl()
            return
        stamp = date_text(world.time)
        queue = "\n7/400 pending events" if path.endswith("mcPing.jsp") else ""
        self._send(200, f"OK\n{stamp}{queue}\n".encode(), PLAIN)

    def _wsdl(self) -> None:
        schema = parse_qs(urlsplit(self.path).query).get("schema", [""])[0]
        found = wsdl_document(schema, f"http://{self.headers.get('Host', '')}{SOAP_ROUTER}")
        if found is None:
            self._send(404, pages.NOT_FOUND, HTML)
        else:
            self._send(200, found, XML)

    def _soap(self, body: bytes) -> None:
        world = self.campaign.world
        try:
            call = wire.parse_call(body, self.headers.get("SOAPAction"))
        except wire.Malformed as error:
            answer = wire.fault(wire.SoapFault(f"SOP-330002 {error}", code="SOAP-ENV:Client"))
            self._send(500, answer, XML)
            self.campaign.record.add("", body, 500, world.access.secrets)
            return
        self.campaign.closing.wait(world.settings.slow_seconds)
        action = f"{call.interface}#{call.method}"
        credentials = self._credentials(call.token)
        fault = self.campaign.faults.take(action)
        if fault is None:
            status, answer, kind = self._perform(call, credentials)
            self._send(status, answer, kind)
        else:
            status = self._spoil(fault, call, credentials)
        secrets = world.access.secrets | secrets_of(call)
        self.campaign.record.add(f"{call.service}#{call.method}", body, status, secrets)

    def _perform(self, call: wire.Call, credentials: Credentials) -> tuple[int, bytes, str]:
        try:
            return 200, methods.perform(self.campaign.world, call, credentials), XML
        except wire.SoapFault as error:
            return self.campaign.world.settings.fault_status, wire.fault(error), XML
        except Denied as error:
            return 403, str(error).encode(), PLAIN

    def _spoil(self, fault: Fault, call: wire.Call, credentials: Credentials) -> int:
        """Let a call meet its trouble; return the status sent, 0 where the answer was cut."""
        real = self._perform(call, credentials) if fault.when == "after" else None
        if fault.mode in spoilt.ANSWERS:
            return self._send(*spoilt.ANSWERS[fault.mode](call))
        if fault.mode == "slow":
            return self._hold(fault, call, credentials, real)
        answer = wire.answer(call) if real is None else real[1]
        match fault.mode:
            case "truncate":
                return self._truncate(answer)
            case "trickle":
                return self._trickle(answer, fault.seconds)
            case "redirect":
                return self._redirect()
            case "expired-session":
                return self._expire(credentials)
            case _:
                return self._reset()

    def _hold(
        self, fault: Fault, call: wire.Call, credentials: Credentials, real: spoilt.Answer | None
    ) -> int:
        """Keep the client waiting, then give the real answer if the method ran or still runs, else a 503."""
        self.campaign.closing.wait(fault.seconds)
        if fault.when == "late":
            self.campaign.advance()
            real = self._perform(call, credentials)
        return self._send(*(real or spoilt.unavailable()))

    def _expire(self, credentials: Credentials) -> int:
        world = self.campaign.world
        with world.lock:
            world.access.expire(credentials)
        return self._send(403, EXPIRED.encode(), PLAIN)

    def _credentials(self, token_in_body: str) -> Credentials:
        tokens = [token_in_body, self.headers.get("X-Session-Token", "")]
        for cookie in ";".join(self.headers.get_all("Cookie", [])).split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == "__sessiontoken":
                tokens.append(value.strip('"'))
        scheme, _, bearer = self.headers.get("Authorization", "").partition(" ")
        return Credentials(
            session_tokens=tuple(token for token in tokens if token),
            security_token=self.headers.get("X-Security-Token", ""),
            bearer=bearer.strip() if scheme.lower() == "bearer" else "",
        )

    def _send(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> int:
        """Send an answer in one piece; return its status."""
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self._finish_headers(body)
        return status

    def _finish_headers(self, body: bytes) -> None:
        """End the headers and send them together with `body`."""
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _redirect(self) -> int:
        target = quote(urlsplit(self.path).path, safe="")
        return self._send(302, b"", HTML, {"Location": f"{LOGON_PAGE}?target={target}"})

    def _truncate(self, answer: bytes) -> int:
        """Announce an answer and send half of it."""
        self.send_response(200)
        self.send_header("Content-Type", XML)
        self.send_header("Content-Length", str(len(answer)))
        self._finish_headers(answer[: len(answer) // 2])
        self.close_connection = True
        return 0

    def _trickle(self, answer: bytes, seconds: float) -> int:
        """Send an answer byte by byte, as a sick proxy does."""
        self.send_response(200)
        self.send_header("Content-Type", XML)
        self.send_header("Content-Length", str(len(answer)))
        self._finish_headers(b"")
        for index in range(len(answer)):
            self.wfile.write(answer[index : index + 1])
            self.wfile.flush()
            if self.campaign.closing.wait(seconds / len(answer)):
                break
        return 200

    def _reset(self) -> int:
        """Cut the connection the hard way: the client sees a reset, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        return 0
