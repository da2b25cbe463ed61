"""Logging on: one session for everybody, one attempt at a time, and none while a refusal is remembered."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from bot.domain.errors import (
    CampaignError,
    CampaignFault,
    EmptyReturn,
    LogonBarred,
    LogonRefused,
    NotSent,
    OutcomeUnknown,
    SessionExpired,
    StoreError,
    Unavailable,
    UnreadableAnswer,
)
from bot.domain.logon_bar import LogonBar
from bot.gateways.campaign import CampaignGateway
from bot.gateways.campaign.session import secret_digest
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import PASSWORD, House, RememberedBars
from tests.gateways.campaign.raw_server import Reply, http, refused_url, reset, silence

LOGON = "xtk:session#Logon"
LOGOFF = "xtk:session#Logoff"
QUERY = "xtk:queryDef#ExecuteQuery"
TOKEN = "/ims/token/v3"
FOUND = http(200, answers.query(answers.collection("workflow", answers.status())))
EXPIRED = http(403, "XSV-350008 Session has expired or is invalid. Please reconnect.")
DENIED = http(403, "XSV-350012 Invalid login or password. Connection denied.")
DENIED_AS_FAULT = http(500, answers.fault("XSV-350012 Invalid login or password. Connection denied."))


def token(text: str = "eyJhbGciOi.J9.sig", seconds: object = 86399, status: int = 200) -> Reply:
    body = f'{{"access_token": "{text}", "token_type": "bearer", "expires_in": {seconds}}}'
    return http(status, body, content_type="application/json")


def after(seconds: float, reply: Reply) -> Reply:
    def late(connection: object) -> None:
        time.sleep(seconds)  # the delay is the purpose
        reply(connection)  # type: ignore[arg-type] # a reply takes a socket

    return late


def at_once(gateways: list[CampaignGateway]) -> list[object]:
    """Ask each gateway in a thread of its own, all at the same moment; give results or errors."""
    barrier = threading.Barrier(len(gateways))

    def ask(gateway: CampaignGateway) -> object:
        barrier.wait(5)
        try:
            return gateway.statuses()
        except CampaignError as error:
            return error

    with ThreadPoolExecutor(len(gateways)) as pool:
        return list(pool.map(ask, gateways))


class TestPassword:
    def test_logs_on_once_for_many_calls(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()

        for _ in range(3):
            gateway.statuses()

        assert house.server.count(LOGON) == 1
        assert house.server.count(QUERY) == 3

    def test_sends_what_logon_wants_in_its_order(self, house: House) -> None:
        house.server.on(QUERY, FOUND)

        house.gateway().statuses()

        body = house.server.last(LOGON).body
        order = [
            body.index(part)
            for part in ("sessiontoken", "strLogin>mcsync<", "strPassword>", "elemParameters")
        ]
        assert order == sorted(order)
        assert "s3cret &amp; &lt;sharp&gt;" in body
        assert "cookie" not in house.server.last(LOGON).headers

    def test_is_shared_by_all_threads(self, house: House) -> None:
        house.server.on(LOGON, after(0.1, http(200, answers.logon())))
        house.server.on(QUERY, FOUND)

        results = at_once([house.gateway()] * 8)

        assert all(isinstance(result, tuple) for result in results)
        assert house.server.count(LOGON) == 1

    def test_renews_an_expired_session_once_for_all_threads(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()
        gateway.statuses()
        house.server.on(QUERY, *[after(0.1, EXPIRED)] * 4, FOUND)

        results = at_once([gateway] * 4)

        assert all(isinstance(result, tuple) for result in results)
        assert house.server.count(LOGON) == 2

    @pytest.mark.parametrize(
        ("session", "security"),
        [("", ""), (" ", "@x"), ("___x", ""), ("___x", "\n")],
        ids=["both", "1", "2", "line"],
    )
    def test_takes_blank_tokens_for_an_empty_return(self, house: House, session: str, security: str) -> None:
        house.server.on(LOGON, http(200, answers.logon(session, security)))

        with pytest.raises(EmptyReturn, match="xtk:session#Logon with blank tokens"):
            house.gateway().statuses()

    @pytest.mark.parametrize("output", ["pstrSessionToken", "pstrSecurityToken"])
    def test_takes_missing_tokens_for_an_empty_return(self, house: House, output: str) -> None:
        house.server.on(LOGON, http(200, answers.logon().replace(output, "pstrOther")))

        with pytest.raises(EmptyReturn, match=f"lacks {output}"):
            house.gateway().statuses()

    def test_takes_an_empty_response_for_an_empty_return(self, house: House) -> None:
        house.server.on(LOGON, http(200, answers.answer("Logon", ns="urn:xtk:session")))

        with pytest.raises(EmptyReturn):
            house.gateway().statuses()

    def test_logs_on_again_after_a_failure_that_was_no_refusal(self, house: House) -> None:
        house.server.on(LOGON, reset(), http(200, ""), http(200, answers.logon()))
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()

        with pytest.raises(OutcomeUnknown):
            gateway.statuses()
        with pytest.raises(EmptyReturn):
            gateway.statuses()

        assert len(gateway.statuses()) == 1
        assert house.bars.bars == {}

    def test_passes_another_fault_of_logon_on_and_remembers_nothing(self, house: House) -> None:
        house.server.on(
            LOGON, http(500, answers.fault("XSV-350014 The '10.0.0.1' IP address is not accepted."))
        )

        with pytest.raises(CampaignFault, match="IP address"):
            house.gateway().statuses()

        assert house.bars.bars == {}

    def test_a_logon_that_is_answered_by_expiry_is_not_tried_twice(self, house: House) -> None:
        house.server.on(LOGON, EXPIRED)

        with pytest.raises(SessionExpired):
            house.gateway().statuses()

        assert house.server.count(LOGON) == 1


class TestRefusal:
    @pytest.mark.parametrize("denied", [DENIED, DENIED_AS_FAULT], ids=["plain", "fault"])
    def test_is_remembered_and_keeps_everybody_from_trying_again(self, house: House, denied: Reply) -> None:
        house.server.on(LOGON, denied)

        with pytest.raises(LogonRefused, match="XSV-350012 Invalid login or password"):
            house.gateway().statuses()
        for _ in range(3):
            # A new gateway each time: a replica, or the same process after a crash.
            with pytest.raises(LogonBarred):
                house.gateway().statuses()

        assert house.server.count(LOGON) == 1

    def test_is_told_with_what_to_do(self, house: House) -> None:
        house.server.on(LOGON, DENIED)
        gateway = house.gateway()
        with pytest.raises(LogonRefused):
            gateway.statuses()

        with pytest.raises(LogonBarred) as caught:
            gateway.statuses()

        assert "XSV-350012 Invalid login or password. Connection denied (2026-01-31 06:10 UTC)." in str(
            caught.value
        )
        assert "change the secret in the configuration" in str(caught.value)
        assert "let an administrator press *Try once*" in str(caught.value)

    def test_is_remembered_without_the_secret(self, house: House) -> None:
        house.server.on(LOGON, DENIED)
        with pytest.raises(LogonRefused):
            house.gateway().statuses()

        bar = house.bars.bars["prod"]

        assert bar.instance == "prod"
        assert bar.at == house.clock.at
        assert bar.secret_digest == secret_digest("prod", "mcsync", PASSWORD)
        assert "s3cret" not in repr(bar)

    @pytest.mark.parametrize("changed", [{"secret": "new"}, {"login": "other"}], ids=["secret", "login"])
    def test_does_not_count_for_another_secret(self, house: House, changed: dict[str, str]) -> None:
        house.server.on(LOGON, DENIED, http(200, answers.logon()))
        house.server.on(QUERY, FOUND)
        with pytest.raises(LogonRefused):
            house.gateway().statuses()

        connection = replace(house.connection, **changed)  # type: ignore[arg-type] # texts only

        assert len(house.gateway(connection).statuses()) == 1

    def test_does_not_count_for_another_instance(self, house: House) -> None:
        house.server.on(LOGON, DENIED, http(200, answers.logon()))
        house.server.on(QUERY, FOUND)
        with pytest.raises(LogonRefused):
            house.gateway().statuses()

        assert len(house.gateway(replace(house.connection, name="stage")).statuses()) == 1

    def test_lifted_by_an_administrator_allows_one_more_try(self, house: House) -> None:
        house.server.on(LOGON, DENIED)
        gateway = house.gateway()
        for _ in range(2):
            with pytest.raises((LogonRefused, LogonBarred)):
                gateway.statuses()
        house.bars.bars.clear()

        with pytest.raises(LogonRefused):
            gateway.statuses()
        with pytest.raises(LogonBarred):
            gateway.statuses()

        assert house.server.count(LOGON) == 2

    def test_is_met_once_by_threads_that_fail_together(self, house: House) -> None:
        house.server.on(LOGON, after(0.2, DENIED))

        errors = at_once([house.gateway()] * 6)

        assert house.server.count(LOGON) == 1
        assert [type(error) for error in errors].count(LogonRefused) == 1
        assert all(isinstance(error, LogonRefused | NotSent) for error in errors)

    def test_after_a_session_was_lost_is_remembered_too(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()
        gateway.statuses()
        house.server.on(QUERY, EXPIRED)
        house.server.on(LOGON, DENIED)

        with pytest.raises(LogonRefused):
            gateway.statuses()
        with pytest.raises(LogonBarred):
            gateway.statuses()

    def test_of_a_call_with_a_session_bars_no_log_on(self, house: House) -> None:
        house.server.on(QUERY, DENIED, FOUND)
        gateway = house.gateway()

        with pytest.raises(LogonRefused):
            gateway.statuses()

        assert len(gateway.statuses()) == 1
        assert house.server.count(LOGON) == 1

    def test_does_not_end_a_session_that_works(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()
        gateway.statuses()
        house.server.on(LOGON, DENIED)
        with pytest.raises(LogonRefused):
            house.gateway().statuses()

        assert len(gateway.statuses()) == 1


class BrokenBars(RememberedBars):
    """A store that cannot be used for a while."""

    reads = True
    writes = True

    def get(self, instance: str) -> LogonBar | None:
        if not self.reads:
            raise StoreError("The database is locked.")
        return super().get(instance)

    def save(self, bar: LogonBar) -> None:
        if not self.writes:
            raise StoreError("The disk is full.")
        super().save(bar)


class TestMemory:
    def test_that_cannot_be_asked_means_no_log_on(self, house: House) -> None:
        bars = BrokenBars()
        bars.reads = False
        house.bars = bars

        with pytest.raises(StoreError):
            house.gateway().statuses()

        assert house.server.requests == []

    def test_that_cannot_be_written_is_made_up_for_before_the_next_log_on(self, house: House) -> None:
        bars = BrokenBars()
        house.bars = bars
        house.server.on(LOGON, DENIED)
        gateway = house.gateway()
        bars.writes = False
        for _ in range(3):
            with pytest.raises(StoreError):
                gateway.statuses()
        assert house.server.count(LOGON) == 1

        bars.writes = True
        with pytest.raises(LogonBarred):
            gateway.statuses()

        assert house.server.count(LOGON) == 1
        assert "prod" in bars.bars


class TestWaiting:
    def test_for_a_log_on_that_the_store_forbade_forgets_older_failures(self, house: House) -> None:
        bars = BrokenBars()
        house.bars = bars
        house.server.on(LOGON, http(503, ""), http(200, answers.logon()))
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()
        with pytest.raises(Unavailable):
            gateway.statuses()
        bars.reads = False
        with pytest.raises(StoreError):
            gateway.statuses()
        bars.reads = True

        assert len(gateway.statuses()) == 1

    def test_for_a_log_on_that_fails_is_not_followed_by_another(self, house: House) -> None:
        house.server.on(LOGON, after(0.2, http(503, "<html>away</html>")))

        errors = at_once([house.gateway()] * 5)

        assert house.server.count(LOGON) == 1
        assert [type(error) for error in errors].count(Unavailable) == 1
        (first,) = (error for error in errors if type(error) is Unavailable)
        told = f"No second log-on was tried, since one has just failed: {first}"
        assert [str(error) for error in errors if type(error) is NotSent] == [told] * 4


class TestDigest:
    def test_tells_apart_what_differs(self) -> None:
        digests = {
            secret_digest("prod", "mcsync", "a"),
            secret_digest("prod", "mcsync", "b"),
            secret_digest("prod", "other", "a"),
            secret_digest("stage", "mcsync", "a"),
            secret_digest("prod", "mc", "synca"),
            secret_digest("prodmcsync", "", "a"),
        }

        assert len(digests) == 6
        assert secret_digest("prod", "mcsync", "a") in digests


class TestClosing:
    def test_logs_off_with_the_session(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()
        gateway.statuses()

        gateway.close()
        gateway.close()

        assert house.server.count(LOGOFF) == 1
        assert house.server.last(LOGOFF).headers["x-security-token"] == answers.SECURITY

    def test_without_a_session_says_nothing(self, house: House) -> None:
        gateway = house.gateway()

        gateway.open()
        gateway.close()

        assert house.server.requests == []

    @pytest.mark.parametrize(
        "reply", [reset(), http(503, ""), http(500, answers.fault("x"))], ids=["reset", "503", "fault"]
    )
    def test_never_fails_because_of_the_server(self, house: House, reply: Reply) -> None:
        house.server.on(QUERY, FOUND)
        house.server.on(LOGOFF, reply)
        gateway = house.gateway()
        gateway.statuses()

        gateway.close()

        assert house.server.count(LOGOFF) == 1

    def test_is_not_for_ever(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        gateway = house.gateway()
        gateway.statuses()
        gateway.close()

        assert len(gateway.statuses()) == 1
        assert house.server.count(LOGON) == 2


NO_TOKENS: dict[str, tuple[Reply, type[CampaignError]]] = {
    "503": (http(503, "<html/>"), Unavailable),
    "429": (http(429, "{}"), Unavailable),
    "a proxy's 403": (http(403, "<html>a proxy</html>"), Unavailable),
    "400 without a reason": (http(400, "[]"), Unavailable),
    "502 and nothing": (http(502, ""), Unavailable),
    "nothing": (http(200, ""), EmptyReturn),
    "a page": (http(200, "<html>x</html>"), UnreadableAnswer),
    "a list": (http(200, "[1]"), UnreadableAnswer),
    "half a character": (http(200, '"\\ud800"'), UnreadableAnswer),
    "no bytes of a text": (http(200, b"\xff\xfe{"), UnreadableAnswer),
    "endless nesting": (http(200, "[" * 100_000), UnreadableAnswer),
    "an empty object": (http(200, "{}"), UnreadableAnswer),
    "no token": (http(200, '{"expires_in": 60}'), EmptyReturn),
    "an empty token": (token(""), EmptyReturn),
    "a blank token": (token(" "), EmptyReturn),
    "a token of two words": (token("two words"), UnreadableAnswer),
    "a token of two lines": (token("line\\nbreak"), UnreadableAnswer),
    "a token with accents": (token("naïve"), UnreadableAnswer),
    "no word of a lifetime": (http(200, '{"access_token": "a"}'), UnreadableAnswer),
    "no lifetime": (token(seconds="null"), UnreadableAnswer),
    "a lifetime in words": (token(seconds='"soon"'), UnreadableAnswer),
    "an endless lifetime": (token(seconds="1e999"), UnreadableAnswer),
    "a lifetime that is no number": (token(seconds="NaN"), UnreadableAnswer),
    "a redirect": (http(302, "", Location="https://elsewhere.example.com/"), NotSent),
    "a reset": (reset(), OutcomeUnknown),
}


@pytest.fixture
def bearer(house: House) -> Callable[[], CampaignGateway]:
    house.server.on(TOKEN, token())
    house.server.on(QUERY, FOUND)
    return lambda: house.gateway(house.bearer_connection)


class TestBearer:
    def test_takes_the_place_of_logon(self, house: House, bearer: Callable[[], CampaignGateway]) -> None:
        gateway = bearer()
        for _ in range(3):
            gateway.statuses()
        gateway.close()

        assert house.server.count(TOKEN) == 1
        assert house.server.count(LOGON) == 0
        assert house.server.count(LOGOFF) == 0
        headers = house.server.last(QUERY).headers
        assert headers["authorization"] == "Bearer eyJhbGciOi.J9.sig"
        assert "cookie" not in headers

    def test_is_asked_for_by_client_credentials(
        self, house: House, bearer: Callable[[], CampaignGateway]
    ) -> None:
        bearer().statuses()

        request = house.server.last(TOKEN)
        assert request.line.startswith("POST ")
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert parse_qs(request.body) == {
            "grant_type": ["client_credentials"],
            "client_id": ["client-1"],
            "client_secret": [PASSWORD],
            "scope": ["AdobeID,campaign_sdk"],
        }

    def test_is_renewed_shortly_before_it_runs_out(
        self, house: House, bearer: Callable[[], CampaignGateway]
    ) -> None:
        gateway = bearer()
        gateway.statuses()
        house.clock.turn(seconds=86399 - 121)
        gateway.statuses()
        assert house.server.count(TOKEN) == 1

        house.clock.turn(seconds=1)
        gateway.statuses()

        assert house.server.count(TOKEN) == 2

    def test_that_lives_briefly_is_used_all_the_same(
        self, house: House, bearer: Callable[[], CampaignGateway]
    ) -> None:
        house.server.on(TOKEN, token(seconds=60))
        gateway = bearer()
        house.server.on(TOKEN, token(seconds=60))
        gateway.statuses()
        house.clock.turn(seconds=29)
        gateway.statuses()
        assert house.server.count(TOKEN) == 1

        house.clock.turn(seconds=1)
        gateway.statuses()

        assert house.server.count(TOKEN) == 2

    def test_that_claims_to_live_for_ever_is_renewed_every_day(self, house: House) -> None:
        house.server.on(TOKEN, token(seconds="8e13"))
        house.server.on(QUERY, FOUND)
        gateway = house.gateway(house.bearer_connection)
        gateway.statuses()

        house.clock.turn(days=1)
        gateway.statuses()

        assert house.server.count(TOKEN) == 2

    @pytest.mark.parametrize("gone", [http(401, ""), EXPIRED], ids=["401", "XSV-350008"])
    def test_that_is_not_accepted_is_renewed_once(self, house: House, gone: Reply) -> None:
        house.server.on(TOKEN, token("old"), token("new"))
        house.server.on(QUERY, gone, FOUND)
        gateway = house.gateway(house.bearer_connection)

        assert len(gateway.statuses()) == 1
        assert house.server.last(QUERY).headers["authorization"] == "Bearer new"

    def test_that_is_never_accepted_ends_after_one_renewal(
        self, house: House, bearer: Callable[[], CampaignGateway]
    ) -> None:
        gateway = bearer()
        house.server.on(QUERY, http(401, ""))

        with pytest.raises(SessionExpired):
            gateway.statuses()

        assert house.server.count(QUERY) == 2
        assert house.server.count(TOKEN) == 2

    @pytest.mark.parametrize("status", [400, 401, 403])
    def test_that_is_refused_is_remembered(self, house: House, status: int) -> None:
        refusal = '{"error": "invalid_client", "error_description": "invalid client_secret parameter"}'
        house.server.on(TOKEN, http(status, refusal, content_type="application/json"))

        with pytest.raises(LogonRefused, match="invalid_client: invalid client_secret parameter"):
            house.gateway(house.bearer_connection).statuses()
        with pytest.raises(LogonBarred):
            house.gateway(house.bearer_connection).statuses()

        assert house.server.count(TOKEN) == 1

    def test_that_was_refused_may_be_tried_with_another_scope(self, house: House) -> None:
        house.server.on(TOKEN, http(400, '{"error": "invalid_scope"}'), token())
        house.server.on(QUERY, FOUND)
        connection = house.bearer_connection
        with pytest.raises(LogonRefused, match="invalid_scope"):
            house.gateway(connection).statuses()
        assert connection.ims is not None

        corrected = replace(connection, ims=replace(connection.ims, scope="AdobeID"))

        assert len(house.gateway(corrected).statuses()) == 1

    @pytest.mark.parametrize(("reply", "error"), NO_TOKENS.values(), ids=NO_TOKENS)
    def test_that_does_not_come_is_told(self, house: House, reply: Reply, error: type[CampaignError]) -> None:
        house.server.on(TOKEN, reply)

        with pytest.raises(error) as caught:
            house.gateway(house.bearer_connection).statuses()

        assert type(caught.value) is error
        assert PASSWORD not in str(caught.value)
        assert house.server.count(QUERY) == 0
        assert house.bars.bars == {}

    def test_has_the_same_deadline(self, house: House) -> None:
        house.server.on(TOKEN, silence(0.6))
        connection = replace(house.bearer_connection, deadline_seconds=0.3)

        with pytest.raises(OutcomeUnknown, match=r"the request for a token within 0\.3 seconds"):
            house.gateway(connection).statuses()

    def test_from_nowhere_is_surely_not_sent(self, house: House) -> None:
        connection = house.bearer_connection
        assert connection.ims is not None

        with pytest.raises(NotSent, match="connection refused"):
            house.gateway(
                replace(connection, ims=replace(connection.ims, token_url=refused_url()))
            ).statuses()

    def test_lives_at_most_as_long_as_it_says(self, house: House) -> None:
        house.server.on(QUERY, FOUND)
        house.server.on(TOKEN, token(seconds=10))
        gateway = house.gateway(house.bearer_connection)
        gateway.statuses()

        house.clock.at += timedelta(seconds=10)
        gateway.statuses()

        assert house.server.count(TOKEN) == 2
