"""The page of the sandbox: a Slack channel to press in, and a panel for the other side.

`server`   starts it: `PageServer(sandbox, ...)` is a context manager
`board`    what browsers are shown, kept up to date by two threads that look at the stand-ins
`routes`   what browsers ask for: files, the live stream, deeds, time, the bot
`files/`   HTML, CSS and JavaScript as browsers load them; no build step, nothing from elsewhere
"""

from bot.sandbox.page.server import PageServer

__all__ = ["PageServer"]
