"""Sentences are English text that remembers how it was made."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sentence import Sentence, joined, say, say_count


def test_a_sentence_is_its_english_letters() -> None:
    sentence = say("{name} stands still since {time}.", name="mcSynch_mcExec1", time="06:00")

    assert sentence == "mcSynch_mcExec1 stands still since 06:00."
    assert hash(sentence) == hash("mcSynch_mcExec1 stands still since 06:00.")
    assert (sentence.template, dict(sentence.arguments)) == (
        "{name} stands still since {time}.",
        {"name": "mcSynch_mcExec1", "time": "06:00"},
    )


@pytest.mark.parametrize(("count", "letters"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_one_is_told_from_many(count: int, letters: str) -> None:
    assert say_count("{count} day", "{count} days", count) == letters


def test_a_sentence_inside_of_another_keeps_what_it_was_made_of() -> None:
    inner = say("in {count} minutes", count=5)

    assert say("It runs {when}.", when=inner).arguments["when"] is inner


@given(st.lists(st.text()), st.text())
def test_joined_parts_are_what_join_makes_of_them(parts: list[str], separator: str) -> None:
    whole = joined(separator, parts)

    assert whole == separator.join(parts)
    assert list(whole.arguments.values()) == parts


@given(st.text())
def test_what_is_put_in_is_never_read_as_a_template(text: str) -> None:
    assert say("{one}", one=text) == text


def test_a_copy_remembers_as_much() -> None:
    sentence = say_count("{count} run on {name}", "{count} runs on {name}", 2, name=say("prod"))

    for twin in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):  # noqa: S301 - our own
        assert isinstance(twin, Sentence)
        assert (twin, twin.template, twin.plural) == (sentence, sentence.template, sentence.plural)
        assert twin.arguments == sentence.arguments
