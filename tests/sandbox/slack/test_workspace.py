"""The workspace's own bookkeeping, without a server: time stamps, triggers, events."""

import pytest

from bot.sandbox.slack.inputs import NoSuchOption, chosen, initially_chosen, is_empty
from bot.sandbox.slack.refusal import SlackRefusal
from bot.sandbox.slack.workspace import Workspace


def test_time_stamps_are_machine_time_unique_and_increasing() -> None:
    instants = [1_795_400_000.5, 1_795_400_000.5, 1_795_399_999.0, 1_795_400_001.25]
    workspace = Workspace(now=lambda: instants[0])
    stamps = []
    while instants:
        stamps.append(workspace.next_ts())
        if len(instants) == 1:
            break
        instants.pop(0)

    assert stamps == ["1795400000.500000", "1795400000.500001", "1795400000.500002", "1795400001.250000"]


def test_the_event_log_forgets_the_oldest() -> None:
    workspace = Workspace()
    for number in range(6_000):
        workspace.record("tick", number=number)

    kept = workspace.events_since(0)
    assert (len(kept), kept[-1]["number"]) == (5_000, 5_999)


def test_a_direct_channel_needs_a_person() -> None:
    workspace = Workspace()

    with pytest.raises(SlackRefusal, match="user_not_found"):
        workspace.direct_channel("U0NOBODY")
    assert workspace.direct_channel("U0SAM") == workspace.direct_channel("U0SAM") == "D0SAM"


def test_a_whole_option_is_chosen_in_a_menu_whose_options_the_app_gives() -> None:
    option = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}
    external = {"type": "external_select", "action_id": "x"}

    assert chosen(external, option) == {"selected_option": option}
    with pytest.raises(NoSuchOption):
        chosen(external, "a")


def test_an_emptied_input_is_empty_and_a_button_has_no_state() -> None:
    assert chosen({"type": "plain_text_input"}, None) == {"value": None}
    assert chosen({"type": "static_select"}, None) == {"selected_option": None}
    assert chosen({"type": "button"}, None) == {}
    assert initially_chosen({"type": "button"}) == {}
    assert is_empty({"type": "checkboxes", "selected_options": []})
    assert not is_empty({"type": "datepicker", "selected_date": "2026-11-23"})


def test_no_id_comes_a_second_time_after_a_reset() -> None:
    workspace = Workspace(seed=1)
    before = {workspace.new_id("Ev") for _ in range(20)}

    workspace.reset()

    # An app remembers the ids of events and leaves one unanswered that it saw before.
    assert not before & {workspace.new_id("Ev") for _ in range(20)}
