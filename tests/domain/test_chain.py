"""Chained messages are taken apart, and different spellings of the same words become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chain import LONGEST, Link, cut, fold, links

WRAPPER = "SCR-160012 JavaScript: error while evaluating script 'mcSynch_mcExec1/soapImport'."
CALL = "SOP-330011 Error while executing the method 'Logon' of service 'xtk:session'."
DETAIL = "XSV-350012 Invalid login or password. Connection denied."


def test_a_chain_in_one_line_becomes_links_from_the_outside_in() -> None:
    parts = links(f"{WRAPPER} {CALL} {DETAIL}")
    assert [part.code for part in parts] == ["SCR-160012", "SOP-330011", "XSV-350012"]
    assert parts[-1].text == DETAIL
    assert [part.wrapper for part in parts] == [True, True, False]


def test_a_chain_in_several_lines_gives_the_same_links() -> None:
    assert links(f"{WRAPPER}\n{CALL}\n{DETAIL}") == links(f"{WRAPPER} {CALL} {DETAIL}")


def test_text_before_the_first_code_is_a_link_of_its_own() -> None:
    assert links("Error while calling: 'PGS-220000 deadlock'") == (
        Link("", "Error while calling: '"),
        Link("PGS-220000", "PGS-220000 deadlock'"),
    )


@pytest.mark.parametrize("text", ["", "  \n ", "'\n."])
def test_nothing_has_no_links(text: str) -> None:
    assert links(text) == ()


@pytest.mark.parametrize(
    "text", ["ABCD-123456 x", "AB-123456 x", "XSV-35001 x", "INT-1500012399 x", "abc-123456 x"]
)
def test_what_only_resembles_a_code_is_none(text: str) -> None:
    assert [part.code for part in links(text)] == [""]


def test_the_code_with_a_footnote_digit_is_still_a_code() -> None:
    assert links("INT-15000122 The HTTP query returned")[0].code == "INT-150001"


@pytest.mark.parametrize(
    "spelling",
    [
        "method 'Logon' of service 'xtk:session'",
        "method ‘Logon’ of service ‘xtk:session’",
        "METHOD „Logon“ of service «xtk：session»",
        "method &#39;Logon&#39; of service &quot;xtk:session&quot;",
        "method &amp;#39;Logon&amp;#39; of service &amp;quot;xtk:session&amp;quot;",
        "method\u00a0'Lo\u200bgon'   of\tservice 'xtk∶session'",
        "method \\'Logon\\' of service \\u0027xtk:session\\u0027",
        "méthod ＇Ｌｏｇｏｎ＇ of service ＂xtk:session＂",
    ],
)
def test_every_spelling_folds_to_one(spelling: str) -> None:
    assert fold(spelling) == "method 'logon' of service 'xtk:session'"


def test_hangul_survives_folding() -> None:
    assert fold("빈 반환") == "빈 반환"


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    text = "a" * LONGEST + "XSV-350012 the end"
    kept = cut(text)
    assert len(kept) <= LONGEST + 3
    assert kept.startswith("aaa")
    assert kept.endswith("XSV-350012 the end")
    assert cut("short") == "short"


@given(st.text(max_size=300))
def test_links_lose_no_word(text: str) -> None:
    told = "".join(part.text for part in links(text))
    assert all(sign in told for sign in text if sign.isalpha() and "&" not in text)
