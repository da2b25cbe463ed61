"""No exception of a foreign library gets past the border, and none is taken for more than it says."""

import http.client
import inspect
import socket
import ssl
from collections.abc import Iterator
from types import ModuleType

import pytest
import requests.exceptions
import urllib3.exceptions
import zeep.exceptions
from lxml import etree

from bot.domain.errors import (
    CampaignError,
    EmptyReturn,
    LogonRefused,
    NotSent,
    OutcomeUnknown,
    SessionExpired,
    UnreadableAnswer,
)
from bot.gateways.campaign.errors import border, has_code, is_about_us, refused
from bot.gateways.campaign.exchange import Exchange

# Raised by `warnings`, not by a call.
WARNINGS = (Warning,)


def exchange(*, connected: bool = False, secrets: tuple[str, ...] = ()) -> Exchange:
    return Exchange(
        "https://user:pass@marketing.example.com/nl/jsp/soaprouter.jsp",
        "xtk:workflow#Stop",
        20,
        secrets=secrets,
        connected=connected,
    )


def exceptions_of(module: ModuleType, base: type[BaseException]) -> Iterator[type[BaseException]]:
    for _, found in inspect.getmembers(module, inspect.isclass):
        if issubclass(found, base) and not issubclass(found, WARNINGS):
            yield found


def fault(message: str, detail: etree._Element | bytes | str | None = None) -> Exception:
    return zeep.exceptions.Fault(message, detail=detail)  # type: ignore[no-untyped-call] # zeep has none


def example(kind: type[BaseException], said: str = "what the library said") -> BaseException:
    """Make an exception without its constructor: the border must not rely on attributes that may lack."""
    if kind is zeep.exceptions.Fault:
        return fault("SOP-330011 no")
    made = kind.__new__(kind)
    made.args = (said,)
    return made


FOREIGN = sorted(
    {
        *exceptions_of(zeep.exceptions, zeep.exceptions.Error),
        *exceptions_of(requests.exceptions, requests.RequestException),
        *exceptions_of(urllib3.exceptions, urllib3.exceptions.HTTPError),
        *exceptions_of(http.client, http.client.HTTPException),
        *exceptions_of(etree, etree.LxmlError),
        socket.gaierror,
        ssl.SSLError,
        ConnectionResetError,
        TimeoutError,
        IndexError,
        KeyError,
        AttributeError,
        TypeError,
        ValueError,
        UnicodeDecodeError,
        RecursionError,
    },
    key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
)


@pytest.mark.parametrize("connected", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_foreign_exception_becomes_an_error_of_ours(
    kind: type[BaseException], *, connected: bool
) -> None:
    with pytest.raises(CampaignError) as caught, border(exchange(connected=connected)):
        raise example(kind)

    if kind is not zeep.exceptions.Fault:
        assert isinstance(caught.value, OutcomeUnknown if connected else NotSent)
    assert str(caught.value).startswith(("marketing.example.com ", "The ", "xtk:workflow#Stop "))
    assert str(caught.value).endswith((".", "no"))
    assert "pass@" not in str(caught.value)


def test_all_of_the_libraries_exceptions_were_found() -> None:
    names = {kind.__name__ for kind in FOREIGN}

    assert {"Fault", "TransportError", "XMLSyntaxError", "DTDForbidden", "LookupError"} <= names
    assert {"ConnectTimeout", "SSLError", "ChunkedEncodingError", "InvalidURL", "ProxyError"} <= names
    assert {"ProtocolError", "ReadTimeoutError", "IncompleteRead", "LocationParseError"} <= names
    assert len(FOREIGN) > 80


def test_our_own_errors_pass_unchanged() -> None:
    own = EmptyReturn("nothing came")

    with pytest.raises(EmptyReturn) as caught, border(exchange()):
        raise own

    assert caught.value is own


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, MemoryError, AssertionError])
def test_what_is_no_answer_is_left_alone(kind: type[BaseException]) -> None:
    with pytest.raises(kind), border(exchange()):
        raise kind


def test_the_answer_that_zeep_quotes_is_not_passed_on() -> None:
    quoting = example(
        zeep.exceptions.TransportError,
        "invalid XML: Document is empty.\nContent: b'<token>secret</token>'",
    )

    with pytest.raises(UnreadableAnswer) as caught, border(exchange(connected=True)):
        raise quoting

    assert "secret" not in str(caught.value)
    assert "invalid XML: Document is empty." in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "detail",
    [etree.fromstring("<detail><a>XSV-350008</a> gone</detail>"), b"XSV-350008 gone", "XSV-350008 gone"],
    ids=["element", "bytes", "text"],
)
def test_a_detail_is_read_in_every_form(detail: etree._Element | bytes | str) -> None:
    with pytest.raises(SessionExpired, match="XSV-350008 gone"), border(exchange()):
        raise fault("SOP-330011 Error", detail)


class TestRefused:
    def test_knows_the_two_codes_that_matter_wherever_they_stand(self) -> None:
        assert type(refused(exchange(), "XSV-350008 Session")) is SessionExpired
        assert type(refused(exchange(), "Error", "XSV-350012 Invalid login")) is LogonRefused

    def test_makes_one_short_line(self) -> None:
        error = refused(exchange(), "SOP-330011 " + "x\n\x00" * 400)

        assert "\n" not in str(error)
        assert len(str(error)) < 400

    def test_blacks_out_what_is_secret(self) -> None:
        error = refused(exchange(secrets=("a&b c", "")), "No a&b c, no a&amp;b c, no a%26b+c here")

        assert str(error).endswith("No •••, no •••, no ••• here")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("XSV-350008 Session", True), ("(code WDB-200001)", True), ("HTTP-500", False), ("AXSV-350008", False)],
)
def test_codes_are_recognised(text: str, *, expected: bool) -> None:
    assert has_code(text) is expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (socket.gaierror(-2, "Name or service not known"), True),
        (ssl.SSLCertVerificationError("self-signed"), True),
        (ConnectionRefusedError(111, "Connection refused"), False),
        (TimeoutError(), False),
    ],
    ids=["name", "certificate", "refused", "timeout"],
)
def test_names_and_certificates_are_our_side_of_it(cause: Exception, *, expected: bool) -> None:
    with pytest.raises(NotSent) as caught, border(exchange()):
        raise requests.ConnectionError(urllib3.exceptions.ProtocolError("x", cause))

    assert is_about_us(caught.value) is expected
