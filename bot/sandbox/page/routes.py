"""What browsers ask for: files, the live stream, deeds in Slack, levers of Campaign, time, the bot.

| path                   | what it does                                                                     |
|------------------------|----------------------------------------------------------------------------------|
| `GET /`, `/files/...`  | the page                                                                         |
| `GET /live`            | server-sent events, one per topic whenever its picture changes                   |
| `POST /slack/<deed>`   | passed on to Slack's `/_sandbox/<deed>`                                          |
| `* /campaign/<lever>`  | passed on to Campaign's `/_sandbox/<lever>`                                      |
| `POST /time/<journey>` | `minutes` (with `count`), `next-run`, `tomorrow`, `stop`                         |
| `POST /bot/<order>`    | `freeze`, `thaw`, `kill`, `start`                                                |

Everything here changes a sandbox on loopback, so only the page itself may ask: other names for this host and
other origins are refused.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import requests
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.journey import Journeys, Nowhere
from bot.sandbox.page.board import Board, Json, machine_milliseconds
from bot.sandbox.process import Stuck
from bot.sandbox.programs import Sandbox

FILES = Path(__file__).parent / "files"
FRAME_SECONDS = 0.04
"""How often a stream looks for new pictures."""
HEARTBEAT_FRAMES = 250
DEED_SECONDS = 30.0
LONGEST_SKIP_MINUTES = 24 * 60
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What the routes work with.

    Attributes:
        sandbox: the programs.
        journeys: move time.
        board: the pictures.
        look_at_time: shows the clock and the bot at once.
        closing: set when streams shall end.
    """

    sandbox: Sandbox
    journeys: Journeys
    board: Board
    look_at_time: Callable[[], None]
    closing: Event


def build(stage: Stage) -> Starlette:
    """Return the web application."""
    routes = [
        Route("/", _page),
        Mount("/files", StaticFiles(directory=FILES)),
        Route("/live", _live),
        Route("/slack/{name}", _slack, methods=["POST"]),
        Route("/campaign/{name}", _campaign, methods=["POST", "DELETE"]),
        Route("/time/{name}", _time, methods=["POST"]),
        Route("/bot/{name}", _bot, methods=["POST"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(OnlyThePage)])
    app.state.stage = stage
    return app


class OnlyThePage:
    """Refuses whoever calls this host by another name or comes from another page, and sends safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, _, port = headers.get("host", "").rpartition(":")
        origin = headers.get("origin")
        is_known = host in ("127.0.0.1", "localhost") and port == str(scope["server"][1])
        if not is_known or origin not in (None, f"http://{host}:{port}"):
            await PlainTextResponse("Only the page itself may ask.", 403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(
                    {
                        "Cache-Control": "no-store",
                        "Content-Security-Policy": POLICY,
                        "X-Content-Type-Options": "nosniff",
                        "Referrer-Policy": "no-referrer",
                    }
                )
            await send(message)

        await self._app(scope, receive, with_headers)


def _stage(request: Request) -> Stage:
    stage: Stage = request.app.state.stage
    return stage


async def _page(_request: Request) -> Response:
    return FileResponse(FILES / "index.html", media_type="text/html")


async def _live(request: Request) -> Response:
    return StreamingResponse(_stream(_stage(request)), media_type="text/event-stream")


async def _stream(stage: Stage) -> AsyncIterator[str]:
    """Yield each picture that the browser has not seen."""
    shown: dict[str, int] = {}
    quiet = 0
    while not stage.closing.is_set():
        quiet += 1
        for topic, (number, picture) in stage.board.pictures().items():
            if shown.get(topic) != number:
                shown[topic], quiet = number, 0
                wrapped = {"machine_ms": machine_milliseconds(), "picture": picture}
                yield f"event: {topic}\ndata: {json.dumps(wrapped)}\n\n"
        if quiet >= HEARTBEAT_FRAMES:
            quiet = 0
            yield ": still here\n\n"
        await asyncio.sleep(FRAME_SECONDS)  # so many pictures a second are enough for an eye


async def _slack(request: Request) -> Response:
    url = f"{_stage(request).sandbox.slack_url}/_sandbox/{request.path_params['name']}"
    return await _pass_on("POST", url, await request.body())


async def _campaign(request: Request) -> Response:
    url = f"{_stage(request).sandbox.campaign_url}/_sandbox/{request.path_params['name']}"
    return await _pass_on(request.method, url, await request.body())


async def _pass_on(method: str, url: str, body: bytes) -> Response:
    def ask() -> Response:
        with requests.Session() as http:
            http.trust_env = False
            try:
                answer = http.request(method, url, data=body, timeout=DEED_SECONDS)
            except requests.RequestException as error:
                return JSONResponse({"ok": False, "error": f"no answer: {type(error).__name__}"}, 502)
        return Response(answer.content, answer.status_code, media_type="application/json")

    return await run_in_threadpool(ask)


async def _time(request: Request) -> Response:
    stage, name = _stage(request), request.path_params["name"]
    wish = await _wish(request)
    count = wish.get("count", 1)
    if not isinstance(count, int) or not 0 < count <= LONGEST_SKIP_MINUTES:
        return JSONResponse({"ok": False, "error": "count must be a number of minutes, one day at most"}, 400)
    journeys: dict[str, Callable[[], None]] = {
        "minutes": lambda: stage.journeys.minutes(count),
        "next-run": stage.journeys.next_run,
        "tomorrow": stage.journeys.tomorrow,
        "stop": stage.journeys.stop,
    }
    return await _obey(stage, journeys.get(name))


async def _bot(request: Request) -> Response:
    stage = _stage(request)
    orders: dict[str, Callable[[], None]] = {
        "freeze": stage.sandbox.freeze_bot,
        "thaw": stage.sandbox.thaw_bot,
        "kill": stage.sandbox.kill_bot,
        "start": stage.sandbox.start_bot,
    }
    return await _obey(stage, orders.get(request.path_params["name"]))


async def _wish(request: Request) -> Json:
    body = await request.body()
    try:
        wish: Any = json.loads(body or b"{}")
    except ValueError:
        return {"count": None}
    return wish if isinstance(wish, dict) else {"count": None}


async def _obey(stage: Stage, order: Callable[[], None] | None) -> Response:
    if order is None:
        return JSONResponse({"ok": False, "error": "there is no such control"}, 404)
    try:
        await run_in_threadpool(order)
    except (Nowhere, Stuck) as error:
        return JSONResponse({"ok": False, "error": str(error).partition("\n")[0]})
    finally:
        await run_in_threadpool(stage.look_at_time)
    return JSONResponse({"ok": True})
