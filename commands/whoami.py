"""`/mcsync whoami`: the roles of whoever asks, why, and what they may do."""

from bot.service.answers import Topic
from bot.service.back_office import BackOffice
from commands.grammar import wrong_use
from commands.reply import Request
from commands.subject import answer_place, names_of


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> None:
    """Answer as soon as Slack has said who asks.

    Raises:
        UnreadableInput: there is a word too many.
    """
    if words:
        raise wrong_use("whoami", request.typed, names_of(service))
    service.answers.ask(key=request.key, place=answer_place(request), topic=Topic.WHOAMI)
