import socket
import threading
import time

import pytest
import requests
from lxml import etree

from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import ROUTER, HandClock, SoapClient, envelope, fault, result
from tests.waiting import until

STOP = "xtk:workflow#Stop"
LOGON = "xtk:session#Logon"


def order(soap: SoapClient, mode: str, action: str = STOP, **more: object) -> None:
    soap.lever("faults", action=action, mode=mode, **more)


def stopping(soap: SoapClient) -> bool:
    return soap.workflow()["state"] == "15"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("mode", "status", "content"),
    [
        ("empty-body", 200, b""),
        ("empty-envelope", 200, b"<SOAP-ENV:Body></SOAP-ENV:Body>"),
        ("503", 503, b"Service Unavailable"),
        ("html", 200, b"<title>Maintenance</title>"),
        ("fault", 500, b"WDB-200001"),
        ("expired-session", 403, b"XSV-350008 Session has expired or is invalid. Please reconnect."),
        ("redirect", 302, b""),
        ("blank-tokens", 200, b"<StopResponse xmlns='urn:xtk:workflow'"),
    ],
)
def test_an_answer_is_spoilt_and_the_method_runs_only_after(
    soap: SoapClient, mode: str, status: int, content: bytes, when: str
) -> None:
    order(soap, mode, when=when)

    answer = soap.call(STOP, "4900")

    assert answer.status_code == status
    assert content in answer.content
    soap.log_on()
    assert stopping(soap) == (when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("reset", requests.ConnectionError),
        ("truncate", (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)),
    ],
)
def test_a_connection_is_cut_and_the_method_runs_only_after(
    soap: SoapClient, mode: str, error: type[Exception], when: str
) -> None:
    order(soap, mode, when=when)

    with pytest.raises(error):
        soap.call(STOP, "4900")

    assert stopping(soap) == (when == "after")


def test_a_reset_is_a_reset_on_the_wire(campaign: CampaignServer, soap: SoapClient) -> None:
    order(soap, "reset", action=LOGON)
    content = envelope("xtk:session", "Logon", ["a", "b"])
    port = int(campaign.url.rpartition(":")[2])

    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(5)
        connection.sendall(
            f"POST {ROUTER} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
        )
        with pytest.raises(ConnectionResetError):
            connection.recv(100)


def test_blank_tokens_are_three_empty_outputs(stranger: SoapClient) -> None:
    order(stranger, "blank-tokens", action=LOGON)

    answer = stranger.call(LOGON, "mcsync", "sandbox")

    assert [etree.QName(one).localname for one in result(answer)] == [
        *("pstrSessionToken", "pSessionInfo", "pstrSecurityToken"),
    ]
    assert all(one.text is None and len(one) == 0 for one in result(answer))


def test_an_expired_session_is_really_gone(soap: SoapClient) -> None:
    order(soap, "expired-session", action="xtk:session#TestCnx")
    soap.call("xtk:session#TestCnx")

    assert soap.call("xtk:session#TestCnx").status_code == 403
    assert soap.log_on().ok
    assert soap.call("xtk:session#TestCnx").ok


def test_a_redirect_leads_to_the_log_on_page(soap: SoapClient) -> None:
    order(soap, "redirect")

    answer = soap.call(STOP, "4900")

    assert answer.headers["Location"].startswith("/nl/jsp/logon.jsp?target=%2Fnl%2Fjsp%2Fsoaprouter.jsp")
    assert "<form" in soap.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("when", "status", "ran"), [("before", 503, False), ("after", 200, True), ("late", 200, True)]
)
def test_a_slow_answer_comes_when_its_time_is_over(
    soap: SoapClient, when: str, status: int, *, ran: bool
) -> None:
    order(soap, "slow", seconds=0.2, when=when)
    begin = time.monotonic()

    answer = soap.call(STOP, "4900")

    assert time.monotonic() - begin >= 0.2
    assert answer.status_code == status
    assert stopping(soap) == ran


def test_a_late_method_runs_although_the_client_has_gone(soap: SoapClient, campaign: CampaignServer) -> None:
    order(soap, "slow", seconds=0.3, when="late")
    content = envelope("xtk:workflow", "Stop", ["4900"])

    with pytest.raises(requests.ReadTimeout):
        requests.post(
            campaign.url + ROUTER, data=content, headers={**soap.headers, "SOAPAction": STOP}, timeout=0.05
        )
    assert not stopping(soap)

    until(lambda: stopping(soap))


def test_an_answer_can_trickle(soap: SoapClient) -> None:
    order(soap, "trickle", action="xtk:session#GetServerTime", seconds=0.2, when="after")
    begin = time.monotonic()

    answer = soap.call("xtk:session#GetServerTime")

    assert time.monotonic() - begin >= 0.2
    assert result(answer)[0].text == "2026-11-22 04:30:00.000Z"


def test_an_answer_can_be_far_too_large(soap: SoapClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.campaign.spoilt.OVERSIZE", 1_000_000)
    order(soap, "oversized")

    assert len(soap.call(STOP, "4900").content) > 1_000_000


def test_a_fault_waits_for_its_action_and_is_used_up(soap: SoapClient) -> None:
    order(soap, "fault", action="xtk:workflow#Start", times=2)
    order(soap, "503", action="*")

    assert soap.call("xtk:session#TestCnx").status_code == 503
    assert soap.call("xtk:session#TestCnx").status_code == 200
    assert "WDB-200001" in fault(soap.call("xtk:workflow#Start", "4900"))[1]
    assert [one["times"] for one in pending(soap)] == [1]
    assert "WDB-200001" in fault(soap.call("xtk:workflow#Start", "4900"))[1]
    assert "BAS-010003" in fault(soap.call("xtk:workflow#Start", "4900"))[1]
    assert pending(soap) == []


def pending(soap: SoapClient) -> list[dict[str, object]]:
    faults = soap.lever("faults", "GET")["faults"]
    assert isinstance(faults, list)
    return faults


def test_faults_can_be_withdrawn(soap: SoapClient) -> None:
    for action in (STOP, LOGON, "*"):
        order(soap, "503", action=action)

    order(soap, "503", action=STOP, times=0)
    assert [one["action"] for one in pending(soap)] == [LOGON, "*"]
    soap.lever("faults", "DELETE")
    assert pending(soap) == []
    assert soap.call("xtk:session#TestCnx").ok


def test_an_interface_method_meets_its_fault_under_either_name(soap: SoapClient) -> None:
    order(soap, "503", action="xtk:persist#Write")

    content = envelope("xtk:persist", "Write", [""])
    assert soap.post(content, {"SOAPAction": "xtk:persist|xtk:session#Write"}).status_code == 503


@pytest.mark.parametrize("mode", ["slow", "trickle"])
def test_closing_does_not_wait_for_slow_answers(clock: HandClock, mode: str) -> None:
    with CampaignServer(clock=clock) as server:
        client = SoapClient(server.url)
        client.log_on()
        order(client, mode, seconds=60)
        answers: list[object] = []

        def ask() -> None:
            try:
                answers.append(client.call(STOP, "4900"))
            except requests.RequestException as error:
                answers.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: not pending_on(server), seconds=30)
        begin = time.monotonic()
    took = time.monotonic() - begin
    asking.join(5)
    client.http.close()

    assert took < 1
    assert answers


def pending_on(server: CampaignServer) -> bool:
    return bool(server.faults.pending())


def test_a_fault_does_not_touch_what_is_not_soap(soap: SoapClient) -> None:
    order(soap, "503", action="*")

    assert soap.get("/r/test").ok
    assert soap.call(STOP, "4900").status_code == 503
