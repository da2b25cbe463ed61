"""The methods that open, push, update and publish views."""

from bot.sandbox.slack.methods.call import Method

METHODS: dict[str, Method] = {}
