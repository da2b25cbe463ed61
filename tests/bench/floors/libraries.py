"""The least that a program with our libraries is: import them, construct what we construct, and listen.

No rules, no tables, no use cases: an echo app, zeep's WSDLs read, a scheduler running, a database open, one
model of a setting, one figure, and `/healthz`.
`python -m tests.bench.floors.libraries SIGNING_SECRET DATABASE WSDL_FOLDER PORT` prints one line.
"""

import sys
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import click
import prometheus_client
import pydantic
import requests
import standardwebhooks
import structlog
import waitress  # type: ignore[import-untyped]  # waitress ships no types
import zeep
from apscheduler.schedulers.background import BackgroundScheduler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from sqlite_utils import Database
from zeep.wsdl import Document

from tests.bench.floors.echo import THREADS, echo_app
from tests.bench.orders import say

USED = (click, requests, standardwebhooks, structlog, SocketModeHandler)
"""What we use besides, and is imported here for its weight alone."""


class Configuration(pydantic.BaseModel):
    """One model: `import pydantic` loads next to nothing until somebody makes one."""

    url: str


def main() -> None:
    """Serve until the process is ended."""
    signing_secret, path, wsdls, port = sys.argv[1:]
    store = Configuration(url=path)
    registry = prometheus_client.CollectorRegistry()
    prometheus_client.Histogram("seconds", "How long an answer took.", registry=registry).observe(0)
    settings = zeep.Settings(strict=True, xml_huge_tree=True)
    documents = []
    for wsdl in sorted(Path(wsdls).glob("*.wsdl")):
        with wsdl.open("rb") as file:
            documents.append(Document(file, None, settings=settings))  # type: ignore[arg-type]  # no transport is needed
    database = Database(store.url, execute_plugins=False)
    database.enable_wal()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start()
    slack = SlackRequestHandler(echo_app(signing_secret))

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            return slack(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "12")])
        return [b'{"ok": true}']

    server = waitress.create_server(application, host="127.0.0.1", port=int(port), threads=THREADS)
    say(f"{len(documents)} WSDLs, {server.effective_port}")
    server.run()


if __name__ == "__main__":
    main()
