"""Signs a webhook as Campaign's monitoring workflow does: Standard Webhooks 1.0, by the letters of its page.

Written from the specification and not by its library, which the bot uses itself.
"""

import base64
import hashlib
import hmac


def signed(body: bytes, *, identifier: str, seconds: float, secret: str) -> dict[str, str]:
    """Write the headers that go with *body*.

    Args:
        body: what is sent, JSON.
        identifier: of this delivery; a repeated one has the same.
        seconds: when it is sent, since the epoch.
        secret: `whsec_…`.
    """
    stamp = str(int(seconds))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
