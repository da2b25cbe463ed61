"""The language in which something is told: chosen once at the edge, heard by every sentence inside of it.

`with speaking("pt-BR"):` surrounds the drawing of a whole card, box or answer; inside of it `tell` says a
sentence of the counter and `told` one that the domain made. A further language is one catalogue under
`commands/languages/` and no code. English needs none: a sentence without a translation stays English.

The language is ambient, as gettext's always is, because every one of some hundred sentences needs it and none
decides by it.
"""

import gettext
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.domain.sentence import COUNT, Argument, Sentence, say, say_count

LANGUAGES = Path(__file__).parent / "languages"
DOMAIN = "mcsync"
ENGLISH = "en"

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Language:
    """One language.

    Args:
        catalogue: its translations; none at all for English.
    """

    def __init__(self, catalogue: gettext.NullTranslations) -> None:
        self._catalogue = catalogue

    def say(self, text: str) -> str:
        """Say *text* in this language; what is no `Sentence`, such as a name, stays as it is."""
        if not isinstance(text, Sentence):
            return text
        arguments = {
            name: self.say(value) if isinstance(value, str) else value
            for name, value in text.arguments.items()
        }
        if text.plural:
            count = int(text.arguments[COUNT])
            template = self._catalogue.ngettext(text.template, text.plural, count)
        else:
            template = self._catalogue.gettext(text.template) if text.template else ""
        return template.format(**arguments)


def available() -> tuple[str, ...]:
    """List the languages that mcsync speaks, as BCP 47 tags such as `pt-BR`; English first."""
    found = sorted(file.parent.parent.name for file in LANGUAGES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return ENGLISH, *(name.replace("_", "-") for name in found)


def spoken_for(locale: str) -> str:
    """Choose the language for a Slack locale such as `pt-BR`: itself, else one of its base, else English."""
    tags = available()
    base = locale.partition("-")[0]
    alike = [tag for tag in tags if tag.partition("-")[0] == base]
    return locale if locale in tags else alike[0] if alike else ENGLISH


@cache
def language(tag: str) -> Language:
    """Read the catalogue of one of `available`; anything else is English."""
    folder = spoken_for(tag).replace("-", "_")
    return Language(gettext.translation(DOMAIN, LANGUAGES, [folder], fallback=True))


_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=Language(gettext.NullTranslations()))  # noqa: B039 - a Language never changes


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Tell everything inside in the language for the locale *tag*."""
    before = _SPOKEN.set(language(tag))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def in_language(
    tag_of: Callable[Parameters, str], draw: Callable[Parameters, Result]
) -> Callable[Parameters, Result]:
    """Draw in the language that *tag_of* tells of the same arguments."""

    def drawn(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with speaking(tag_of(*args, **kwargs)):
            return draw(*args, **kwargs)

    return drawn


def tell(template: str, /, **arguments: Argument) -> str:
    """Say a sentence of the counter now; *template* is a literal, which `pybabel extract` finds."""
    return told(say(template, **arguments))


def tell_count(one: str, many: str, /, count: int, **arguments: Argument) -> str:
    """Say a sentence that counts now: *one* for a count of 1, else *many*."""
    return told(say_count(one, many, count, **arguments))


def told(text: str) -> str:
    """Say now a sentence that somebody else made; what is no sentence stays as it is."""
    return _SPOKEN.get().say(text)
