"""`/mcsync history`: what failed, what was done, and how long workflows stood still."""

from bot.domain.errors import UnreadableInput
from bot.domain.sentence import say
from bot.service.back_office import BackOffice
from bot.service.history import take_history
from commands.cards.history import render
from commands.grammar import wrong_use
from commands.reply import Reply, Request, reply_of
from commands.subject import names_of, place_named

USUAL_DAYS = 30
MOST_DAYS = 400


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer for one workflow or all; a number among the words is a number of days.

    Raises:
        UnreadableInput: there is a word too many, or the number is not one of days.
        NotFound: no watched workflow has that name.
    """
    numbers = [word for word in words if word.isascii() and word.isdecimal()]
    names = [word for word in words if word not in numbers]
    days = int(numbers[0][:9]) if numbers else USUAL_DAYS
    if not 1 <= days <= MOST_DAYS:
        raise UnreadableInput(
            say("A history looks back over 1 to {days} days. Write a number of them.", days=MOST_DAYS)
        )
    if len(names) > 1 or len(numbers) > 1:
        raise wrong_use("history", request.typed, names_of(service))
    place = place_named(request, service, names[0] if names else None)
    instance, workflow = (place[0].name, place[1]) if place else (None, None)
    return reply_of(render(take_history(service.office, instance, workflow, days)))
