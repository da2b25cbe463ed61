"""Secrets go, and what is no secret stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.scrub import HIDDEN, scrub

SECRET = "hunter2-S3cr3t"

LEAKS = [
    f"password={SECRET}",
    f"strPassword='{SECRET}'",
    f'"client_secret": "{SECRET}"',
    f"Password : {SECRET}; next",
    f"<strPassword>{SECRET}</strPassword>",
    f"<urn:strPassword xsi:type='xsd:string'>{SECRET}</urn:strPassword>",
    f"<extAccount name='mcExec1' password=\"{SECRET}\"/>",
    f"https://mcsync:{SECRET}@rt1.example.com/nl/jsp",
    f"https://rt1.example.com/nl?access_token={SECRET}&x=1",
    f"Authorization: Bearer {SECRET}",
    f"authorization: Basic {SECRET}==",
    f"X-Security-Token: {SECRET}",
    f"Cookie: __sessiontoken={SECRET}; lang=fr",
    f"Cookie: lang=fr; uuid230={SECRET}; theme=dark",
    f"cookie: a=1; b={SECRET}\r\nHost: x",
    f"Set-Cookie: id={SECRET}; Path=/; HttpOnly",
    f"<strPassword><![CDATA[{SECRET}]]></strPassword>",
    f"<strPassword>\n  <![CDATA[a]b]]]{SECRET}]]></strPassword>",
    f"<strPassword><![CDATA[{SECRET}",
    f"<pstrSessionToken>{'x' * 5000}{SECRET}</pstrSessionToken>",
    f"<pstrSecurityToken xsi:type='xsd:string'>{'x' * 5000}{SECRET}",
    f"password={'x' * 5000}{SECRET}",
    f"password='{'x' * 5000}{SECRET}'",
    f"api-key={SECRET}",
    f"MCSYNC_CAMPAIGN_PROD_PASSWORD={SECRET}",
    f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
]


@pytest.mark.parametrize("text", LEAKS)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    hidden = scrub(f"before {text} after")

    assert SECRET not in hidden
    assert HIDDEN in hidden
    assert hidden.startswith("before ")


@pytest.mark.parametrize(
    "token",
    [
        "___7bb151d2-ee05-4bd2-9d5e-23e83547c528",
        "@DrRFO29BxyzxyzDrRFO29BxyzxyzDrRFO29Bxyz0==",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "xoxb-123456789012-abcdefghij",
        "xapp-1-A012-123-abcdef",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ],
)
def test_a_token_is_known_by_its_shape_alone(token: str) -> None:
    assert scrub(f"Logon gave {token}, then failed") == f"Logon gave {HIDDEN}, then failed"


@pytest.mark.parametrize(
    "text",
    [
        "Empty return for method 'Logon' of service 'xtk:session'.",
        "XSV-350012 Invalid login or password. Connection denied.",
        "Ruled out: credentials: No line of this failure says XSV-350012.",
        "m_abDay[0]='0' m_tmStartTime='00:05:00.000' m_tmSpanTime='1h'",
        "up to entry 10 with the digest 3e9d7a6b3e9d7a6b3e9d7a6b3e9d7a6b3e9d7a6b3e9d7a6b3e9d7a6b3e9d7a6b",
        "https://rt1.example.com:8080/nl/jsp/soaprouter.jsp",
        "mail mcsync.operations.and.more@example.com about mcSynch_mcExec1",
        "The bearer understands; a basic understanding of tokens is enough.",
        "Approved by @ada at 06:14",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert scrub(text) == text


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    once = scrub(text)

    assert scrub(once) == once


def test_long_text_takes_no_long_time() -> None:
    """Patterns that backtrack would take minutes here; the limit of the test run would tell."""
    for text in (
        "password" * 20_000,
        "<" * 100_000,
        "a://" * 30_000,
        "@" + "A" * 100_000,
        "-----BEGIN " * 9_000,
        "<password>" * 20_000,
        "<password><![CDATA[" * 10_000,
        "password='" * 10_001,
        'password="x\\' * 10_001,
        "cookie:" * 20_000,
        "cookie: " + "a" * 200_000,
    ):
        scrub(text)
