"""The log: one line per fact, for machines or for people, and no secret from a library's own chatter."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

from bot import logs

pytestmark = pytest.mark.usefixtures("log_as_it_was")

SECRET = "xoxb-1-SECRET"


def written(style: str = "json", level: str = "debug") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(style=style, level=level, stream=stream)
    return stream


def test_for_machines_each_event_is_one_json_object() -> None:
    stream = written()

    structlog.get_logger("x").info("card.posted", key="k1", ts="1.2")
    structlog.get_logger("x").warning("work.put_off", reason="später")

    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {"event": "card.posted", "key": "k1", "ts": "1.2", "level": "info"}
    assert (second["level"], second["reason"]) == ("warning", "später")


def test_for_people_each_event_is_a_line_without_colours() -> None:
    stream = written("console")

    structlog.get_logger("x").info("card.posted", key="k1")

    (line,) = stream.getvalue().splitlines()
    assert "card.posted" in line
    assert "key='k1'" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("style", ["json", "console"])
def test_untrusted_text_neither_begins_a_line_nor_moves_the_cursor(style: str) -> None:
    stream = written(style)

    structlog.get_logger("x").info("event", reason="a\n2026 [error] forged", key="\x1b[2Jgone")

    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(("level", "told"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_only_what_is_important_enough_is_written(level: str, told: int) -> None:
    stream = written(level=level)

    for method in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger("x"), method)("event")

    assert len(stream.getvalue().splitlines()) == told


def test_what_is_bound_to_the_context_is_written_with_every_event() -> None:
    stream = written()

    with structlog.contextvars.bound_contextvars(work="k1"):
        structlog.get_logger("x").info("event")

    assert json.loads(stream.getvalue())["work"] == "k1"


@pytest.mark.parametrize("style", ["json", "console"])
def test_an_exception_is_written_whole_but_never_the_values_around_it(style: str) -> None:
    stream = written(style)
    token = SECRET

    def fail() -> None:
        password = token
        assert password
        raise ValueError("nobody foresaw this")

    try:
        fail()
    except ValueError:
        structlog.get_logger("x").exception("counter.failed", reference="ab12")

    text = stream.getvalue()
    assert "ValueError: nobody foresaw this" in text
    assert "in fail" in text
    assert "ab12" in text
    assert SECRET not in text


PRETTIER_PRINTER = """
class Traceback:
    @classmethod
    def from_exception(cls, *args, **options):
        return f"PRETTY, with local values: {options.get('show_locals')}"

class Console:
    def __init__(self, *args, file=None, **options):
        self.file = file

    def print(self, text):
        self.file.write(text)
"""

FAILING = """
import sys
import structlog
from bot import logs

assert structlog.dev.rich is not None
logs.configure(style="console", level="info")
try:
    raise ValueError("once")
except ValueError:
    structlog.get_logger("x").exception("event")
"""


def test_local_values_stay_out_even_where_a_prettier_printer_is_installed(tmp_path: Path) -> None:
    """By its default structlog hands tracebacks to rich, where there is one, with all local values."""
    package = tmp_path / "rich"
    package.mkdir()
    for name in ("__init__", "console", "traceback"):
        (package / f"{name}.py").write_text(PRETTIER_PRINTER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"}

    done = subprocess.run(
        [sys.executable, "-c", FAILING], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "ValueError: once" in done.stderr
    assert "PRETTY" not in done.stderr


@pytest.mark.parametrize("name", logs.QUIET)
@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_foreign_loggers_are_quiet_below_warning_at_every_level(name: str, level: str) -> None:
    stream = written(level=level)
    logger = logging.getLogger(f"{name}.transports")

    logger.debug("Authorization: Bearer %s", SECRET)
    logger.info("POST with %s", SECRET)
    assert stream.getvalue() == ""

    logger.warning("the line is bad")
    assert ("the line is bad" in stream.getvalue()) == (
        level != "error" and logs.QUIET[name] <= logging.WARNING
    )
    logger.error("the line is gone")
    assert "the line is gone" in stream.getvalue()


def test_a_library_speaks_in_lines_like_ours_and_its_secrets_are_taken_out() -> None:
    stream = written()

    logging.getLogger("urllib3.pool").warning("retrying https://u:pw@host/?token=%s", "xoxb-1-" + SECRET)

    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["logger"]) == ("library.spoke", "warning", "urllib3.pool")
    assert line["says"] == "retrying https://***@host/?token=***"


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_secret_that_an_exception_quotes_is_taken_out(style: str) -> None:
    stream = written(style)

    def fail() -> None:
        raise ValueError(f"the header was Authorization: Bearer {SECRET}123456")

    try:
        fail()
    except ValueError:
        structlog.get_logger("x").exception("work.failed")
        logging.getLogger("zeep").exception("it broke")

    text = stream.getvalue()
    assert text.count("ValueError: the header was") == 2
    assert SECRET not in text


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_whoever_watches_sees_every_line_from_info_on_whatever_is_written(level: str) -> None:
    seen = []

    def watch(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        seen.append(line["event"])
        return line

    stream = io.StringIO()
    logs.configure(style="json", level=level, stream=stream, watchers=(watch,))
    for method in ("info", "warning", "error"):
        getattr(structlog.get_logger("x"), method)(f"{method}.told")

    assert seen == ["info.told", "warning.told", "error.told"]
    least = {"debug": 3, "info": 3, "warning": 2, "error": 1}[level]
    assert len(stream.getvalue().splitlines()) == least


def test_a_logger_that_nobody_thought_of_is_quiet_as_well() -> None:
    stream = written()

    logging.getLogger("some.new.library").info("token=%s", SECRET)

    assert stream.getvalue() == ""


def test_real_libraries_print_no_token_even_at_debug() -> None:
    stream = written()
    client = WebClient(SECRET, base_url="http://127.0.0.1:1/", timeout=1)
    App(signing_secret=SECRET, client=client, token_verification_enabled=False)

    for call in (
        lambda: client.chat_postMessage(channel="C0", text=SECRET),
        lambda: requests.post("http://127.0.0.1:1/", data=SECRET, timeout=1),
    ):
        with pytest.raises((OSError, SlackRequestError)):
            call()

    assert SECRET not in stream.getvalue()


def test_by_default_the_log_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(style="json", level="info")

    structlog.get_logger("x").info("event")

    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err)["event"] == "event"
