"""Whatever a stranger sends: a refusal with a sentence, never a crash and never an effect."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web import SlackEndpoint, build
from bot.web.application import Watching
from tests.web.conftest import NOW, SECRET, FixedClock

HEADERS = (
    "HTTP_X_SLACK_SIGNATURE",
    "HTTP_X_SLACK_REQUEST_TIMESTAMP",
    "HTTP_AUTHORIZATION",
    "HTTP_WEBHOOK_ID",
    "HTTP_WEBHOOK_TIMESTAMP",
    "HTTP_WEBHOOK_SIGNATURE",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
)
REFUSALS = {400, 401, 404, 405, 413, 415}
NOW_TEXT = str(int(NOW.timestamp()))

# WSGI gives headers as Latin-1 text; among it what is nearly right.
TEXT = st.text(st.characters(max_codepoint=255), max_size=60)
NEARLY = st.sampled_from(
    ["", "v0=", "v0=" + "0" * 64, "v1,", "v1,AAAA", "v1,é v2,x", NOW_TEXT, f"{NOW_TEXT}.0", f"+{NOW_TEXT}",
     f" {NOW_TEXT}", "9" * 400, "-1", "NaN", "1e9", "Bearer", "Bearer ",
     "bearer whsec_", f"Basic {SECRET}", f"Bearer {SECRET[:-1]}", "Bearer \xff", "application/json", "0"]
)  # fmt: skip
VALUES = st.one_of(TEXT, NEARLY)


def application() -> Callable[..., Any]:
    def never(*_: object) -> Any:  # noqa: ANN401 - stands in for anything
        raise AssertionError("a stranger was let in")

    return build(
        accept=never,
        secrets_of=lambda _: (SECRET,),
        watching=Watching(dict, dict, bytes, "text/plain", lambda _: None),
        clock=FixedClock(),
        slack=SlackEndpoint(never, signing_secret="signing"),
    )


APPLICATION = application()


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from(["/slack/events", "/webhooks/campaign/prod", "/webhooks/campaign/%00", "/"]),
    method=st.sampled_from(["POST", "POST", "POST", "PUT"]),
    headers=st.dictionaries(st.sampled_from(HEADERS), VALUES),
    body=st.one_of(
        st.binary(max_size=200), st.sampled_from([b"payload=%ff", b"{", b"[" * 5000, b"\xff\xfe"])
    ),
)
def test_malformed_headers_and_bodies_are_refused_and_never_crash(
    path: str, method: str, headers: dict[str, str], body: bytes
) -> None:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        **headers,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
    }
    said: list[str] = []

    answer = b"".join(APPLICATION(environ, lambda status, _headers: said.append(status)))

    assert int(said[0].split()[0]) in REFUSALS, said
    assert answer.startswith(b'{"error": ')
