"""Small checks that are put together into the shapes of Block Kit. They know JSON, not Slack's objects.

A check takes a value and its JSON pointer and yields what is wrong, worded as Slack words it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any, str], Iterator[str]]

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
_WEB_URL = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


def problem(text: str, pointer: str) -> str:
    """Return a message as it stands in `response_metadata.messages`."""
    return f"[ERROR] {text} [json-pointer:{pointer}]"


def string(most: int | None = None, *, least: int = 0) -> Check:
    """Return a check for a text of so many characters."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if not isinstance(value, str):
            yield problem("must provide a string", pointer)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", pointer)
        elif most is not None and len(value) > most:
            yield problem(f"must be less than {most + 1} characters", pointer)

    return check


def url(most: int, *, web_only: bool = False) -> Check:
    """Return a check for a URL; `web_only` admits http and https alone."""
    length = string(most, least=1)
    form = _WEB_URL if web_only else _URL

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        found = list(length(value, pointer))
        yield from found
        if not found and not form.fullmatch(value):
            yield problem("must be a valid URL", pointer)

    return check


def pattern(form: str, wording: str) -> Check:
    """Return a check for a text of a form, such as a date."""
    compiled = re.compile(form)

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if not isinstance(value, str) or not compiled.fullmatch(value):
            yield problem(wording, pointer)

    return check


def boolean(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Check for true or false."""
    if not isinstance(value, bool):
        yield problem("must be a valid boolean", pointer)


def whole(least: int | None = None, most: int | None = None) -> Check:
    """Return a check for a whole number between two bounds, both allowed."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if isinstance(value, bool) or not isinstance(value, int):
            yield problem("must be an integer", pointer)
        elif least is not None and value < least:
            yield problem(f"must be greater than {least - 1}", pointer)
        elif most is not None and value > most:
            yield problem(f"must be less than {most + 1}", pointer)

    return check


def number(*, above: float | None = None) -> Check:
    """Return a check for a number, greater than a bound where one is given."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield problem("must be a number", pointer)
        elif above is not None and value <= above:
            yield problem(f"must be greater than {above:g}", pointer)

    return check


def one_of(*values: str) -> Check:
    """Return a check for one of a few words."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if value not in values:
            yield problem(f"must be one of: {', '.join(values)}", pointer)

    return check


def array(item: Check, *, least: int = 0, most: int | None = None) -> Check:
    """Return a check for a list of so many items, and for each of them."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if not isinstance(value, list):
            yield problem("must be an array", pointer)
            return
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", pointer)
        if most is not None and len(value) > most:
            yield problem(f"no more than {most} items allowed", pointer)
        for index, one in enumerate(value):
            yield from item(one, f"{pointer}/{index}")

    return check


def record(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Check
) -> Check:
    """Return a check for an object: its required and optional fields, nothing else, then its own rules.

    The rules see the object only when its fields are right.
    """
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        found = [
            problem(f"missing required field: {name}", pointer) for name in required if name not in value
        ]
        found += [
            problem(f"invalid additional property: {name}", pointer)
            for name in value
            if name not in known and name != "type"
        ]
        for name, one in known.items():
            if name in value:
                found += one(value[name], f"{pointer}/{name}")
        yield from found
        if not found:
            for rule in rules:
                yield from rule(value, pointer)

    return check


def by_type(shapes: Mapping[str, Check], allowed: Sequence[str] | None = None) -> Check:
    """Return a check that looks an object's shape up by its `type`; only those allowed, or all."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        kind = value.get("type")
        if not isinstance(kind, str):
            yield problem("missing required field: type", pointer)
        elif kind not in shapes or (allowed is not None and kind not in allowed):
            yield problem(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from shapes[kind](value, pointer)

    return check


def at_least_one(*names: str) -> Check:
    """Return a rule: one of these fields must be there and not empty."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if not any(value.get(name) for name in names):
            yield problem(f"must define either `{'` or `'.join(names)}`", pointer)

    return check


def at_most_one(*names: str) -> Check:
    """Return a rule: no two of these fields together."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        if sum(name in value for name in names) > 1:
            yield problem(f"only one of `{'`, `'.join(names)}` allowed", pointer)

    return check


def distinct(items: str, key: str) -> Check:
    """Return a rule: no two items of a list share the value of a key."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        seen = set()
        for index, item in enumerate(value.get(items, ())):
            if item.get(key) in seen:
                yield problem(f"`{key}` must be unique", f"{pointer}/{items}/{index}/{key}")
            seen.add(item.get(key))

    return check


def text_length(value: Any) -> int:  # noqa: ANN401 - any JSON value
    """Return how many characters stand under all keys `text` of a value, at any depth."""
    if isinstance(value, list):
        return sum(text_length(one) for one in value)
    if isinstance(value, dict):
        own = value.get("text")
        rest = sum(text_length(one) for key, one in value.items() if key != "text")
        return rest + (len(own) if isinstance(own, str) else text_length(own))
    return 0
