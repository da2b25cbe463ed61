"""How shadow mode and its record look, and that Slack takes them however much there is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.instance import Instance, Mode
from bot.domain.trust import Answer, Rating, Suggestion, TrackRecord
from bot.service.cards import CardView
from bot.service.trust import TrustView
from commands.cards import shadow, trust
from tests.commands.valid import assert_valid_blocks

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def instance(mode: Mode = Mode.SHADOW, name: str = "prod") -> Instance:
    return Instance(name, PARIS, PARIS, mode, timedelta(seconds=60), (), ())


def suggestion(name: str = "i1", would: str = "offer Shift +5 min") -> Suggestion:
    return Suggestion(name, "prod", "mcSynch_mcExec1", would, known=True, at=NOON)


def ratings(count: int, answer: Answer = Answer.RIGHT) -> tuple[Rating, ...]:
    return tuple(Rating("i1", "prod", f"U{n}", answer, "offer Shift +5 min", NOON) for n in range(count))


def view(mode: Mode, given: tuple[Rating, ...], would: str = "offer Shift +5 min") -> CardView:
    return CardView("i1", None, None, None, instance(mode), suggestion=suggestion(would=would), ratings=given)


@pytest.mark.parametrize("count", [0, 1, 10, 11, 200])
def test_any_number_of_answers_fits_on_the_card(count: int) -> None:
    blocks = shadow.blocks(view(Mode.SHADOW, ratings(count)), PARIS)

    assert_valid_blocks(blocks)
    if count > 10:
        lines = [element["text"] for element in blocks[-1]["elements"]]
        assert lines[0] == f"…{count - 9} earlier answers"
        assert f"<@U{count - 1}>" in lines[-1]


def test_a_long_reason_fits_on_the_card() -> None:
    assert_valid_blocks(
        shadow.blocks(view(Mode.SHADOW, (), "offer no shift: " + "<!channel> & " * 400), PARIS)
    )


def test_where_mcsync_proposes_there_is_no_question() -> None:
    assert shadow.blocks(view(Mode.PROPOSE, ()), PARIS) == []
    assert [block["type"] for block in shadow.blocks(view(Mode.OFF, ratings(1)), PARIS)] == ["context"]


@pytest.mark.parametrize(
    ("record", "figures"),
    [
        (TrackRecord(18, (), 1), "18 of 18 agreed, 1 abstained"),
        (TrackRecord(0, (suggestion(),), 0), "0 of 1 agreed, 0 abstained"),
        (TrackRecord(0, (), 3), "no answer yet, 3 abstained"),
        (TrackRecord(0, (), 0), "no failure was judged in shadow mode yet"),
    ],
)
def test_the_record_is_told_in_figures(record: TrackRecord, figures: str) -> None:
    card = trust.render((TrustView(instance(), record, ()),))

    assert f"prod (shadow mode): {figures}." in card.text
    assert_valid_blocks(card.blocks)
    assert ('mode = "propose"' in str(card.blocks)) is (record.rated > 0)


def test_objections_are_named_and_the_rest_counted() -> None:
    objections = ratings(7, Answer.WRONG)

    card = trust.render((TrustView(instance(), TrackRecord(0, (suggestion(),), 0), objections),))

    assert_valid_blocks(card.blocks)
    assert card.text.count("said no") == 5
    assert "…and 2 more" in card.text
    assert "about mcSynch_mcExec1: mcsync would offer Shift +5 min" in card.text


def test_many_instances_fit() -> None:
    record = TrackRecord(1, (suggestion(would="x" * 2000),), 2)
    views = tuple(TrustView(instance(name=f"prod{n}"), record, ratings(7, Answer.WRONG)) for n in range(40))

    card = trust.render(views)

    assert_valid_blocks(card.blocks)
    assert "…and 20 more" in str(card.blocks[-1])
