"""The answers that tell whoever asks about themselves."""

from bot.domain.message import Card
from bot.service.answers import AnswerView, Topic
from commands.cards import help as help_card
from commands.cards import now, whoami

RENDER = {Topic.NOW: now.render, Topic.HELP: help_card.render, Topic.WHOAMI: whoami.render}


def render(view: AnswerView) -> Card:
    """Render what was asked for."""
    return RENDER[view.topic](view)
