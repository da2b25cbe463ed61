"""The JSON body of a control request, read with care."""

from typing import Any

from bot.sandbox.slack.refusal import Json


class Unreadable(Exception):
    """A control request has not the form that it should have; the text says what is wrong."""


class Wish:
    """What a control request asks for, field by field."""

    def __init__(self, body: Any) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(body, dict):
            raise Unreadable("the body must be a JSON object")
        self._body: Json = body

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.optional_text(name)
        if not value:
            raise Unreadable(f"{name} is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or `None` where there is none."""
        value = self._body.get(name)
        if value is not None and not isinstance(value, str):
            raise Unreadable(f"{name} must be a text")
        return value

    def number(self, name: str, default: float) -> float:
        """Return a number of at least 0."""
        value = self._body.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Unreadable(f"{name} must be a number, 0 or more")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._body.get(name, default)
        if not isinstance(value, bool):
            raise Unreadable(f"{name} must be true or false")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts that must be there."""
        value = self._body.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Unreadable(f"{name} must be a list of texts")
        return list(value)

    def structure(self, name: str) -> Json:
        """Return an object; an empty one where there is none."""
        value = self._body.get(name, {})
        if not isinstance(value, dict):
            raise Unreadable(f"{name} must be an object")
        return dict(value)

    def choice(self, name: str, *allowed: str) -> str:
        """Return one of a few words, the first where there is none."""
        value = self.optional_text(name) or allowed[0]
        if value not in allowed:
            raise Unreadable(f"{name} must be one of: {', '.join(allowed)}")
        return value

    def value(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return whatever stands there; `None` where nothing does."""
        return self._body.get(name)

    def fields(self) -> Json:
        """Return everything."""
        return dict(self._body)
