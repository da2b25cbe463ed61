"""Modals and the Home tab: opening, stacking, filling in, submitting, and what the app's answer does."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack.cards import actions, button, confirm, modal, option, question, section, words
from tests.sandbox.slack.listening import bodies_into, events_into
from tests.sandbox.slack.person import Hands

Json = dict[str, Any]
Open = Callable[..., str]


def trigger(slack: SlackServer, user: str = "U0SAM", view: str | None = None) -> str:
    """Return a fresh trigger id, as a deed of the person would give it."""
    return slack.standin.workspace.new_trigger(user, view)


def code(call: Callable[[], Any]) -> str:
    """Return the error code of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


@pytest.fixture(name="opened")
def _opened(slack: SlackServer, client: WebClient) -> Open:
    """Open a modal for Sam; returns its id."""

    def open_modal(*blocks: Json, **more: Any) -> str:  # noqa: ANN401 - any JSON value
        answer = client.views_open(trigger_id=trigger(slack), view=modal(*blocks, **more))
        return str(answer["view"]["id"])

    return open_modal


# --- opening ---


def test_a_trigger_opens_one_modal_within_three_seconds(slack: SlackServer, client: WebClient) -> None:
    once, late = trigger(slack), trigger(slack)
    client.views_open(trigger_id=once, view=modal())
    now = slack.standin.workspace.now
    slack.standin.workspace.now = lambda: now() + 3.1

    assert code(lambda: client.views_open(trigger_id=once, view=modal())) == "exchanged_trigger_id"
    assert code(lambda: client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert code(lambda: client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"
    assert code(lambda: client.api_call("views.open", json={"view": modal()})) == "invalid_arguments"


def test_a_modal_comes_back_with_what_slack_fills_in(
    slack: SlackServer, client: WebClient, hands: Hands
) -> None:
    answer = client.views_open(trigger_id=trigger(slack), view=modal(private_metadata="42"))

    view = answer["view"]
    assert view["id"].startswith("V")
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert (view["app_id"], view["team_id"], view["bot_id"]) == ("A0MCSYNC", "T0SANDBOX", "B0MCSYNC")
    assert view["state"] == {"values": {"reason": {"typed": {"type": "plain_text_input", "value": None}}}}
    assert (view["private_metadata"], view["clear_on_close"]) == ("42", False)
    assert [shown["id"] for shown in hands.modals("U0SAM")] == [view["id"]]


def test_a_modal_that_slack_refuses_does_not_open(
    slack: SlackServer, client: WebClient, hands: Hands
) -> None:
    long = modal(title=words("x" * 25))
    heavy = modal(*(section("x" * 3_000) for _ in range(84)))

    assert code(lambda: client.views_open(trigger_id=trigger(slack), view=long)) == "invalid_arguments"
    assert code(lambda: client.views_open(trigger_id=trigger(slack), view=heavy)) == "view_too_large"
    home: Json = {"type": "home", "blocks": []}
    assert code(lambda: client.views_open(trigger_id=trigger(slack), view=home)) == "invalid_arguments"
    assert hands.modals("U0SAM") == []


def test_an_external_id_names_one_open_view(slack: SlackServer, client: WebClient) -> None:
    client.views_open(trigger_id=trigger(slack), view=modal(external_id="what-if-1"))

    twice = modal(external_id="what-if-1")
    assert code(lambda: client.views_open(trigger_id=trigger(slack), view=twice)) == "duplicate_external_id"
    client.views_update(external_id="what-if-1", view=modal(section("filled"), external_id="what-if-1"))


def test_three_modals_lie_on_each_other_and_no_fourth(
    slack: SlackServer, client: WebClient, hands: Hands, opened: Open
) -> None:
    root = opened()
    for _ in range(2):
        client.views_push(trigger_id=trigger(slack, view=root), view=modal())

    shown = hands.modals("U0SAM")
    assert [view["root_view_id"] for view in shown] == [root] * 3
    assert shown[2]["previous_view_id"] == shown[1]["id"]
    fourth = trigger(slack, view=root)
    assert code(lambda: client.views_push(trigger_id=fourth, view=modal())) == "push_limit_reached"
    outside = trigger(slack)
    assert code(lambda: client.views_push(trigger_id=outside, view=modal())) == "not_found"


def test_an_update_keeps_what_was_typed_and_minds_the_hash(
    client: WebClient, hands: Hands, opened: Open
) -> None:
    view_id = opened(question(), actions(button("redraw")))
    hands.do("press", user="U0SAM", view_id=view_id, action_id="redraw", state={"typed": "because"})
    [before] = hands.modals("U0SAM")

    client.views_update(view_id=view_id, hash=before["hash"], view=modal(section("+10"), question()))

    [after] = hands.modals("U0SAM")
    assert after["blocks"][0]["text"]["text"] == "+10"
    assert after["state"]["values"]["reason"]["typed"]["value"] == "because"
    stale = before["hash"]
    assert code(lambda: client.views_update(view_id=view_id, hash=stale, view=modal())) == "hash_conflict"
    assert code(lambda: client.views_update(view_id="V0", view=modal())) == "not_found"


def test_a_closed_modal_cannot_be_updated(client: WebClient, hands: Hands, opened: Open) -> None:
    view_id = opened()

    assert hands.do("close", user="U0SAM", view_id=view_id)["ok"]

    assert hands.modals("U0SAM") == []
    assert code(lambda: client.views_update(view_id=view_id, view=modal())) == "not_found"
    assert hands.do("close", user="U0SAM", view_id=view_id)["error"] == "no such view"


# --- inside a view ---


@pytest.mark.usefixtures("over_http")
def test_a_press_inside_a_modal_tells_the_view_and_its_state(app: App, hands: Hands, opened: Open) -> None:
    heard: list[Json] = []
    app.action("offset")(bodies_into(heard))
    offset = {"type": "static_select", "action_id": "offset", "options": [option("5"), option("10")]}
    view_id = opened(question(), actions(offset, block_id="where"))

    done = hands.do(
        "press", user="U0SAM", view_id=view_id, action_id="offset", value="10", state={"typed": "why"}
    )

    assert done["ok"]
    [body] = heard
    assert body["container"] == {"type": "view", "view_id": view_id}
    values = body["view"]["state"]["values"]
    assert values["where"]["offset"]["selected_option"]["value"] == "10"
    assert values["reason"]["typed"]["value"] == "why"
    assert body["actions"][0]["selected_option"]["value"] == "10"


@pytest.mark.usefixtures("over_http")
def test_a_press_inside_a_modal_can_push_another(
    app: App, client: WebClient, hands: Hands, opened: Open
) -> None:
    @app.action("deeper")
    def deeper(ack: Ack, body: Json) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=modal(section("deeper")))

    view_id = opened(actions(button("deeper")))

    assert hands.do("press", user="U0SAM", view_id=view_id, action_id="deeper")["ok"]

    below, _above = hands.modals("U0SAM")
    assert below["id"] == view_id
    underneath = hands.do("press", user="U0SAM", view_id=view_id, action_id="deeper")
    assert underneath["error"] == "another view lies on top"


@pytest.mark.usefixtures("over_http")
def test_the_home_tab_is_published_and_its_buttons_work(app: App, client: WebClient, hands: Hands) -> None:
    heard: list[Json] = []
    app.action("approve")(bodies_into(heard))
    app.event("app_home_opened")(events_into(heard))
    assert hands.do("press", user="U0ADA", home=True, action_id="approve")["error"] == "no such view"

    home = {"type": "home", "blocks": [actions(button(confirm=confirm()))]}
    first = client.views_publish(user_id="U0ADA", view=home)["view"]
    again = client.views_publish(user_id="U0ADA", view=home, hash=first["hash"])["view"]

    assert first["id"] == again["id"]
    assert hands.do("press", user="U0ADA", home=True, action_id="approve")["ok"]
    assert heard[0]["view"]["type"] == "home"
    assert hands.do("event", type="app_home_opened", user="U0ADA")["ok"]
    assert heard[1]["view"]["id"] == first["id"]
    assert hands.look("views")["homes"]["U0ADA"]["id"] == first["id"]
    stale = first["hash"]
    assert code(lambda: client.views_publish(user_id="U0ADA", view=home, hash=stale)) == "hash_conflict"
    assert code(lambda: client.views_publish(user_id="U0NOBODY", view=home)) == "user_not_found"
    assert hands.do("submit", user="U0ADA", view_id=first["id"])["error"] == "the view has no submit button"


# --- submitting ---


@pytest.mark.usefixtures("over_http")
def test_a_submission_tells_what_was_filled_in_and_closes_the_modal(
    app: App, hands: Hands, opened: Open
) -> None:
    heard: list[Json] = []
    app.view("what_if")(bodies_into(heard))
    view_id = opened(question(), private_metadata="42")

    done = hands.do("submit", user="U0SAM", view_id=view_id, state={"reason": {"typed": "collides"}})

    assert done["ok"]
    assert heard[0]["view"]["state"]["values"]["reason"]["typed"]["value"] == "collides"
    assert heard[0]["view"]["private_metadata"] == "42"
    assert hands.modals("U0SAM") == []


def test_slack_itself_complains_about_an_incomplete_form(hands: Hands, opened: Open) -> None:
    view_id = opened(
        question("needed"),
        question("short", min_length=5),
        question("long", max_length=3),
        {**question("free"), "optional": True},
    )

    state = {"short": {"typed": "abc"}, "long": {"typed": "abcd"}}
    done = hands.do("submit", user="U0SAM", view_id=view_id, state=state)

    assert (done["ok"], done["error"], done["delivered"]) == (False, "incomplete", False)
    assert done["errors"] == {
        "needed": "Please complete this required field.",
        "short": "At least 5 characters.",
        "long": "At most 3 characters.",
    }
    assert hands.modals("U0SAM")[0]["errors"] == done["errors"]


def test_a_form_has_only_the_fields_and_options_that_it_shows(hands: Hands, opened: Open) -> None:
    menu = {"type": "radio_buttons", "action_id": "how", "options": [option("resume"), option("shift")]}
    view_id = opened({"type": "input", "block_id": "b", "label": words("How"), "element": menu})

    wrong = hands.do("submit", user="U0SAM", view_id=view_id, state={"how": "nuke"})
    unknown = hands.do("submit", user="U0SAM", view_id=view_id, state={"what": "x"})

    assert wrong["error"] == "no such option"
    assert unknown["error"] == "no such field: what"
    assert hands.do("submit", user="U0ADA", view_id=view_id)["error"] == "no such view"


@pytest.mark.usefixtures("over_http")
def test_errors_appear_at_their_fields_and_the_modal_stays(app: App, hands: Hands, opened: Open) -> None:
    app.view("what_if")(lambda ack: ack(response_action="errors", errors={"reason": "Say more."}))
    view_id = opened()

    done = hands.do("submit", user="U0SAM", view_id=view_id, state={"typed": "x"})

    assert (done["ok"], done["errors"]) == (True, {"reason": "Say more."})
    [view] = hands.modals("U0SAM")
    assert (view["id"], view["errors"]) == (view_id, {"reason": "Say more."})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "invalid_errors"),
        ({"response_action": "errors", "errors": {"reason": ""}}, "invalid_errors"),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_view"),
        ({"response_action": "dance"}, "invalid_response"),
    ],
)
@pytest.mark.usefixtures("over_http")
def test_an_answer_that_slack_does_not_understand_shows_trouble(
    app: App, hands: Hands, opened: Open, answer: Json, error: str
) -> None:
    app.view("what_if")(lambda ack: ack(**answer))
    view_id = opened()

    done = hands.do("submit", user="U0SAM", view_id=view_id, state={"typed": "x"})

    assert (done["ok"], done["error"]) == (False, error)
    assert done["shown"] == "We had some trouble connecting. Try again?"
    assert [view["id"] for view in hands.modals("U0SAM")] == [view_id]


