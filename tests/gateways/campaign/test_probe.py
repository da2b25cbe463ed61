"""What a look from outside sees of an execution instance."""

import time
from datetime import timedelta

import pytest

from bot.gateways.campaign import Look, Web, probe
from tests.gateways.campaign.conftest import House
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

PAGE = "/nl/jsp/logon.jsp"
TEST = "/r/test"
LOGON_PAGE = http(200, "<!DOCTYPE html><html><form></form></html>", content_type="text/html")
REDIR = (
    "<redir status='OK' date='2026-01-31 08:02:07.963-07' build='9236' sha1='cc45440' instance='rt1'"
    " sourceIP='192.0.2.1' host='rt.example.com' localHost='rt-1'/>"
)


def test_a_page_means_that_the_web_process_is_there(house: House) -> None:
    house.server.on(PAGE, LOGON_PAGE)
    house.server.on(TEST, http(200, REDIR))

    assert probe(house.server.url) == Look(Web.PRESENT, "a page", timedelta(hours=-7), "9236")


def test_it_asks_without_logging_on(house: House) -> None:
    house.server.on(PAGE, LOGON_PAGE)
    house.server.on(TEST, http(200, REDIR))

    probe(f"{house.server.url}/")

    assert [request.line for request in house.server.requests] == [
        "GET /nl/jsp/logon.jsp HTTP/1.1",
        "GET /r/test HTTP/1.1",
    ]
    assert all(
        not {"cookie", "authorization", "x-security-token", "soapaction"} & request.headers.keys()
        for request in house.server.requests
    )


LOOKS: dict[str, tuple[Reply, Web, str]] = {
    "blank": (http(200, " \n"), Web.AWAY, "a blank page"),
    "nothing": (http(200, ""), Web.AWAY, "a blank page"),
    "503": (http(503, "<html>away</html>"), Web.AWAY, "HTTP 503"),
    "502": (http(502, ""), Web.AWAY, "HTTP 502"),
    "404": (http(404, "<html/>"), Web.UNKNOWN, "HTTP 404"),
    "403": (http(403, "<html/>"), Web.UNKNOWN, "HTTP 403"),
    "to the identity service": (
        http(302, "", Location="https://ims-na1.adobelogin.com/ims/authorize"),
        Web.PRESENT,
        "HTTP 302 to another page",
    ),
    "elsewhere": (http(301, "", Location="https://x.example.com/"), Web.PRESENT, "HTTP 301 to another page"),
    "reset": (reset(), Web.AWAY, "broke during a look at its log-on page"),
    "closed": (raw(b""), Web.AWAY, "closed without an answer"),
    "cut short": (raw(head(200, length=500) + b"<html>"), Web.UNKNOWN, "cut short"),
    "oversized": (http(200, "x" * 300_000), Web.UNKNOWN, "larger than"),
}


@pytest.mark.parametrize(("reply", "web", "evidence"), LOOKS.values(), ids=LOOKS)
def test_other_answers_say_what_they_say(house: House, reply: Reply, web: Web, evidence: str) -> None:
    house.server.on(PAGE, reply)

    look = probe(house.server.url)

    assert look.web is web
    assert evidence in look.evidence


def test_a_refused_connection_means_away() -> None:
    look = probe(refused_url())

    assert look.web is Web.AWAY
    assert "connection refused" in look.evidence


def test_a_name_that_cannot_be_resolved_says_nothing_of_the_server() -> None:
    look = probe("https://campaign.invalid")

    assert look == Look(Web.UNKNOWN, look.evidence)
    assert "its name cannot be resolved" in look.evidence


def test_a_certificate_says_nothing_of_the_server_unless_it_is_trusted() -> None:
    with RawServer(tls=True) as server:
        server.on(PAGE, LOGON_PAGE)
        server.on(TEST, http(200, REDIR))

        assert probe(server.url).web is Web.UNKNOWN
        assert probe(server.url, ca_file=str(CERTIFICATE)).web is Web.PRESENT


@pytest.mark.parametrize(
    "reply",
    [silence(1.0), trickle(head(200, length=90) + b"<html>" * 15, every=0.02)],
    ids=["silent", "slow"],
)
def test_both_requests_share_one_deadline(house: House, reply: Reply) -> None:
    house.server.on(PAGE, reply)
    start = time.monotonic()

    look = probe(house.server.url, deadline_seconds=0.3)

    assert look.web is Web.AWAY
    assert "within 0.3 seconds" in look.evidence
    assert time.monotonic() - start < 0.9
    assert house.server.count(TEST) == 0


@pytest.mark.parametrize(
    ("date", "offset"),
    [
        ("2026-01-31 08:02:07.963-07", timedelta(hours=-7)),
        ("2026-01-31 08:02:07.963+05:30", timedelta(hours=5, minutes=30)),
        ("2026-01-31 08:02:07.963+0545", timedelta(hours=5, minutes=45)),
        ("2026-01-31 08:02:07Z", timedelta()),
        ("2026-01-31 08:02:07", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_offset_is_read_where_there_is_one(house: House, date: str, offset: timedelta | None) -> None:
    house.server.on(PAGE, LOGON_PAGE)
    house.server.on(TEST, http(200, f"<redir status='OK' date='{date}'/>"))

    assert probe(house.server.url).utc_offset == offset


NO_TESTS: dict[str, Reply] = {
    "404": http(404, REDIR),
    "nothing": http(200, ""),
    "page": http(200, "<html>x</html>"),
    "broken": http(200, "<redir status='OK' date='2026-01-31 08:02:07-07'"),
    "entities": http(200, f"<!DOCTYPE redir [<!ENTITY a 'b'>]>{REDIR}"),
    "encoding": http(200, REDIR.encode("utf-16")),
    "reset": reset(),
}


@pytest.mark.parametrize("reply", NO_TESTS.values(), ids=NO_TESTS)
def test_a_strange_redirection_test_takes_nothing_from_the_look(house: House, reply: Reply) -> None:
    house.server.on(PAGE, LOGON_PAGE)
    house.server.on(TEST, reply)

    assert probe(house.server.url) == Look(Web.PRESENT, "a page", None, "")
