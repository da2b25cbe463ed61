"""What people type, understood: prefixes, quotes as phones write them, and what was probably meant."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import UnreadableInput, sentence_of
from commands import ANSWERS
from commands.grammar import COMMANDS, Command, Entry, Names, example, parse, topic_of, wrong_use
from commands.times import is_until, moment_of, offset_of, shift_of, until_of

PARIS = ZoneInfo("Europe/Paris")


def refusal(text: str, typed: str = "/mcsync") -> str:
    with pytest.raises(UnreadableInput) as caught:
        parse(text, typed=typed)
    return str(caught.value)


def test_the_phone_book_answers_every_command_of_the_table_and_no_other() -> None:
    assert set(ANSWERS) == set(COMMANDS)


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "\u200b", "\u2060 \t"])
def test_nothing_at_all_asks_what_is_wrong_now(text: str) -> None:
    assert parse(text) == Command("now")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_understood_in_any_case_and_by_any_beginning_that_is_its_own(name: str) -> None:
    assert parse(name.upper()) == Command(name)
    for length in range(1, len(name)):
        beginning = name[:length]
        mine = [other for other in COMMANDS if other.startswith(beginning)] == [name]
        if mine:
            assert parse(beginning) == Command(name)


def test_words_follow_in_order_and_keep_their_case() -> None:
    assert parse("shift mcSynch_mcExec1 +5") == Command("shift", ("mcSynch_mcExec1", "+5"))


@pytest.mark.parametrize("quoted", ['"a b"', "'a b'", "“a b”", "„a b“", "«a b»", "‘a b’"])
def test_quotes_keep_words_together_as_any_phone_writes_them(quoted: str) -> None:
    assert parse(f"diagnose {quoted}") == Command("diagnose", ("a b",))


def test_an_open_quote_is_said_to_be_open() -> None:
    assert "opened and not closed" in refusal('diagnose "a b')


def test_a_word_that_may_be_two_commands_asks_which() -> None:
    meant = [name for name in COMMANDS if name.startswith("s")]

    said = refusal("s")

    assert len(meant) > 1
    assert all(f"`/mcsync {name}`" in said for name in meant)


@pytest.mark.parametrize(
    ("typed", "meant"), [("statsu", "status"), ("diagnoes", "diagnose"), ("hlep", "help")]
)
def test_a_slip_is_asked_about_in_the_words_that_were_typed(typed: str, meant: str) -> None:
    assert refusal(typed, "/archive") == f"There is no command {typed}. Did you mean `/archive {meant}`?"


def test_a_word_like_no_command_leads_to_help() -> None:
    assert refusal("xyzzy") == "There is no command xyzzy. Did you mean `/mcsync help`?"


def test_only_the_beginning_of_an_endless_word_is_repeated() -> None:
    assert len(refusal("x" * 5000)) < 120


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_whatever_is_typed_is_a_command_or_a_refusal(text: str) -> None:
    with suppress(UnreadableInput):
        assert parse(text).name in COMMANDS


@pytest.mark.parametrize(
    "text",
    [
        "shift mcSynch_mcExec1 +5",
        "\u00a0SHIFT\u00a0mcSynch_mcExec1\u2003+5\u00a0",
        "sh \u200bmcSynch_mcExec1\ufeff +5",
        "shift “mcSynch_mcExec1” '+5'",
        "shift <http://mcSynch_mcExec1|mcSynch_mcExec1> +5",
        "shift <#C0123|mcSynch_mcExec1> +5",
        "shift <@U0123|mcSynch_mcExec1> ＋5",
    ],
)
def test_what_slack_and_phones_do_to_words_is_taken_back(text: str) -> None:
    assert parse(text) == Command("shift", ("mcSynch_mcExec1", "+5"))


def test_what_slack_escapes_is_read_as_it_was_typed() -> None:
    assert parse("diagnose &lt;workflow&gt; a&amp;b").words == ("<workflow>", "a&b")
    assert parse("diagnose <@U0ADA>").words == ("@U0ADA",)


@pytest.mark.parametrize("flag", ["--share", "—share", "–share", "––SHARE", "--Share"])
def test_an_option_may_stand_anywhere_and_be_written_by_a_phone(flag: str) -> None:
    assert (
        parse(f"{flag} status prod")
        == parse(f"status prod {flag}")
        == Command("status", ("prod",), share=True)
    )


def test_a_dry_run_goes_with_changes_only() -> None:
    assert parse("undo x --dry-run") == Command("undo", ("x",), dry_run=True)
    only = "`--dry-run` goes with `shift`, `resume` and `undo` only. Leave it out."
    assert refusal("status --dry-run") == refusal("snooze 30m --dry-run") == only


@pytest.mark.parametrize("addressed", ["<@U0MCSYNC> status", " <@U0MCSYNC|mcsync>  status"])
def test_the_app_may_be_spoken_to_by_its_name(addressed: str) -> None:
    assert parse(addressed) == Command("status")


@pytest.mark.parametrize("word", ["approve", "Deny", "reject"])
def test_a_decision_is_pressed_and_not_typed(word: str) -> None:
    assert refusal(f"{word} mcSynch_mcExec1") == "Changes are decided on their cards."


def test_what_a_word_too_many_should_have_been_is_told_once() -> None:
    names = Names("mcSynch_mcExec1", "prod")

    assert sentence_of(wrong_use("whoami", "/mcsync", names)) == "Write it like this: `/mcsync whoami`."
    assert sentence_of(wrong_use("audit", "/mcsync", names)) == (
        "Write it like this: `/mcsync audit mcSynch_mcExec1`. In general: `/mcsync audit [workflow]`."
    )


def test_an_option_that_does_not_exist_is_asked_about() -> None:
    assert refusal("status --sahre") == ("There is no option --sahre. Did you mean `--share` or `--dry-run`?")


@pytest.mark.parametrize("entry", COMMANDS.values(), ids=lambda entry: entry.name)
def test_every_example_of_the_table_is_a_command_that_is_understood(entry: Entry) -> None:
    names = Names("mcSynch_mcExec1", "prod")

    shown = example(entry.name, "/archive", names)

    assert shown.startswith("`/archive ")
    understood = parse(shown.strip("`").removeprefix("/archive"))
    assert understood.name == entry.name
    assert "{" not in shown
    assert shown in str(wrong_use(entry.name, "/archive", names))


def test_a_topic_is_found_as_a_command_is() -> None:
    assert topic_of("SHIFT", "/mcsync") == topic_of("/shift", "/mcsync") == "shift"
    with pytest.raises(UnreadableInput, match="Did you mean `/mcsync shift`"):
        topic_of("shfit", "/mcsync")


# --- Offsets and times ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "minutes"), [("+5", 5), ("+05", 5), ("+10m", 10), ("+59min", 59), ("+1", 1)]
)
def test_an_offset_is_minutes_after_the_restart(word: str, minutes: int) -> None:
    assert offset_of(word) == minutes


@pytest.mark.parametrize("word", ["5", "+0", "+60", "+5s", "++5", "+", "", "+5 ", "+100"])
def test_anything_else_is_no_offset_and_the_sentence_shows_one(word: str) -> None:
    with pytest.raises(UnreadableInput, match=r"Write \+5 or \+10"):
        offset_of(word)


@pytest.mark.parametrize(
    ("words", "day", "clock"),
    [
        (["06:00"], None, time(6)),
        (["6:00:10"], None, time(6, 0, 10)),
        (["2026-11-23", "06:00"], date(2026, 11, 23), time(6)),
        (["2026-11-23T06:00"], date(2026, 11, 23), time(6)),
    ],
)
def test_a_time_may_have_a_day(words: list[str], day: date | None, clock: time) -> None:
    assert moment_of(words) == (day, clock)


@pytest.mark.parametrize(
    "words", [[], ["6"], ["25:00"], ["2026-02-30", "06:00"], ["06:00", "06:00"], ["noon"]]
)
def test_anything_else_is_no_time_and_the_sentence_shows_one(words: list[str]) -> None:
    with pytest.raises(UnreadableInput, match="at 06:00"):
        moment_of(words)


@pytest.mark.parametrize(("word", "start"), [("+5", (5, None)), (":25", (None, 25)), (":5", (None, 5))])
def test_a_new_start_is_an_offset_or_a_minute(word: str, start: tuple[int | None, int | None]) -> None:
    assert shift_of(word) == start


@pytest.mark.parametrize("word", [":60", "25", "06:25", ":", "+x", ""])
def test_anything_else_is_no_new_start_and_the_sentence_shows_two(word: str) -> None:
    with pytest.raises(UnreadableInput, match=r"\+5 or \+10 .* :25"):
        shift_of(word)


NOON = datetime(2026, 11, 24, 12, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("30m", "2026-11-24 12:30"),
        ("for 2 hours", "2026-11-24 14:00"),
        ("1D", "2026-11-25 12:00"),
        ("until 18:00", "2026-11-24 18:00"),
        ("09:00", "2026-11-25 09:00"),
        ("12:00", "2026-11-25 12:00"),
        ("Until 2026-11-30 09:00", "2026-11-30 09:00"),
    ],
)
def test_a_while_or_a_time_is_an_instant_to_come(words: str, until: str) -> None:
    assert is_until(words.split(maxsplit=1)[0]) or words.startswith("Until")
    assert f"{until_of(words.split(), NOON, PARIS).astimezone(PARIS):%Y-%m-%d %H:%M}" == until


@pytest.mark.parametrize("words", ["", "until", "0m", "soon", "30x", "until 25:00", "30m 30m"])
def test_anything_else_is_no_time_to_put_something_off(words: str) -> None:
    with pytest.raises(UnreadableInput, match="for how long"):
        until_of(words.split(), NOON, PARIS)


@given(st.lists(st.text(max_size=12), max_size=4))
@settings(max_examples=100, deadline=None)
def test_whatever_is_written_for_a_time_is_one_or_a_sentence(words: list[str]) -> None:
    with suppress(UnreadableInput):
        assert until_of(words, NOON, PARIS) > NOON - timedelta(days=4000 * 365)
    with suppress(UnreadableInput):
        shift_of(" ".join(words))
