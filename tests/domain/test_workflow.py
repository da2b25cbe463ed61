"""States, the comparison of definitions, and the fence."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import Fenced, UnreadableDefinition
from bot.domain.workflow import Activity, Definition, State, Status, fence
from tests.domain.change_examples import AFTER, BEFORE, NAME, definition, workflow


def status(state: int, *, failed: bool = False, process_id: int = 0) -> Status:
    return Status(NAME, "4900", state, failed, 0, process_id, None)


STATES = [*map(int, State), 42]


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_started_stopped_or_neither(state: int) -> None:
    seen = status(state)

    assert seen.started == (state == 11)
    assert seen.stopped == (state in (0, 20))
    assert not seen.failed_pause


@pytest.mark.parametrize("state", STATES)
def test_only_paused_and_failed_stands_still_after_an_error(state: int) -> None:
    assert status(state, failed=True).failed_pause == (state == 13)


def test_a_process_makes_it_busy() -> None:
    assert status(11, process_id=-7).busy
    assert not status(11).busy


@pytest.mark.parametrize(("state", "name"), [(11, "started"), (16, "stopping now"), (42, "state 42")])
def test_a_state_is_said_in_words(state: int, name: str) -> None:
    assert status(state).state_name == name


# --- Comparing definitions ------------------------------------------------------------------------


def test_another_period_alone_is_no_difference() -> None:
    assert definition(BEFORE).changed_besides_period(definition(AFTER)) == ()


def test_equal_definitions_have_one_digest_and_any_difference_shows_in_it() -> None:
    assert definition(BEFORE).digest == definition(BEFORE).digest
    assert len({definition(BEFORE).digest, definition(AFTER).digest, definition(script="o()").digest}) == 3


def test_another_script_is_named() -> None:
    assert definition().changed_besides_period(definition(AFTER, script="other()")) == ("sync",)


def test_a_missing_and_an_added_activity_are_named() -> None:
    whole = definition()
    only_timer = replace(whole, activities=whole.activities[:1])

    assert whole.changed_besides_period(only_timer) == ("sync",)
    assert only_timer.changed_besides_period(whole) == ("sync",)


def test_a_second_scheduler_is_named() -> None:
    assert "schedule1" in definition().changed_besides_period(definition(schedulers=2))


def test_an_activity_that_becomes_another_kind_is_named() -> None:
    whole = definition()
    changed = replace(
        whole, activities=(whole.activities[0], Activity("wait", "sync", whole.activities[1].xml))
    )

    assert set(whole.changed_besides_period(changed)) == {"sync"}


def test_the_order_of_activities_is_no_difference() -> None:
    whole = definition()

    assert whole.changed_besides_period(replace(whole, activities=whole.activities[::-1])) == ()


def test_an_attribute_of_the_scheduler_is_a_difference() -> None:
    whole = definition()
    timer = whole.activities[0]
    moved = replace(timer, xml=timer.xml.replace("<schedule ", '<schedule x="12" '))

    assert whole.changed_besides_period(replace(whole, activities=(moved, whole.activities[1]))) == (
        "schedule",
    )


def test_a_period_that_also_stands_in_an_attribute_is_cut_only_where_it_is_the_period() -> None:
    def labelled(label: str, period: str) -> Definition:
        xml = f'<schedule label="{label}" name="schedule"><period>{period}</period></schedule>'
        return Definition((Activity("schedule", "schedule", xml),), "", period, "schedule", "")

    assert labelled("1h", "1h").changed_besides_period(labelled("1h", "2h")) == ()
    assert labelled("1h", "1h").changed_besides_period(labelled("2h", "1h")) == ("schedule",)


@given(st.text(), st.text())
@example("a\rb", "<&>")
@settings(max_examples=60, deadline=None)
def test_any_text_of_a_period_is_cut_as_c14n_writes_it(before: str, after: str) -> None:
    def written(text: str) -> Definition:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
        xml = f'<schedule name="schedule"><period>{escaped}</period><transitions/></schedule>'
        return Definition((Activity("schedule", "schedule", xml),), "", text, "schedule", "")

    assert written(before).changed_besides_period(written(after)) == ()


# --- The fence ------------------------------------------------------------------------------------


def test_a_configured_workflow_with_one_scheduler_may_be_touched() -> None:
    fence(workflow(), frozenset({NAME, "mcSynch_mcExec2"}))


@pytest.mark.parametrize(
    "configured", [frozenset[str](), frozenset({"mcSynch_mcExec2"}), frozenset({NAME.lower()})]
)
def test_any_other_workflow_may_not(configured: frozenset[str]) -> None:
    with pytest.raises(Fenced, match=f"^{NAME} is not one of the configured workflows"):
        fence(workflow(), configured)


@pytest.mark.parametrize("schedulers", [0, 2])
def test_without_exactly_one_scheduler_it_is_left_to_the_console(schedulers: int) -> None:
    seen = replace(workflow(), definition=definition(schedulers=schedulers))

    with pytest.raises(UnreadableDefinition, match="does not have exactly one scheduler"):
        fence(seen, frozenset({NAME}))
