"""Every block and every input of Block Kit, as an app may send them, with text that nobody should trust."""

from typing import Any

Json = dict[str, Any]
EVIL = '<img src=x onerror="document.title=1">'


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _button(action_id: str, **more: object) -> Json:
    return {"type": "button", "action_id": action_id, "text": _plain(action_id), **more}


def _section_of(*runs: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(runs)}


OPTIONS = [
    {"text": _plain("One"), "value": "1", "description": _plain("the first")},
    {"text": _plain("Two"), "value": "2"},
]
_DAYS = [{"text": _plain("Friday"), "value": "fri"}, {"text": _mrkdwn("*Sunday*"), "value": "sun"}]
_OFTEN = [{"text": _plain("often"), "value": "often"}, {"text": _plain("never"), "value": "never"}]
_CONFIRM = {
    "title": _plain("Sure?"),
    "text": _plain(EVIL),
    "confirm": _plain("Yes"),
    "deny": _plain("No"),
    "style": "danger",
}
_IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"}
_RICH = {
    "type": "rich_text",
    "elements": [
        _section_of(
            {"type": "text", "text": EVIL},
            {"type": "text", "text": "bold", "style": {"bold": True, "italic": True}},
            {"type": "emoji", "name": "wave"},
            {"type": "user", "user_id": "U0ADA"},
            {"type": "usergroup", "usergroup_id": "S0ADMINS"},
            {"type": "channel", "channel_id": "C0OPS"},
            {"type": "broadcast", "range": "here"},
            {"type": "link", "url": "https://example.com", "text": "link"},
            {"type": "date", "timestamp": 1795480000, "format": "{date_long} {time}", "fallback": "then"},
            {"type": "color", "value": "#123456"},
        ),
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [_section_of({"type": "text", "text": "1"})],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [_section_of({"type": "text", "text": "2"})],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code\nmore"}]},
    ],
}
_AXIS = {"categories": ["Mon", "Tue"], "x_label": "day", "y_label": "runs"}
_SERIES = [
    {"name": name, "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": value}]}
    for name, value in (("met", 1), ("not met", 5))
]
_CARD = {"type": "card", "title": _mrkdwn("*Card*"), "subtitle": _mrkdwn("below"), "body": _mrkdwn(EVIL)}
_TASKS = [
    {"task_id": status, "title": status, "status": status}
    for status in ("pending", "in_progress", "complete", "error")
]

