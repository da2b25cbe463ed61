"""The least that answers a slash command: Bolt's echo behind the same server, with the same signature check.

`python -m tests.bench.floors.echo SIGNING_SECRET` prints its port.
"""

import sys
from typing import Any

import waitress  # type: ignore[import-untyped]  # waitress ships no types
from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from tests.bench.orders import say

THREADS = 8


def echo_app(signing_secret: str, **options: Any) -> App:  # noqa: ANN401 - Bolt's own options
    """Build an app that answers `/mcsync` with what it was told."""
    app = App(
        signing_secret=signing_secret,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T0SANDBOX", bot_id="B0", bot_user_id="U0BOT", bot_token="xoxb-floor"
        ),
        process_before_response=True,
        **options,
    )

    @app.command("/mcsync")
    def echo(ack: Ack, command: dict[str, Any]) -> None:
        ack(text=command.get("text", ""), response_type="ephemeral")

    return app


def main() -> None:
    """Serve until the process is ended."""
    app = echo_app(sys.argv[1])
    server = waitress.create_server(SlackRequestHandler(app), host="127.0.0.1", port=0, threads=THREADS)
    say(str(server.effective_port))
    server.run()


if __name__ == "__main__":
    main()
