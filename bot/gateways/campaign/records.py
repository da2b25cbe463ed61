"""Rows of a query to domain values. Attributes may be absent or strange: each is read, or one clear error."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from lxml import etree

from bot.domain.account import Account
from bot.domain.errors import UnreadableAnswer, UnreadableDefinition, sentence_of
from bot.domain.journal import JournalEntry
from bot.domain.operator import Operator
from bot.domain.sentence import joined, say
from bot.domain.workflow import Status, Workflow
from bot.gateways.campaign.definition import definition

_TRUE = {"1", "true"}
_FALSE = {"0", "false", ""}
_LOG_TYPE_ERROR = "0"
_LOG_DATE = say("logDate of a journal line")

STATUS = ("@id", "@internalName", "@state", "@failed", "@errorCount", "@processId", "@nextProcessingDate")
WORKFLOW = (
    *STATUS,
    "@label",
    "@timezone",
    "@onError",
    "@lastStart",
    "@lastModified",
    "[modifiedBy/@name]",
    "data",
)
JOURNAL = ("@id", "@logDate", "@activity", "@message", "@error", "@logType")
ACCOUNT = ("@id", "@name", "@label", "@server")


def rows(output: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Go through the records of a `select`: the children *name* of the collection, if one came.

    Raises:
        UnreadableAnswer: something else came. Taken for no records, it would blind us.
    """
    if output is None:
        return
    if _kind(output) != f"{name}-collection":
        raise UnreadableAnswer(
            say("Campaign gave a {kind} in place of records of {name}.", kind=_kind(output)[:40], name=name)
        )
    yield from output.iterchildren(f"{{*}}{name}")


def status(row: etree._Element) -> Status:
    """Read what a poll sees of a workflow.

    Raises:
        UnreadableAnswer: id, name or state are missing, or a value is not of its kind.
    """
    return Status(
        name=_required(row, "internalName"),
        id=_required(row, "id"),
        state=_whole(row, "state", _required(row, "state")),
        failed=_flag(row, "failed"),
        error_count=_whole(row, "errorCount", row.get("errorCount") or "0"),
        process_id=_whole(row, "processId", row.get("processId") or "0"),
        next_run=_optional_instant(row, "nextProcessingDate"),
    )


def workflow(row: etree._Element) -> Workflow:
    """Read a workflow in full.

    Raises:
        UnreadableAnswer: an attribute is missing or not of its kind.
        UnreadableDefinition: its activities did not come, or are not XML.
    """
    seen = status(row)
    saver = next(row.iterchildren("{*}modifiedBy"), None)
    try:
        activities = definition(row)
    except UnreadableDefinition as error:
        raise UnreadableDefinition(joined(": ", [seen.name, sentence_of(error)])) from None
    return Workflow(
        status=seen,
        label=row.get("label", ""),
        timezone=row.get("timezone", ""),
        on_error=_whole(row, "onError", row.get("onError") or "0"),
        last_start=_optional_instant(row, "lastStart"),
        last_modified=row.get("lastModified", ""),
        modified_by="" if saver is None else saver.get("name", ""),
        definition=activities,
    )


def journal_entry(row: etree._Element) -> JournalEntry:
    """Read one line of the journal.

    `@error` says whether it is an error; where a server leaves it out, `@logType` 0 does (as in the sibling
    schemas, since its own enumeration is not published).

    Raises:
        UnreadableAnswer: id or date are missing or not of their kind.
    """
    # A poll reads hundreds of these, and nearly all are as they should be: a call for each attribute counts.
    value = row.get
    error = value("error", "").strip().lower()
    return JournalEntry(
        value("id", "").strip() or _required(row, "id"),
        instant(value("logDate") or _required(row, "logDate"), _LOG_DATE),
        value("activity", ""),
        value("message", ""),
        error not in _FALSE if error else value("logType", "") == _LOG_TYPE_ERROR,
    )


def account(row: etree._Element) -> Account:
    """Read one external account.

    Raises:
        UnreadableAnswer: it has no name.
    """
    return Account(name=_required(row, "name"), label=row.get("label", ""), server=row.get("server", ""))


def operator(user: etree._Element) -> Operator:
    """Read what `xtk:session#GetUserInfo` tells; what it leaves out counts as not had."""
    return Operator(
        login=user.get("login", ""),
        rights=frozenset(right.get("right", "") for right in user.iterchildren("{*}login-right")),
        packages=frozenset(
            f"{package.get('namespace', '')}:{package.get('name', '')}"
            for package in user.iterchildren("{*}installed-package")
        ),
        timezone=user.get("timezone", ""),
    )


def instant(text: str, what: str) -> datetime:
    """Read an instant with a zone, such as `2026-01-31 06:00:00.000Z`.

    Raises:
        UnreadableAnswer: it is none.
    """
    try:
        value = datetime.fromisoformat(text.strip())
        if value.tzinfo is UTC:
            return value
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UnreadableAnswer(
        say(
            "Campaign gave {text} as {what}, which is no instant with a zone.",
            text=f"{text[:40]!r}",
            what=what,
        )
    )


def _required(row: etree._Element, attribute: str) -> str:
    value = row.get(attribute, "").strip()
    if not value:
        raise UnreadableAnswer(
            say("Campaign gave a {kind} without its {attribute}.", kind=_kind(row), attribute=attribute)
        )
    return value


def _whole(row: etree._Element, attribute: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UnreadableAnswer(
            say(
                "Campaign gave {text} as {attribute} of a {kind}, which is no whole number.",
                text=f"{text[:40]!r}",
                attribute=attribute,
                kind=_kind(row),
            )
        ) from None


def _flag(row: etree._Element, attribute: str) -> bool:
    text = row.get(attribute, "").strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise UnreadableAnswer(
        say(
            "Campaign gave {text} as {attribute} of a {kind}, which is neither 0 nor 1.",
            text=f"{text[:40]!r}",
            attribute=attribute,
            kind=_kind(row),
        )
    )


def _optional_instant(row: etree._Element, attribute: str) -> datetime | None:
    text = row.get(attribute, "").strip()
    return instant(text, _attribute_of(attribute, _kind(row))) if text else None


@cache
def _attribute_of(attribute: str, kind: str) -> str:
    return say("{attribute} of a {kind}", attribute=attribute, kind=kind)


def _kind(row: etree._Element) -> str:
    return etree.QName(row).localname
