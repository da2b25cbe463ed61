"""A failure as Campaign's monitoring workflow reports it by webhook: the value, and reading it from JSON.

A report only says "look": what it claims is checked against the journal before anything is proposed. Who may
send one is decided in `bot/web`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from bot.domain.errors import UnreadableInput

_LONGEST_NAME = 255
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}")
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], "\N{REPLACEMENT CHARACTER}")
_KEPT_CONTROLS = (ord("\n"), ord("\t"))
_MESSAGE_TABLE = {code: text for code, text in _CONTROLS.items() if code not in _KEPT_CONTROLS}


@dataclass(frozen=True)
class Report:
    """What one delivery claims.

    Attributes:
        id: the sender's own id of the delivery, `""` when it has none.
        workflow: the internal name.
        workflow_id: the primary key, as text.
        activity: the activity that failed, `""` when unknown.
        message: the journal line, untrusted; control characters replaced.
        logged_at: the date of the journal line, UTC.
        log_id: the id of the journal line, `""` where none was written (KA-24179); can be negative.
    """

    id: str
    workflow: str
    workflow_id: str
    activity: str
    message: str
    logged_at: datetime
    log_id: str


def read_report(body: bytes) -> Report:
    """Read a delivery: a JSON object in UTF-8 with the fields of `Report`.

    `workflow`, `workflow_id` and `logged_at` must be there; `null` counts as absent and unknown fields are
    ignored. Ids may be JSON numbers. `logged_at` is ISO 8601 with a zone: a local time would be a guess.

    Raises:
        UnreadableInput: with one sentence for the sender.
    """
    fields = _object(body)
    return Report(
        id=_name(fields, "id"),
        workflow=_present("workflow", _name(fields, "workflow")),
        workflow_id=_present("workflow_id", _number(fields, "workflow_id")),
        activity=_name(fields, "activity"),
        message=_text(fields, "message").translate(_MESSAGE_TABLE),
        logged_at=_instant("logged_at", _present("logged_at", _name(fields, "logged_at"))),
        log_id=_number(fields, "log_id"),
    )


def delivery_key(instance: str, report: Report, body: bytes) -> str:
    """Tell by what key a repeat of the same delivery to *instance* is recognised.

    The sender's id; without one, the journal line; without that, the body as it came.
    """
    if report.id:
        return f"{instance}:id:{report.id}"
    if report.log_id:
        return f"{instance}:log:{report.log_id}:{report.logged_at.isoformat()}"
    return f"{instance}:sha256:{sha256(body).hexdigest()}"


def _object(body: bytes) -> Mapping[str, object]:
    try:
        fields = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise UnreadableInput("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise UnreadableInput(
            f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise UnreadableInput("The body is nested too deeply.") from None
    except ValueError:
        # The one other thing `json` refuses: a whole number of thousands of digits.
        raise UnreadableInput("The body holds a number that is too long.") from None
    if not isinstance(fields, dict):
        raise UnreadableInput("The body must be a JSON object.")
    return fields


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise UnreadableInput(f"`{name}` must be text.")
    if _HALF_CHARACTER.search(value):
        raise UnreadableInput(f"`{name}` holds half a character (an unpaired surrogate).")
    return value


def _name(fields: Mapping[str, object], name: str) -> str:
    value = _text(fields, name).strip()
    if len(value) > _LONGEST_NAME:
        raise UnreadableInput(f"`{name}` may have at most {_LONGEST_NAME} characters.")
    if not value.isprintable():
        raise UnreadableInput(f"`{name}` holds a control character.")
    return value


def _number(fields: Mapping[str, object], name: str) -> str:
    value = _name(fields, name)
    if value and not _WHOLE_NUMBER.fullmatch(value):
        raise UnreadableInput(f"`{name}` must be a whole number, such as 4900.")
    return value


def _present(name: str, value: str) -> str:
    if not value:
        raise UnreadableInput(f"`{name}` is missing.")
    return value


def _instant(name: str, value: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise UnreadableInput(f"`{name}` must be a date and time in UTC, such as 2026-11-23T05:00:02Z.")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise UnreadableInput(f"`{name}` lies outside the years 1 to 9999.") from None
