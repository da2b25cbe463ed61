"""Only Slack is answered, whatever address a signed request names."""

import hashlib
import hmac
import socket
import time
from urllib.parse import urlencode

import requests

from tests.flows.town import ENVIRONMENT, Town


def test_an_address_that_is_not_slacks_is_never_called(town: Town) -> None:
    town.settle()
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/hooks/1"
        fields = {
            "command": "/mcsync",
            "text": "status",
            "team_id": "T0SANDBOX",
            "user_id": "U0SAM",
            "channel_id": "C0OPS",
            "trigger_id": "1.2",
            "response_url": address,
        }
        body, stamp = urlencode(fields).encode(), str(int(time.time()))
        secret = ENVIRONMENT["MCSYNC_SLACK_SIGNING_SECRET"].encode()
        signature = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        answer = requests.post(
            f"http://127.0.0.1:{town.port}/slack/events",
            data=body,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": f"v0={signature}",
            },
            timeout=5,
        )
        town.turn(minutes=1)
        elsewhere.setblocking(False)
        try:
            called = elsewhere.accept() is not None
        except BlockingIOError:
            called = False

    assert answer.status_code == 400
    assert not called
