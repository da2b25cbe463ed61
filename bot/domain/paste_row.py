"""One pasted line taken apart into its fields: columns by a header, by their place, or by the words alone.

Nothing is judged here, and no date is turned into UTC. Every pattern is bounded, and no field is looked at
more than a few times, so that hostile text costs time in proportion to its length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.domain.chain import fold
from bot.domain.dates import Stamp

LONGEST_NAME = 80
"""Characters of an activity's or a workflow's name."""

LONGEST_HEADER = 600
"""Characters of a header line."""

_COLUMN_NAMES = {
    "date": "date logdate @logdate datetime timestamp heure hora uhrzeit time fecha data datum dato zeit tid"
    " tijd ora 日付 日時 時間 날짜 시간 日期 时间",
    "activity": "activity @activity activité actividad atividade attività aktivität activiteit"
    " aktivitet アクティビティ 활동 活动 活動",
    "message": "message @message mensaje mensagem messaggio meldung nachricht bericht meddelande text log"
    " メッセージ 메시지 消息 訊息",
    "workflow": "workflow @workflow workflow-label internalname workflowname label flujo flux 工作流",
    "level": "type logtype @logtype level severity niveau nivel livello",
    "flag": "error @error",
    "id": "id @id log-id logid workflow-id workflowid @workflow-id",
}
_COLUMNS = {fold(name): kind for kind, names in _COLUMN_NAMES.items() for name in names.split()}

_LEVEL_NAMES = {
    "error": "error err erreur fehler errore erro fout fel fatal critical エラー 오류 错误 錯誤",
    "warning": "warning warn avertissement warnung advertencia aviso avviso 警告 경고",
    "info": "info information informação información verbose debug status 情報 정보 信息",
}
LEVELS = {fold(name): level for level, names in _LEVEL_NAMES.items() for name in names.split()}
"""What a column or a server's log calls the weight of a line."""

FLAGS = {"1": "error", "true": "error", "0": "info", "false": "info"}
"""What @error says."""

NAMED = re.compile(r"(?<![\w./-])(mcSynch_[\w.-]{1,80})(?:/([\w.-]{1,80}))?", re.IGNORECASE)
_SCRIPT = re.compile(r"'([\w.-]{1,80})/([\w.-]{1,80})'")
_SERVER_LOG = re.compile(
    r"\s{0,8}(?:[0-9A-Fa-f]{1,16}\s{1,8}){1,4}(\w{3,12})\s{1,8}(?:\w{2,20}\s{1,8})?(?=\S)"
)
_IDENTIFIER = re.compile(r"[a-z]{1,30}[A-Z0-9_][A-Za-z0-9_]{0,40}")
ACTIVITY_AND_MESSAGE = 2
"""Fields after the date in the console's own form."""

_BLANKS = " \t\r\n`"
_CLOSERS = " \t\r\n\"'`.,;:!)]}>|*-"
_SPACES = re.compile(r"\s{2,}")


