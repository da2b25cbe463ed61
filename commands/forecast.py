"""`/mcsync forecast`: which runs will meet which restarts."""

from bot.domain.errors import UnreadableInput
from bot.domain.sentence import say
from bot.service.back_office import BackOffice
from bot.service.outlook import DAYS_AHEAD, take_outlook
from commands.cards import forecast
from commands.grammar import wrong_use
from commands.reply import Reply, Request, reply_of
from commands.subject import names_of, narrowed, place_named

MOST_DAYS = 400


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Look ahead from the schedules last read; a number among the words is a number of days.

    Raises:
        UnreadableInput: the number is not one of days.
    """
    numbers = [word for word in words if word.isascii() and word.lstrip("+-").isdecimal()]
    names = [word for word in words if word not in numbers]
    days = int(numbers[0].lstrip("+-")[:9]) if numbers else DAYS_AHEAD
    if not 1 <= days <= MOST_DAYS:
        raise UnreadableInput(
            say("A forecast looks ahead for 1 to {days} days. Write a number of them.", days=MOST_DAYS)
        )
    if len(names) > 1 or len(numbers) > 1:
        raise wrong_use("forecast", request.typed, names_of(service))
    place = place_named(request, service, names[0] if names else None)
    outlook = take_outlook(narrowed(service, place), place[1] if place else None, days)
    return reply_of(forecast.render(outlook, days))
