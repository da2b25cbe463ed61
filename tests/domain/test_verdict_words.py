"""A verdict in words."""

from bot.domain.sentence import Sentence
from bot.domain.verdict import Cause, Confidence
from bot.domain.verdict_words import CAUSES, CONFIDENCE


def test_every_cause_and_every_confidence_has_words_that_can_be_said_in_any_language() -> None:
    assert set(CAUSES) == set(Cause)
    assert set(CONFIDENCE) == set(Confidence)
    assert all(isinstance(words, Sentence) for words in (*CAUSES.values(), *CONFIDENCE.values()))
    assert len(set(CAUSES.values())) == len(CAUSES)
