"""Every way in which a call can go wrong, over real sockets where the network can do it."""

import http.client
import inspect
import io
import logging
import socket
import ssl
import urllib.error
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
import slack_sdk.errors
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.errors import SlackBusy, SlackError, SlackRefused, SlackUnreachable
from bot.gateways.slack import border
from tests.gateways.slack.conftest import Reply, ScriptedApi

METHOD = "api.test"


def call(api: ScriptedApi, *, timeout_seconds: int = 5, token: str = "xoxb-token") -> dict[str, Any]:
    return border.call(border.web_client(token, api.url, timeout_seconds), METHOD, params={"a": "b"})


def failure(api: ScriptedApi, reply: Reply) -> SlackError:
    api.answer(METHOD, reply)
    with pytest.raises(SlackError) as raised:
        call(api)
    assert api.called(METHOD) == [{"a": "b"}], "one call, no retry"
    return raised.value


def test_an_answer_comes_back_as_it_is(api: ScriptedApi) -> None:
    api.answer(METHOD, Reply({"ok": True, "args": {"a": "b"}}))

    assert call(api) == {"ok": True, "args": {"a": "b"}}
    assert api.calls[0].headers["Authorization"] == "Bearer xoxb-token"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("1.5", 1.5),
        ("99999999", 3600),
        ("soon", 30),
        ("-1", 30),
        ("nan", 30),
        ("inf", 30),
    ],
)
@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
def test_429_says_when_to_come_back(api: ScriptedApi, name: str, header: str, seconds: float) -> None:
    error = failure(api, Reply({"ok": False, "error": "ratelimited"}, 429, {name: header}))

    assert isinstance(error, SlackBusy)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>Too many requests</html>", 429),
        Reply({"ok": False, "error": "ratelimited"}),
        Reply({"ok": False, "error": "rate_limited"}),
    ],
)
def test_429_without_a_header_or_a_body_and_the_bare_code_wait_30_seconds(
    api: ScriptedApi, reply: Reply
) -> None:
    error = failure(api, reply)

    assert isinstance(error, SlackBusy)
    assert error.retry_after == 30
    assert str(error) == "Slack asks us to wait 30 s before api.test."


def test_a_code_of_slack_is_a_refusal_with_its_remedy(api: ScriptedApi) -> None:
    error = failure(api, Reply({"ok": False, "error": "not_in_channel"}))

    assert isinstance(error, SlackRefused)
    assert error.code == "not_in_channel"
    assert str(error) == (
        "Slack refused api.test: not_in_channel. Invite the app to the channel: /invite @mcsync."
    )


def test_a_missing_scope_is_named(api: ScriptedApi) -> None:
    error = failure(api, Reply({"ok": False, "error": "missing_scope", "needed": "channels:history"}))

    assert "missing_scope; needed: channels:history. Give the app this scope" in str(error)


def test_what_is_wrong_with_blocks_is_told(api: ScriptedApi) -> None:
    metadata = {"messages": [f"[ERROR] {number} [json-pointer:/blocks/{number}]" for number in range(5)]}
    error = failure(api, Reply({"ok": False, "error": "invalid_blocks", "response_metadata": metadata}))

    assert str(error) == (
        "Slack refused api.test: invalid_blocks; [ERROR] 0 [json-pointer:/blocks/0]; "
        "[ERROR] 1 [json-pointer:/blocks/1]; [ERROR] 2 [json-pointer:/blocks/2]."
    )


@pytest.mark.parametrize("metadata", [None, [], {"messages": "x"}, {"messages": None}])
def test_details_of_another_form_are_left_out(api: ScriptedApi, metadata: object) -> None:
    error = failure(api, Reply({"ok": False, "error": "invalid_blocks", "response_metadata": metadata}))

    assert str(error) == "Slack refused api.test: invalid_blocks."


def test_a_code_with_a_4xx_status_is_a_refusal(api: ScriptedApi) -> None:
    error = failure(api, Reply({"ok": False, "error": "invalid_auth"}, 401))

    assert isinstance(error, SlackRefused)
    assert error.code == "invalid_auth"


UNREACHABLE = {
    "HTML with 200": Reply(b"<!DOCTYPE html><html></html>", headers={"Content-Type": "text/html"}),
    "HTML with 403, as proxies do": Reply(b"<html>", 403),
    "HTML with 503": Reply(b"<html>", 503),
    "500 without a body": Reply(b"", 500),
    "500 with a code": Reply({"ok": False, "error": "not_in_channel"}, 500),
    "an empty body": Reply(b""),
    "half of an object": Reply(b'{"ok": tr'),
    "null": Reply(b"null"),
    "an empty list": Reply([]),
    "a list": Reply([1]),
    "a text": Reply("ok"),
    "a number": Reply(1),
    "no ok": Reply({"url": "x"}),
    "no code": Reply({"ok": False}),
    "a code that is none": Reply({"ok": False, "error": {"a": 1}}),
    "endless nesting": Reply(b"[" * 100_000),
    "another encoding than it says": Reply(b"\xff\xfe"),
    "another encoding than it says, with 500": Reply(b"\xff\xfe", 500),
    "an encoding that does not exist": Reply(headers={"Content-Type": "application/json; charset=x-klingon"}),
    "the same with 500": Reply(status=500, headers={"Content-Type": "application/json; charset=x-klingon"}),
    "a binary": Reply(b"x", headers={"Content-Type": "application/gzip"}),
    "a body cut short": Reply(cut=3),
    "a body cut short, with 500": Reply(status=500, cut=3),
    "a reset": Reply(reset=True),
    "a redirect in a circle": Reply(status=302, headers={"Location": "/api/api.test"}),
    **{
        code: Reply({"ok": False, "error": code})
        for code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
    },
}


