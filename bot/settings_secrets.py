"""Where secrets come from: the environment, or the files that `*_file` keys name. No message repeats one.

They are looked for whatever else is wrong with the file, so that all problems come at once; therefore this
reads the raw content, in which a table may be of any shape.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WEBHOOK_PREFIX = "whsec_"
SHORTEST_WEBHOOK_SECRET = 24
"""Bytes (Standard Webhooks, "Signature scheme": between 24 and 64). Half a file rarely has as many."""
HOW_TO_MAKE_ONE = (
    "python3 -c 'import base64, os; print(\"whsec_\" + base64.b64encode(os.urandom(32)).decode())'"
)


@dataclass(frozen=True)
class SlackSecrets:
    """What Slack is reached with.

    Attributes:
        bot_token: `xoxb-…`.
        app_token: `xapp-…`, needed in socket mode.
        signing_secret: needed in http mode.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass(frozen=True)
class CampaignSecrets:
    """What a marketing server is reached with.

    Attributes:
        own: the operator's password or the IMS client secret.
        webhooks: `whsec_…` strings that are valid now.
    """

    own: str = field(repr=False)
    webhooks: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Secrets:
    """Finds secrets and notes what is missing.

    Attributes:
        environment: the variables.
        problems: where sentences are put, each beginning with its key.
    """

    environment: Mapping[str, str] = field(repr=False)
    problems: list[str]

    def slack(self, table: Mapping[str, Any]) -> SlackSecrets:
        """Find those of `[slack]`."""
        mode = table.get("mode", "socket")
        return SlackSecrets(
            self._find("MCSYNC_SLACK_BOT_TOKEN", table, "slack", "bot_token"),
            self._find("MCSYNC_SLACK_APP_TOKEN", table, "slack", "app_token", needed=mode == "socket"),
            self._find(
                "MCSYNC_SLACK_SIGNING_SECRET", table, "slack", "signing_secret", needed=mode == "http"
            ),
        )

    def store(self, table: Mapping[str, Any]) -> str:
        """Find the password of `[store]`, `""` where the database asks for none."""
        return self._find("MCSYNC_STORE_PASSWORD", table, "store", "password", needed=False)

    def campaign(self, table: Mapping[str, Any], place: str) -> CampaignSecrets:
        """Find those of one `[[campaign]]`, whose keys begin with *place*."""
        part = variable_part(str(table.get("name", "")))
        prefix = f"MCSYNC_CAMPAIGN_{part}"
        if bool(table.get("login")) == bool(table.get("ims")):
            self.problems.append(f"{place}: give either login or ims")
        kind = "ims_secret" if table.get("ims") else "password"
        # A name that is no name is told of elsewhere; there is no variable to name for it here.
        own = self._find(f"{prefix}_{kind.upper()}", table, place, kind, needed=part.isidentifier())
        text = self._find(f"{prefix}_WEBHOOK_SECRET", table, place, "webhook_secret", needed=False)
        hooks = read_webhook_secrets(text)
        if hooks is None:
            self.problems.append(
                f"{place}.webhook_secret_file: a webhook secret is {WEBHOOK_PREFIX} and the base64 of "
                f"{SHORTEST_WEBHOOK_SECRET} bytes or more; this makes one: {HOW_TO_MAKE_ONE}"
            )
        return CampaignSecrets(own, hooks or ())

    def _find(
        self, variable: str, table: Mapping[str, Any], place: str, name: str, *, needed: bool = True
    ) -> str:
        key, file = f"{place}.{name}_file", table.get(f"{name}_file")
        if isinstance(file, str):
            return self._read(Path(file), key)
        value = self.environment.get(variable, "").strip("\r\n")
        if not value and needed:
            self.problems.append(f"{key}: set the environment variable {variable} or the key {key}")
        return value

    def _read(self, file: Path, key: str) -> str:
        try:
            value = file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{key}: the file cannot be read ({type(error).__name__})")
            return ""
        if not value:
            self.problems.append(f"{key}: the file is empty")
        return value


def variable_part(name: str) -> str:
    """Write an instance's name as it stands in the names of its environment variables."""
    return name.upper().replace("-", "_")


def read_webhook_secrets(text: str) -> tuple[str, ...] | None:
    """Read webhook secrets, one or several with white space between them; `None` when one of them is none."""
    hooks = tuple(text.split())
    return hooks if all(_is_webhook_secret(hook) for hook in hooks) else None


def _is_webhook_secret(text: str) -> bool:
    if not text.startswith(WEBHOOK_PREFIX):
        return False
    try:
        return len(b64decode(text.removeprefix(WEBHOOK_PREFIX), validate=True)) >= SHORTEST_WEBHOOK_SECRET
    except (binascii.Error, ValueError):
        return False
