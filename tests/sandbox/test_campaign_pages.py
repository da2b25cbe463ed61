import socket
from typing import Any

import pytest
import zeep
from lxml import etree

from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import ROUTER, TIMEOUT, HandClock, SoapClient, utc

RT = "/rt/mcExec1"


def test_the_redirection_test_tells_the_offset_of_each_servers_zone(clock: HandClock) -> None:
    clock.now = utc("2026-07-01 10:00")
    plan = Plan(zone="Asia/Kathmandu", rt_zone="America/New_York", history_days=0)
    with CampaignServer(plan, clock=clock) as server:
        soap = SoapClient(server.url)
        with soap.http:
            marketing, execution = (etree.fromstring(soap.get(path + "/r/test").content) for path in ("", RT))

    assert marketing.get("date") == "2026-07-01 15:45:00.000+05:45"
    assert (execution.tag, execution.get("status")) == ("redir", "OK")
    assert execution.get("date") == "2026-07-01 06:00:00.000-04"
    assert execution.get("instance") == "sandbox_mcExec1"


def test_an_execution_instance_shows_a_blank_page_while_its_web_module_restarts(
    stranger: SoapClient, clock: HandClock
) -> None:
    before = stranger.get(f"{RT}/nl/jsp/logon.jsp")
    clock.now = utc("2026-11-22 05:01")
    during = stranger.get(f"{RT}/nl/jsp/logon.jsp")
    router = stranger.http.post(f"{stranger.url}{RT}{ROUTER}", data=b"x", timeout=TIMEOUT)
    apache = stranger.get(f"{RT}/r/test")
    clock.now = utc("2026-11-22 05:03")
    after = stranger.get(f"{RT}/nl/jsp/logon.jsp")

    assert "<form" in before.text
    assert (during.status_code, during.content) == (200, b"")
    assert (router.status_code, router.content) == (200, b"")
    assert b"status='OK'" in apache.content
    assert "<form" in after.text


def test_an_execution_instance_lets_nobody_in(stranger: SoapClient) -> None:
    answer = stranger.http.post(f"{stranger.url}{RT}{ROUTER}", data=b"x", timeout=TIMEOUT)

    assert answer.status_code == 403


def test_while_marketing_restarts_only_apache_and_the_levers_answer(
    soap: SoapClient, clock: HandClock
) -> None:
    soap.lever("restart-marketing", seconds=60)

    assert soap.call("xtk:session#TestCnx").status_code == 503
    assert soap.get("/nl/jsp/logon.jsp").status_code == 503
    assert soap.get("/r/test").status_code == 200
    assert soap.get(f"{RT}/nl/jsp/logon.jsp").status_code == 200
    assert soap.get("/_sandbox/world").json()["marketing"]["away"] is True
    clock.forward(seconds=60)
    assert soap.call("xtk:session#TestCnx").status_code == 200


def test_a_restart_of_marketing_may_forget_who_was_logged_on(soap: SoapClient, clock: HandClock) -> None:
    soap.lever("restart-marketing", seconds=5, forget_sessions=True)
    clock.forward(seconds=5)

    assert soap.call("xtk:session#TestCnx").text.startswith("XSV-350008")


def test_pings_need_a_session(soap: SoapClient) -> None:
    assert soap.get("/nl/jsp/ping.jsp").text == "OK\n2026-11-22 04:30:00.000Z\n"
    assert soap.get("/nl/jsp/mcPing.jsp").text.endswith("7/400 pending events\n")
    soap.headers = {}
    refused = soap.get("/nl/jsp/ping.jsp")
    assert refused.status_code == 302
    assert refused.headers["Location"] == "/nl/jsp/logon.jsp?target=%2Fnl%2Fjsp%2Fping.jsp"


@pytest.mark.parametrize("path", ["/", "/nope", ROUTER, "/rt/nope/r/test", f"{RT}/nope", "/rt/"])
def test_other_pages_do_not_exist(stranger: SoapClient, path: str) -> None:
    assert stranger.get(path).status_code == 404


@pytest.mark.parametrize("length", ["-1", "many", str(10**12)])
def test_a_request_of_no_sane_length_is_refused(campaign: CampaignServer, length: str) -> None:
    port = int(campaign.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"POST {ROUTER} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())

        assert connection.recv(100).startswith(b"HTTP/1.1 400")


def test_a_client_that_leaves_in_the_middle_harms_nobody(campaign: CampaignServer, soap: SoapClient) -> None:
    port = int(campaign.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"POST {ROUTER} HTTP/1.1\r\nContent-Length: 100\r\n\r\nshort".encode())

    assert soap.call("xtk:session#TestCnx").ok


def test_a_soap_library_calls_methods_by_the_wsdl_of_their_schema(soap: SoapClient) -> None:
    soap.http.headers.update(soap.headers)
    transport = zeep.Transport(session=soap.http)  # type: ignore[no-untyped-call] # zeep has no types

    def service(schema: str) -> Any:  # noqa: ANN401 - zeep has no types
        address = f"{soap.url}/nl/jsp/schemawsdl.jsp?schema={schema}"
        return zeep.Client(address, transport=transport).service  # type: ignore[no-untyped-call] # the same

    session = service("xtk:session").Logon(
        sessiontoken="",
        login="mcsync",
        password="sandbox",
        parameters={"_value_1": etree.Element("parameters")},
    )
    assert session["pstrSecurityToken"].startswith("@")
    query = etree.fromstring(
        '<queryDef schema="xtk:workflow" operation="count"><where>'
        "<condition expr=\"@internalName='mcSynch_mcExec1'\"/></where></queryDef>"
    )
    found = service("xtk:queryDef").ExecuteQuery(sessiontoken="", entity={"_value_1": query})
    assert found.get("count") == "1"
    workflow = service("xtk:workflow")
    workflow.Stop(sessiontoken="", workflowId="4900")
    with pytest.raises(zeep.exceptions.Fault):
        workflow.Stop(sessiontoken="", workflowId="4900")


def test_the_wsdl_is_for_whoever_is_logged_on(stranger: SoapClient) -> None:
    page = "/nl/jsp/schemawsdl.jsp?schema=xtk:queryDef"
    before = stranger.http.get(stranger.url + page, timeout=TIMEOUT, allow_redirects=False)
    stranger.log_on()

    assert (before.status_code, before.headers["Location"][:18]) == (302, "/nl/jsp/logon.jsp?")
    assert stranger.get(page).status_code == 200
    assert stranger.get("/nl/jsp/schemawsdl.jsp?schema=nms:nothing").status_code == 404
