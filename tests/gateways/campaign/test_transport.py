"""Every way in which a server can fail to answer, on real sockets: which error it is, and when it comes."""

import logging
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.errors import (
    CampaignError,
    CampaignFault,
    EmptyReturn,
    LoginRedirect,
    LogonRefused,
    NotSent,
    OutcomeUnknown,
    SessionExpired,
    Unavailable,
    UnreadableAnswer,
)
from bot.gateways.campaign import soap
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import PASSWORD, House
from tests.gateways.campaign.raw_server import (
    CERTIFICATE,
    RawServer,
    Reply,
    head,
    http,
    raw,
    refused_url,
    reset,
    silence,
    trickle,
)
from tests.waiting import until

QUERY = "xtk:queryDef#ExecuteQuery"
FOUND = answers.query(answers.collection("workflow", answers.status()))
PAGE = "<!DOCTYPE html><html><body>Not&nbsp;here<br></body></html>"
WELL_FORMED_PAGE = "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Not here</p></body></html>"
BOMB = (
    "<!DOCTYPE e [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {'a' * n} '{('&' + 'a' * (n - 1) + ';') * 10}'>" for n in range(2, 12))
    + f"]>{FOUND.partition('?>')[2]}"
)


def failing(house: House, reply: Reply) -> CampaignError:
    """Make a query that ends in this reply."""
    house.server.on(QUERY, reply)
    with pytest.raises(CampaignError) as caught:
        house.gateway().statuses()
    return caught.value


NO_ANSWERS: dict[str, tuple[Reply, type[CampaignError], str]] = {
    "empty body": (http(200, ""), EmptyReturn, "with nothing at all"),
    "blank body": (http(200, " \r\n\t "), EmptyReturn, "with nothing at all"),
    "only a declaration": (http(200, "<?xml version='1.0'?>\n"), EmptyReturn, "with nothing at all"),
    "head and no body": (raw(head(200, length=None)), EmptyReturn, "with nothing at all"),
    "empty envelope": (http(200, answers.envelope("")), EmptyReturn, "with an empty envelope"),
    "only a comment": (
        http(200, answers.envelope("<!-- nobody -->")),
        EmptyReturn,
        "with an empty envelope",
    ),
    "no body element": (
        http(200, "<E:Envelope xmlns:E='http://schemas.xmlsoap.org/soap/envelope/'/>"),
        EmptyReturn,
        "an envelope without a body",
    ),
    "foreign envelope": (
        http(200, FOUND.replace("schemas.xmlsoap.org", "example.org")),
        UnreadableAnswer,
        "another kind of envelope",
    ),
    "page": (http(200, PAGE), UnreadableAnswer, "with a web page"),
    "well-formed page": (http(200, WELL_FORMED_PAGE), UnreadableAnswer, "with a web page"),
    "other XML": (http(200, "<redir status='OK'/>"), UnreadableAnswer, "with XML that is no SOAP envelope"),
    "text": (http(200, "Ok"), UnreadableAnswer, "with plain text"),
    "503 and a page": (http(503, PAGE), Unavailable, "with HTTP 503 Service Unavailable."),
    "503 and XHTML": (http(503, WELL_FORMED_PAGE), Unavailable, "with HTTP 503 Service Unavailable."),
    "502 and nothing": (http(502, ""), Unavailable, "with HTTP 502 Bad Gateway."),
    "an unknown status": (http(599, "who knows"), Unavailable, "with HTTP 599."),
    "404": (http(404, PAGE), Unavailable, "with HTTP 404 Not Found."),
    "204": (http(204, ""), Unavailable, "with HTTP 204 No Content."),
    "500 and an answer": (http(500, FOUND), Unavailable, "with HTTP 500"),
    "half an envelope": (http(200, FOUND[:-40]), UnreadableAnswer, "is not the XML it should be"),
    "the answer to another question": (
        http(200, FOUND.replace("ExecuteQueryResponse", "LogonResponse")),
        UnreadableAnswer,
        "LogonResponse",
    ),
    "entity bomb": (http(200, BOMB), UnreadableAnswer, "with XML that is no SOAP envelope"),
    "external entity": (
        http(200, f"<!DOCTYPE x SYSTEM 'file:///etc/hostname'>{FOUND.partition('?>')[2]}"),
        UnreadableAnswer,
        "",
    ),
    "deep nesting": (
        http(200, answers.query("<workflow-collection>" + "<a>" * 3000 + "</a>" * 3000)),
        UnreadableAnswer,
        "is not the XML it should be",
    ),
    "UTF-16": (http(200, FOUND.encode("utf-16")), UnreadableAnswer, "an encoding that is not taken here"),
    "packed": (http(200, FOUND, Content_Encoding="gzip"), UnreadableAnswer, "is packed"),
    "truncated": (
        raw(head(200, length=len(FOUND) + 100) + FOUND.encode()),
        UnreadableAnswer,
        "was cut short",
    ),
    "half a chunk": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<a"),
        UnreadableAnswer,
        "was cut short",
    ),
    "no chunk at all": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<a"),
        UnreadableAnswer,
        "was cut short",
    ),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"), OutcomeUnknown, "broke"),
    "closed": (raw(b""), OutcomeUnknown, "it was closed without an answer"),
    "reset": (reset(), OutcomeUnknown, "broke during xtk:queryDef#ExecuteQuery: connection reset by peer"),
    "reset in the body": (
        reset(head(200, length=5000) + b"<"),
        OutcomeUnknown,
        "connection reset by peer",
    ),
}


