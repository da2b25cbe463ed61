"""What is judged of a body before a parser sees it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from bot.domain.errors import UnreadableAnswer
from bot.gateways.campaign.answer import (
    MOST_ATTRIBUTES,
    MOST_TAGS,
    REPLACEMENT,
    Kind,
    bounded,
    kind,
    readable,
    scrubbed,
    without_document_type,
)

ENVELOPE = "<S:Envelope xmlns:S='x'/>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Kind.BLANK),
        (" \n", Kind.BLANK),
        ("<!-- only a comment -->", Kind.BLANK),
        (ENVELOPE, Kind.ENVELOPE),
        ("<Envelope>", Kind.ENVELOPE),
        (f"\n<!-- hello --><?pi x?>\n{ENVELOPE}", Kind.ENVELOPE),
        ("<!DOCTYPE html><Envelope>", Kind.HTML),
        ("<!doctype HTML PUBLIC 'x'>", Kind.HTML),
        ("<!DOCTYPE Envelope []><Envelope>", Kind.XML),
        ("<html>", Kind.HTML),
        ("<HTML lang='en'>", Kind.HTML),
        ("<head/>", Kind.HTML),
        ("<redir status='OK'/>", Kind.XML),
        ("<EnvelopeOfAnotherKind/>", Kind.XML),
        ("<", Kind.XML),
        ("<!-- never closed", Kind.XML),
        ("XSV-350008 Session", Kind.TEXT),
        ("\\u003cEnvelope", Kind.TEXT),
    ],
)
def test_a_body_is_known_by_its_first_characters(text: str, expected: Kind) -> None:
    assert kind(text) is expected


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        (b"\xef\xbb\xbf<a/>", "", "<a/>"),
        ("<a>é</a>".encode(), "", "<a>é</a>"),
        ("<a>é</a>".encode("latin-1"), "iso-8859-1", "<a>é</a>"),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "utf-8", "<a>é</a>"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\n<a/>", "", "\n<a/>"),
        (b"<?xml version='1.0'?><a>\xe9</a>", "", "<a>\ufffd</a>"),
        (b"<a>\x80</a>", "windows-1252", "<a>€</a>"),
        (b"<a>\x00\x1b</a>", "", "<a>\ufffd\ufffd</a>"),
        (b"", "", ""),
    ],
)
def test_a_body_becomes_text_that_a_parser_takes(body: bytes, charset: str, expected: str) -> None:
    assert readable(body, charset) == expected


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<a/>".encode("utf-16"), ""),
        ("<a/>".encode("utf-16-be"), "utf-16-be"),
        (b"<?xml version='1.0' encoding='UTF-7'?>+ADw-!DOCTYPE", ""),
        ("<?xml version='1.0' encoding='cp037'?><a/>".encode("cp037"), "cp037"),
        (b"<a/>", "utf-32"),
        (b"<a/>", "x" * 100),
    ],
)
def test_an_encoding_in_which_something_could_hide_is_not_taken(body: bytes, charset: str) -> None:
    with pytest.raises(UnreadableAnswer, match="encoding that is not taken"):
        readable(body, charset)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&#9;&#10;&#13;&#x20;&#x10FFFF;&#233;", "&#9;&#10;&#13;&#x20;&#x10FFFF;&#233;"),
        ("&#0;&#x1F;&#8;", REPLACEMENT * 3),
        ("&#xD800;&#xFFFE;&#x110000;&#9999999999;", REPLACEMENT * 4),
        ("tab\tline\n\r end\x85", "tab\tline\n\r end\x85"),
        ("\ud800\uffff\x0b", REPLACEMENT * 3),
    ],
)
def test_what_xml_forbids_is_replaced_and_nothing_else(text: str, expected: str) -> None:
    assert scrubbed(text) == expected


@given(st.text(st.characters(), max_size=30), st.lists(st.integers(0, 0x120000), max_size=5))
@settings(max_examples=150, deadline=None)
@example("\ud800", [0])
def test_scrubbed_text_always_parses(text: str, points: list[int]) -> None:
    plain = text.replace("<", "").replace("&", "").replace("]]>", "")
    references = "".join(f"&#{point};&#x{point:x};" for point in points)

    etree.fromstring(scrubbed(f"<a>{plain}{references}</a>").encode("utf-8"))


@given(
    st.lists(
        st.sampled_from(
            ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\ufeff", "\t", "&#0;", "é", "ï"]
        )
    ),
    st.sampled_from(["utf-8", "iso-8859-1", "windows-1252"]),
)
@example(["\uffff"], "utf-8")
@settings(max_examples=150, deadline=None)
def test_a_body_of_any_encoding_is_scrubbed_as_its_text_is(pieces: list[str], charset: str) -> None:
    body = f"<a>{''.join(pieces)}</a>".encode(charset, "ignore")

    assert readable(body, charset) == scrubbed(body.decode(charset, "replace"))


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&>\ufffe\uffff"), max_size=30)
)
@settings(max_examples=100, deadline=None)
def test_text_that_xml_allows_is_left_alone(text: str) -> None:
    assert scrubbed(f"<a>{text}</a>") == f"<a>{text}</a>"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a>",
        "\n<!-- x --> <!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
        "<?pi?><!doctype a><a/>",
    ],
)
def test_a_document_type_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswer, match="document type"):
        without_document_type(text)


@pytest.mark.parametrize(
    "text", ["<a><![CDATA[<!DOCTYPE html>]]></a>", "<a>&lt;!DOCTYPE</a>", "<!-- <!DOCTYPE x> --><a/>"]
)
def test_the_words_of_a_document_type_inside_a_document_are_only_words(text: str) -> None:
    assert without_document_type(text) == text


@pytest.mark.parametrize(
    "text",
    ["<a/>" * (MOST_TAGS + 1), "<a " + "b='' " * (MOST_ATTRIBUTES + 1) + "/>", "<!---->" * (MOST_TAGS + 1)],
    ids=["elements", "attributes", "comments"],
)
def test_what_a_parser_would_make_far_more_of_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswer, match="more than 200,000 tags or 500,000 attributes"):
        bounded(text)


def test_a_hundred_times_our_largest_answer_is_within_bounds() -> None:
    line = "<workflowLog id='1' logDate='2026-01-31 06:00:01.000Z' logType='1' message='x = y' activity='a'/>"

    assert bounded(line * 500 * 100)


def test_a_long_prolog_is_no_trap() -> None:
    assert kind("<!---->" * 20_000 + "<!--" + " " * 20_000) is Kind.XML
