"""The language in which something is told: chosen once at the edge, heard by every sentence inside of it.

`with speaking("pt-BR"):` surrounds the drawing of a whole card, box or answer; inside of it `tell` says a
sentence of the counter and `told` one that the domain made. Which languages there are is `bot/languages`.

The language is ambient, as gettext's always is, because every one of some hundred sentences needs it and none
decides by it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, TypeVar

from bot.domain.sentence import Argument, say, say_count
from bot.languages import ENGLISH, Language, language, spoken_for

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=language(ENGLISH))  # noqa: B039 - never changes


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Tell everything inside in the language that is spoken for *locale*, such as `pt-BR`."""
    before = _SPOKEN.set(language(spoken_for(locale)))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def in_language(draw: Callable[Parameters, Result]) -> Callable[Concatenate[str, Parameters], Result]:
    """Let *draw* be given a locale before everything else, and draw in its language."""

    def drawn(locale: str, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with speaking(locale):
            return draw(*args, **kwargs)

    return drawn


def spoken() -> Language:
    """Tell which language is spoken now; what was drawn in it is of use to others who speak it."""
    return _SPOKEN.get()


def tell(template: str, /, **arguments: Argument) -> str:
    """Say a sentence of the counter now; *template* is a literal, which `pybabel extract` finds."""
    return told(say(template, **arguments))


def tell_count(one: str, many: str, /, count: int, **arguments: Argument) -> str:
    """Say a sentence that counts now: *one* for a count of 1, else *many*."""
    return told(say_count(one, many, count, **arguments))


def told(text: str) -> str:
    """Say now a sentence that somebody else made; what is no sentence stays as it is."""
    return spoken().say(text)
