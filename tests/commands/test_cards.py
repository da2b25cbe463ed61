"""What must be true of every card and box, in every state, on an ordinary day and on the worst one."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import slackblocks

from bot.domain.policy import Roles
from bot.domain.proposal import Ask, Proposal
from bot.sandbox.slack.mrkdwn import stripped
from commands import PRESSES
from commands.cards import proposal_buttons
from commands.cards.markup import short
from commands.language import speaking
from tests.commands import examples
from tests.commands.examples import HOSTILE
from tests.commands.exhibits import Exhibit
from tests.commands.gallery import ORDINARY_DAY, WORST_DAY
from tests.commands.valid import assert_valid_blocks, assert_valid_view

EVERYTHING = {
    f"{day}: {name}": exhibit
    for day, shown in (("ordinary", ORDINARY_DAY), ("worst", WORST_DAY))
    for name, exhibit in shown.items()
}
MESSAGES = {name: one for name, one in EVERYTHING.items() if one.view is None}
TELLING = {name: one for name, one in MESSAGES.items() if ": trust" not in name}
"""What `trust` adds to its figures are hints for readers of the file, which the text leaves out."""

WORST = {name: one for name, one in EVERYTHING.items() if name.startswith("worst")}
MOST_BUTTONS = 3


def of_each(exhibits: Mapping[str, Exhibit]) -> Callable[[Callable[[Exhibit], None]], Callable[..., None]]:
    """Hold a test for each card, one family of cards at a time; the name of what fails is told."""
    families = sorted({name.split()[1] for name in exhibits})

    def of_families(test: Callable[[Exhibit], None]) -> Callable[..., None]:
        @pytest.mark.parametrize("family", families)
        def hold(family: str) -> None:
            for name, exhibit in exhibits.items():
                if name.split()[1] == family:
                    try:
                        test(exhibit)
                    except AssertionError as error:
                        error.add_note(name)
                        raise

        return hold

    return of_families


def texts(thing: object) -> Iterator[Mapping[str, Any]]:
    """Walk every text object."""
    if isinstance(thing, dict):
        if thing.get("type") in ("mrkdwn", "plain_text"):
            yield thing
        for value in thing.values():
            yield from texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from texts(value)


def elements(exhibit: Exhibit, kind: str) -> list[Mapping[str, Any]]:
    """List the elements of one kind in rows of buttons."""
    rows = [block["elements"] for block in exhibit.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row if element["type"] == kind]


@of_each(EVERYTHING)
def test_three_judges_take_it(exhibit: Exhibit) -> None:
    if exhibit.view is not None:
        assert_valid_view(exhibit.view)
    else:
        assert_valid_blocks(exhibit.blocks)
        slackblocks.Message("C0OPS", exhibit.text, [slackblocks.HeaderBlock("x")])


@of_each(EVERYTHING)
def test_at_most_three_buttons_are_seen_and_one_of_them_stands_out(exhibit: Exhibit) -> None:
    """On the Home tab, which tells of many things, this holds of each row."""
    groups = [elements(exhibit, "button")]
    if exhibit.view is not None and exhibit.view["type"] == "home":
        groups = [elements(Exhibit([block]), "button") for block in exhibit.blocks]

    for buttons in groups:
        assert len(buttons) <= MOST_BUTTONS
        assert sum(button.get("style") == "primary" for button in buttons) <= 1


@of_each(EVERYTHING)
def test_every_button_leads_somewhere_and_can_be_read_aloud(exhibit: Exhibit) -> None:
    for button in [*elements(exhibit, "button"), *elements(exhibit, "overflow")]:
        assert sum(bool(re.fullmatch(pattern, button["action_id"])) for pattern in PRESSES) == 1, button
    for button in elements(exhibit, "button"):
        assert button.get("accessibility_label"), button


@of_each(EVERYTHING)
def test_a_confirmation_says_what_follows_from_this_very_button(exhibit: Exhibit) -> None:
    follows = {
        "mcsync_approve_moves-too": "by hand and confirm it on the card.",
        "mcsync_approve_accepted": ("RT's tracking stays at :00.", "RT's tracking stays as it is."),
    }
    for button in elements(exhibit, "button"):
        if "confirm" in button and "mcsync_approve" in button["action_id"]:
            text = button["confirm"]["text"]["text"]
            assert button["confirm"]["text"]["type"] == "plain_text"
            assert len(text) <= 300
            assert text.endswith(follows.get(button["action_id"], ("", text)))


def asked_by(request: Proposal, locale: str = "en") -> list[str]:
    """Read the questions that the buttons of *request* ask."""
    with speaking(locale):
        buttons = proposal_buttons.decide(request)["elements"]
    return [one["confirm"]["text"]["text"] for one in buttons if "confirm" in one]


@pytest.mark.parametrize("name", ["mcSynch_mcExec1", examples.LONG_NAME, "mcSynch_" + "x" * 92])
@pytest.mark.parametrize("locale", ["en", "pt-BR"])
def test_both_minutes_are_in_the_question_however_long_the_name_is(name: str, locale: str) -> None:
    moved, stays = asked_by(examples.proposal(words=examples.Words(workflow=name)), locale)

    for question in (moved, stays):
        assert ":00 → :05" in question
        assert "…" not in question.replace(short(name, 100), "")
    assert ":05 " in moved.partition("→")[2].partition(".")[2]
    assert stays.endswith(":00.")


@pytest.mark.parametrize("length", [120, 299, 300, 900])
def test_a_long_caution_gives_way_to_what_is_asked_for(length: int) -> None:
    (asked,) = asked_by(examples.proposal(ask=Ask.UNDO, caution="x " * length))

    assert asked.startswith("mcSynch_mcExec1: start back :05 → :00, then start it. x x")
    assert len(asked) <= 300


SPOKEN_DATE = re.compile(r"<!date\^[0-9]+\^[^|]*\|([^>]*)> \([0-9:]+ ([^)]*)\)")


def said(text: str) -> str:
    """Take the marks out of a text, write its dates as they are spoken, and forget which signs stand in."""
    plain = stripped(SPOKEN_DATE.sub(r"\1 \2", text)).replace("• ", "").strip()
    return plain.translate(str.maketrans("ˋ∗∼ˍ꞉", "`*~_:"))


@of_each(TELLING)
def test_the_top_level_text_says_all_that_the_blocks_show(exhibit: Exhibit) -> None:
    spoken = said(exhibit.text)
    left_out = re.search(r"…and [0-9]+ more$", spoken)

    for block in exhibit.blocks:
        if block["type"] == "actions":
            continue
        for text in texts(block):
            for line in said(text["text"]).splitlines():
                assert line.strip() in spoken or left_out, line
    for button in elements(exhibit, "button"):
        assert button["text"]["text"] in spoken or left_out


@of_each(TELLING)
def test_the_top_level_text_begins_with_what_it_is_about_and_stays_short_enough(exhibit: Exhibit) -> None:
    assert exhibit.text
    assert len(exhibit.text) <= 4000
    first = next(texts(exhibit.blocks[0]))["text"]
    assert said(exhibit.text).startswith(said(first).splitlines()[0][:40])


OUR_MARKUP = re.compile(
    r"<(?:@U0(?:SAM|ADA|GRACE|EVE|[0-9]{4})|!subteam\^S0ADMINS|#C0OPS|!date\^[0-9]+\^[^<>|]*\|[^<>|]*)>"
)


@of_each(EVERYTHING)
def test_nothing_but_our_own_people_and_dates_is_a_link_or_a_mention(exhibit: Exhibit) -> None:
    marked = [text["text"] for text in texts(exhibit.blocks) if text["type"] == "mrkdwn"]
    for text in [*marked, exhibit.text]:
        assert not re.search(r"[<>]", OUR_MARKUP.sub("", text)), text
        assert not re.search(r"&(?!(?:amp|lt|gt);)", text), text
        assert "<@U0EVE>" not in text or "said no" in text or "Wrong" in text or "Right" in text


@of_each(EVERYTHING)
def test_slack_makes_nothing_of_plain_words(exhibit: Exhibit) -> None:
    for text in texts(exhibit.blocks):
        assert text["type"] != "mrkdwn" or text["verbatim"] is True


@of_each(WORST)
def test_untrusted_words_stay_words(exhibit: Exhibit) -> None:
    for text in texts(exhibit.blocks):
        if text["type"] == "mrkdwn":
            prose = re.sub(r"```.*?```|`[^`]*`", "", text["text"], flags=re.DOTALL)
            for mark in ("*bold*", "_italic_", "~struck~", "`code`", ":white_check_mark:", "\n*Approved*"):
                assert mark not in prose
            assert "`" not in prose
            assert text["text"].count("```") % 2 == 0
        assert "\x1b" not in text["text"]
        assert "\u202e" not in text["text"]
    for mark in ("*bold*", "_italic_", "~struck~", "`", ":white_check_mark:"):
        assert mark not in exhibit.text


def test_the_worst_day_is_as_bad_as_it_is_said_to_be() -> None:
    everything = "".join(text["text"] for one in WORST_DAY.values() for text in texts(one.blocks))

    assert "&lt;!channel&gt;" in everything
    assert "@U0EVE" in everything
    assert len(HOSTILE) > 100
    assert Roles().quorum == 1


def test_every_button_of_the_phone_book_is_on_some_card() -> None:
    seen = {
        button["action_id"]
        for exhibit in ORDINARY_DAY.values()
        for kind in ("button", "overflow")
        for button in elements(exhibit, kind)
    }
    seen |= {
        block["element"]["action_id"]
        for exhibit in ORDINARY_DAY.values()
        for block in exhibit.blocks
        if block.get("dispatch_action")
    }

    assert [one for one in PRESSES if not any(re.fullmatch(one, action) for action in seen)] == []