@pytest.mark.usefixtures("over_http")
def test_an_answer_updates_pushes_or_clears(app: App, hands: Hands, opened: Open) -> None:
    answers: list[Json] = [
        {"response_action": "update", "view": modal(section("again"), callback_id="what_if")},
        {"response_action": "push", "view": modal(section("more"), callback_id="what_if")},
        {"response_action": "clear"},
    ]
    app.view("what_if")(lambda ack: ack(**answers.pop(0)))
    view_id = opened()

    hands.do("submit", user="U0SAM", view_id=view_id, state={"typed": "x"})
    [view] = hands.modals("U0SAM")
    assert (view["id"], view["blocks"][0]["text"]["text"]) == (view_id, "again")

    hands.do("submit", user="U0SAM", view_id=view_id)
    pushed = hands.modals("U0SAM")[1]
    assert pushed["previous_view_id"] == view_id

    hands.do("submit", user="U0SAM", view_id=pushed["id"])
    assert hands.modals("U0SAM") == []


@pytest.mark.usefixtures("over_http")
def test_an_answer_meets_the_limits_of_the_stack(
    app: App, slack: SlackServer, client: WebClient, hands: Hands, opened: Open
) -> None:
    app.view("what_if")(lambda ack: ack(response_action="push", view=modal()))
    root = opened(section("x"))
    for _ in range(2):
        client.views_push(trigger_id=trigger(slack, view=root), view=modal(section("x")))
    top = hands.modals("U0SAM")[-1]["id"]

    assert hands.do("submit", user="U0SAM", view_id=top)["error"] == "push_limit_reached"


