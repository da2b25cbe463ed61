"""Sentences that remember how they were made, so that they can be said in another language later.

A sentence is an English `str` like any other: it is compared, logged and recorded as such. Beside its
letters it keeps its template and what was put into it, which a catalogue needs to say it again
(`commands/language.py`). Cutting, joining with `+` or an f-string around it loses that, so sentences are put
together by `say` and `joined`. Which languages there are is none of this file's business.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Self

Argument = str | int
"""What is put into a sentence; another sentence is said in the same language as the whole."""

COUNT = "count"
"""The argument that decides between one and many."""


class Sentence(str):
    """An English sentence, with its template and arguments.

    Attributes:
        template: with `{names}`, as translators see it; for one thing where there is a plural.
        plural: the template for any other number of things, `""` where nothing is counted.
        arguments: by name.
    """

    __slots__ = ("arguments", "plural", "template")

    template: str
    plural: str
    arguments: Mapping[str, Argument]

    def __new__(cls, template: str, arguments: Mapping[str, Argument], plural: str = "") -> Self:
        """Put *arguments* into *template*, or into *plural* unless their `count` is 1."""
        counted = plural if plural and arguments[COUNT] != 1 else template
        whole = super().__new__(cls, counted.format(**arguments))
        whole.template, whole.plural, whole.arguments = template, plural, MappingProxyType(dict(arguments))
        return whole

    def __reduce__(self) -> tuple[type["Sentence"], tuple[str, dict[str, Argument], str]]:
        """Tell what a copy is made of: not of the letters alone."""
        return Sentence, (self.template, dict(self.arguments), self.plural)


def say(template: str, /, **arguments: Argument) -> Sentence:
    """Make a sentence from a literal *template* with `{names}`; `pybabel extract` finds it by this call."""
    return Sentence(template, arguments)


def say_count(one: str, many: str, /, count: int, **arguments: Argument) -> Sentence:
    """Make a sentence that counts: *one* for a count of 1, else *many*; both may hold `{count}`."""
    return Sentence(one, {COUNT: count, **arguments}, many)


def filled(sentence: Sentence, **arguments: Argument) -> Sentence:
    """Put *arguments* into the places of a sentence that stands in a table, where nothing is in them yet."""
    return Sentence(sentence.template, arguments, sentence.plural)


def joined(separator: str, parts: Iterable[str]) -> Sentence:
    """Put sentences one after the other; *separator* is the same in every language."""
    arguments = {f"part_{number}": part for number, part in enumerate(parts)}
    between = separator.replace("{", "{{").replace("}", "}}")
    return Sentence(between.join(f"{{{name}}}" for name in arguments), arguments)
