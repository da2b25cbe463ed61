"""Every language says every sentence, with the same things in it, and is compiled from what people edit."""

import re
import string
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from bot.languages import ENGLISH, available, language, spoken_for
from tests.catalogues import (
    collected,
    compiled,
    read,
    renew,
    sources,
    untranslated,
    written,
)

CATALOGUES = {source.parent.parent.name: source for source in sources()}
MARKS = ("`", "*", "\n", "<", ">")
"""What a translation must have as often as the sentence: Slack's marks, and lines."""


@pytest.fixture(name="sentences", scope="module")
def _sentences() -> Catalog:
    return collected()


def both(message: Message) -> Iterator[tuple[str, str]]:
    """Pair each English form with the translations that stand for it."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
        return
    one, many = message.id
    for number, translated in enumerate(message.string or ()):
        yield (one if number == 0 else many), translated


def said_by(catalogue: bytes) -> dict[object, str]:
    """Read a compiled catalogue, but for its head, which has a date."""
    translations = vars(GNUTranslations(BytesIO(catalogue)))["_catalog"]
    return {key: value for key, value in translations.items() if key}


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_has_every_sentence_and_no_other(name: str, sentences: Catalog) -> None:
    known = {message.id for message in read(CATALOGUES[name]) if message.id}
    said = {message.id for message in sentences if message.id}

    assert sorted(map(str, said - known)) == [], "run `make languages`, then translate what came in"
    assert sorted(map(str, known - said)) == [], "run `make languages`"


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_sentence_is_translated_and_none_is_in_doubt(name: str) -> None:
    messages = [message for message in read(CATALOGUES[name]) if message.id]

    assert [message.id for message in messages if untranslated(message)] == []
    assert [message.id for message in messages if message.fuzzy] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_translation_is_filled_in_with_the_same_things_and_marked_up_alike(name: str) -> None:
    wrong = []
    for message in read(CATALOGUES[name]):
        for english, translated in both(message) if message.id else ():
            lacking, foreign = (
                names_in(english) - names_in(translated),
                names_in(translated) - names_in(english),
            )
            if foreign or lacking - {"count"}:
                wrong.append(f"{english!r}: {lacking or ''} {foreign or ''}")
            if any(english.count(mark) != translated.count(mark) for mark in MARKS):
                wrong.append(f"{english!r}: marked up differently")
            if re.findall(r"^\s*|\s*$", english) != re.findall(r"^\s*|\s*$", translated):
                wrong.append(f"{english!r}: begins or ends with other blanks")

    assert wrong == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_what_is_compiled_is_what_people_edit(name: str) -> None:
    source = CATALOGUES[name]

    installed, edited = source.with_suffix(".mo").read_bytes(), compiled(read(source))

    assert said_by(installed) == said_by(edited), "run `make languages`"


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_is_written_as_the_command_writes_it(name: str) -> None:
    source = CATALOGUES[name]

    assert source.read_bytes() == written(read(source)), "run `make languages`"


def test_a_locale_finds_its_language_or_the_nearest() -> None:
    assert available() == (ENGLISH, "pt-BR")
    assert [spoken_for(locale) for locale in ("pt-BR", "pt-PT", "en-GB", "de-DE", "", "x")] == [
        *("pt-BR", "pt-BR"),
        *(ENGLISH, ENGLISH, ENGLISH, ENGLISH),
    ]
    assert language("pt-BR") is language("pt-BR")


def test_a_new_language_is_one_catalogue(tmp_path: Path, sentences: Catalog) -> None:
    begun = renew(tmp_path / "fr" / "LC_MESSAGES" / "mcsync.po", sentences)

    assert len(begun) == len(sentences)
    assert all(untranslated(message) for message in begun if message.id)
    assert (tmp_path / "fr" / "LC_MESSAGES" / "mcsync.mo").exists()
