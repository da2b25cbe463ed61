"""Slack's markup: what is not ours stays plain, cuts are clean, and a text says what blocks show."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.slack.mrkdwn import stripped
from commands.cards import markup

AT = datetime(2026, 11, 24, 5, 0, 2, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
STAND_INS = str.maketrans("ˋ∗∼ˍ꞉", "`*~_:")

nasty = st.text(st.sampled_from("ab_*~`:<>&@#!|^ \n\t\r\x1b\u202e\u2028ä😀/0-+"), max_size=60)


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (30, "Move it: 00:00 → 00:05, and go"),
        (29, "Move it: 00:00 → 00:05, and…"),
        (26, "Move it: 00:00 → 00:05…"),
    ],
)
def test_a_text_may_be_cut_between_its_words(limit: int, shown: str) -> None:
    assert markup.cut_words("Move it: 00:00 → 00:05, and go", limit) == shown
    assert markup.cut_words("m" * 40, limit) == "m" * (limit - 1) + "…"


# --- Untrusted text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mcSynch_mcExec1 at 06:00:02", "mcSynch_mcExec1 at 06:00:02"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<!channel> <@U0EVE>", "&lt;!channel&gt; @U0EVE"),
        ("ask <@U0EVE|eve.*x*> in <#C0OPS|ops> or <!subteam^S0A|@admins>", "ask @eve.∗x∗ in #ops or @admins"),
        ("*bold* ~gone~ `code`", "∗bold∗ ∼gone∼ ˋcodeˋ"),
        ("_it_ a_b __init__", "ˍitˍ a_b ˍˍinitˍˍ"),
        (":tada: :+1: 06:00:00 'xtk:session':", "꞉tada: ꞉+1: 06:00:00 'xtk:session':"),
        ("two\nlines\r\n\tand tabs", "two lines and tabs"),
        ("\x1b[2J\u202egnp\u2028x", "[2J gnp x"),
        ("", ""),
    ],
)
def test_untrusted_text_is_one_harmless_line(text: str, shown: str) -> None:
    assert markup.escape(text) == shown


@given(nasty)
@settings(max_examples=200, deadline=None)
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    read = stripped(markup.escape(text)).translate(STAND_INS)

    assert read == " ".join("".join(c if c.isprintable() else " " for c in text).split())


@given(nasty, nasty)
@settings(max_examples=200, deadline=None)
def test_nothing_in_escaped_text_reaches_beyond_it(text: str, other: str) -> None:
    """Between marks of our own it neither ends them nor begins new ones."""
    inner = markup.escape(text)

    assert not re.search(r"[<>`*~\n]", inner)
    assert stripped(f"*Heading*\n{inner}").splitlines()[0] == "Heading"
    assert len(stripped(f"{inner}\n{markup.escape(other)}").splitlines()) <= 2


@given(nasty, st.integers(10, 40))
@settings(max_examples=200, deadline=None)
def test_code_stays_within_its_fences_and_its_limit(text: str, limit: int) -> None:
    shown = markup.code(text, limit)

    fence = "```" if shown.startswith("```") else "`"
    inner = shown[len(fence) : -len(fence)]
    assert shown.endswith(fence)
    assert "`" not in inner
    assert len(inner) <= limit
    assert ("\n" in inner) == (fence == "```")
    assert not re.search(r"&(?!(?:amp|lt|gt);)|[<>]", inner)


def test_code_keeps_lines_and_letters() -> None:
    assert markup.code(" a `b`\nc & d ") == "```a ˋbˋ\nc &amp; d```"
    assert markup.code("x") == "`x`"
    assert markup.code("") == "` `"


# --- Our own sentences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ask <@U0ADA> or <!subteam^S0ADMINS>.", "Ask <@U0ADA> or <!subteam^S0ADMINS>."),
        ("Write `/mcsync shift`.", "Write `/mcsync shift`."),
        ("There is no <!channel> or <!here>.", "There is no &lt;!channel&gt; or &lt;!here&gt;."),
        ("<https://evil.example|click>", "&lt;https://evil.example|click&gt;"),
        ("Ask in <#C0OPS>.", "Ask in <#C0OPS>."),
        ("<@u0ada> <@U0ADA|ada> <#>", "&lt;@u0ada&gt; &lt;@U0ADA|ada&gt; &lt;#&gt;"),
        ("at " + markup.moment(AT, PARIS), "at " + markup.moment(AT, PARIS)),
    ],
)
def test_a_sentence_keeps_its_mentions_and_loses_everybody_elses(text: str, shown: str) -> None:
    assert markup.sentence(text) == shown


def test_a_moment_is_shown_to_the_reader_with_the_servers_clock_beside_it() -> None:
    assert markup.moment(AT, PARIS) == (
        "<!date^1795496402^{date_short_pretty} {time_secs}|2026-11-24 06:00:02> (06:00:02 Europe/Paris)"
    )
    assert markup.clock(AT, PARIS) == "2026-11-24 06:00:02 Europe/Paris"


# --- Cutting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab&amp;cd", 6, "ab…"),
        ("ab&amp;cd", 8, "ab&amp;…"),
        ("at <!date^1^{t}|x> on", 12, "at …"),
        ("a < b and so on", 8, "a < b a…"),
    ],
)
def test_a_cut_shows_and_parts_nothing(text: str, limit: int, shown: str) -> None:
    assert markup.cut(text, limit) == shown


@given(nasty.map(markup.escape), st.integers(5, 60))
@settings(max_examples=200)
def test_a_cut_of_escaped_text_is_still_escaped(text: str, limit: int) -> None:
    shown = markup.cut(text, limit)

    assert len(shown) <= limit
    assert not re.search(r"&(?!(?:amp|lt|gt);)", shown)


@pytest.mark.parametrize(
    ("name", "limit", "shown"),
    [("short", 5, "short"), ("mcSynch_mcExec17", 9, "mcSy…ec17"), ("mcSynch_mcExec17", 8, "mcS…ec17")],
)
def test_a_long_name_keeps_its_beginning_and_its_end(name: str, limit: int, shown: str) -> None:
    assert markup.short(name, limit) == shown


@given(st.lists(st.text("ab", max_size=30), max_size=12), st.integers(20, 120))
@settings(max_examples=200)
def test_lines_fit_or_are_counted(lines: list[str], limit: int) -> None:
    shown = markup.fitted(lines, limit)

    assert len(shown) <= limit
    if "…and " in shown:
        kept = shown.split("\n")[:-1]
        assert shown.endswith(f"…and {len(lines) - len(kept)} more")
        assert kept == lines[: len(kept)]
        assert len("\n".join([*kept, lines[len(kept)], shown.split("\n")[-1]])) > limit
    else:
        assert shown == "\n".join(markup.cut(line, limit) for line in lines)


# --- Blocks ---------------------------------------------------------------------------------------


def test_as_many_lines_as_fit_are_shown() -> None:
    assert markup.fitted(["aaaa", "bbbb"], 9) == "aaaa\nbbbb"
    assert markup.fitted(["a" * 9, "b" * 9, "c" * 9], 29) == "\n".join(["a" * 9, "b" * 9, "c" * 9])
    assert markup.fitted(["a" * 9, "b" * 9, "c" * 9], 28) == "a" * 9 + "\n…and 2 more"
    assert markup.fitted(["a" * 9, "b" * 9, "c" * 9], 31) == "\n".join(["a" * 9, "b" * 9, "c" * 9])


def test_a_button_has_what_it_was_given() -> None:
    asked = markup.confirmation("t", "x", "y", "n", style="danger")
    button = markup.button("Go", "a", "v", style="primary", confirm=asked, label="l")

    assert (button["style"], button["confirm"]["style"], button["accessibility_label"]) == (
        "primary",
        "danger",
        "l",
    )


def test_blocks_never_exceed_what_slack_takes() -> None:
    long = "&amp;" * 2000

    assert len(markup.section(long)["text"]["text"]) <= 3000
    assert len(markup.header("x" * 400)["text"]["text"]) == 150
    assert len(markup.context(*["x"] * 30)["elements"]) == 10
    button = markup.button("x" * 99, "a", "v", label="y" * 99)
    assert (len(button["text"]["text"]), len(button["accessibility_label"])) == (75, 75)
    asked = markup.confirmation("t" * 200, "x" * 999, "y" * 99, "n" * 99)
    lengths = [len(asked[key]["text"]) for key in ("title", "text", "confirm", "deny")]
    assert lengths == [100, 300, 30, 30]


def test_a_plain_button_has_nothing_that_it_was_not_given() -> None:
    assert set(markup.button("Go", "a", "v")) == {"type", "text", "action_id", "value"}


def test_blocks_are_spoken_line_by_line_without_marks_or_ticks() -> None:
    blocks = [
        markup.header("🔴 It *failed*"),
        markup.section(f"*Cause:* this\n• since {markup.moment(AT, PARIS)}"),
        markup.section(markup.code("a *b* `c`\n<d>")),
        markup.context("⚠️ first", "second"),
        markup.actions("x", [markup.button("Go", "a", "v"), markup.overflow("m", {"More": "v"})]),
    ]

    assert markup.spoken(blocks) == (
        "🔴 It ∗failed∗\nCause: this\nsince 2026-11-24 06:00:02 Europe/Paris\n"
        "a ∗b∗ ˋcˋ\n&lt;d&gt;\n⚠️ first\nsecond\nButtons: Go."
    )
