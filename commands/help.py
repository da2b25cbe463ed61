"""`/mcsync help`: what the reader may do, and who can do the rest."""

from bot.service.answers import Topic
from bot.service.back_office import BackOffice
from commands.grammar import topic_of
from commands.reply import Request
from commands.subject import answer_place


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> None:
    """Answer with every command, or with those that are named, as soon as Slack has said who asks.

    Raises:
        UnreadableInput: no command has that name; says which one was probably meant.
    """
    named = tuple(dict.fromkeys(topic_of(word, request.typed) for word in words))
    service.answers.ask(key=request.key, place=answer_place(request), topic=Topic.HELP, words=named)
