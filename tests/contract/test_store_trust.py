"""What every store must do about verdicts that people rate, and failures of the past."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.trust import Answer, Rating, Suggestion
from bot.gateways.store import SqlStore
from tests.contract.stores import Programs, in_threads
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

SECOND = timedelta(seconds=1)
SUGGESTION = Suggestion("incident-1", "prod", "mcSynch_mcExec1", "offer Shift +5 min", known=True, at=NOON)
RATING = Rating("incident-1", "prod", "U0SAM", Answer.RIGHT, "offer Shift +5 min", NOON)


def test_what_mcsync_would_have_done_is_kept_and_replaced(store: SqlStore) -> None:
    newer = replace(SUGGESTION, would="offer no shift; remedy: resume", known=False, at=NOON + SECOND)
    with store.write() as tx:
        assert tx.suggestion("incident-1") is None
        tx.save_suggestion(SUGGESTION)
        assert tx.suggestion("incident-1") == SUGGESTION
        tx.save_suggestion(newer)
    with store.read() as reading:
        assert reading.suggestion("incident-1") == newer
        assert reading.suggestions("prod") == (newer,)


def test_suggestions_are_listed_by_instance_oldest_first(store: SqlStore) -> None:
    with store.write() as tx:
        for number in (3, 1, 2):
            tx.save_suggestion(replace(SUGGESTION, incident=f"i{number}", at=NOON + number * SECOND))
        tx.save_suggestion(replace(SUGGESTION, incident="elsewhere", instance="stage"))
    with store.read() as reading:
        assert [one.incident for one in reading.suggestions("prod")] == ["i1", "i2", "i3"]
        assert [one.incident for one in reading.suggestions("stage")] == ["elsewhere"]
        assert reading.suggestions("nowhere") == ()


def test_one_answer_per_person_and_incident_the_last_counts(store: SqlStore) -> None:
    changed = replace(RATING, answer=Answer.WRONG, at=NOON + 2 * SECOND)
    ada = replace(RATING, user="U0ADA", at=NOON + SECOND)
    with store.write() as tx:
        tx.save_rating(RATING)
        tx.save_rating(ada)
        tx.save_rating(changed)
        tx.save_rating(replace(RATING, incident="incident-2", at=NOON + 3 * SECOND))
    with store.read() as reading:
        assert reading.ratings_of("incident-1") == (ada, changed)
        assert [one.incident for one in reading.ratings("prod")] == ["incident-1", "incident-1", "incident-2"]
        assert reading.ratings("stage") == ()
        assert reading.ratings_of("incident-3") == ()


def test_answers_of_many_programs_at_once_are_all_kept(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]

    def rate(number: int) -> None:
        for answer in (Answer.RIGHT, Answer.WRONG):
            with stores[number % 2].write() as tx:
                tx.save_rating(replace(RATING, user=f"U{number}", answer=answer))

    in_threads(6, rate)

    with stores[0].read() as reading:
        assert {(one.user, one.answer) for one in reading.ratings_of("incident-1")} == {
            (f"U{number}", Answer.WRONG) for number in range(6)
        }


def test_the_nearest_failure_is_found_on_either_side(store: SqlStore) -> None:
    with store.write() as tx:
        for minute in (0, 10, 20):
            tx.add_failure(examples.failure(at=NOON + timedelta(minutes=minute)), NOON)
        tx.add_failure(examples.failure(workflow="another", workflow_id="1"), NOON)
    with store.read() as reading:

        def nearest(minutes: float) -> float:
            at = NOON + timedelta(minutes=minutes)
            found = reading.nearest_failure("prod", "mcSynch_mcExec1", at)
            assert found is not None
            return (found.at - NOON).total_seconds() / 60

        assert [nearest(minutes) for minutes in (-900, 4.9, 5, 5.1, 14, 90_000)] == [0, 0, 10, 10, 10, 20]
        assert reading.nearest_failure("prod", "nothing", NOON) is None
        assert reading.nearest_failure("stage", "mcSynch_mcExec1", NOON) is None
