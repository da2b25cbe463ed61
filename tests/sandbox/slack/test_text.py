"""Cards as a person reads them in a terminal."""

from typing import Any

import pytest

from bot.sandbox.slack.limits import layout
from bot.sandbox.slack.text import _BLOCKS, plain
from tests.sandbox.slack.cards import actions, button, confirm, option, question, section, words

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("*Archiving* _stands_ ~still~", "Archiving stands still"),
        ("mcSynch_mcExec1 and mcSynch_mcExec2", "mcSynch_mcExec1 and mcSynch_mcExec2"),
        ("_mcSynch_mcExec1_ failed", "mcSynch_mcExec1 failed"),
        ("2 * 3 * 4, a*b*c", "2 * 3 * 4, a*b*c"),
        ("`a_b_c *d*` stays", "a_b_c *d* stays"),
        ("```\nkey='06:00' _x_\n```", "key='06:00' _x_"),
        ("<https://example.com|the article>", "the article (https://example.com)"),
        ("<https://example.com>", "https://example.com"),
        ("<@U0ADA> and <@U0NEW> and <@U0X|zoe>", "@ada and @U0NEW and @zoe"),
        ("<#C0OPS> or <#C0X|other>", "#campaign-ops or #other"),
        ("<!subteam^S0ADMINS>, <!subteam^S0X|@ops>, <!here>", "@campaign-admins, @ops, @here"),
        ("<!date^1795400000^{date} {time}|23 Nov 06:05>", "23 Nov 06:05"),
        ("<!date^1795400000^{date}^https://example.com|23 Nov>", "23 Nov"),
        ("<!date^1795400000^{date}>", "1795400000"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        (":white_check_mark: done :unknown_sign:", "✅ done :unknown_sign:"),
        ("at 06:00:00 sharp", "at 06:00:00 sharp"),
    ],
)
def test_mrkdwn_reads_as_plain_text(mrkdwn: str, read: str) -> None:
    assert plain([], mrkdwn) == read
    assert plain([section(mrkdwn)], "unused") == read


def test_a_card_reads_from_top_to_bottom() -> None:
    overflow = {"type": "overflow", "action_id": "more", "options": [option("undo")]}
    card = [
        {"type": "header", "text": words(":red_circle: prod")},
        section("*mcSynch_mcExec1* stands still\nsince 06:00"),
        {
            "type": "section",
            "fields": [words("State\nfailed"), {"type": "mrkdwn", "text": "*Runs:*\n24"}, words("ok")],
        },
        {"type": "divider"},
        {"type": "context", "elements": [words("asked by Sam"), {"type": "mrkdwn", "text": "*now*"}]},
        actions(button(confirm=confirm()), overflow),
    ]

    assert plain(card, "unused").split("\n") == [
        "🔴 prod",
        "──────",
        "mcSynch_mcExec1 stands still",
        "since 06:00",
        "State: failed",
        "Runs: 24",
        "ok",
        "────────────────────────────────────────",
        "  asked by Sam · now",
        "[ Approve ]  [ … ]",
    ]


def rich(*elements: Json) -> Json:
    """Return a rich text block."""
    return {"type": "rich_text", "elements": list(elements)}


