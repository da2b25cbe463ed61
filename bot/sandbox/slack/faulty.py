"""Letting a call meet its fault: the spoilt answer instead of the right one, before or after the effect."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from bot.sandbox.slack.abort import ABORT, Broken
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.refusal import SlackRefusal


async def spoilt(fault: Fault | None, request: Request, run: Callable[[], Response]) -> Response:
    """Run a call under a fault, or under none.

    With `when` "after" the effect has happened and only its answer is lost. "slow" takes its time and then
    answers as usual.

    Raises:
        Broken: the connection was reset.
    """
    if fault is None:
        return run()
    if fault.mode == "slow":
        if fault.when == "before":
            await asyncio.sleep(fault.seconds)  # the fault is the delay
            return run()
        answer = run()
        await asyncio.sleep(fault.seconds)  # the same, after the deed
        return answer
    if fault.when == "after":
        run()
    return _instead(fault, request)


def _instead(fault: Fault, request: Request) -> Response:
    """Return what comes in place of the answer."""
    if fault.mode == "reset":
        request.scope[ABORT]()
        raise Broken
    if fault.mode == "ratelimited":
        headers = {"Retry-After": str(fault.retry_after)}
        return JSONResponse(SlackRefusal("ratelimited").answer(), 429, headers)
    if fault.mode == "500":
        return PlainTextResponse("Internal Server Error", 500)
    if fault.mode == "html":
        return HTMLResponse("<!DOCTYPE html><html><body><h1>Server error</h1></body></html>", 503)
    return JSONResponse(SlackRefusal(fault.mode.removeprefix("error:")).answer())
