"""The Web API over HTTP: arguments, tokens, scopes, faults, and Slack's way of answering."""

import asyncio
import hmac
import json
import urllib.parse
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.methods import METHODS, Call, Method
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.standin import StandIn

ABORT = "mcsync.abort"
"""The key of the request's scope under which the server offers to break the connection off."""


class Broken(Exception):
    """The connection was broken off; there is nobody to answer."""


async def read_arguments(request: Request) -> Json:
    """Return a call's arguments from the query, a form or JSON.

    Raises:
        SlackRefusal: `invalid_json` or `json_not_object`.
    """
    arguments: Json = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    raw = await request.body()
    if content_type == "application/json":
        try:
            given = json.loads(raw) if raw else {}
        except ValueError:
            raise SlackRefusal("invalid_json") from None
        if not isinstance(given, dict):
            raise SlackRefusal("json_not_object")
        return arguments | given
    if content_type == "application/x-www-form-urlencoded":
        arguments |= urllib.parse.parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return arguments


def _token(request: Request, arguments: Json) -> str:
    """Return the bearer token of the header, or the argument `token`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return str(arguments.get("token", ""))


def _authorise(standin: StandIn, method: Method, token: str) -> frozenset[str]:
    """Return the scopes of the call's token; refuse a missing, unknown or wrong kind of token."""
    installation = standin.installation
    if method.caller == "anybody":
        return frozenset()
    if not token:
        raise SlackRefusal("not_authed")
    is_bot = hmac.compare_digest(token.encode(), installation.bot_token.encode())
    is_app = hmac.compare_digest(token.encode(), installation.app_token.encode())
    if not is_bot and not is_app:
        raise SlackRefusal("invalid_auth")
    if is_bot != (method.caller == "bot"):
        raise SlackRefusal("not_allowed_token_type")
    return frozenset(installation.scopes if is_bot else installation.app_scopes)


def run(standin: StandIn, name: str, token: str, arguments: Json) -> Json:
    """Do one call; returns Slack's answer with `ok`."""
    try:
        method = METHODS.get(name)
        if method is None:
            raise SlackRefusal("unknown_method", {"req_method": name})
        scopes = _authorise(standin, method, token)
        call = Call(standin.workspace, arguments, scopes, standin.base_url, standin.open_socket)
        if method.scopes:
            call.require_scope(*method.scopes)
        with standin.workspace.lock:
            return {"ok": True, **method.run(call)}
    except SlackRefusal as refusal:
        return refusal.answer()


def _decoded(arguments: Json) -> Json:
    """Return arguments with nested JSON of a form decoded, as the call log shows them."""
    shown: dict[str, Any] = {}
    for name, value in arguments.items():
        shown[name] = value
        if isinstance(value, str) and value[:1] in ("[", "{"):
            try:
                shown[name] = json.loads(value)
            except ValueError:
                continue
    return shown


async def answer_call(request: Request) -> Response:
    """Answer `/api/<method>`."""
    standin: StandIn = request.app.state.standin
    name = request.path_params["method"]
    try:
        arguments = await read_arguments(request)
    except SlackRefusal as refusal:
        return JSONResponse(refusal.answer())
    standin.log.add(name, _decoded(arguments))
    fault = standin.faults.take(name)
    if fault is not None and fault.when == "before":
        spoilt = await meet(fault, request)
        if spoilt is not None:
            return spoilt
    answer = run(standin, name, _token(request, arguments), arguments)
    if fault is not None and fault.when == "after":
        spoilt = await meet(fault, request)
        if spoilt is not None:
            return spoilt
    headers = {"X-OAuth-Scopes": ",".join(standin.installation.scopes)}
    method = METHODS.get(name)
    if method is not None:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
    return JSONResponse(answer, headers=headers)


async def meet(fault: Fault, request: Request) -> Response | None:
    """Return the spoilt answer; `None` when the call is only slow."""
    if fault.mode == "slow":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.mode == "ratelimited":
        headers = {"Retry-After": str(fault.retry_after)}
        return JSONResponse(SlackRefusal("ratelimited").answer(), 429, headers)
    if fault.mode == "500":
        return PlainTextResponse("Internal Server Error", 500)
    if fault.mode == "html":
        return HTMLResponse("<!DOCTYPE html><html><body><h1>Server error</h1></body></html>", 503)
    if fault.mode == "reset":
        request.scope[ABORT]()
        raise Broken
    return JSONResponse(SlackRefusal(fault.mode.removeprefix("error:")).answer())
