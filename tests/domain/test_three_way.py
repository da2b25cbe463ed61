"""Three readings side by side, and what is safe to say of them."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.three_way import (
    MOST_DIFFERENCES,
    Difference,
    changed_activities,
    edited_at,
    find,
    in_words,
    saved_by,
    three_way,
    told,
)
from bot.domain.workflow import Activity
from tests.domain.change_examples import AFTER, BEFORE, ELSEWHERE, definition, workflow


def test_each_key_stands_in_three_readings() -> None:
    assert three_way(BEFORE, AFTER, ELSEWHERE) == (
        Difference("m_tmStartTime", "00:00:00.000", "00:05:00.000", "00:20:00.000"),
    )


def test_a_key_that_only_somebody_else_changed_was_wanted_as_before() -> None:
    theirs = BEFORE.replace("m_iMaxIter='0'", "m_iMaxIter='9'")

    assert three_way(BEFORE, AFTER, theirs) == (
        Difference("m_iMaxIter", "0", "0", "9"),
        Difference("m_tmStartTime", "00:00:00.000", "00:05:00.000", "00:00:00.000"),
    )


def test_it_is_told_in_words_first_and_then_key_by_key() -> None:
    words, *keys = told(BEFORE, AFTER, ELSEWHERE)

    now = "every hour from 00:20"
    assert words == f"Schedule approved: every hour from 00:00; wanted: every hour from 00:05; now: {now}."
    assert keys == ["m_tmStartTime: 00:00:00.000 approved, 00:05:00.000 wanted, 00:20:00.000 now."]
    assert told(BEFORE, BEFORE, BEFORE) == ()


def test_a_whole_new_schedule_is_counted_and_not_quoted() -> None:
    lines = told(BEFORE, AFTER, "")

    assert len(lines) == MOST_DIFFERENCES + 2
    assert lines[-1] == "23 more keys differ: compare them in the console."


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_nobody_s_text_becomes_markup(text: str) -> None:
    spoilt = BEFORE.replace("m_iMaxIter='0'", f"m_iMaxIter='{text}'")

    said = " ".join(told(BEFORE, AFTER, spoilt)) + saved_by(replace(find(workflow(), None), editor=text))

    assert not set("<>&`*\n") & set(said)


def test_activities_are_named_by_what_became_of_them_and_never_quoted() -> None:
    before, now = definition(), definition(script="password='secret'")
    added = replace(now, activities=(*now.activities, Activity("js", "more", "<js/>")))

    assert changed_activities(before, added) == ("more (js) was added", "sync (js) was changed")
    assert changed_activities(added, before) == ("more (js) was removed", "sync (js) was changed")
    assert "secret" not in str(changed_activities(before, added))


def test_the_server_says_when_it_was_saved_or_nobody_does() -> None:
    assert edited_at("2026-01-31 06:00:00.000Z") == datetime(2026, 1, 31, 6, tzinfo=UTC)
    assert edited_at("2026-01-31 06:00:00") is None
    assert edited_at("yesterday") is None


def test_what_was_found_says_who_and_in_which_state() -> None:
    found = find(workflow(period=ELSEWHERE, modified_by="<!channel>"), definition())

    assert (found.state, found.period, found.activities) == ("started", ELSEWHERE, ())
    assert saved_by(found) == "‹!channel›"
    assert saved_by(replace(found, editor="")) == "somebody whose login Campaign does not tell"


def test_a_text_without_a_meaning_is_not_put_into_words() -> None:
    assert in_words("") == "not understood"
