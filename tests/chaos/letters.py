"""Letters to the program that Slack and Campaign did not send, or sent and somebody changed. Bytes only."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import requests

from bot.domain.proposal import Proposal
from bot.sandbox.programs import WEBHOOK_SECRET, Sandbox
from bot.sandbox.slack import payloads, people
from bot.sandbox.slack.delivery import Parcel, SignedRequest, signed_request
from bot.sandbox.slack.payloads import Deed

SIGNING_SECRET = "sandbox-signing-secret"
SECONDS = 120
"""What an answer may take: the machine may be busy with anything else."""

CHANNEL = people.CHANNELS[0]


@dataclass
class Postman:
    """Brings letters to the program and returns what it answered.

    Attributes:
        sandbox: where the program runs.
        secret: what Slack's letters are signed with.
        stamp: how old a letter is, seconds.
    """

    sandbox: Sandbox
    secret: str = SIGNING_SECRET
    stamp: float = 0.0

    def __post_init__(self) -> None:
        """Take a bag."""
        self._http = requests.Session()
        self._http.trust_env = False
        self._letters = 0

    def command(self, user: str, text: str) -> requests.Response:
        """Bring a slash command."""
        return self.bring(self.commanding(user, text))

    def commanding(self, user: str, text: str) -> Parcel:
        """Write a slash command."""
        return Parcel("slash_commands", self._command(user, text))

    def choosing(self, user: str, message: dict[str, Any], callback_id: str) -> Parcel:
        """Write a choice in the menu of *message*."""
        hook = f"{self.sandbox.slack_url}/hooks/none/none"
        deed = self._deed(user)
        return Parcel("interactive", payloads.message_shortcut(deed, CHANNEL, message, callback_id, hook))

    def press(self, user: str, message: dict[str, Any], action_id: str, value: str) -> requests.Response:
        """Bring the press of a button on *message*, whether it has one or not."""
        return self.bring(self.pressing(user, message, action_id, value))

    def pressing(self, user: str, message: dict[str, Any], action_id: str, value: str) -> Parcel:
        """Write such a press."""
        deed = self._deed(user)
        action: dict[str, Any] = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        action |= {"text": {"type": "plain_text", "text": "x"}, "action_ts": deed.ts}
        hook = f"{self.sandbox.slack_url}/hooks/none/none"
        payload = payloads.message_actions(
            deed, CHANNEL, message, action, state={"values": {}}, response_url=hook, is_ephemeral=False
        )
        return Parcel("interactive", payload)

    def submission(self, user: str, view: dict[str, Any]) -> requests.Response:
        """Bring a box that was filled in."""
        return self.bring(self.submitting(user, view))

    def submitting(self, user: str, view: dict[str, Any]) -> Parcel:
        """Write a box that was filled in."""
        return Parcel("interactive", payloads.view_submission(self._deed(user), view))

    def bring(self, parcel: Parcel) -> requests.Response:
        """Sign a parcel and bring it."""
        return self.deliver(signed_request(parcel, self.secret, now=time.time() - self.stamp))

    def deliver(self, request: SignedRequest) -> requests.Response:
        """Bring what is signed already."""
        url = f"{self.sandbox.bot_url}/slack/events"
        return self._http.post(url, data=request.body, headers=request.headers, timeout=SECONDS)

    def webhook(self, body: bytes, *, secret: str = WEBHOOK_SECRET, age: float = 0.0) -> requests.Response:
        """Bring a failure report, signed as Standard Webhooks says."""
        self._letters += 1
        name, stamp = f"msg_{self._letters}_{time.time_ns()}", str(int(time.time() - age))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        url = f"{self.sandbox.bot_url}/webhooks/campaign/prod"
        return self._http.post(url, data=body, headers=headers, timeout=SECONDS)

    def _command(self, user: str, text: str) -> dict[str, Any]:
        hook = f"{self.sandbox.slack_url}/hooks/none/none"
        return payloads.slash_command(self._deed(user), CHANNEL, "/mcsync", text, hook)

    def _deed(self, user: str) -> Deed:
        self._letters += 1
        now = time.time()
        person = next(one for one in people.PEOPLE if one.id == user)
        return Deed(person, f"{self._letters}.{int(now)}.none", f"{now:.6f}")


def report(**changes: object) -> bytes:
    """Write a failure report that is right but for *changes*."""
    body = {
        "workflow": "mcSynch_mcExec1",
        "workflow_id": "4900",
        "activity": "soapImport",
        "message": "Empty return for method 'Logon' of service 'xtk:session'.",
        "logged_at": "2026-11-24T05:00:03Z",
        "log_id": "1",
    }
    return json.dumps(body | changes).encode()


def approval_of(card: dict[str, Any], waiting: Proposal) -> tuple[str, str] | None:
    """Find the button that approves a proposal: its action id and its value."""
    shown = [one for block in card.get("blocks") or () for one in block.get("elements", ())]
    return next(
        (
            (one["action_id"], one["value"])
            for one in shown
            if one.get("action_id", "").startswith("mcsync_approve")
            and one["value"].startswith(f"{waiting.id}:")
        ),
        None,
    )
