"""A Slack message as the text that its author wrote. Pure.

Slack escapes three signs and wraps whatever looks like a link, a person or a channel; a journal that went
through a chat is read as it was before.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MOST_CHARACTERS = 120_000
"""A message has 40 000 at most; attachments and previews may add to it."""

_WRAPPED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message, of what it shares or forwards, and of the previews of its snippets."""
    parts = [part for part in _parts(message) if part.strip()]
    return "\n".join(dict.fromkeys(parts))[:MOST_CHARACTERS]


def _parts(message: Mapping[str, Any]) -> Iterator[str]:
    yield _written(message.get("text"))
    for attachment in _each(message.get("attachments")):
        yield _written(attachment.get("pretext"))
        yield _written(attachment.get("text") or attachment.get("fallback"))
    for file in _each(message.get("files")):
        preview = file.get("preview")
        yield preview if isinstance(preview, str) else ""


def _each(value: object) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one


def _written(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return unwrapped(value)


def unwrapped(text: str) -> str:
    """Take back what Slack makes of links, people, channels and the three signs that it escapes."""
    return _WRAPPED.sub(_unwrapped, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unwrapped(found: re.Match[str]) -> str:
    address, label = found[1], found[2]
    if label:
        return label
    return f"@{address[1:].partition('^')[0]}" if address[:1] in ("@", "#", "!") else address
