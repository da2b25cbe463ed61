"""The Web API over HTTP: arguments, tokens, scopes, faults, and Slack's way of answering."""

import hmac
import json
import urllib.parse
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack.faulty import spoilt
from bot.sandbox.slack.methods import METHODS, Call, Method
from bot.sandbox.slack.refusal import Json, SlackRefusal
from bot.sandbox.slack.standin import StandIn, standin_of


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
    return frozenset(installation.manifest.scopes if is_bot else installation.app_scopes)


def _method(name: str) -> Method:
    """Return a method by its name; refuse one that Slack, or this stand-in, does not have."""
    if name not in METHODS:
        raise SlackRefusal("unknown_method", {"req_method": name})
    return METHODS[name]


def run(standin: StandIn, name: str, token: str, arguments: Json) -> Json:
    """Do one call; returns Slack's answer with `ok`."""
    try:
        method = _method(name)
        scopes = _authorise(standin, method, token)
        call = Call(
            standin.workspace,
            arguments,
            scopes,
            standin.base_url,
            standin.open_socket,
            has_home=standin.installation.manifest.has_home,
        )
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
    standin = standin_of(request)
    name = request.path_params["method"]
    try:
        arguments = await read_arguments(request)
    except SlackRefusal as refusal:
        return JSONResponse(refusal.answer())
    standin.log.add(name, _decoded(arguments))
    token = _token(request, arguments)

    def respond() -> Response:
        headers = {"X-OAuth-Scopes": ",".join(standin.installation.manifest.scopes)}
        if name in METHODS:
            headers["X-Accepted-OAuth-Scopes"] = ",".join(METHODS[name].scopes)
        return JSONResponse(run(standin, name, token, arguments), headers=headers)

    return await spoilt(standin.faults.take(name), request, respond)
