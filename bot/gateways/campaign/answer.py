"""Judges the body of an answer before a parser sees it. Pure: bytes in, bytes or an error out.

The XML parser is then fed UTF-8 without a declaration, without a document type and without characters that
XML forbids, so that one strange character in a journal line does not blind us, and no entity is declared.
"""

import re
import sys
from enum import Enum, auto

from bot.domain.errors import UnreadableAnswer
from bot.domain.sentence import say

REPLACEMENT = "\ufffd"
"""Stands where a character was that XML forbids. What holds it is no faithful copy, and is never written."""

MOST_TAGS = 200_000
"""The largest answers to our questions, 500 journal lines or one definition, have a few thousand."""

MOST_ATTRIBUTES = 500_000
"""Counted by the sign `=`, which stands in texts too: in ten megabytes of scripts about as often."""

# Encodings whose ASCII letters are ASCII letters: nothing can hide in them from the checks below.
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "cp1252",
}
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([^"']{1,40})["']""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Of UTF-8 and of every encoding above: a body of these bytes alone holds no forbidden character. 0xEF begins
# U+FFFE and U+FFFF, and much that is allowed; it is looked at closely. A twentieth of what a search takes.
_NEVER_FORBIDDEN = bytes([*b"\t\n\r", *range(0x20, 0xEF), *range(0xF0, 0x100)])
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
# Comments and processing instructions may stand before the root element, and a document type.
_BEFORE_ROOT = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


class Kind(Enum):
    """What a body is, by its first characters; none with a document type is an envelope."""

    BLANK = auto()
    ENVELOPE = auto()
    HTML = auto()
    XML = auto()
    TEXT = auto()


def kind(text: str) -> Kind:
    """Tell what *text*, as given by `readable`, is."""
    rest = text[_end_of_prolog(text) :]
    if not rest:
        return Kind.BLANK
    if rest[:9].lower() == "<!doctype" and rest[9:].lstrip()[:4].lower() == "html":
        return Kind.HTML
    root = _ROOT.match(rest)
    if root is None:
        return Kind.XML if rest.startswith("<") else Kind.TEXT
    if root[1] == "Envelope":
        return Kind.ENVELOPE
    return Kind.HTML if root[1].lower() in {"html", "head", "body"} else Kind.XML


def readable(body: bytes, charset: str = "") -> str:
    """Make text of *body* that an XML parser can take.

    Args:
        body: as it came.
        charset: of the Content-Type header, `""` when absent. A declaration in the text is preferred.

    Raises:
        UnreadableAnswer: an encoding in which the checks of this module could be passed unseen.
    """
    declared = _DECLARATION.match(body[:200].decode("latin-1").removeprefix("ï»¿"))
    named = _ENCODING.search(declared[0]) if declared else None
    name = (named[1] if named else charset or "utf-8").strip().lower()
    codec = _ENCODINGS.get(name)
    if codec is None or body[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        raise UnreadableAnswer(
            say("The answer is written in an encoding that is not taken here: {name}.", name=f"{name[:40]!r}")
        )
    text = body.decode(codec, "replace").removeprefix("\ufeff")
    if declared:
        text = _DECLARATION.sub("", text, count=1)
    is_clean = not body.translate(None, _NEVER_FORBIDDEN)
    return _with_allowed_references(text) if is_clean else scrubbed(text)


def scrubbed(text: str) -> str:
    """Put `REPLACEMENT` in place of characters, and references to characters, that XML 1.0 forbids."""
    return _with_allowed_references(_FORBIDDEN.sub(REPLACEMENT, text))


def without_document_type(text: str) -> str:
    """Give *text* back unless it declares a document type.

    Raises:
        UnreadableAnswer: it does. Only there can entities be declared, and Campaign never does.
    """
    if text[_end_of_prolog(text) :][:9].lower() == "<!doctype":
        raise UnreadableAnswer(say("The answer declares a document type, which Campaign never does."))
    return text


def bounded(text: str) -> str:
    """Give *text* back unless a parser would make far more of it than it is: each element takes 300 bytes.

    Raises:
        UnreadableAnswer: it has more tags or attributes than any answer of Campaign.
    """
    if len(text) <= min(MOST_TAGS, MOST_ATTRIBUTES):
        return text  # it cannot have more of a sign than characters
    if text.count("<") > MOST_TAGS or text.count("=") > MOST_ATTRIBUTES:
        raise UnreadableAnswer(
            say(
                "The answer has more than {tags} tags or {attributes} attributes, as none of Campaign's has.",
                tags=f"{MOST_TAGS:,}",
                attributes=f"{MOST_ATTRIBUTES:,}",
            )
        )
    return text


def _end_of_prolog(text: str) -> int:
    found = _BEFORE_ROOT.match(text)
    return found.end() if found else 0


def _with_allowed_references(text: str) -> str:
    return _REFERENCE.sub(_allowed_reference, text)


def _allowed_reference(reference: re.Match[str]) -> str:
    point = int(reference[1], 16) if reference[1] else int(reference[2])
    forbidden = point > sys.maxunicode or _FORBIDDEN.match(chr(point)) is not None
    return REPLACEMENT if forbidden else reference[0]
