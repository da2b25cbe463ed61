"""How sentences travel with the value that they stand in: beside it, by their place.

A value's JSON holds a sentence as its English letters; what it was made of follows behind the value's own
fields, so that it can be said in another language after a restart, and whoever reads the table reads English.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bot.domain.sentence import Argument, Sentence

_MARK = ',"__sentences__":'
"""Parts the two. In JSON such letters are a key, never text: quotes inside of text are escaped."""

Place = tuple[str | int, ...]


def with_note(body: str, value: object) -> str:
    """Write behind *body*, the JSON object of *value*, what the sentences in it were made of."""
    found = [[*place, _packed(sentence)] for place, sentence in sentences_in(value)]
    if not found:
        return body
    return f"{body[:-1]}{_MARK}{json.dumps(found, ensure_ascii=False, separators=(',', ':'))}}}"


def without_note(body: str) -> tuple[str, dict[Place, Sentence]]:
    """Part what `with_note` wrote: the value's own JSON, and the sentences in it by their places.

    Raises:
        ValueError: the note is damaged.
    """
    own, mark, note = body.partition(_MARK)
    if not mark:
        return body, {}
    try:
        found = {tuple(place): _unpacked(packed) for *place, packed in json.loads(note[:-1])}
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError("the sentences beside it are damaged") from error
    return f"{own}}}", found


def sentences_in(value: object, place: Place = ()) -> Iterator[tuple[Place, Sentence]]:
    """Find every sentence in *value*, with the names and numbers that lead to it."""
    if isinstance(value, Sentence):
        yield place, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from sentences_in(getattr(value, field.name), (*place, field.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from sentences_in(one, (*place, key))
    elif isinstance(value, tuple | list):
        for index, one in enumerate(value):
            yield from sentences_in(one, (*place, index))


def with_sentences(value: Any, found: Mapping[Place, Sentence]) -> Any:  # noqa: ANN401 - any value of the store
    """Put sentences back to their places in *value*, where the same letters stand."""
    for place, sentence in found.items():
        value = _with_sentence(value, place, sentence)
    return value


def _with_sentence(value: Any, place: Place, sentence: Sentence) -> Any:  # noqa: ANN401 - any part of a value
    if not place:
        return sentence if value == sentence else value
    first, rest = place[0], place[1:]
    if isinstance(value, tuple) and isinstance(first, int):
        return tuple(
            _with_sentence(one, rest, sentence) if index == first else one for index, one in enumerate(value)
        )
    if isinstance(value, Mapping):
        return {**value, first: _with_sentence(value[first], rest, sentence)}
    return replace(value, **{str(first): _with_sentence(getattr(value, str(first)), rest, sentence)})


def _packed(sentence: Sentence) -> dict[str, Any]:
    """Write what a sentence was made of as JSON's own types."""
    arguments = {
        name: _packed(value) if isinstance(value, Sentence) else value
        for name, value in sentence.arguments.items()
    }
    return {"template": sentence.template, "plural": sentence.plural, "arguments": arguments}


def _unpacked(body: Mapping[str, Any]) -> Sentence:
    """Make the sentence again that `_packed` wrote."""
    arguments: dict[str, Argument] = {
        name: _unpacked(value) if isinstance(value, dict) else value
        for name, value in body["arguments"].items()
    }
    return Sentence(body["template"], arguments, body["plural"])
