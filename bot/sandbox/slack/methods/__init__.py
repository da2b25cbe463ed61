"""The Web API's methods: a table of names to functions, with the scopes that each demands."""

from bot.sandbox.slack.methods import apps, chat, conversations, members, reactions, views
from bot.sandbox.slack.methods.call import Call, Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **members.METHODS,
    **reactions.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Call", "Method"]