def runs(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:  # noqa: ANN401 - any JSON value
    """Return a part of rich text."""
    return {"type": kind, "elements": list(elements), **more}


def word(text: str) -> Json:
    """Return a run of rich text."""
    return {"type": "text", "text": text}


IMAGE = {"type": "image", "image_url": "https://example.com/x", "alt_text": "strip of the hour"}


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ({**section("Status"), "accessory": button()}, ["Status   [ Approve ]"]),
        ({"type": "section", "fields": [words("a")], "accessory": IMAGE}, ["a   [image: strip of the hour]"]),
        ({**IMAGE, "title": words("06:00")}, ["[image: 06:00 - strip of the hour]"]),
        ({"type": "context", "elements": [IMAGE, words("x")]}, ["  [image: strip of the hour] · x"]),
        (question(placeholder=words("why")), ["Reason: [ why__ ]"]),
        ({**question(initial_value="so"), "hint": words("short")}, ["Reason: [ so__ ]", "  short"]),
        (
            actions({"type": "static_select", "action_id": "x", "placeholder": words("Which?")}),
            ["[ Which? ▾ ]"],
        ),
        (
            actions(
                {
                    "type": "static_select",
                    "action_id": "x",
                    "options": [option("a")],
                    "initial_option": option("a"),
                }
            ),
            ["[ A ▾ ]"],
        ),
        (
            actions({"type": "datepicker", "action_id": "x", "initial_date": "2026-11-23"}),
            ["[ 2026-11-23 ▾ ]"],
        ),
        (
            actions(
                {
                    "type": "radio_buttons",
                    "action_id": "x",
                    "options": [option("a"), option("b")],
                    "initial_option": option("b"),
                }
            ),
            ["( ) A  (•) B"],
        ),
        (
            actions(
                {
                    "type": "checkboxes",
                    "action_id": "x",
                    "options": [option("a"), option("b")],
                    "initial_options": [option("a")],
                }
            ),
            ["[x] A  [ ] B"],
        ),
        (
            {
                "type": "context_actions",
                "elements": [{"type": "feedback_buttons"}, {"type": "icon_button", "text": words("Bin")}],
            },
            ["[ 👍 ] [ 👎 ]  [ Bin ]"],
        ),
        ({"type": "markdown", "text": "# One\n**two**"}, ["# One", "**two**"]),
        ({"type": "alert", "level": "warning", "text": words("careful")}, ["⚠️ careful"]),
        (
            {"type": "card", "title": words("t"), "body": words("b"), "actions": [button()]},
            ["t", "b", "[ Approve ]"],
        ),
        ({"type": "carousel", "elements": [{"type": "card", "title": words("t")}]}, ["t"]),
        ({"type": "file", "external_id": "f1"}, ["[file f1]"]),
        ({"type": "video", "title": words("v")}, ["[video: v]"]),
        (
            {
                "type": "container",
                "title": words("Evidence"),
                "subtitle": words("3 lines"),
                "child_blocks": [section("a")],
            },
            ["▾ Evidence", "  3 lines", "  a"],
        ),
        (
            {
                "type": "container",
                "rich_text_title": rich(runs(word("Why"))),
                "default_collapsed": True,
                "child_blocks": [section("a\nb")],
            },
            ["▸ Why", "  a", "  b"],
        ),
        (
            {
                "type": "plan",
                "title": "Plan",
                "tasks": [
                    {
                        "task_id": "1",
                        "title": "read",
                        "status": "complete",
                        "output": rich(runs(word("same"))),
                    },
                    {"task_id": "2", "title": "write", "status": "in_progress"},
                    {"task_id": "3", "title": "prove", "status": "pending"},
                ],
            },
            ["Plan", "☑ read", "    same", "◐ write", "☐ prove"],
        ),
        ({"type": "task_card", "task_id": "1", "title": "stop", "status": "error"}, ["☒ stop"]),
        (
            {
                "type": "table",
                "rows": [
                    [{"type": "raw_text", "text": "hour"}, {"type": "raw_text", "text": "n"}],
                    [
                        {"type": "rich_text", "elements": [runs(word("6"))]},
                        {"type": "raw_text", "text": "31"},
                    ],
                ],
            },
            ["hour │ n", "6    │ 31"],
        ),
        (
            {
                "type": "data_table",
                "caption": "Week",
                "rows": [[{"type": "raw_text", "text": "n"}], [{"type": "raw_number", "value": 3}]],
            },
            ["Week", "n", "3"],
        ),
        (
            {
                "type": "data_visualization",
                "title": "Runs",
                "chart": {
                    "type": "pie",
                    "segments": [{"label": "ok", "value": 2}, {"label": "bad", "value": 1}],
                },
            },
            ["Runs", "ok  " + "▇" * 30 + " 2", "bad " + "▇" * 15 + " 1"],
        ),
        (
            {
                "type": "data_visualization",
                "title": "Runs",
                "chart": {
                    "type": "bar",
                    "series": [{"name": n, "data": [{"label": "6", "value": 0}]} for n in "ab"],
                },
            },
            ["Runs", "a 6  0", "b 6  0"],
        ),
        (
            rich(
                runs(
                    word("Hi "),
                    {"type": "user", "user_id": "U0ADA"},
                    {"type": "usergroup", "usergroup_id": "S0ADMINS"},
                    {"type": "channel", "channel_id": "C0OPS"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "emoji", "name": "wave"},
                    {"type": "link", "url": "https://example.com"},
                    {"type": "date", "timestamp": 1, "format": "{time}", "fallback": "06:05"},
                )
            ),
            ["Hi @ada@campaign-admins#campaign-ops@here👋https://example.com06:05"],
        ),
        (
            rich(
                runs(runs(word("a")), runs(word("b")), kind="rich_text_list", style="ordered", offset=1),
                runs(runs(word("c")), kind="rich_text_list", style="bullet", indent=1),
                runs(word("q\nr"), kind="rich_text_quote"),
                runs(word("code"), kind="rich_text_preformatted"),
            ),
            ["2. a", "3. b", "  • c", "> q", "> r", "    code"],
        ),
        ({"type": "hologram"}, ["[hologram]"]),
    ],
)
def test_each_block_reads_as_it_looks(block: Json, lines: list[str]) -> None:
    assert plain([block], "unused").split("\n") == lines


def test_every_block_that_slack_shows_can_be_read() -> None:
    assert set(_BLOCKS) == set(layout.SHAPES)
