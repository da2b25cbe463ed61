"""What mcsync would have done, and how the answers add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotAllowed
from bot.domain.incident import Incident
from bot.domain.offer import Offer
from bot.domain.policy import Person, check_may_rate, check_may_view
from bot.domain.trust import Answer, Rating, Suggestion, standing, suggest, track_record
from bot.domain.verdict import Cause, Confidence, Diagnosis, Remedy

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SAFE, UNSAFE = Offer(5, safe=True, reason=""), Offer(10, safe=False, reason="another workflow runs then")


def incident(
    cause: Cause = Cause.RESTART_COLLISION,
    confidence: Confidence = Confidence.CERTAIN,
    remedy: Remedy = Remedy.SHIFT,
    *,
    offers: tuple[Offer, ...] = (),
    no_offer: str = "",
    paused: bool = False,
) -> Incident:
    return Incident(
        id="i1",
        instance="prod",
        workflow="mcSynch_mcExec1",
        workflow_id="4900",
        diagnosis=Diagnosis(cause, confidence, (), (), remedy, (), ()),
        first_at=NOON,
        last_at=NOON,
        failures=1,
        message="m",
        paused=paused,
        schedule="",
        period="",
        offers=offers,
        no_offer=no_offer,
        caution="",
    )


def suggestion(name: str = "i1", *, would: str = "offer Shift +5 min", known: bool = True) -> Suggestion:
    return Suggestion(name, "prod", "mcSynch_mcExec1", would, known, NOON)


def rating(
    answer: Answer, user: str = "U0SAM", *, about: str = "i1", would: str = "offer Shift +5 min"
) -> Rating:
    return Rating(about, "prod", user, answer, would, NOON)


@pytest.mark.parametrize(
    ("found", "would"),
    [
        (incident(offers=(SAFE, UNSAFE)), "offer Shift +5 min"),
        (
            incident(offers=(SAFE, replace(SAFE, offset_minutes=10)), paused=True),
            "offer Shift +5 min, Shift +10 min or Resume only",
        ),
        (incident(offers=(UNSAFE,)), "offer no shift: no offset is safe"),
        (
            incident(no_offer="It runs too often.", paused=True),
            "offer no shift but Resume only: It runs too often.",
        ),
        (
            incident(Cause.CREDENTIALS, remedy=Remedy.FIX_CREDENTIALS),
            "offer no shift; remedy: fix credentials",
        ),
        (
            incident(Cause.RT_UNAVAILABLE, Confidence.LIKELY, Remedy.RESUME, paused=True),
            "offer no shift but Resume only; remedy: resume",
        ),
        (
            incident(confidence=Confidence.POSSIBLE, remedy=Remedy.RESUME),
            "offer no shift; remedy: resume",
        ),
    ],
)
def test_a_suggestion_says_what_the_card_would_have_offered(found: Incident, would: str) -> None:
    assert suggest(found) == Suggestion("i1", "prod", "mcSynch_mcExec1", would, known=True, at=NOON)


@pytest.mark.parametrize(
    ("cause", "confidence"),
    [(Cause.UNKNOWN, Confidence.UNKNOWN), (Cause.RT_UNAVAILABLE, Confidence.UNKNOWN)],
)
def test_an_unknown_verdict_is_no_suggestion_to_agree_with(cause: Cause, confidence: Confidence) -> None:
    assert not suggest(incident(cause, confidence, Remedy.INVESTIGATE)).known


def test_eighteen_of_eighteen_agreed_and_one_abstained() -> None:
    suggestions = [suggestion(f"i{number}") for number in range(19)]
    ratings = [rating(Answer.RIGHT, about=f"i{number}") for number in range(18)]

    record = track_record(suggestions, ratings)

    assert (record.agreed, record.rated, record.abstained) == (18, 18, 1)


def test_one_no_outweighs_any_number_of_yes() -> None:
    ratings = [
        rating(Answer.RIGHT),
        rating(Answer.WRONG, "U0ADA"),
        rating(Answer.RIGHT, "U0GRACE"),
    ]

    record = track_record([suggestion()], ratings)

    assert (record.agreed, record.disputed, record.rated) == (0, (suggestion(),), 1)


def test_an_unknown_verdict_abstains_whatever_was_answered() -> None:
    record = track_record([suggestion(known=False)], [rating(Answer.RIGHT)])

    assert (record.rated, record.abstained) == (0, 1)


def test_an_answer_about_something_else_that_was_said_before_does_not_count() -> None:
    said_now = suggestion(would="offer no shift; remedy: resume")

    assert standing(said_now, [rating(Answer.RIGHT), rating(Answer.RIGHT, about="i2")]) == ()
    assert track_record([said_now], [rating(Answer.RIGHT)]).abstained == 1


def test_answers_stand_in_the_order_in_which_they_were_given() -> None:
    late = replace(rating(Answer.WRONG), at=NOON + timedelta(hours=1))
    early = rating(Answer.RIGHT, "U0ADA")

    assert standing(suggestion(), [late, early]) == (early, late)


@given(
    st.lists(st.booleans(), max_size=8),
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["U1", "U2"]), st.sampled_from(Answer)), max_size=20
    ),
)
@settings(max_examples=60, deadline=None)
def test_every_suggestion_is_counted_once(known: list[bool], answers: list[tuple[int, str, Answer]]) -> None:
    suggestions = [suggestion(f"i{number}", known=one) for number, one in enumerate(known)]
    ratings = [rating(answer, user, about=f"i{number}") for number, user, answer in answers]

    record = track_record(suggestions, ratings)

    assert record.agreed + len(record.disputed) + record.abstained == len(suggestions)
    assert record.rated <= len({one.incident for one in ratings})


STRANGE = [
    Person("U1", "g", guest=True),
    Person("U1", "b", bot=True),
    Person("U1", "d", deactivated=True),
    Person("U1", "f", foreign=True),
]


@pytest.mark.parametrize("person", STRANGE)
def test_no_stranger_rates(person: Person) -> None:
    with pytest.raises(NotAllowed, match="ask a member"):
        check_may_rate(person)


@pytest.mark.parametrize("person", STRANGE[1:])
def test_only_people_of_the_workspace_read(person: Person) -> None:
    with pytest.raises(NotAllowed, match="Only people of this workspace"):
        check_may_view(person)


def test_guests_read_and_members_do_both() -> None:
    check_may_view(STRANGE[0])
    check_may_view(Person("U1", "m"))
    check_may_rate(Person("U1", "m"))