@pytest.mark.parametrize(("reply", "error", "words"), NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_an_answer_that_is_none_becomes_the_error_that_fits(
    house: House, reply: Reply, error: type[CampaignError], words: str
) -> None:
    caught = failing(house, reply)

    assert type(caught) is error
    assert words in str(caught)
    assert house.server.count(QUERY) == 1


EXPIRED = "XSV-350008 Session has expired or is invalid. Please reconnect."
DENIED = "XSV-350012 Invalid login or password. Connection denied."
SESSION_ANSWERS: dict[str, tuple[Reply, type[CampaignError]]] = {
    "expired, 403": (http(403, EXPIRED), SessionExpired),
    "expired, 500": (http(500, EXPIRED), SessionExpired),
    "expired, 200": (http(200, EXPIRED), SessionExpired),
    "expired, fault": (http(500, answers.fault(EXPIRED)), SessionExpired),
    "expired, detail": (http(200, answers.fault("SOP-330011 Error", EXPIRED)), SessionExpired),
    "unauthorized": (http(401, ""), SessionExpired),
    "denied, 403": (http(403, DENIED), LogonRefused),
    "denied, fault": (http(500, answers.fault(DENIED)), LogonRefused),
    "denied, detail": (http(200, answers.fault("SOP-330011 Error", DENIED)), LogonRefused),
}


@pytest.mark.parametrize(("reply", "error"), SESSION_ANSWERS.values(), ids=SESSION_ANSWERS)
def test_what_campaign_says_of_sessions_is_found_in_plain_text_and_in_faults(
    house: House, reply: Reply, error: type[CampaignError]
) -> None:
    assert type(failing(house, reply)) is error


NOT_ACCEPTED = "XSV-350014 The '10.0.0.1' IP address via which you are accessing is not accepted."
FAULTS: dict[str, tuple[Reply, str, str]] = {
    "500": (http(500, answers.fault("SOP-330006 No.")), "SOP-330006", "SOP-330006 No."),
    "200": (http(200, answers.fault("SOP-330006 No.")), "SOP-330006", "SOP-330006 No."),
    "503": (http(503, answers.fault("Busy")), "", "Busy"),
    "detail": (
        http(200, answers.fault("SOP-330011 Error", "PGS-220000 deadlock")),
        "SOP-330011",
        "PGS-220000 deadlock",
    ),
    "code in the detail": (
        http(200, answers.fault("Error while executing", "PGS-220000 deadlock")),
        "PGS-220000",
        "PGS-220000 deadlock",
    ),
    "no code": (http(200, answers.fault("No code at all.", "the cause")), "", "the cause"),
    "plain": (http(500, NOT_ACCEPTED), "XSV-350014", NOT_ACCEPTED),
    "nothing said": (http(500, answers.fault("")), "", ""),
}


@pytest.mark.parametrize(("reply", "code", "detail"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_code_and_its_cause(
    house: House, reply: Reply, code: str, detail: str
) -> None:
    caught = failing(house, reply)

    assert isinstance(caught, CampaignFault)
    assert (caught.code, caught.detail) == (code, detail)
    assert detail in str(caught)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(house: House, status: int) -> None:
    caught = failing(
        house, http(status, PAGE, Location="https://elsewhere.example.com/nl/jsp/soaprouter.jsp?t=1")
    )

    assert type(caught) is NotSent
    assert "elsewhere.example.com/nl/jsp/soaprouter.jsp)" in str(caught)
    assert house.server.count(QUERY) == 1


@pytest.mark.parametrize(
    "location", ["/nl/jsp/logon.jsp?target=x", "https://ims-na1.adobelogin.com/ims/authorize", "/SSO/start"]
)
def test_a_redirect_to_a_login_page_is_told_as_such(house: House, location: str) -> None:
    caught = failing(house, http(302, "", Location=location))

    assert type(caught) is LoginRedirect
    assert "target=x" not in str(caught)


def test_a_redirect_to_nowhere_is_told_as_such(house: House) -> None:
    assert "it does not say where" in str(failing(house, http(302, "")))


class TestDeadline:
    def within(self, house: House, reply: Reply, *, seconds: float = 0.4) -> tuple[CampaignError, float]:
        """Log on first, so that only the query is measured."""
        gateway = house.gateway(replace(house.connection, deadline_seconds=seconds))
        house.server.on(QUERY, http(200, answers.query("")))
        gateway.statuses()
        house.server.on(QUERY, reply)
        start = time.monotonic()
        with pytest.raises(CampaignError) as caught:
            gateway.statuses()
        return caught.value, time.monotonic() - start

    @pytest.mark.parametrize(
        "reply",
        [
            silence(1.0),
            trickle(head(200, length=len(FOUND)) + FOUND.encode(), every=0.05),
            trickle(head(200, length=None) + FOUND.encode(), every=0.05, size=8),
            trickle(b"HTTP/1.1 100 Continue\r\n\r\n" * 40, every=0.05, size=25),
        ],
        ids=["silence", "trickled head", "trickled without length", "endless informational answers"],
    )
    def test_is_for_the_whole_request(self, house: House, reply: Reply) -> None:
        error, seconds = self.within(house, reply)

        assert type(error) is OutcomeUnknown
        assert "did not answer xtk:queryDef#ExecuteQuery within 0.4 seconds" in str(error)
        assert 0.35 <= seconds < 1.2

    def test_holds_for_a_trickled_body_too(self, house: House) -> None:
        body = FOUND.encode()

        def reply(connection: object) -> None:
            raw(head(200, length=len(body)))(connection)  # type: ignore[arg-type] # a reply takes a socket
            trickle(body, every=0.02)(connection)  # type: ignore[arg-type] # the same

        error, seconds = self.within(house, reply)

        assert type(error) is OutcomeUnknown
        assert seconds < 1.2

    def test_leaves_a_slow_answer_alone_that_makes_it(self, house: House) -> None:
        reply = trickle(head(200, length=len(FOUND)) + FOUND.encode(), every=0.001, size=64)
        house.server.on(QUERY, reply)

        assert len(house.gateway().statuses()) == 1

    def test_that_is_over_before_the_request_sends_nothing(self, house: House) -> None:
        house.server.on("xtk:session#Logon", http(200, answers.logon()))
        gateway = house.gateway(replace(house.connection, deadline_seconds=0.0))

        with pytest.raises(NotSent):
            gateway.statuses()

        assert house.server.requests == []


class TestSize:
    def limited(self, house: House, reply: Reply) -> CampaignError:
        gateway = house.gateway(replace(house.connection, max_bytes=4096))
        house.server.on(QUERY, reply)
        with pytest.raises(CampaignError) as caught:
            gateway.statuses()
        return caught.value

    @pytest.mark.parametrize(
        "reply",
        [
            raw(head(200, length=10**9) + b"<"),
            raw(head(200, length=None) + b"<" * 100_000),
            raw(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + (b"400\r\n" + b"<" * 1024 + b"\r\n") * 9
            ),
        ],
        ids=["announced", "without length", "in chunks"],
    )
    def test_is_limited(self, house: House, reply: Reply) -> None:
        error = self.limited(house, reply)

        assert type(error) is UnreadableAnswer
        assert "larger than 4096 bytes" in str(error)

    def test_of_a_large_answer_within_the_limit_is_no_problem(self, house: House) -> None:
        message = "x" * 11_000_000
        line = answers.line("1", "2026-01-31 06:00:01.000Z", message)
        house.server.on(QUERY, http(200, answers.query(answers.collection("workflowLog", line))))

        (entry,) = house.gateway().journal("4900", house.clock.at.replace(hour=0))

        assert entry.message == message

    @pytest.mark.parametrize("row", ["<a/>", "<a b='' c='' d='' e='' f=''/>", "<a>x</a>"])
    def test_of_many_small_elements_takes_no_more_memory_than_a_few_times_its_size(self, row: str) -> None:
        measured = subprocess.run(
            [sys.executable, "-c", HUGE_ANSWER, row], capture_output=True, text=True, check=False
        )

        error, _, megabytes = measured.stdout.strip().rpartition(" ")
        assert error == "UnreadableAnswer", measured.stderr
        assert int(megabytes) < 160


HUGE_ANSWER = """
import resource, sys
from bot.domain.errors import CampaignError
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import House
from tests.gateways.campaign.raw_server import RawServer, http

row = sys.argv[1]
with RawServer() as server:
    house = House(server)
    server.on("xtk:session#Logon", http(200, answers.logon()))
    server.on("xtk:queryDef#ExecuteQuery", http(200, answers.query(answers.collection("workflow"))))
    gateway = house.gateway()
    gateway.statuses()
    rows = row * (15_500_000 // len(row))
    server.on("xtk:queryDef#ExecuteQuery", http(200, answers.query(answers.collection("workflow", rows))))
    del rows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        gateway.statuses()
    except CampaignError as error:
        print(type(error).__name__, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
"""Prints the error, and by how many megabytes the process grew, for an answer just within the size."""


class TestReaching:
    def failing(self, house: House, url: str, **changed: object) -> CampaignError:
        connection = replace(house.connection, url=url, **changed)  # type: ignore[arg-type] # a test knows its fields
        with pytest.raises(CampaignError) as caught:
            house.gateway(connection).statuses()
        return caught.value

    def test_a_port_where_nobody_listens_surely_sends_nothing(self, house: House) -> None:
        error = self.failing(house, refused_url())

        assert type(error) is NotSent
        assert "so xtk:session#Logon was not sent: connection refused." in str(error)

    def test_a_name_that_does_not_exist_surely_sends_nothing(self, house: House) -> None:
        error = self.failing(house, "http://campaign.invalid")

        assert type(error) is NotSent
        assert "its name cannot be resolved" in str(error)

    def test_an_address_that_swallows_everything_surely_sends_nothing(self, house: House) -> None:
        # A full backlog of a socket that nobody accepts from looks like a host that drops packets.
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            port = listener.getsockname()[1]
            fillers = [socket.socket() for _ in range(4)]
            try:
                for filler in fillers:
                    filler.setblocking(False)
                    filler.connect_ex(("127.0.0.1", port))
                error = self.failing(house, f"http://127.0.0.1:{port}", deadline_seconds=0.4)
            finally:
                for filler in fillers:
                    filler.close()

        assert type(error) is NotSent
        assert "it did not take the connection in time" in str(error)

    @pytest.mark.parametrize(
        "url", ["nonsense", "ftp://x.example.com", "http://", "http://[::1", "http://a..b"]
    )
    def test_an_address_that_is_none_surely_sends_nothing(self, house: House, url: str) -> None:
        assert type(self.failing(house, url)) is NotSent

    def test_a_missing_file_of_authorities_is_told(self, house: House) -> None:
        error = self.failing(house, "https://127.0.0.1:1", ca_file="/nowhere/ca.pem")

        assert type(error) is NotSent
        assert "/nowhere/ca.pem" in str(error)


class TestTls:
    def test_is_refused_with_a_certificate_that_nobody_signed(self, house: House) -> None:
        with RawServer(tls=True) as server, pytest.raises(NotSent, match="its certificate is not trusted"):
            house.gateway(replace(house.connection, url=server.url)).statuses()

    def test_is_refused_where_the_server_does_not_speak_it(self, house: House) -> None:
        url = house.server.url.replace("http:", "https:")

        with pytest.raises(NotSent, match=r"no secure connection|closed|reset|did not take"):
            house.gateway(replace(house.connection, url=url, deadline_seconds=0.5)).statuses()

    def test_trusts_the_configured_authorities(self, house: House) -> None:
        with RawServer(tls=True) as server:
            server.on("xtk:session#Logon", http(200, answers.logon()))
            server.on("xtk:session#Logoff", http(200, answers.logoff()))
            server.on(QUERY, http(200, FOUND))
            gateway = house.gateway(replace(house.connection, url=server.url, ca_file=str(CERTIFICATE)))

            assert len(gateway.statuses()) == 1

            gateway.close()

    def test_keeps_the_deadline(self, house: House) -> None:
        with RawServer(tls=True) as server:
            server.on("*", trickle(head(200, length=len(FOUND)) + FOUND.encode(), every=0.05))
            connection = replace(
                house.connection, url=server.url, ca_file=str(CERTIFICATE), deadline_seconds=0.4
            )
            start = time.monotonic()

            with pytest.raises(OutcomeUnknown, match=r"within 0\.4 seconds"):
                house.gateway(connection).statuses()

            assert time.monotonic() - start < 1.5


class TestRequest:
    def test_has_the_shape_that_campaign_takes(self, house: House) -> None:
        house.server.on(QUERY, http(200, FOUND))

        house.gateway().statuses()

        request = house.server.last(QUERY)
        assert request.line == "POST /nl/jsp/soaprouter.jsp HTTP/1.1"
        assert request.headers["content-type"] == "text/xml; charset=utf-8"
        assert request.headers["x-security-token"] == answers.SECURITY
        assert request.headers["cookie"] == f"__sessiontoken={answers.SESSION}"
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["connection"] == "close"
        assert "sessiontoken></" in request.body or "sessiontoken/>" in request.body

    def test_ignores_what_the_environment_says(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, refused_url())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        house.server.on(QUERY, http(200, FOUND))

        assert len(house.gateway().statuses()) == 1

    def test_has_a_connection_of_its_own_even_if_the_server_keeps_the_last_one_open(
        self, house: House
    ) -> None:
        more: list[bytes] = []

        def keep_open(connection: socket.socket) -> None:
            answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(FOUND)}\r\n\r\n{FOUND}"
            connection.sendall(answer.encode())
            connection.settimeout(5)
            more.append(connection.recv(1))

        house.server.on(QUERY, keep_open, reset())
        gateway = house.gateway()
        gateway.statuses()

        # On a connection that was already there, this would be taken for one that was never made.
        with pytest.raises(OutcomeUnknown):
            gateway.statuses()

        assert house.server.count(QUERY) == 2
        until(lambda: bool(more))  # the server's thread notices in its own time
        assert more == [b""]

    def test_keeps_no_cookie_of_the_server(self, house: House) -> None:
        house.server.on(QUERY, http(200, FOUND, Set_Cookie="__sessiontoken=stolen; Path=/"), http(200, FOUND))
        gateway = house.gateway()

        gateway.statuses()
        gateway.statuses()

        assert house.server.last(QUERY).headers["cookie"] == f"__sessiontoken={answers.SESSION}"

    def test_is_not_logged_with_its_secrets(self, house: House, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        # As in a fresh process: another test of this one may have configured the log since.
        logging.getLogger("zeep").setLevel(logging.NOTSET)
        soap._document.cache_clear()
        house.server.on(QUERY, http(200, FOUND))

        house.gateway().statuses()

        assert logging.getLogger("zeep").level == logging.INFO
        for secret in ("s3cret", answers.SESSION, answers.SECURITY):
            assert secret not in caplog.text


@pytest.mark.parametrize(
    "say",
    [
        lambda body: http(403, f"XSV-350012 Not {body}"),
        lambda body: http(500, answers.fault(f"SOP-330011 {body}", f"the cause {body}")),
        lambda body: http(200, f"<a>{body}"),
        lambda body: http(200, answers.envelope(f"<b>{body}")),
        lambda body: http(302, "", Location=f"/logon/{body}"),
        lambda body: reset(body.encode()),
    ],
    ids=["denied", "fault", "no XML", "broken envelope", "redirect", "reset"],
)
def test_no_error_repeats_a_secret(house: House, say: Callable[[str], Reply]) -> None:
    house.server.on("xtk:session#Logon", say("s3cret-plain"))
    gateway = house.gateway(replace(house.connection, secret="s3cret-plain"))

    with pytest.raises(CampaignError) as caught:
        gateway.statuses()

    told = "".join(traceback.format_exception(caught.value))
    assert "s3cret-plain" not in told
    assert "s3cret-plain" not in repr(caught.value)


def test_no_value_shows_a_secret(house: House) -> None:
    assert PASSWORD not in repr(house.connection)
    assert "s3cret" not in repr(house.gateway())
