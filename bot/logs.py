"""How the log is written: one event per fact, as JSON for machines or as lines for people.

No secret may reach it: foreign loggers that print requests are kept quiet at every level.
"""

import logging
import sys
from collections.abc import Sequence
from io import StringIO
from typing import Any, TextIO

import structlog

from bot.domain.scrub import scrub

QUIET = {
    **dict.fromkeys(("zeep", "slack_sdk", "slack_bolt", "urllib3", "waitress"), logging.WARNING),
    # It warns whenever a ring of the bell is left out because one is under way, which is how it should be.
    "apscheduler": logging.ERROR,
}
"""Foreign loggers and the least that they may say; below, they would print envelopes, headers or tokens."""


def configure(
    *,
    style: str,
    level: str,
    stream: TextIO | None = None,
    watchers: Sequence[structlog.typing.Processor] = (),
) -> None:
    """Send the log to *stream*, standard error by default.

    Args:
        style: `json` or `console`.
        level: `debug`, `info`, `warning` or `error`.
        stream: where to.
        watchers: are shown every line from INFO on, whatever the level; such as one that counts them.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    out = stream or sys.stderr
    dress: tuple[structlog.typing.Processor, ...] = (
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *((structlog.processors.format_exc_info, _scrub_exception) if style == "json" else ()),
        _last(style),
    )
    # One for all: structlog asks for a logger at every line.
    writer = structlog.WriteLogger(out)
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Foreign(dress))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(number, least))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            *watchers,
            _leave_out_below(number),
            *dress,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            min(number, logging.INFO) if watchers else number
        ),
        logger_factory=lambda *_: writer,
        cache_logger_on_first_use=False,
    )


class _Foreign(logging.Formatter):
    """Writes what a library says as one line like ours, without what looks like a secret."""

    def __init__(self, dress: Sequence[structlog.typing.Processor]) -> None:
        super().__init__()
        self._dress = dress

    def format(self, record: logging.LogRecord) -> str:
        line: Any = {
            "event": "library.spoke",
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": scrub(record.getMessage()),
            **({"exc_info": record.exc_info} if record.exc_info else {}),
        }
        for processor in self._dress:
            line = processor(None, record.levelname.lower(), line)
        return str(line)


def _last(style: str) -> structlog.typing.Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=False,
        repr_native_str=True,  # untrusted text may hold what a terminal obeys
        # The default would show every local value, where a prettier printer of tracebacks is installed.
        exception_formatter=_scrubbed_traceback,
    )


def _scrub_exception(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Take what looks like a secret out of a traceback: somebody else's exception may quote anything."""
    if "exception" in line:
        line["exception"] = scrub(str(line["exception"]))
    return line


def _scrubbed_traceback(out: TextIO, error: structlog.typing.ExcInfo) -> None:
    text = StringIO()
    structlog.dev.plain_traceback(text, error)
    out.write(scrub(text.getvalue()))


def _leave_out_below(number: int) -> structlog.typing.Processor:
    numbers = {name.lower(): value for name, value in logging.getLevelNamesMapping().items()}

    def leave_out(
        _logger: object, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        if numbers[line["level"]] < number:
            raise structlog.DropEvent
        return line

    return leave_out