@pytest.mark.usefixtures("over_http")
def test_a_submission_that_nobody_answers_leaves_the_modal_open(hands: Hands, opened: Open) -> None:
    view_id = opened()

    done = hands.do("submit", user="U0SAM", view_id=view_id, state={"typed": "x"})

    assert (done["error"], done["status"]) == ("dispatch_failed", 404)
    assert [view["id"] for view in hands.modals("U0SAM")] == [view_id]


@pytest.mark.usefixtures("over_http")
def test_the_app_hears_of_a_closed_modal_when_it_asked_to(
    app: App, slack: SlackServer, client: WebClient, hands: Hands, opened: Open
) -> None:
    heard: list[Json] = []
    app.view_closed("what_if")(bodies_into(heard))
    root = opened(notify_on_close=True)
    client.views_push(trigger_id=trigger(slack, view=root), view=modal(notify_on_close=True))
    top = hands.modals("U0SAM")[-1]["id"]

    hands.do("close", user="U0SAM", view_id=top)
    assert [(body["view"]["id"], body["is_cleared"]) for body in heard] == [(top, False)]

    hands.do("close", user="U0SAM", view_id=root, all=True)
    assert (heard[1]["view"]["id"], heard[1]["is_cleared"]) == (root, True)
    assert hands.modals("U0SAM") == []


