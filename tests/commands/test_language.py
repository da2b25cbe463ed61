"""Everything that people are shown is told in their language; names, code and quotations stay."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.sentence import say
from bot.languages import available
from commands.cards.markup import BUTTON_TEXT
from commands.language import in_language, speaking, spoken, tell, tell_count, told
from tests.commands import examples, gallery
from tests.commands.valid import assert_valid_blocks, assert_valid_view
from tests.pseudo import TAG, english_in, installed, texts_of, widened

HERE = Path(__file__).parent
PAIR = ("{count} earlier entry is left out.", "{count} earlier entries are left out.")
"""One of the sentences that count."""


@pytest.fixture(name="_pseudo")
def _pseudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with installed(tmp_path, monkeypatch):
        yield


def names() -> set[str]:
    """Collect the words that the exhibits are about: none of them is the program's."""
    found: set[str] = set()
    for file in ("examples.py", "gallery.py", "gallery_counter.py", "gallery_storm.py", "gallery_views.py"):
        for node in ast.walk(ast.parse((HERE / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(english_in(node.value.replace("`", " ")))
    return found


@pytest.mark.usefixtures("_pseudo")
def test_no_card_box_or_tab_has_an_english_word_of_its_own() -> None:
    with speaking(TAG):
        exhibits = gallery.gallery(examples.ORDINARY)
    ours = names()

    # What is read aloud is made of the blocks, but shows no longer what in it was code.
    left = {
        f"{name}: {word}"
        for name, exhibit in exhibits.items()
        for text in texts_of(exhibit.view or exhibit.blocks)
        for word in english_in(text)
        if word not in ours
    }

    assert sorted(left) == []


@pytest.mark.parametrize("tag", available()[1:])
@pytest.mark.parametrize("words", [examples.ORDINARY, examples.LONGEST], ids=["ordinary", "worst"])
def test_every_card_box_and_tab_fits_into_slack_in_every_language(tag: str, words: examples.Words) -> None:
    with speaking(tag):
        exhibits = gallery.gallery(words)

    for exhibit in exhibits.values():
        if exhibit.view is not None:
            assert_valid_view(exhibit.view)
        else:
            assert_valid_blocks(exhibit.blocks)
        for block in exhibit.blocks:
            for one in block.get("elements", ()):
                assert one["type"] != "button" or len(one["text"]["text"]) < BUTTON_TEXT, "cut words"


@pytest.mark.usefixtures("_pseudo")
def test_the_language_holds_inside_and_not_after() -> None:
    with speaking(TAG):
        assert tell("Refresh") == widened("Refresh")
        with speaking("en"):
            assert tell("Refresh") == "Refresh"
        inside = spoken()
    assert spoken() is not inside
    assert in_language(lambda: tell("Refresh"))(TAG) == widened("Refresh")


@pytest.mark.usefixtures("_pseudo")
def test_a_sentence_inside_of_a_sentence_is_told_too_and_a_name_stays() -> None:
    whole = say("{cause} · {name}", cause=say("Refresh"), name="prod")

    with speaking(TAG):
        assert told(whole) == f"{widened('Refresh')} · prod"
        assert told("Refresh") == "Refresh"
        assert tell("{one}", one=say("Refresh")) == widened("Refresh")


@pytest.mark.usefixtures("_pseudo")
@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_is_counted_is_told_in_its_form(count: int) -> None:
    one, many = PAIR

    with speaking(TAG):
        assert tell_count(one, many, count) == widened(one if count == 1 else many).format(count=count)
