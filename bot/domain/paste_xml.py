"""Pasted XML: SOAP answers, exports and fragments of them, read as they are, whole or not.

No XML parser is used: a fragment is rarely well-formed, and what is not parsed cannot expand entities or
fetch anything. A tag is found, its attributes are read, and all else is skipped; nothing is read twice.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bot.domain.dates import find_date
from bot.domain.paste_row import FLAGS, Row

LONGEST_TEXT = 64_000
"""Characters of an element's text that are read."""

MOST_TAGS = 200_000
"""Tags that are looked at."""

_TAG = re.compile(
    r"<(/?)(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})((?:[^<>\"']++|\"[^\"]{0,70000}\"|'[^']{0,70000}')*+)>"
)
_ATTRIBUTE = re.compile(r"(?:[\w.-]{1,40}:)?([A-Za-z_][\w.-]{0,60})\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)')")
_LOOKS_LIKE = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:workflowLog|workflow|faultstring|queryDef|log)\b|\blogDate\s?=", re.IGNORECASE
)
_DIRECT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:workflowLog|workflow|faultstring)\b", re.IGNORECASE)
_ESCAPED = re.compile(r"&lt;(?:[\w.-]{1,40}:)?(?:workflowLog|workflow|faultstring)\b", re.IGNORECASE)

_TABLE = re.compile(r"<t[dr]\b", re.IGNORECASE)
_CELL = re.compile(r"<(?:td|th)\b[^<>]{0,300}>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/tr|/p|/div|/li)\b[^<>]{0,300}>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z][a-z0-9]{0,10}\b[^<>]{0,300}>", re.IGNORECASE)

_FIELDS = frozenset({"logdate", "message", "activity", "id", "logtype", "error", "workflow"})
_FAULTS = frozenset({"faultstring", "detail"})
_PAUSED = "13"


def looks_like_xml(text: str) -> bool:
    """Tell whether *text* holds XML of Campaign, also escaped as it is inside another document."""
    return bool(_LOOKS_LIKE.search(text) or _ESCAPED.search(text))


def without_tags(text: str) -> str:
    """Turn a table in HTML, as mail has it, into lines with tabs; any other text comes back as it is."""
    found = _TABLE.search(text)
    if not found:
        return text
    table = _BREAK.sub("\n", _CELL.sub("\t", " ".join(text[found.start() :].split())))
    lines = html.unescape(_MARKUP.sub("", table)).splitlines()
    return "\n".join([text[: found.start()], *(line.strip() for line in lines)])


def read_fragments(text: str) -> Iterator[Row]:
    """Read the journal lines, the SOAP faults and the failed workflows out of XML, in the order of the text.

    A workflow that is paused and failed gives a row with an empty message (KA-24179), dated if it tells when.
    """
    if not _DIRECT.search(text):
        text = html.unescape(text)
    text = _without_cdata(text)
    scanner = _Scanner(text)
    for tag in islice(_TAG.finditer(text), MOST_TAGS):
        yield from scanner.close(tag[2].lower()) if tag[1] else scanner.open(tag)
    yield from scanner.end()


@dataclass
class _Scanner:
    """Where the reading stands: the workflow around, the journal line and the fault that are open.

    Attributes:
        text: the whole text.
        workflow: the workflow whose element is open, or was told last.
        line: the fields of the open workflowLog, `None` outside of one.
        fault: the texts of the open SOAP fault.
    """

    text: str
    workflow: str = ""
    line: dict[str, str] | None = None
    fault: list[str] = field(default_factory=list)

    def open(self, tag: re.Match[str]) -> Iterator[Row]:
        """Take in a start tag or an empty element."""
        name, told = tag[2].lower(), _attributes(tag[3])
        if name in _FAULTS:
            self.fault.append(self._text(tag.end()))
        elif name == "workflow" and self.line is not None:
            self.line.setdefault(
                "workflow", told.get("internalname") or told.get("label") or self._text(tag.end())
            )
        elif name == "workflow":
            yield from self._workflow(told)
        elif name == "workflowlog" or "logdate" in told:
            yield from self._end_line()
            self.line = told
            if tag[3].rstrip().endswith("/"):
                yield from self._end_line()
        elif self.line is not None and name in _FIELDS:
            self.line.setdefault(name, self._text(tag.end()))

    def close(self, name: str) -> Iterator[Row]:
        """Take in an end tag."""
        if name == "workflowlog":
            yield from self._end_line()
        elif name == "workflow" and self.line is None:
            self.workflow = ""
        elif name == "fault":
            yield from self._end_fault()

    def end(self) -> Iterator[Row]:
        """Give what the text leaves open."""
        yield from self._end_line()
        yield from self._end_fault()

    def _workflow(self, told: dict[str, str]) -> Iterator[Row]:
        self.workflow = told.get("internalname") or told.get("label") or ""
        if told.get("state") == _PAUSED and told.get("failed") in ("1", "true"):
            at = told.get("processdate") or told.get("laststart") or told.get("lastmodified") or ""
            yield Row(find_date(at), "", told.get("erroractivity", ""), self.workflow, "error")

    def _end_line(self) -> Iterator[Row]:
        told, self.line = self.line, None
        if told is None:
            return
        level = told.get("logtype", "")
        yield Row(
            stamp=find_date(told.get("logdate", "")),
            message=told.get("message", ""),
            activity=told.get("activity", ""),
            workflow=told.get("workflow", "") or self.workflow,
            level=FLAGS.get(told.get("error", "").casefold(), level),
            id=told.get("id", ""),
        )

    def _end_fault(self) -> Iterator[Row]:
        if self.fault:
            yield Row(None, " ".join(self.fault), workflow=self.workflow)
        self.fault = []

    def _text(self, start: int) -> str:
        """Read the text from *start* to the next tag."""
        end = self.text.find("<", start, start + LONGEST_TEXT)
        return html.unescape(self.text[start : end if end >= 0 else start + LONGEST_TEXT]).strip()


def _without_cdata(text: str) -> str:
    """Escape what stands in CDATA sections; an open one ends where the next begins."""
    first, *sections = text.split("<![CDATA[")
    parts = [first]
    for section in sections:
        inside, _, after = section.partition("]]>")
        parts += [html.escape(inside), after]
    return "".join(parts)


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] if found[2] is not None else found[3])
        for found in _ATTRIBUTE.finditer(text)
    }