@pytest.mark.parametrize("reply", UNREACHABLE.values(), ids=UNREACHABLE.keys())
def test_anything_else_is_unreachable(api: ScriptedApi, reply: Reply) -> None:
    error = failure(api, reply) if reply.status != 302 else redirected(api, reply)

    assert isinstance(error, SlackUnreachable)
    assert not border.timed_out(error)
    assert METHOD in str(error)
    assert str(error).endswith(".")


def redirected(api: ScriptedApi, reply: Reply) -> SlackError:
    """Follow it: urllib turns the POST into a GET, which nobody answers."""
    api.answer(METHOD, reply)
    with pytest.raises(SlackError) as raised:
        call(api)
    return raised.value


def test_slowness_is_unreachable_and_known_as_a_time_out(api: ScriptedApi) -> None:
    api.answer(METHOD, Reply(delay=1.5))

    with pytest.raises(SlackUnreachable) as raised:
        call(api, timeout_seconds=1)

    assert border.timed_out(raised.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api/", "ftp://127.0.0.1/", "http://a b/", "http://"])
def test_a_url_where_nobody_is_is_unreachable(url: str) -> None:
    with pytest.raises(SlackUnreachable, match=r"^Slack could not be reached for api\.test: .+\.$"):
        border.call(border.web_client("x", url, 1), METHOD)


def exceptions_of(module: object) -> Iterator[type[Exception]]:
    for name, found in inspect.getmembers(module, inspect.isclass):
        if issubclass(found, Exception) and not name.startswith("_"):
            yield found


FOREIGN_CLASSES = sorted(
    {
        found
        for module in (slack_sdk.errors, urllib.error, http.client, socket, ssl)
        for found in exceptions_of(module)
    },
    key=lambda found: (found.__module__, found.__name__),
)


def instance_of(found: type[Exception]) -> Exception:
    arguments: dict[type[Exception], tuple[object, ...]] = {
        SlackApiError: ("made for a test", {}),
        urllib.error.ContentTooShortError: ("made for a test", b""),
        urllib.error.HTTPError: ("http://slack.test", 500, "made for a test", Message(), io.BytesIO()),
        http.client.IncompleteRead: (b"",),
    }
    return found(*arguments.get(found, ("made for a test",)))


@pytest.mark.parametrize("found", FOREIGN_CLASSES, ids=lambda found: f"{found.__module__}.{found.__name__}")
def test_every_error_that_the_sdk_lets_through_is_translated(found: type[Exception]) -> None:
    error = instance_of(found)

    class Failing(WebClient):
        def api_call(self, *_args: object, **_arguments: object) -> SlackResponse:
            raise error

    with pytest.raises(SlackUnreachable) as raised:
        border.call(Failing("x"), METHOD)

    assert raised.value.__cause__ is error


def test_there_are_errors_to_translate() -> None:
    assert len(FOREIGN_CLASSES) > 30
    assert SlackApiError in FOREIGN_CLASSES


def test_nothing_is_logged_at_any_level(api: ScriptedApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for reply in (Reply(), Reply(reset=True), Reply({"ok": False, "error": "x"}), Reply(b"<html>", 500)):
        api.answer(METHOD, reply)
        try:
            call(api, token="xoxb-very-secret")
        except SlackError as error:
            assert "xoxb" not in repr(error) + repr(error.__cause__)  # noqa: PT017 - one of four has an error

    assert caplog.text == ""


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        ("https://slack.com/api/", "", False),
        ("https://slack.com/api/", "slack.com", True),
        ("https://slack.com/api/", "*", True),
        ("http://127.0.0.1:4000/api/", "", True),
        ("http://[::1]:4000/api/", "", True),
        ("http://localhost/api/", "", True),
        ("http://10.0.0.1/api/", "", False),
    ],
)
def test_the_proxy_of_the_environment_counts_but_not_for_loopback_or_no_proxy(
    monkeypatch: pytest.MonkeyPatch, url: str, no_proxy: str, *, direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    monkeypatch.delenv("no_proxy", raising=False)

    assert border.web_client("x", url, 1).proxy == (None if direct else "http://proxy.test:3128")
