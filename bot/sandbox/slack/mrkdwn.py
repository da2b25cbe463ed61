"""Slack's mrkdwn as plain text: links, mentions, dates by their fallback, no marks, a few emoji drawn."""

import re

from bot.sandbox.slack import people

EMOJI = {
    "alarm_clock": "⏰",
    "arrow_right": "→",
    "ballot_box_with_check": "☑",
    "bell": "🔔",
    "black_circle": "⚫",
    "clock6": "🕕",
    "eyes": "👀",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",
    "large_blue_circle": "🔵",
    "large_green_circle": "🟢",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "lock": "🔒",
    "mag": "🔍",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "question": "❓",
    "red_circle": "🔴",
    "repeat": "🔁",
    "rotating_light": "🚨",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "white_circle": "⚪",
    "x": "❌",
    "zzz": "💤",
}
_NAMES = {person.id: person.name for person in people.PEOPLE}
_CHANNELS = {channel.id: channel.name for channel in people.CHANNELS}
_GROUPS = {group.id: group.handle for group in people.GROUPS}

_CODE = re.compile(r"```\n?(.*?)\n?```|`([^`\n]+)`", re.DOTALL)
_ANGLED = re.compile(r"<([^<>\n]+)>")
_EMOJI = re.compile(r":([a-z0-9_+\-]+):")
_MARKS = [
    re.compile(
        rf"(?<![\w{re.escape(mark)}]){re.escape(mark)}(?=\S)([^\n]*?\S){re.escape(mark)}(?![\w{re.escape(mark)}])"
    )
    for mark in "*_~"
]
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def stripped(text: str) -> str:
    """Return mrkdwn as a person reads it in a terminal; code keeps its letters and loses its ticks."""
    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        parts += [_prose(text[end : code.start()]), _unescaped(code[1] if code[1] is not None else code[2])]
        end = code.end()
    return "".join([*parts, _prose(text[end:])])


def with_emoji(text: str) -> str:
    """Return a text with the emoji that we can draw; the others keep their names."""
    return _EMOJI.sub(lambda found: EMOJI.get(found[1], found[0]), text)


def _prose(text: str) -> str:
    """Return mrkdwn without code as plain text."""
    text = _ANGLED.sub(lambda found: _angled(found[1]), text)
    for mark in _MARKS:
        text = mark.sub(r"\1", text)
    return _unescaped(with_emoji(text))


def _unescaped(text: str) -> str:
    """Return a text with Slack's three entities as characters."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def _angled(inside: str) -> str:
    """Return what stands between angle brackets as a person reads it."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return "@" + (label or _NAMES.get(target[1:], target[1:])).lstrip("@")
    if target.startswith("#"):
        return "#" + (label or _CHANNELS.get(target[1:], target[1:])).lstrip("#")
    if target.startswith("!subteam^"):
        group = target.removeprefix("!subteam^")
        return "@" + (label or _GROUPS.get(group, group)).lstrip("@")
    if target.startswith("!date^"):
        return label or target.split("^")[1]
    if target.startswith("!"):
        return label or "@" + target[1:]
    return f"{label} ({target})" if label and label != target else target
