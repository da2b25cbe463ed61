"""How the log is written: one event per fact, as JSON for machines or as lines for people.

No secret may reach it: foreign loggers that print requests are kept quiet at every level.
"""

import logging
import sys
from collections.abc import Sequence
from typing import TextIO

import structlog

QUIET = ("zeep", "slack_sdk", "slack_bolt", "urllib3", "apscheduler", "waitress")
"""Foreign loggers; below WARNING they would print envelopes, headers or tokens."""


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
    logging.basicConfig(
        stream=out, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", force=True
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=False,
            repr_native_str=True,  # untrusted text may hold what a terminal obeys
            # The default would show every local value, where a prettier printer of tracebacks is installed.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            *watchers,
            _leave_out_below(number),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if style == "json" else []),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            min(number, logging.INFO) if watchers else number
        ),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )


def _leave_out_below(number: int) -> structlog.typing.Processor:
    def leave_out(
        _logger: object, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        if logging.getLevelNamesMapping()[str(line["level"]).upper()] < number:
            raise structlog.DropEvent
        return line

    return leave_out
