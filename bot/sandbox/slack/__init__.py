"""A Slack for one workspace on loopback: Web API, Socket Mode, signed HTTP and people who press buttons.

It behaves as Slack documents itself, refuses what Slack refuses, and knows nothing of the bot's code.

`server`     starts it: `serve(port, ...)` blocks, `SlackServer(...)` is a context manager
`api`        the Web API over HTTP: tokens, scopes, faults, the call log
`methods`    what each method of the Web API does
`limits`     what Slack refuses in blocks and views
`control`    `/_sandbox/...`: act as a person, look, break things
`acting`     what a person does: type a command, press, submit; and what they see
`delivery`   brings payloads to the app, by signed HTTP or by Socket Mode
`workspace`  the state and its `records`; `people` the cast; `text` shows blocks in a terminal
"""

from bot.sandbox.slack.server import SlackServer, serve

__all__ = ["SlackServer", "serve"]
