"""What a `response_url` takes: say more to the person, replace or delete the message that was pressed."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack import people
from bot.sandbox.slack.blocks import with_ids
from bot.sandbox.slack.faulty import spoilt
from bot.sandbox.slack.limits import problems
from bot.sandbox.slack.records import ResponseHook
from bot.sandbox.slack.refusal import Json, SlackRefusal, refusal_with_messages
from bot.sandbox.slack.standin import standin_of
from bot.sandbox.slack.workspace import Workspace

METHOD = "response_url"
"""Its name in the call log and for faults."""


async def answer_hook(request: Request) -> Response:
    """Answer `/hooks/<team>/<secret>`."""
    standin = standin_of(request)
    raw = await request.body()
    try:
        body: Any = json.loads(raw)
    except ValueError:
        return JSONResponse(SlackRefusal("invalid_payload").answer(), 400)
    if not isinstance(body, dict):
        return JSONResponse(SlackRefusal("invalid_payload").answer(), 400)
    standin.log.add(METHOD, body)

    def run() -> Response:
        try:
            with standin.workspace.lock:
                respond(standin.workspace, request.url.path, body)
        except SlackRefusal as refusal:
            status = 404 if refusal.code in ("used_url", "expired_url") else 400
            return JSONResponse(refusal.answer(), status)
        return JSONResponse({"ok": True})

    return await spoilt(standin.faults.take(METHOD), request, run)


def respond(workspace: Workspace, path: str, body: Json) -> None:
    """Do what one use of a response URL asks for.

    Raises:
        SlackRefusal: `used_url`, `expired_url`, `no_text`, `invalid_blocks` or `message_not_found`.
    """
    hook = workspace.use_hook(path)
    if body.get("delete_original"):
        _delete_original(workspace, hook)
        return
    blocks = body.get("blocks") or []
    found = problems(blocks, "message", workspace.unknown_blocks)
    if found:
        raise refusal_with_messages("invalid_blocks", found)
    content: Json = {"text": str(body.get("text") or "")}
    if not content["text"] and not blocks:
        raise SlackRefusal("no_text")
    if blocks:
        content["blocks"] = with_ids(blocks, workspace)
    if hook.heard is not None:
        hook.heard.put_nowait(content)
        return
    if body.get("replace_original") and hook.original is not None:
        _replace_original(workspace, hook, content)
        return
    thread_ts = body.get("thread_ts") or hook.thread_ts
    if thread_ts:
        content["thread_ts"] = str(thread_ts)
    if body.get("response_type") == "in_channel":
        workspace.add_message(hook.channel, people.BOT_USER, content)
    else:
        workspace.add_ephemeral(hook.user, hook.channel, content, METHOD)


def _delete_original(workspace: Workspace, hook: ResponseHook) -> None:
    """Take the message away that was pressed."""
    if hook.is_ephemeral:
        workspace.ephemerals.remove(workspace.find_ephemeral(hook.user, hook.original or ""))
        workspace.record("ephemeral_deleted", user=hook.user, ts=hook.original)
    else:
        workspace.delete_message(workspace.find_message(hook.channel, hook.original or ""))


def _replace_original(workspace: Workspace, hook: ResponseHook, content: Json) -> None:
    """Put other content into the message that was pressed."""
    content = {"blocks": [], **content}
    if hook.is_ephemeral:
        workspace.edit_ephemeral(workspace.find_ephemeral(hook.user, hook.original or ""), content)
    else:
        message = workspace.find_message(hook.channel, hook.original or "")
        workspace.edit_message(message, content, people.BOT_USER)