BLOCKS: tuple[list[Json], ...] = (
    [
        {"type": "header", "text": _plain("A header :wave:")},
        {
            "type": "section",
            "text": _mrkdwn(
                "*bold* _it_ ~no~ `code` <https://example.com|a link> <@U0ADA> <#C0OPS> <!subteam^S0ADMINS> "
                "<!here> <!date^1795480000^{date_short_pretty} at {time_secs}, {ago}|then> a_b_c 2*3*4\n"
                f"&gt; quoted\n&gt; more\nafter\n```{EVIL}```\n{EVIL.replace('<', '&lt;')}"
            ),
            "accessory": {"type": "overflow", "action_id": "more", "options": OPTIONS},
        },
        {
            "type": "section",
            "fields": [_mrkdwn("*A*\n1"), _plain("B")],
            "accessory": _button("side"),
        },
        {"type": "context", "elements": [_mrkdwn("context"), _IMAGE, _plain("plain")]},
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                _button("primary", style="primary"),
                _button("danger", style="danger", confirm=_CONFIRM),
                _button("away", url="https://example.com"),
                _button("hidden", visible_to_user_ids=["U0ADA"]),
                {
                    "type": "static_select",
                    "action_id": "pick",
                    "placeholder": _plain("Pick"),
                    "options": OPTIONS,
                },
                {"type": "users_select", "action_id": "who"},
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"},
                {"type": "timepicker", "action_id": "hour", "initial_time": "06:05"},
                {"type": "checkboxes", "action_id": "some", "options": OPTIONS},
                {
                    "type": "radio_buttons",
                    "action_id": "one",
                    "options": OPTIONS,
                    "initial_option": OPTIONS[0],
                },
                {"type": "multi_static_select", "action_id": "many", "options": OPTIONS},
            ],
        },
        {**_IMAGE, "title": _plain("Chart")},
        _RICH,
        {
            "type": "markdown",
            "text": f"# Title\n- one\n- **two**\n\n1. x\n\n> q\n\n`c` _i_ [l](https://example.com)\n---\n"
            f"```\ncode\n```\n{EVIL}",
        },
        {"type": "video", "title": _plain("Video"), "alt_text": "a video"}
        | {"thumbnail_url": "https://example.com/t.png", "video_url": "https://example.com/v"},
        {"type": "file", "external_id": "F1", "source": "remote"},
    ],
    [
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": "head"}], [{"type": "raw_text", "text": EVIL}]],
            "column_settings": [{"align": "right"}],
        },
        {
            "type": "data_table",
            "caption": "Runs by hour",
            "page_size": 2,
            "rows": [
                [{"type": "raw_text", "text": "hour"}, {"type": "raw_text", "text": "runs"}],
                *(
                    [
                        {"type": "raw_text", "text": f"0{hour}:00"},
                        {"type": "raw_number", "value": hour * 2 % 5},
                    ]
                    for hour in range(5)
                ),
            ],
        },
        {
            "type": "data_visualization",
            "title": "Bars",
            "chart": {"type": "bar", "series": _SERIES, "axis_config": _AXIS},
        },
        {
            "type": "data_visualization",
            "title": "Pie",
            "chart": {"type": "pie", "segments": [{"label": "x", "value": 3}, {"label": "y", "value": 1}]},
        },
        {"type": "plan", "title": "Remedy", "tasks": [*_TASKS[:3], {**_TASKS[3], "details": _RICH}]},
        {"type": "task_card", **_TASKS[1]},
        {**_CARD, "actions": [_button("act")]},
        {"type": "carousel", "elements": [_CARD, _CARD]},
        {
            "type": "container",
            "title": _plain("Evidence"),
            "is_collapsible": True,
            "default_collapsed": False,
            "child_blocks": [{"type": "section", "text": _mrkdwn("inside")}, {"type": "divider"}],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": _plain("Good"), "value": "good"},
                    "negative_button": {"text": _plain("Bad"), "value": "bad"},
                }
            ],
        },
        {
            "type": "input",
            "label": _plain("Name"),
            "element": {"type": "plain_text_input", "action_id": "name"},
            "hint": _plain("a hint"),
            "optional": True,
        },
    ],
    [
        {
            "type": "data_visualization",
            "title": kind,
            "chart": {"type": kind, "series": _SERIES, "axis_config": _AXIS},
        }
        for kind in ("line", "area")
    ],
)

_INPUTS: tuple[Json, ...] = (
    {"type": "plain_text_input"},
    {"type": "number_input", "is_decimal_allowed": False},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "rich_text_input"},
    {"type": "static_select", "option_groups": [{"label": _plain("Group"), "options": OPTIONS}]},
    {"type": "multi_static_select", "options": OPTIONS},
    {"type": "users_select", "initial_user": "U0ADA"},
    {"type": "multi_users_select"},
    {"type": "channels_select"},
    {"type": "conversations_select"},
    {"type": "checkboxes", "options": _DAYS},
    {"type": "radio_buttons", "options": _OFTEN},
    {"type": "datepicker"},
    {"type": "timepicker"},
    {"type": "datetimepicker", "initial_date_time": 1795480000},
    {"type": "file_input"},
)

MODAL: Json = {
    "type": "modal",
    "title": _plain("All inputs"),
    "submit": _plain("Go"),
    "blocks": [
        {"type": "alert", "text": _mrkdwn("*Careful*"), "level": "warning"},
        *(
            {
                "type": "input",
                "block_id": element["type"],
                "label": _plain(element["type"]),
                "optional": True,
                "element": {"action_id": "value", **element},
            }
            for element in _INPUTS
        ),
    ],
}
