"""A language that nobody speaks: every sentence in full-width letters, so that what stayed English shows.

`installed` lets the program speak it under the tag `qps`, by a real compiled catalogue of every sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.core import Locale
from babel.messages.catalog import Catalog

from bot import languages
from bot.domain.instance import Mode
from tests.catalogues import collected, compiled

TAG = "qps"

_UNSHOWN = {
    *("type", "style", "value", "format", "verbatim", "response_type"),
    *("action_id", "block_id", "callback_id", "private_metadata", "user_id", "id", "hash"),
}
"""The keys of Block Kit whose values nobody is shown."""

_WIDE = {ord(sign): ord(sign) - 0x21 + 0xFF01 for sign in map(chr, range(0x21, 0x7F)) if sign.isalpha()}
_KEPT = re.compile(r"(\{[^{}]*\}|`[^`]*`|<[^<>]*>|:[a-z_]+:)")
_UNTOLD = re.compile(
    r"```.*?```|`[^`]*`|<[^<>]*>|&lt;.*?&gt;|\w+…|“[^”]*”|\{[^{}]*\}|:[a-z_]+:|https?://\S+", re.DOTALL
)
_WORD = re.compile(r"[\w-]+")
_STAY = {"mcsync", *(mode.value for mode in Mode)}
_ENGLISH = re.compile(r"[A-Za-z-]{3,}")


def widened(template: str) -> str:
    """Translate a template: its letters, but nothing that is code, markup or a name to be filled in."""
    parts = _KEPT.split(template)
    return "".join(part if number % 2 else part.translate(_WIDE) for number, part in enumerate(parts))


@contextmanager
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the program speak it for as long as this is open."""
    catalogue = Catalog(locale=Locale.parse("en"))
    for message in collected():
        if isinstance(message.id, str):
            catalogue.add(message.id, widened(message.id))
        else:
            catalogue.add(tuple(message.id), tuple(widened(one) for one in message.id))
    place = folder / TAG / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / f"{languages.DOMAIN}.mo").write_bytes(compiled(catalogue))
    with monkeypatch.context() as patched:
        patched.setattr(languages, "HERE", folder)
        forget()
        yield
    forget()


def forget() -> None:
    """Let catalogues be looked for anew."""
    languages.available.cache_clear()
    languages.language.cache_clear()


def texts_of(payload: object) -> Iterator[str]:
    """Walk every text of Block Kit that a person is shown."""
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, Mapping):
        for key, value in payload.items():
            if key not in _UNSHOWN:
                yield from texts_of(value)
    elif isinstance(payload, Sequence):
        for value in payload:
            yield from texts_of(value)


def english_in(text: str) -> list[str]:
    """Find the words that stayed English in what a person is shown.

    Code and quotations may stay, a word that was cut, and the modes of the configuration; what has a digit or
    an underscore in it is a name.
    """
    words = _WORD.findall(_UNTOLD.sub(" ", text))
    return [word for word in words if _ENGLISH.fullmatch(word) and word not in _STAY]
