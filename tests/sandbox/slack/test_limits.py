"""What Slack refuses in blocks and views, held against two independent packages that know the limits."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import slackblocks
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks import _limits as registry
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE

from bot.sandbox.slack.limits import LIMITS, layout, problems, text_is_too_long, view_problems
from tests.sandbox.slack.cards import actions, button, confirm, modal, option, question, section, words

Json = dict[str, Any]
Build = Callable[[int], Any]

OURS_ALONE = {
    "button.visible_to_user_ids.max_items",  # slackblocks does not know the field on buttons yet
    "message.blocks.total_text",  # observed, not published
    "message.tables.max_items",
    "message.text.max_length",
    "view.json.max_bytes",
}


def test_every_limit_is_the_one_of_the_third_party_registry() -> None:
    theirs = {name: value for name, value in vars(registry).items() if name.isupper()}
    ours = {key.upper().replace(".", "_"): value for key, value in LIMITS.items() if key not in OURS_ALONE}

    assert ours == theirs


def test_every_block_type_stands_on_the_surfaces_of_the_third_party_registry() -> None:
    ours = {surface: frozenset(kinds) for surface, kinds in layout.SURFACES.items()}

    assert ours == _BLOCK_TYPES_BY_SURFACE


def _line(length: int) -> str:
    return "x" * length


def _many(count: int, make: Callable[[int], Any]) -> list[Any]:
    return [make(index) for index in range(count)]


def _in_actions(**fields: Any) -> Json:  # noqa: ANN401 - any JSON value
    return actions(button(**fields))


def _with_confirm(**parts: Any) -> Json:  # noqa: ANN401 - any JSON value
    return actions(button(confirm={**confirm(), **parts}))


def _menu(kind: str, **fields: Any) -> Json:  # noqa: ANN401 - any JSON value
    return actions({"type": kind, "action_id": "menu", **fields})


def _options(count: int) -> list[Json]:
    return _many(count, lambda n: option(f"v{n}"))


def _chart(**parts: Any) -> Json:  # noqa: ANN401 - any JSON value
    chart = {
        "type": "bar",
        "series": [{"name": "runs", "data": [{"label": "06", "value": 1}]}],
        "axis_config": {"categories": ["06"]},
    }
    return {"type": "data_visualization", "title": "Week", "chart": {**chart, **parts}}


POINT: Json = {"label": "06", "value": 1}


def _raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def _data_table(rows: int = 2, columns: int = 1, text: str = "x", **fields: Any) -> Json:  # noqa: ANN401 - any JSON value
    cells = [[_raw(text) for _ in range(columns)] for _ in range(rows)]
    return {"type": "data_table", "caption": "Runs", "rows": cells, **fields}


def _video(**fields: Any) -> Json:  # noqa: ANN401 - any JSON value
    url = "https://example.com/x"
    base = {"type": "video", "alt_text": "x", "title": words("x"), "thumbnail_url": url, "video_url": url}
    return {**base, **fields}


def _link(length: int) -> str:
    return "https://example.com/".ljust(length, "x")


def _container(**fields: Any) -> Json:  # noqa: ANN401 - any JSON value
    return {"type": "container", "title": words("Why"), "child_blocks": [section("x")], **fields}


def _rich(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}


def _task(number: int) -> Json:
    return {"task_id": str(number), "title": "read", "status": "pending"}


def _context_of(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


MOST: dict[str, Build] = {
    "block_id.max_length": lambda n: {"type": "divider", "block_id": _line(n)},
    "action_id.max_length": lambda n: actions(button(_line(n))),
    "section.text.max_length": lambda n: section(_line(n)),
    "section.fields.max_items": lambda n: {"type": "section", "fields": _many(n, lambda _: words("x"))},
    "section.fields.item_max_length": lambda n: {"type": "section", "fields": [words(_line(n))]},
    "header.text.max_length": lambda n: {"type": "header", "text": words(_line(n))},
    "context.elements.max_items": lambda n: {"type": "context", "elements": _many(n, lambda _: words("x"))},
    "actions.elements.max_items": lambda n: actions(*_many(n, lambda i: button(f"a{i}"))),
    "context_actions.elements.max_items": lambda n: {
        "type": "context_actions",
        "elements": _many(
            n, lambda i: {"type": "icon_button", "icon": "trash", "text": words("x"), "action_id": f"{i}"}
        ),
    },
    "button.text.max_length": lambda n: _in_actions(text=words(_line(n))),
    "button.value.max_length": lambda n: _in_actions(value=_line(n)),
    "button.url.max_length": lambda n: _in_actions(url=_link(n)),
    "button.accessibility_label.max_length": lambda n: _in_actions(accessibility_label=_line(n)),
    "button.agent_prompt.max_length": lambda n: _in_actions(agent_prompt=_line(n)),
    "button.visible_to_user_ids.max_items": lambda n: _in_actions(visible_to_user_ids=_many(n, str)),
    "confirmation.title.max_length": lambda n: _with_confirm(title=words(_line(n))),
    "confirmation.text.max_length": lambda n: _with_confirm(text=words(_line(n))),
    "confirmation.confirm.max_length": lambda n: _with_confirm(confirm=words(_line(n))),
    "confirmation.deny.max_length": lambda n: _with_confirm(deny=words(_line(n))),
    "option.text.max_length": lambda n: _menu("overflow", options=[{"text": words(_line(n)), "value": "v"}]),
    "option.value.max_length": lambda n: _menu("overflow", options=[{"text": words("x"), "value": _line(n)}]),
    "option.description.max_length": lambda n: _menu(
        "radio_buttons", options=[option("v", description=words(_line(n)))]
    ),
    "option.url.max_length": lambda n: _menu("overflow", options=[option("v", url=_link(n))]),
    "overflow.options.max_items": lambda n: _menu("overflow", options=_options(n)),
    "checkboxes.options.max_items": lambda n: _menu("checkboxes", options=_options(n)),
    "radio_buttons.options.max_items": lambda n: _menu("radio_buttons", options=_options(n)),
    "select.options.max_items": lambda n: _menu("static_select", options=_options(n)),
    "select.option_groups.max_items": lambda n: _menu(
        "static_select", option_groups=_many(n, lambda _: {"label": words("x"), "options": _options(1)})
    ),
    "select.placeholder.max_length": lambda n: _menu(
        "static_select", options=_options(1), placeholder=words(_line(n))
    ),
    "option_group.label.max_length": lambda n: _menu(
        "static_select", option_groups=[{"label": words(_line(n)), "options": _options(1)}]
    ),
    "option_group.options.max_items": lambda n: _menu(
        "static_select", option_groups=[{"label": words("x"), "options": _options(n)}]
    ),
    "dispatch_action_configuration.trigger_actions_on.max_items": lambda n: question(
        dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"] * n}
    ),
    "plain_text_input.placeholder.max_length": lambda n: question(placeholder=words(_line(n))),
    "plain_text_input.min_length.max": lambda n: question(min_length=n),
    "plain_text_input.max_length.max": lambda n: question(max_length=n),
    "file_input.max_files.max": lambda n: {
        "type": "input",
        "label": words("x"),
        "element": {"type": "file_input", "max_files": n},
    },
    "rich_text_input.max_lines.max": lambda n: {
        "type": "input",
        "label": words("x"),
        "element": {"type": "rich_text_input", "max_lines": n},
    },
    "input.label.max_length": lambda n: {**question(), "label": words(_line(n))},
    "input.hint.max_length": lambda n: {**question(), "hint": words(_line(n))},
    "image.alt_text.max_length": lambda n: {"type": "image", "image_url": _link(30), "alt_text": _line(n)},
    "image.image_url.max_length": lambda n: {"type": "image", "image_url": _link(n), "alt_text": "x"},
    "image.title.max_length": lambda n: {
        "type": "image",
        "image_url": _link(30),
        "alt_text": "x",
        "title": words(_line(n)),
    },
    "image_element.alt_text.max_length": lambda n: _context_of(
        {"type": "image", "image_url": _link(30), "alt_text": _line(n)}
    ),
    "markdown.text.max_length": lambda n: {"type": "markdown", "text": _line(n)},
    "card.title.max_length": lambda n: {"type": "card", "title": words(_line(n))},
    "card.subtitle.max_length": lambda n: {"type": "card", "title": words("x"), "subtitle": words(_line(n))},
    "card.body.max_length": lambda n: {"type": "card", "body": words(_line(n))},
    "card.subtext.max_length": lambda n: {"type": "card", "title": words("x"), "subtext": words(_line(n))},
    "card.actions.max_items": lambda n: {"type": "card", "actions": _many(n, lambda i: button(f"a{i}"))},
    "carousel.elements.max_items": lambda n: {
        "type": "carousel",
        "elements": _many(n, lambda _: {"type": "card", "title": words("x")}),
    },
    "container.title.max_length": lambda n: _container(title=words(_line(n))),
    "container.subtitle.max_length": lambda n: _container(subtitle=words(_line(n))),
    "container.child_blocks.max_items": lambda n: _container(child_blocks=_many(n, lambda _: section("x"))),
    "plan.tasks.max_items": lambda n: {"type": "plan", "title": "Plan", "tasks": _many(n, _task)},
    "table.rows.max_items": lambda n: {"type": "table", "rows": _many(n, lambda _: [_raw("x")])},
    "table.columns.max_items": lambda n: {"type": "table", "rows": [_many(n, lambda _: _raw("x"))]},
    "table.column_settings.max_items": lambda n: {
        "type": "table",
        "rows": [[_raw("x")]],
        "column_settings": _many(n, lambda _: {"align": "left"}),
    },
    "data_table.rows.max_items": lambda n: _data_table(rows=n),
    "data_table.columns.max_items": lambda n: _data_table(columns=n),
    "data_table.page_size.max": lambda n: _data_table(page_size=n),
    "data_table.content.max_length": lambda n: _data_table(text=_line(n // 2 + n % 2)),
    "data_visualization.title.max_length": lambda n: {**_chart(), "title": _line(n)},
    "data_visualization.series.max_items": lambda n: _chart(
        series=_many(n, lambda i: {"name": f"s{i}", "data": [{"label": "06", "value": 1}]})
    ),
    "data_visualization.categories.max_items": lambda n: _chart(
        axis_config={"categories": _many(n, str)},
        series=[{"name": "s", "data": _many(n, lambda i: {"label": str(i), "value": i})}],
    ),
    "data_visualization.axis_label.max_length": lambda n: _chart(
        axis_config={"categories": ["06"], "x_label": _line(n)}
    ),
    "data_visualization.segments.max_items": lambda n: _chart(
        type="pie", series=None, segments=_many(n, lambda i: {"label": str(i), "value": 1})
    ),
    "data_visualization.segment.label.max_length": lambda n: _chart(
        type="pie", segments=[{"label": _line(n), "value": 1}]
    ),
    "rich_text_list.indent.max": lambda n: _rich(
        {"type": "rich_text_list", "style": "bullet", "elements": [], "indent": n}
    ),
    "rich_text_quote.border.max": lambda n: _rich({"type": "rich_text_quote", "elements": [], "border": n}),
    "video.title.max_length": lambda n: _video(title=words(_line(n))),
    "video.author_name.max_length": lambda n: _video(author_name=_line(n)),
    "video.description.max_length": lambda n: _video(description=words(_line(n))),
    "video.provider_name.max_length": lambda n: _video(provider_name=_line(n)),
    "video.title_url.max_length": lambda n: _video(title_url=_link(n)),
}


def _pie(block: Json) -> Json:
    """Return a block whose chart has only the fields that a pie has."""
    chart = block.get("chart", {})
    if chart.get("type") == "pie":
        block["chart"] = {"type": "pie", "segments": chart["segments"]}
    return block


@pytest.mark.parametrize("key", sorted(MOST))
def test_the_limit_itself_is_taken_and_one_more_is_refused(key: str) -> None:
    most = LIMITS[key]

    assert problems([_pie(MOST[key](most))], "message") == []
    assert problems([_pie(MOST[key](most + 1))], "message") != []


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([{"type": "sektion"}], "unsupported type: sektion [json-pointer:/blocks/0/type]"),
        ([{"text": words("x")}], "missing required field: type [json-pointer:/blocks/0]"),
        (["section"], "must be an object [json-pointer:/blocks/0]"),
        ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        (
            [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([{"type": "section", "text": "x"}], "must be an object [json-pointer:/blocks/0/text]"),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            [actions(button(text={"type": "mrkdwn", "text": "x"}))],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]",
        ),
        (
            [_with_confirm(text={"type": "mrkdwn", "text": "x"})],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/confirm/text/type]",
        ),
        (
            [actions(button(style="default"))],
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            [actions(button(colour="red"))],
            "invalid additional property: colour [json-pointer:/blocks/0/elements/0]",
        ),
        ([actions(button(value=5))], "must provide a string [json-pointer:/blocks/0/elements/0/value]"),
        ([actions(button(url="nowhere"))], "must be a valid URL [json-pointer:/blocks/0/elements/0/url]"),
        (
            [actions(question()["element"])],
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            [actions(button()), actions(button())],
            "`block_id` 'decision' already exists [json-pointer:/blocks/1/block_id]",
        ),
        (
            [actions(button(), button())],
            "`action_id` 'approve' already exists [json-pointer:/blocks/0/elements/1/action_id]",
        ),
        (
            [_container(child_blocks=[{**section("x"), "block_id": "a"}] * 2)],
            "`block_id` 'a' already exists [json-pointer:/blocks/0/child_blocks/1/block_id]",
        ),
        (
            [_menu("overflow", options=[])],
            "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            [_menu("static_select")],
            "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [
                _menu(
                    "static_select",
                    options=_options(1),
                    option_groups=[{"label": words("x"), "options": _options(1)}],
                )
            ],
            "only one of `options`, `option_groups` allowed [json-pointer:/blocks/0/elements/0]",
        ),
        (
            [_menu("static_select", options=_options(2), initial_option=option("v9"))],
            "must match one of the options [json-pointer:/blocks/0/elements/0/initial_option]",
        ),
        (
            [question(multiline="yes")],
            "must be a valid boolean [json-pointer:/blocks/0/element/multiline]",
        ),
        (
            [question(min_length="3")],
            "must be an integer [json-pointer:/blocks/0/element/min_length]",
        ),
        (
            [question(max_length=0)],
            "must be greater than 0 [json-pointer:/blocks/0/element/max_length]",
        ),
        (
            [_pie(_chart(type="pie", segments=[{"label": "x", "value": "1"}]))],
            "must be a number [json-pointer:/blocks/0/chart/segments/0/value]",
        ),
        (
            [
                _chart(
                    axis_config={"categories": ["06", "06"]}, series=[{"name": "s", "data": [POINT, POINT]}]
                )
            ],
            "categories must be unique [json-pointer:/blocks/0/chart/axis_config/categories]",
        ),
        ([{"type": "context", "elements": words("x")}], "must be an array [json-pointer:/blocks/0/elements]"),
        (
            [_menu("conversations_select", filter={})],
            "must define at least one field [json-pointer:/blocks/0/elements/0/filter]",
        ),
        (
            [_menu("datepicker", initial_date="2026-13-01")],
            "must be in format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
        ),
        (
            [{"type": "image", "alt_text": "x"}],
            "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]",
        ),
        (
            [{"type": "image", "alt_text": "x", "image_url": "ftp://example.com/x"}],
            "must be a valid URL [json-pointer:/blocks/0/image_url]",
        ),
        (
            [_container(default_collapsed=True)],
            "requires is_collapsible [json-pointer:/blocks/0/default_collapsed]",
        ),
        (
            [_container(has_header_divider=True, is_collapsible=True)],
            "only without is_collapsible [json-pointer:/blocks/0/has_header_divider]",
        ),
        (
            [_container(child_blocks=[_data_table()])],
            "unsupported type: data_table [json-pointer:/blocks/0/child_blocks/0/type]",
        ),
        (
            [{"type": "plan", "title": "x", "tasks": [_task(1), _task(1)]}],
            "`task_id` must be unique [json-pointer:/blocks/0/tasks/1/task_id]",
        ),
        (
            [{"type": "task_card", **_task(1)}],
            "only tasks of a plan can be pending [json-pointer:/blocks/0/status]",
        ),
        (
            [_chart(series=[{"name": "s", "data": [{"label": "07", "value": 1}]}])],
            "must have one point for every category [json-pointer:/blocks/0/chart/series/0/data]",
        ),
        (
            [_pie(_chart(type="pie", segments=[{"label": "x", "value": 0}]))],
            "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
        ),
        (
            [_data_table(row_header_column_index=1)],
            "must be less than 1 [json-pointer:/blocks/0/row_header_column_index]",
        ),
        (
            [{**_data_table(), "rows": [[_raw("x")], [_raw("x"), _raw("y")]]}],
            "must have 1 cells, as the first row has [json-pointer:/blocks/0/rows/1]",
        ),
        (
            [{**_data_table(), "rows": [[{"type": "rich_text", "elements": []}], [_raw("x")]]}],
            "header cells cannot be rich_text [json-pointer:/blocks/0/rows/0/0/type]",
        ),
        (
            [{"type": "table", "rows": [[_raw("x")]]}] * 2,
            "no more than 1 table blocks allowed [json-pointer:/blocks]",
        ),
        ([_chart()] * 3, "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"),
        (
            [{"type": "markdown", "text": _line(6_001)}] * 2,
            "must be less than 12001 characters in all markdown blocks [json-pointer:/blocks]",
        ),
        (_many(51, lambda _: {"type": "divider"}), "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "alert", "text": words("x")}], "unsupported type: alert [json-pointer:/blocks/0/type]"),
    ],
)
def test_a_message_is_refused_in_slacks_words(blocks: list[Any], message: str) -> None:
    assert problems(blocks, "message") == [f"[ERROR] {message}"]


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({"type": "modal"}, "missing required field: title [json-pointer:/view]"),
        ("modal", "must be a modal or home view [json-pointer:/view/type]"),
        (modal(title=words(_line(25))), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=words(_line(25))), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=words(_line(25))), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (
            modal(private_metadata=_line(3_001)),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(callback_id=_line(256)), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(external_id=_line(256)), "must be less than 256 characters [json-pointer:/view/external_id]"),
        (modal(notify_on_close="yes"), "must be a valid boolean [json-pointer:/view/notify_on_close]"),
        (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
        (
            {"type": "modal", "title": words("x"), "blocks": [question()]},
            "missing required field: submit [json-pointer:/view]",
        ),
        (
            {"type": "home", "blocks": [{"type": "markdown", "text": "x"}]},
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        (
            modal(*_many(101, lambda _: {"type": "divider"})),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (modal(_chart()), "unsupported type: data_visualization [json-pointer:/view/blocks/0/type]"),
    ],
)
def test_a_view_is_refused_in_slacks_words(view: Any, message: str) -> None:  # noqa: ANN401 - whatever is sent
    assert f"[ERROR] {message}" in view_problems(view)


def test_a_view_at_its_limits_is_taken() -> None:
    view = modal(
        *_many(100, lambda _: {"type": "divider"}),
        title=words(_line(24)),
        submit=words(_line(24)),
        close=words(_line(24)),
        private_metadata=_line(3_000),
        callback_id=_line(255),
        external_id=_line(255),
    )

    assert view_problems(view) == []
    assert view_problems({"type": "home", "blocks": _many(100, lambda _: {"type": "divider"})}) == []


def test_tables_do_not_count_towards_the_total_text_of_a_message() -> None:
    table = {"type": "table", "rows": [[_raw(_line(2_000))] for _ in range(10)]}

    assert not text_is_too_long([*_many(4, lambda _: section(_line(3_000))), table])
    assert text_is_too_long(_many(5, lambda _: section(_line(3_000))))


TAKEN_BY_BOTH = [
    section("*Failed* since 06:00"),
    {"type": "section", "fields": [words("State"), words("failed")], "accessory": button()},
    {"type": "header", "text": words("Archiving stands still")},
    {"type": "divider"},
    _context_of(words("x"), {"type": "image", "image_url": _link(30), "alt_text": "x"}),
    actions(button(style="danger", confirm=confirm(), value="v"), button("deny")),
    _menu("overflow", options=_options(5)),
    _menu("static_select", options=_options(3), placeholder=words("Which?")),
    _menu("radio_buttons", options=_options(2), initial_option=option("v1")),
    _menu("users_select", placeholder=words("Who?")),
    _menu("datepicker", initial_date="2026-11-23"),
    question(multiline=True, max_length=300),
    {"type": "image", "image_url": _link(30), "alt_text": "x", "title": words("x")},
    {"type": "markdown", "text": "**x**"},
    {"type": "table", "rows": [[_raw("x"), _raw("y")]], "column_settings": [{"align": "right"}]},
    _rich(
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}
    ),
    {"type": "plan", "title": "Plan", "tasks": [_task(1)]},
    {"type": "card", "title": words("x"), "actions": [button()]},
    _container(is_collapsible=True, default_collapsed=True),
    {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": words("x")}]},
]


@pytest.mark.parametrize("block", TAKEN_BY_BOTH)
def test_what_slack_sdk_takes_is_taken(block: Json) -> None:
    parsed = Block.parse(copy.deepcopy(block))

    assert parsed is not None
    parsed.to_dict()
    assert problems([block], "message") == []


def _refused_by_sdk(block: Json) -> bool:
    parsed = Block.parse(copy.deepcopy(block))
    try:
        if parsed is not None:
            parsed.to_dict()  # judges what is inside as well
    except SlackObjectFormationError:
        return True
    return False


def test_what_slack_sdk_refuses_is_refused() -> None:
    one_too_many = {key: _pie(MOST[key](LIMITS[key] + 1)) for key in MOST}
    refused_by_sdk = {key for key, block in one_too_many.items() if _refused_by_sdk(block)}

    assert {key for key in refused_by_sdk if not problems([one_too_many[key]], "message")} == set()
    assert refused_by_sdk >= {
        "action_id.max_length",
        "actions.elements.max_items",
        "block_id.max_length",
        "button.text.max_length",
        "button.value.max_length",
        "confirmation.text.max_length",
        "confirmation.title.max_length",
        "context.elements.max_items",
        "header.text.max_length",
        "overflow.options.max_items",
        "section.fields.max_items",
    }


def test_slack_sdk_takes_and_refuses_the_same_views() -> None:
    View(**modal()).validate_json()
    assert view_problems(modal()) == []
    for refused in (modal(title=words(_line(25))), modal(private_metadata=_line(3_001))):
        with pytest.raises(SlackObjectFormationError):
            View(**refused).validate_json()
        assert view_problems(refused) != []


def test_what_slackblocks_builds_is_taken() -> None:
    blocks = [
        slackblocks.HeaderBlock("Archiving stands still"),
        slackblocks.SectionBlock("*Failed*", fields=["State", "failed"]),
        slackblocks.ActionsBlock([slackblocks.Button("Approve", action_id="a", value="1")]),
        slackblocks.ContextBlock([slackblocks.Text("06:00")]),
        slackblocks.DividerBlock(),
        slackblocks.DataVisualizationBlock(
            "Week",
            slackblocks.BarChart(
                [slackblocks.DataSeries("runs", [slackblocks.DataPoint("06", 3)])],
                slackblocks.AxisConfig(["06"]),
            ),
        ),
        slackblocks.DataTableBlock([[slackblocks.RawText("h")], [slackblocks.RawText("06")]], "Hours"),
        slackblocks.PlanBlock("Plan", [slackblocks.TaskCardBlock("1", "read", status="pending")]),
        slackblocks.ContainerBlock([slackblocks.SectionBlock("x")], title="Evidence", is_collapsible=True),
    ]
    message = slackblocks.Message(channel="C0OPS", text="x", blocks=blocks)
    sent = json.loads(message.json())["blocks"]

    assert problems(sent, "message") == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "block_id", "options", "fields", "rows", "chart", "x"]
            ),
            inner
            | st.sampled_from(["section", "actions", "button", "plain_text", "table", "context", "input"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(JSON, st.sampled_from(["message", "modal", "home"]))
def test_nothing_makes_the_judge_stumble(anything: Any, surface: str) -> None:  # noqa: ANN401 - any JSON value
    for message in [*problems([anything], surface), *view_problems(anything)]:
        assert message.startswith("[ERROR] ")
        assert message.endswith("]")
