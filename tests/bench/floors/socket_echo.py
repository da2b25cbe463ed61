"""The least that answers a slash command by Socket Mode: Bolt's echo on Bolt's own socket adapter.

`python -m tests.bench.floors.socket_echo API_URL` prints one line once it is connected.
"""

import sys
import threading

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.bench.floors.echo import echo_app
from tests.bench.orders import say


def main() -> None:
    """Answer until the process is ended."""
    client = WebClient(token="xoxb-sandbox", base_url=sys.argv[1])
    handler = SocketModeHandler(echo_app("unused", client=client), "xapp-sandbox", web_client=client)
    handler.connect()  # type: ignore[no-untyped-call]  # Bolt has types in places only
    say("connected")
    threading.Event().wait()


if __name__ == "__main__":
    main()