def test_every_kind_of_input_keeps_its_choice_in_slacks_form(hands: Hands, opened: Open) -> None:
    options = [option("a"), option("b")]
    fields: dict[str, tuple[Json, Any, Json]] = {
        "text": ({"type": "plain_text_input", "initial_value": "was"}, "is", {"value": "is"}),
        "number": ({"type": "number_input", "is_decimal_allowed": False}, 7, {"value": "7"}),
        "one": ({"type": "static_select", "options": options}, "a", {"selected_option": options[0]}),
        "some": ({"type": "checkboxes", "options": options}, ["a", "b"], {"selected_options": options}),
        "none": ({"type": "checkboxes", "options": options}, None, {"selected_options": []}),
        "grouped": (
            {"type": "static_select", "option_groups": [{"label": words("g"), "options": options}]},
            "b",
            {"selected_option": options[1]},
        ),
        "who": ({"type": "users_select"}, "U0ADA", {"selected_user": "U0ADA"}),
        "day": ({"type": "datepicker"}, "2026-11-23", {"selected_date": "2026-11-23"}),
        "time": ({"type": "timepicker", "initial_time": "06:00"}, "06:05", {"selected_time": "06:05"}),
    }
    blocks = [
        {
            "type": "input",
            "block_id": name,
            "optional": True,
            "label": words(name),
            "element": {**element, "action_id": "x"},
        }
        for name, (element, _, _) in fields.items()
    ]
    view_id = opened(*blocks, actions(button("redraw")))
    started = hands.modals("U0SAM")[0]["state"]["values"]
    assert started["text"]["x"]["value"] == "was"
    assert started["time"]["x"]["selected_time"] == "06:00"

    state = {name: {"x": value} for name, (_, value, _) in fields.items()}
    hands.do("press", user="U0SAM", view_id=view_id, action_id="redraw", state=state)

    values = hands.modals("U0SAM")[0]["state"]["values"]
    expected = {name: {"type": element["type"], **choice} for name, (element, _, choice) in fields.items()}
    assert {name: values[name]["x"] for name in fields} == expected
