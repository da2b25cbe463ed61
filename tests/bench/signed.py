"""Requests as Slack and Campaign's monitoring workflow send them, signed, each one different. Bytes only."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode


@dataclass(frozen=True)
class Key:
    """What a request is made of.

    Attributes:
        secret: signs it.
        port: where it goes.
        path: of the address, `""` for the usual one.
        text: what the command says, or the workflow that the webhook is about.
    """

    secret: str = field(repr=False)
    port: int
    path: str
    text: str


def slack_request(key: Key, number: int) -> bytes:
    """Write a slash command as Slack posts it (docs.slack.dev, "Verifying requests from Slack")."""
    body = urlencode(
        {
            "token": "outdated",
            "team_id": "T0SANDBOX",
            "team_domain": "sandbox",
            "channel_id": "C0OPS",
            "channel_name": "campaign-ops",
            "user_id": "U0SAM",
            "user_name": "sam",
            "command": "/mcsync",
            "text": key.text,
            "api_app_id": "A0MCSYNC",
            "is_enterprise_install": "false",
            "response_url": f"https://hooks.slack.com/commands/T0SANDBOX/{number}/bench",
            "trigger_id": f"{number}.1.bench",
        }
    ).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(key.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return _post(
        key.port,
        key.path or "/slack/events",
        body,
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
        },
    )


def campaign_request(key: Key, number: int) -> bytes:
    """Write a failure report, signed as Standard Webhooks says."""
    report = {
        "workflow": key.text,
        "workflow_id": "4900",
        "activity": "soapImport",
        "message": "Empty return for method 'Logon' of service 'xtk:session'.",
        "logged_at": datetime.now(UTC).isoformat(),
        "log_id": str(number),
    }
    body = json.dumps(report).encode()
    stamp = str(int(time.time()))
    signed = f"msg_{number}.{stamp}.".encode() + body
    digest = hmac.new(base64.b64decode(key.secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return _post(
        key.port,
        key.path or "/webhooks/campaign/prod",
        body,
        {
            "Content-Type": "application/json",
            "webhook-id": f"msg_{number}",
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        },
    )


def _post(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
