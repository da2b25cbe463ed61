import pytest
import requests

from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import TIMEOUT, HandClock, SoapClient, body, document, result

DENIED = "XSV-350012 Invalid login or password. Connection denied."
EXPIRED = "XSV-350008 Session has expired or is invalid. Please reconnect."
TOKEN = {"grant_type": "client_credentials", "client_id": "mcsync-ims", "client_secret": "sandbox"}


def test_a_wrong_password_is_a_plain_403(stranger: SoapClient) -> None:
    answer = stranger.log_on(password="wrong")

    assert (answer.status_code, answer.text) == (403, DENIED)
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_three_wrong_passwords_lock_even_the_right_one_out_for_five_minutes(
    stranger: SoapClient, clock: HandClock
) -> None:
    for _ in range(3):
        stranger.log_on(password="wrong")
    assert stranger.log_on().text == DENIED

    clock.forward(minutes=4, seconds=59)
    assert stranger.log_on().text == DENIED

    clock.forward(seconds=1)
    assert stranger.log_on().status_code == 200
    assert stranger.lever("world", "GET")["logons"] == 6


def test_wrong_passwords_far_apart_lock_nobody_out(stranger: SoapClient, clock: HandClock) -> None:
    for _ in range(4):
        stranger.log_on(password="wrong")
        clock.forward(minutes=6)

    assert stranger.log_on().ok


def test_a_good_log_on_forgives_what_was_wrong_before(stranger: SoapClient) -> None:
    for _ in range(3):
        stranger.log_on(password="wrong")
        stranger.log_on(password="wrong")
        assert stranger.log_on().ok


def test_an_unknown_login_is_denied_as_well(stranger: SoapClient) -> None:
    assert stranger.log_on(login="nobody").text == DENIED


@pytest.mark.parametrize(
    "without",
    [
        {"Cookie": ""},
        {"X-Security-Token": ""},
        {"X-Security-Token": "@wrong=="},
        {"Cookie": "__sessiontoken=___x"},
    ],
)
def test_both_tokens_are_needed(soap: SoapClient, without: dict[str, str]) -> None:
    soap.headers.update(without)

    answer = soap.call("xtk:session#TestCnx")

    assert (answer.status_code, answer.text) == (403, EXPIRED)


@pytest.mark.parametrize("header", ["Cookie", "X-Session-Token", ""])
def test_the_session_token_is_taken_from_cookie_header_or_body(soap: SoapClient, header: str) -> None:
    token = soap.headers.pop("Cookie").removeprefix("__sessiontoken=")
    if header:
        soap.headers[header] = f"__sessiontoken={token}" if header == "Cookie" else token
    inner = "" if header else token
    request = (
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>"
        f"<TestCnx xmlns='urn:xtk:session'><sessiontoken>{inner}</sessiontoken></TestCnx></e:Body>"
        "</e:Envelope>"
    )

    assert soap.post(request.encode(), {"SOAPAction": "xtk:session#TestCnx"}).status_code == 200


def test_other_cookies_do_not_disturb(soap: SoapClient) -> None:
    soap.headers["Cookie"] = f"JSESSIONID=1; {soap.headers['Cookie']}; theme=dark"
    assert soap.call("xtk:session#TestCnx").ok

    soap.headers["Cookie"] = "a; =b; __sessiontoken"
    assert soap.call("xtk:session#TestCnx").status_code == 403


def test_a_session_ends_after_a_day_or_when_it_is_closed(soap: SoapClient, clock: HandClock) -> None:
    clock.forward(hours=23, minutes=59)
    assert soap.call("xtk:session#TestCnx").ok
    clock.forward(minutes=1)
    assert soap.call("xtk:session#TestCnx").status_code == 403

    soap.log_on()
    logged_off = soap.call("xtk:session#Logoff")
    assert result(logged_off) == []
    assert body(logged_off).tag == "{urn:xtk:session}LogoffResponse"
    assert soap.call("xtk:session#TestCnx").text == EXPIRED


def test_client_credentials_give_a_bearer_that_needs_no_log_on(
    stranger: SoapClient, clock: HandClock
) -> None:
    granted = requests.post(f"{stranger.url}/ims/token", data=TOKEN, timeout=TIMEOUT).json()
    stranger.headers = {"Authorization": f"Bearer {granted['access_token']}"}

    assert document(stranger.call("xtk:session#GetUserInfo")).get("login") == "mcsync"
    assert granted["expires_in"] == 86399
    assert granted["token_type"] == "bearer"
    assert stranger.lever("world", "GET")["logons"] == 0

    clock.forward(hours=24)
    assert stranger.call("xtk:session#GetUserInfo").text == EXPIRED


def test_a_bearer_can_be_exchanged_for_a_session(stranger: SoapClient) -> None:
    granted = requests.post(f"{stranger.url}/ims/token/v3", data=TOKEN, timeout=TIMEOUT).json()

    answer = stranger.call("xtk:session#BearerTokenLogon", granted["access_token"])

    token, _, security = result(answer)
    assert body(answer).tag == "{urn:xtk:session}BearerTokenLogonResponse"
    stranger.headers = {"Cookie": f"__sessiontoken={token.text}", "X-Security-Token": security.text or ""}
    assert stranger.call("xtk:session#TestCnx").ok


def test_an_invented_bearer_is_refused(stranger: SoapClient) -> None:
    stranger.headers = {"Authorization": "Bearer nonsense"}

    assert stranger.call("xtk:session#TestCnx").text == EXPIRED
    assert stranger.call("xtk:session#BearerTokenLogon", "nonsense").text == EXPIRED


@pytest.mark.parametrize(
    "wrong", [{"client_secret": "x"}, {"client_id": "x"}, {"grant_type": "password"}, {"client_secret": ""}]
)
def test_wrong_client_credentials_are_refused(stranger: SoapClient, wrong: dict[str, str]) -> None:
    answer = requests.post(f"{stranger.url}/ims/token", data=TOKEN | wrong, timeout=TIMEOUT)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client"


def test_a_reset_forgets_sessions_and_never_gives_the_same_tokens_again(
    soap: SoapClient, campaign: CampaignServer, clock: HandClock
) -> None:
    old = dict(soap.headers)
    clock.forward(seconds=1)
    campaign.reset()

    assert soap.call("xtk:session#TestCnx").status_code == 403
    soap.headers = {}
    soap.log_on()
    assert soap.headers != old