class Row(NamedTuple):
    """One line of a pasted journal, before its date is understood.

    Attributes:
        stamp: its date as written, `None` without one.
        message: the line itself.
        activity: `""` when not told.
        workflow: `""` when not told.
        level: `error`, `warning`, `info` or a number of @logType; `""` when not told.
        id: the journal id, `""` when not told.
    """

    stamp: Stamp | None
    message: str
    activity: str = ""
    workflow: str = ""
    level: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the fields of a text's lines are arranged.

    Attributes:
        delimiter: what divides them, `""` when every line tells for itself.
        columns: the kind of each column, empty without a header.
    """

    delimiter: str = ""
    columns: tuple[str, ...] = ()


def read_layout(line: str) -> Layout | None:
    """Read a header line; `None` when the line is none."""
    for delimiter in "\t;,|":
        if delimiter in line and len(line) <= LONGEST_HEADER:
            kinds = tuple(_COLUMNS.get(fold(name), "") for name in _split(line, delimiter))
            if "message" in kinds and "date" in kinds:
                return Layout(delimiter, kinds)
    return None


def read_row(record: str, stamp: Stamp | None, layout: Layout, heading: str) -> Row:
    """Take one line apart.

    Args:
        record: the line and those that continue it.
        stamp: its date, and where that stands.
        layout: how its fields are arranged.
        heading: the workflow of the last heading, for lines that tell none themselves.
    """
    if stamp is None:
        return Row(None, record.strip(_BLANKS), workflow=heading or _mentioned(record)[0])
    before, after = record[: stamp.start], record[stamp.end :].rstrip(_BLANKS)
    if before.endswith('"') and after.startswith('"'):
        before, after = before[:-1], after[1:]
    told = _told(before, after, layout)
    message = told.get("message", "").strip(_BLANKS)
    workflow, _, activity = told.get("workflow", "").strip().partition("/")
    activity = told.get("activity", "").strip() or activity
    if not workflow and "_" in activity and (found := NAMED.fullmatch(activity)):
        workflow, activity = found[1], found[2] or ""
    if not workflow or not activity:
        named = _mentioned(message)
        workflow, activity = workflow or heading or named[0], activity or named[1]
    level = told.get("level", "").strip()
    level = FLAGS.get(told.get("flag", "").strip().casefold(), _level(level) or level)
    return Row(stamp, message, activity, workflow, level, told.get("id", "").strip())


def _told(before: str, after: str, layout: Layout) -> dict[str, str]:
    """Name the fields that stand before and after the date."""
    if not layout.columns and not after.strip(_CLOSERS):
        return {"message": before.strip(" \t{[\"'")}
    delimiter = layout.delimiter or _delimiter(before, after)
    if not delimiter:
        return _by_words(before, after)
    fields = _split(after, delimiter)[1:]
    if before:
        fields = [*_split(before, delimiter)[:-1], *fields]
    elif len(fields) == ACTIVITY_AND_MESSAGE and not layout.columns and not _level(fields[0].strip()):
        return {"activity": fields[0], "message": fields[1]}
    names = [kind for kind in layout.columns if kind != "date"]
    if names and len(fields) >= len(names) - 1:
        return _by_columns(names, fields, delimiter)
    return _by_position(fields, delimiter)


def _mentioned(message: str) -> tuple[str, str]:
    """Read the workflow and the activity that a message itself names."""
    if "/" not in message and "mcsynch" not in message.casefold():
        return "", ""
    if found := _SCRIPT.search(message) or NAMED.search(message):
        return found[1].rstrip("."), found[2] or ""
    return "", ""


def _delimiter(before: str, after: str) -> str:
    if "\t" in after:
        return "\t"
    mark = after.lstrip(" \"'")[:1]
    if mark and mark in ";,|" and (before.strip() or mark != "," or after[:1] in ",\"'"):
        return mark
    return ""


def _by_columns(names: Sequence[str], fields: Sequence[str], delimiter: str) -> dict[str, str]:
    """Give each field the name of its column; what is over belongs to the last column."""
    told: dict[str, str] = {}
    last = len(names) - 1
    for index, name in enumerate(names):
        value = fields[index] if index < len(fields) else ""
        if index == last and len(fields) > len(names):
            value = delimiter.join(fields[index:])
        if name and not told.get(name):
            told[name] = value
    return told


def _by_position(fields: Sequence[str], delimiter: str) -> dict[str, str]:
    """Tell the fields apart without a header: what is a level, a number or a workflow tells itself."""
    told: dict[str, str] = {}
    rest: list[str] = []
    for index, value in enumerate(fields):
        bare = value.strip()
        if index == len(fields) - 1 or len(rest) > 1:
            rest.append(value)
        elif "level" not in told and _level(bare):
            told["level"] = bare
        elif bare.lstrip("-").isdecimal():
            told.setdefault("id", bare)
        elif NAMED.fullmatch(bare) and "workflow" not in told:
            told["workflow"] = bare
        else:
            rest.append(value)
    activity = rest.pop(0) if len(rest) > 1 else ""
    return {**told, "activity": activity, "message": delimiter.join(rest)}


def _by_words(before: str, after: str) -> dict[str, str]:
    """Tell the parts of a line apart that only spaces divide."""
    told: dict[str, str] = {}
    before = before.strip(" \t[](){}<>-|:'\"")
    if _level(before):
        told["level"] = before
    elif named := _mentioned(before)[0]:
        told["workflow"] = named
    if (found := _SERVER_LOG.match(after)) and _level(found[1]):
        return {**told, "level": found[1], "message": after[found.end() :]}
    rest = after.lstrip(" \t])}>-|:,;'\"")
    word, _, tail = rest.partition(" ")
    if _level(word.strip("[]():")):
        told.setdefault("level", word.strip("[]():"))
        rest = tail.lstrip(" :-|")
    head = _SPACES.split(rest[:200], maxsplit=1)[0]
    if len(head) < len(rest) and len(head) <= LONGEST_NAME and rest[len(head) : len(head) + 2].isspace():
        return {**told, "activity": head, "message": rest[len(head) :].lstrip()}
    word, _, tail = rest.partition(" ")
    if tail and (_IDENTIFIER.fullmatch(word.rstrip(":")) or NAMED.fullmatch(word.rstrip(":"))):
        return {**told, "activity": word.rstrip(":"), "message": tail}
    return {**told, "message": rest}


def _split(text: str, delimiter: str) -> list[str]:
    """Split at a delimiter outside of double quotes; a doubled quote inside is one quote."""
    if '"' not in text:
        return text.split(delimiter)
    fields: list[str] = []
    pieces: list[str] = []
    open_quote = False
    for piece in text.split(delimiter):
        pieces.append(piece)
        open_quote ^= piece.count('"') % 2 == 1
        if not open_quote:
            fields.append(_unquote(delimiter.join(pieces)))
            pieces = []
    if pieces:
        fields.append(_unquote(delimiter.join(pieces)))
    return fields


@lru_cache(maxsize=1024)
def _level(word: str) -> str:
    """Read the weight of a line from one word, `""` when it tells none."""
    return LEVELS.get(fold(word), "") if len(word) <= LONGEST_NAME else ""


def _unquote(value: str) -> str:
    bare = value.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1].replace('""', '"')
    return bare.removeprefix('"') if bare.count('"') % 2 else value
