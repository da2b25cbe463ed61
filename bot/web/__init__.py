"""The front door for machines: one WSGI callable and the server that runs it.

It decides who is let in and what is well-formed, in words for the caller; what happens next is handed in.
"""

from bot.web.application import build
from bot.web.serve import WebServer
from bot.web.slack_events import SlackEndpoint

__all__ = ["SlackEndpoint", "WebServer", "build"]
