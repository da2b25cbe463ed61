"""What is done is a matter of the seed alone, and a long campaign does everything."""

from collections import Counter

import pytest

from tests.chaos.__main__ import LONG, WEIGHTS
from tests.chaos.plan import CALLS, HANDS, STRUCK_UNTIL, boundaries, decks, plan_of, rounds_for_all, spread
from tests.chaos.trouble import DEEDS
from tests.flows.boundaries import SOAP
from tests.flows.toll import AFTER, BEFORE, BETWEEN


@pytest.mark.parametrize("family", decks())
def test_the_same_words_give_the_same_round_and_others_another(family: str) -> None:
    assert plan_of(family, 3, 7) == plan_of(family, 3, 7)
    assert plan_of(family, 3, 7) != plan_of(family, 3, 8)
    assert plan_of(family, 3, 7).strikes != plan_of(family, 4, 7).strikes


@pytest.mark.parametrize("family", decks())
def test_every_card_of_a_deck_is_dealt_before_any_comes_again(family: str) -> None:
    rounds = [plan_of(family, number, 1) for number in range(rounds_for_all(family))]
    dealt = Counter(strike.card for one in rounds for strike in one.strikes)

    assert set(dealt) == set(decks()[family])
    assert max(dealt.values()) <= 2
    assert all(0 <= strike.step < STRUCK_UNTIL for one in rounds for strike in one.strikes)


def test_the_long_campaign_plays_every_card_of_every_family_but_the_one_of_all() -> None:
    played = Counter(family for family, _ in spread(LONG.rounds, WEIGHTS))

    assert sum(played.values()) == LONG.rounds
    for family in set(decks()) - {"everything"}:
        assert played[family] >= rounds_for_all(family), family


def test_a_campaign_that_is_cut_short_has_seen_every_family() -> None:
    order = [family for family, _ in spread(100, WEIGHTS)]

    assert set(order[:12]) == set(WEIGHTS)
    assert set(order) == set(WEIGHTS) == set(HANDS)


def test_every_deed_of_a_card_can_be_done_and_every_deed_is_dealt() -> None:
    assert {card.deed for deck in decks().values() for card in deck} == set(DEEDS)


def test_kills_and_edits_lie_at_every_side_of_every_call_of_a_change() -> None:
    at = {(trigger.label, trigger.moment) for trigger in boundaries()}

    assert at >= {(call, moment) for call in SOAP for moment in (BEFORE, BETWEEN, AFTER)}
    assert {trigger.label for trigger in boundaries()} <= set(CALLS)
