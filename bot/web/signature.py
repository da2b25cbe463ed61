"""Whether a delivery is authentic: Standard Webhooks signatures, or the secret itself as a Bearer token.

Nothing a caller sends makes these functions raise: what cannot be checked is not authentic.
"""

import binascii
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

import structlog
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

log = structlog.get_logger(__name__)

TOLERANCE = timedelta(minutes=5)
"""How far a signature's time may be from ours, either way (Standard Webhooks; Slack says the same)."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def is_authentic(
    environ: WSGIEnvironment, body: bytes, secrets: Iterable[str], machine_now: datetime
) -> bool:
    """Tell whether one of *secrets* (`whsec_` and base64) signed the request or came as its Bearer token.

    Every secret is compared, in constant time, whichever fits.
    """
    token = _bearer(environ)
    signed = _signed(environ, machine_now)
    authentic = False
    for secret in secrets:
        authentic |= token is not None and hmac.compare_digest(token, secret.encode())
        if signed is not None:
            authentic |= signed.fits(secret, body)
    return authentic


def read_timestamp(header: str, machine_now: datetime) -> datetime | None:
    """Read a time in seconds since 1970 from a header; `None` when it is malformed or outside `TOLERANCE`."""
    if not _TIMESTAMP.fullmatch(header):
        return None
    try:
        at = datetime.fromtimestamp(int(header), UTC)
    except (OverflowError, ValueError):
        return None
    return at if abs(machine_now - at) <= TOLERANCE else None


class _Signed:
    """The three headers of Standard Webhooks, read."""

    def __init__(self, message_id: str, at: datetime, signatures: tuple[bytes, ...]) -> None:
        self._message_id = message_id
        self._at = at
        self._signatures = signatures

    def fits(self, secret: str, body: bytes) -> bool:
        """Tell whether one of the signatures was made with *secret*."""
        try:
            expected = _webhook(secret).sign(self._message_id, self._at, body.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return False
        except (binascii.Error, EmptyWebhookSecretError):
            log.exception("webhook.secret_unreadable")
            return False
        fits = False
        for signature in self._signatures:
            fits |= hmac.compare_digest(signature, expected)
        return fits


@lru_cache(maxsize=64)
def _webhook(secret: str) -> Webhook:
    """Read a secret; kept, since an instance's deliveries are all signed with one or two of them."""
    return Webhook(secret)


def _bearer(environ: WSGIEnvironment) -> bytes | None:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    # WSGI gives headers as Latin-1 text.
    return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None


def _signed(environ: WSGIEnvironment, machine_now: datetime) -> _Signed | None:
    message_id = environ.get("HTTP_WEBHOOK_ID", "")
    at = read_timestamp(environ.get("HTTP_WEBHOOK_TIMESTAMP", ""), machine_now)
    signatures = environ.get("HTTP_WEBHOOK_SIGNATURE", "").encode("latin-1").split()
    if not message_id.isascii() or not message_id or at is None:
        return None
    return _Signed(message_id, at, tuple(signatures))
