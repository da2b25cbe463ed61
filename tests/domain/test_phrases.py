"""The sentence of a restart collision is recognised in every language, and nothing that is only like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phrases import BUILT_IN, PHRASES, Reading, Words, phrase_table, read_message, read_words

SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"
EAST_ASIAN = ("ja", "ko", "zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("language", "phrase"), [(language, phrase) for language, row in PHRASES.items() for phrase in row]
)
def test_every_phrase_of_the_table_is_recognised(language: str, phrase: str) -> None:
    text = (
        f"サービス「xtk: session」のメソッド「Logon」{phrase}"
        if language in EAST_ASIAN
        else f"{phrase.capitalize()} X 'Logon' X 'xtk: session'"
    )
    assert read_words(text).words is Words.EXACT
    assert read_words(text).language in {language, *(EAST_ASIAN if language in EAST_ASIAN else ())}


def test_the_owners_own_sentence_is_portuguese() -> None:
    text = "Retorno vazio para o método 'Logon' do serviço 'xtk: session'"
    assert read_words(text) == Reading(Words.EXACT, "pt-BR")


@pytest.mark.parametrize(
    "text",
    [
        "Empty return for method 'GetOption' of service 'xtk:session'",
        "Empty return for method 'Logon' of service 'nms:rtEvent'",
        "Empty return for method 'Logoff' of service 'xtk:session'",
        "Empty return for method 'CnxLogon' of service 'xtk:session'",
        "Empty return for method 'Logon' of service 'xtk:sessionInfo'",
        "Empty return of a query",
        "Method 'Logon' of 'xtk:session' passed. Empty return for method 'GetOption' of 'xtk:persist'",
        "服务'xtk:session'的方法'Logon'成功。方法'GetOption'返回为空",
    ],
)
def test_an_empty_return_of_something_else_is_not_taken_for_logon(text: str) -> None:
    assert read_words(text).words is Words.OTHER_METHOD


@pytest.mark.parametrize(
    "text",
    [
        f"No {SENTENCE.lower()}",
        f"Non-{SENTENCE.lower()}",
        f"Not an {SENTENCE.lower()}",
        f"See KA-05406: {SENTENCE}",
        f"Searching for {SENTENCE}",
        f"{SENTENCE} was resolved",
        f"{SENTENCE} no longer occurs",
        "Nicht leere Rückgabe für Methode 'Logon' des Dienstes 'xtk:session'",
        "サービス「xtk:session」のメソッド「Logon」に対する戻りが空ではない",
        "服务'xtk:session'的方法'Logon'非空返回",
        "SOP-330011 Error while executing the method 'Logon' of service 'xtk:session'.",
        "Erreur lors de l'exécution de la méthode 'Logon' du service 'xtk:session'.",
        "Logon",
        "",
    ],
)
def test_what_is_denied_told_again_or_only_a_wrapper_says_nothing(text: str) -> None:
    assert read_words(text).words is Words.NONE


@pytest.mark.parametrize("kept", range(len("Empty return for method 'Logon'"), len(SENTENCE) - 1))
def test_a_sentence_cut_off_after_the_method_is_recognised_as_cut(kept: int) -> None:
    assert read_words(SENTENCE[:kept]).words is Words.TRUNCATED


@pytest.mark.parametrize("lost", range(1, 9))
def test_a_sentence_cut_off_on_the_left_is_recognised_as_cut(lost: int) -> None:
    assert read_words(SENTENCE[lost:]).words is Words.TRUNCATED


def test_the_names_alone_are_less_than_a_phrase() -> None:
    text = "Tyhjä paluu metodille 'Logon' palvelussa 'xtk:session'"
    assert read_words(text) == Reading(Words.NAMES)
    assert read_words(text, phrase_table({"fi": ["TYHJÄ paluu"]})) == Reading(Words.EXACT, "fi")


def test_an_extension_does_not_change_the_built_in_table() -> None:
    phrase_table({"fi": ["tyhjä paluu", " "]})
    assert all(language != "fi" for _, language in BUILT_IN.rows)


def test_a_chain_is_read_link_by_link_and_only_then_as_a_whole() -> None:
    wrapper = "SOP-330011 Error while executing the method 'Logon' of service 'xtk:session'."
    assert read_message(f"{wrapper} SOP-330024 {SENTENCE}").words is Words.EXACT
    other = "Empty return for method 'GetOption' of service 'xtk:persist'"
    assert read_message(f"{wrapper} SOP-330024 {other}").words is Words.OTHER_METHOD
    assert read_message("Empty return for method 'Logon' of\nservice 'xtk:session'").words is Words.EXACT
    assert read_message("").words is Words.NONE


def test_thousands_of_names_are_read_in_no_time() -> None:
    assert read_words("xtk:session " * 100_000).words is Words.NONE
    assert read_words("'Logon' 'xtk:session' " * 50_000).words is Words.NAMES


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_reading_any_text_gives_a_reading(before: str, after: str) -> None:
    for text in (before + after, f"{before} 'Logon' {after}", f"{before}{SENTENCE}{after}"):
        assert read_words(text).words in Words
