"""Sentences come back from the store with what they were made of, and letters stay letters."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import Deed, Event
from bot.domain.errors import StoreError
from bot.domain.sentence import Sentence, joined, say, say_count
from bot.domain.verdict import Evidence
from bot.gateways.store import codec
from bot.gateways.store.sentences import sentences_in
from tests.commands import examples

FACT = say_count(
    "It failed {count} time on {place}.", "It failed {count} times on {place}.", 3, place=say("two servers")
)

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=12)
SENTENCES = st.recursive(
    st.builds(lambda text: Sentence(text, {}), WORDS),
    lambda inner: st.one_of(
        st.builds(lambda a, b: say("{a} and {b}", a=a, b=b), inner, st.one_of(inner, WORDS, st.integers())),
        st.builds(lambda parts, mark: joined(mark, parts), st.lists(inner, max_size=3), WORDS),
    ),
    max_leaves=5,
)


def made_of(value: object) -> list[object]:
    """List every sentence in *value* with all that it was made of."""
    return [
        (place, str(one), one.template, one.plural, dict(one.arguments), made_of(dict(one.arguments)))
        for place, one in sentences_in(value)
    ]


def test_sentences_inside_of_an_incident_come_back_in_their_places() -> None:
    diagnosis = replace(
        examples.diagnosis(),
        evidence=(Evidence("words", "plain"), Evidence("history", FACT)),
        steps=(FACT, "b"),
    )
    incident = replace(
        examples.incident(), diagnosis=diagnosis, caution=FACT, no_offer=say("It has two schedulers.")
    )

    back = codec.INCIDENT.decode(codec.INCIDENT.encode(incident))

    assert back == incident
    assert made_of(back) == made_of(incident)
    assert [place for place, _ in sentences_in(back)] == [
        ("diagnosis", "evidence", 1, "text"),
        ("diagnosis", "steps", 0),
        ("no_offer",),
        ("caution",),
    ]


@given(st.dictionaries(WORDS, st.one_of(SENTENCES, WORDS), max_size=4))
def test_any_payload_comes_back_as_it_was(payload: dict[str, str]) -> None:
    back = codec.PAYLOAD.decode(codec.PAYLOAD.encode(payload))

    assert back == payload
    assert made_of(back) == made_of(payload)


def test_a_reader_of_the_table_sees_english_and_a_value_without_a_sentence_nothing_else() -> None:
    assert json.loads(codec.PAYLOAD.encode({"text": FACT}))["text"] == "It failed 3 times on two servers."
    assert codec.PAYLOAD.encode({"text": "plain"}) == '{"text":"plain"}'


def test_text_that_looks_like_the_note_is_text() -> None:
    hostile = {"text": ',"__sentences__":[["text",{}]]}', '__sentences__":': "x"}

    assert codec.PAYLOAD.decode(codec.PAYLOAD.encode(hostile)) == hostile


def test_the_record_keeps_the_letters_alone() -> None:
    noon = datetime(2026, 11, 23, tzinfo=UTC)
    deed = Deed(noon, Event.FAILURE_SEEN, "mcsync", "timer", "prod", "i", {"reason": FACT})

    body = codec.DEED.encode(deed)

    assert "template" not in body
    assert list(sentences_in(codec.DEED.decode(body))) == []


@pytest.mark.parametrize(
    "note",
    [
        '[["text"]]',
        '[["text",{"template":"x"}]]',
        '[["text",5]]',
        "[",
        '[["text",{"template":"{x}","plural":"","arguments":{}}]]',
    ],
)
def test_a_damaged_note_is_one_clear_sentence(note: str) -> None:
    with pytest.raises(StoreError, match=r"payload of due work cannot be read .* damaged"):
        codec.PAYLOAD.decode(f'{{"text":"x","__sentences__":{note}}}')


@pytest.mark.parametrize("place", ['"gone"', '"text",0', "3"])
def test_a_note_about_another_place_is_damage_too(place: str) -> None:
    with pytest.raises(StoreError, match="payload of due work cannot be read"):
        codec.PAYLOAD.decode(
            f'{{"text":"x","__sentences__":[[{place},{{"template":"x","plural":"","arguments":{{}}}}]]}}'
        )
