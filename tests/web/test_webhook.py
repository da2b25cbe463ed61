"""Deliveries from Campaign, over real sockets."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from bot.domain.errors import StoreError
from bot.domain.report import Report
from tests.web.conftest import (
    NEXT_SECRET,
    NOW,
    SECRET,
    BehindTheDoor,
    Caller,
    bearer_headers,
    report_body,
    signed_headers,
)

PATH = "/webhooks/campaign/prod"


def test_a_signed_delivery_is_accepted_and_handed_on(call: Caller, behind: BehindTheDoor) -> None:
    body = report_body()

    response = call("POST", PATH, body, **signed_headers(body))

    assert (response.status, response.json) == (202, {"delivery": "prod:id:delivery-1"})
    assert response.headers["Content-Type"] == "application/json"
    assert behind.accepted == {
        "prod:id:delivery-1": (
            "prod",
            Report(
                id="delivery-1",
                workflow="mcSynch_mcExec1",
                workflow_id="4900",
                activity="sync",
                message="Empty return for method 'Logon' of service 'xtk:session'",
                logged_at=datetime(2026, 11, 23, 5, 0, 2, tzinfo=UTC),
                log_id="812345",
            ),
            body.decode(),
        )
    }


def test_a_repeat_is_200_with_the_same_body(call: Caller, behind: BehindTheDoor) -> None:
    body = report_body(id="left out")
    first = call("POST", PATH, body, **signed_headers(body))
    repeat = call("POST", PATH, body, **bearer_headers())

    assert (first.status, repeat.status) == (202, 200)
    assert first.body == repeat.body
    assert len(behind.accepted) == 1


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
def test_every_valid_secret_is_accepted_signed_or_as_bearer(call: Caller, secret: str) -> None:
    body = report_body()

    assert call("POST", PATH, body, **signed_headers(body, secret=secret)).status == 202
    assert call("POST", PATH, body, **bearer_headers(secret)).status == 200


def test_the_scheme_of_a_bearer_token_may_be_written_in_any_case(call: Caller) -> None:
    headers = {"Content_Type": "application/json; charset=UTF-8", "Authorization": f"bEARER  {SECRET}"}

    assert call("POST", PATH, report_body(), **headers).status == 202


def test_one_good_signature_among_several_is_enough(call: Caller) -> None:
    body = report_body()
    headers = signed_headers(body)
    headers["Webhook_Signature"] = f"v1,bm90IHRoaXM= v2,x {headers['Webhook_Signature']} v1a,y"

    assert call("POST", PATH, body, **headers).status == 202


def test_a_percent_encoded_instance_is_its_name(call: Caller, behind: BehindTheDoor) -> None:
    assert call("POST", "/webhooks/campaign/odd%20name", report_body(), **bearer_headers()).status == 202
    assert next(iter(behind.accepted.values()))[0] == "odd name"


@pytest.mark.parametrize("late", [timedelta(seconds=-300), timedelta(seconds=300)])
def test_five_minutes_either_way_are_in_time(call: Caller, late: timedelta) -> None:
    body = report_body()

    assert call("POST", PATH, body, **signed_headers(body, at=NOW + late)).status == 202


@pytest.mark.parametrize("late", [timedelta(seconds=-301), timedelta(seconds=301), timedelta(days=4000)])
def test_more_than_five_minutes_are_not(call: Caller, behind: BehindTheDoor, late: timedelta) -> None:
    body = report_body()

    response = call("POST", PATH, body, **signed_headers(body, at=NOW + late))

    assert response.status == 401
    assert behind.accepted == {}


GOOD = signed_headers(report_body())
UNAUTHENTIC = {
    "nothing": {},
    "a signature by another secret": signed_headers(report_body(), secret="whsec_b3RoZXI="),
    "a signature of another body": signed_headers(report_body(message="other")),
    "a signature with another id": GOOD | {"Webhook_Id": "msg_2"},
    "no id": {name: value for name, value in GOOD.items() if name != "Webhook_Id"},
    "an id beyond ASCII": GOOD | {"Webhook_Id": "m\u00e9"},
    "no signature": {name: value for name, value in GOOD.items() if name != "Webhook_Signature"},
    "an empty signature": GOOD | {"Webhook_Signature": ""},
    "a signature without a version": GOOD | {"Webhook_Signature": GOOD["Webhook_Signature"][3:]},
    "a signature of another version": GOOD | {"Webhook_Signature": "v2" + GOOD["Webhook_Signature"][2:]},
    "a signature that is not base64": GOOD | {"Webhook_Signature": "v1,%%%"},
    "a signature beyond ASCII": GOOD | {"Webhook_Signature": "v1,\u00e9"},
    "commas": GOOD | {"Webhook_Signature": ",,,"},
    "no time": {name: value for name, value in GOOD.items() if name != "Webhook_Timestamp"},
    "a word for a time": GOOD | {"Webhook_Timestamp": "now"},
    "a fraction of a time": GOOD | {"Webhook_Timestamp": GOOD["Webhook_Timestamp"] + ".0"},
    "not a number for a time": GOOD | {"Webhook_Timestamp": "nan"},
    "a negative time": GOOD | {"Webhook_Timestamp": "-1"},
    "a time far away": GOOD | {"Webhook_Timestamp": "999999999999"},
    "an endless time": GOOD | {"Webhook_Timestamp": "9" * 5000},
    "a superscript time": GOOD | {"Webhook_Timestamp": "\u00b2" * 10},
    "another token": bearer_headers("whsec_b3RoZXI="),
    "the start of the token": bearer_headers(SECRET[:-1]),
    "the token without its prefix": bearer_headers(SECRET.removeprefix("whsec_")),
    "an empty token": bearer_headers(""),
    "a token beyond ASCII": bearer_headers("\u00e9"),
    "another scheme": {"Content_Type": "application/json", "Authorization": f"Basic {SECRET}"},
}


@pytest.mark.parametrize("headers", UNAUTHENTIC.values(), ids=UNAUTHENTIC.keys())
def test_what_is_not_authentic_is_401_with_a_sentence(
    call: Caller, behind: BehindTheDoor, headers: dict[str, str]
) -> None:
    response = call("POST", PATH, report_body(), **headers)

    assert response.status == 401
    assert str(response.json["error"]).startswith("This delivery is not authentic")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert behind.accepted == {}


def test_a_signed_body_that_is_not_utf8_is_401(call: Caller) -> None:
    assert call("POST", PATH, b"\xff\xfe", **GOOD).status == 401


@pytest.mark.parametrize("instance", ["stage", "closed", "pro", "prod%00", "..", "%2e%2e", "%C3%A9", "%ff"])
def test_an_unknown_instance_answers_exactly_like_a_wrong_secret(call: Caller, instance: str) -> None:
    body = report_body()
    unknown = call("POST", f"/webhooks/campaign/{instance}", body, **signed_headers(body))
    wrong = call("POST", PATH, body, **bearer_headers("whsec_b3RoZXI="))

    assert (unknown.status, unknown.body) == (wrong.status, wrong.body) == (401, wrong.body)


def test_a_secret_that_cannot_be_read_lets_nobody_in_and_is_logged_without_itself(
    call: Caller, behind: BehindTheDoor
) -> None:
    body = report_body()
    behind.secrets["prod"] = ("whsec_A", "whsec_")

    with structlog.testing.capture_logs() as logs:
        assert call("POST", PATH, body, **signed_headers(body)).status == 401

    assert [entry["event"] for entry in logs].count("webhook.secret_unreadable") == 2
    assert all("whsec_" not in str(entry) for entry in logs)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "json"])
def test_another_content_type_is_415(call: Caller, content_type: str) -> None:
    response = call("POST", PATH, report_body(), **bearer_headers(content_type=content_type))

    assert (response.status, response.json) == (415, {"error": "Send the report as application/json."})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not JSON: Expecting value in line 1, column 1."),
        (b"\xff", "The body is not UTF-8."),
        (report_body(workflow_id="x"), "`workflow_id` must be a whole number, such as 4900."),
    ],
)
def test_what_cannot_be_read_is_422_with_a_sentence(
    call: Caller, behind: BehindTheDoor, body: bytes, sentence: str
) -> None:
    response = call("POST", PATH, body, **bearer_headers())

    assert (response.status, response.json) == (422, {"error": sentence})
    assert behind.accepted == {}


def padded(size: int) -> bytes:
    body = report_body()
    return body + b" " * (size - len(body))


def in_chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


def test_64_kib_are_accepted_whole_or_chunked(call: Caller) -> None:
    body = padded(64 * 1024)

    assert call("POST", PATH, body, **bearer_headers()).status == 202
    assert call("POST", PATH, in_chunks(body), **bearer_headers()).status == 200


@pytest.mark.parametrize("headers", [bearer_headers(), bearer_headers("whsec_b3RoZXI=")])
def test_more_is_413_whole_or_chunked_whoever_sends_it(
    call: Caller, behind: BehindTheDoor, headers: dict[str, str]
) -> None:
    body = padded(64 * 1024 + 1)
    for response in (call("POST", PATH, body, **headers), call("POST", PATH, in_chunks(body), **headers)):
        assert (response.status, response.json) == (413, {"error": "The body may have at most 64 KiB."})
    assert behind.accepted == {}


def test_far_more_is_413_before_it_is_sent(call: Caller) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", call.port), timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_delivery_without_a_length_is_an_empty_one(call: Caller) -> None:
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {SECRET}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", call.port), timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_405(call: Caller, method: str) -> None:
    response = call(method, PATH)

    assert (response.status, response.headers["Allow"]) == (405, "POST")


def test_a_store_that_refuses_is_503_with_a_time_to_come_back(call: Caller, behind: BehindTheDoor) -> None:
    behind.error = StoreError("The disk is full: free some space.")

    response = call("POST", PATH, report_body(), **bearer_headers())

    assert response.status == 503
    assert response.json == {"error": "The disk is full: free some space."}
    assert int(response.headers["Retry-After"]) > 0


def test_eight_senders_of_one_delivery_get_one_202(call: Caller) -> None:
    body = report_body()
    statuses: list[int] = []

    def send() -> None:
        statuses.append(call("POST", PATH, body, **bearer_headers()).status)

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert sorted(statuses) == [200] * 7 + [202]


def test_no_secret_is_ever_logged(call: Caller) -> None:
    body = report_body()
    with structlog.testing.capture_logs() as logs:
        call("POST", PATH, body, **signed_headers(body))
        call("POST", PATH, body, **bearer_headers())
        call("POST", PATH, body, **bearer_headers("whsec_b3RoZXI="))

    assert [entry["event"] for entry in logs] == ["webhook.accepted", "webhook.accepted", "request.refused"]
    assert all("whsec_" not in str(entry) and "v1," not in str(entry) for entry in logs)
