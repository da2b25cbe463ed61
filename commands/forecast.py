"""`/mcsync forecast`: which runs will meet which restarts."""

from bot.domain.errors import UnreadableInput
from bot.service.back_office import BackOffice
from bot.service.outlook import DAYS_AHEAD, take_outlook
from commands.cards import forecast
from commands.reply import Reply, Request

MOST_DAYS = 400


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Look ahead from the schedules last read; a number among the words is a number of days.

    Raises:
        UnreadableInput: the number is not one of days.
    """
    numbers = [word for word in words if word.lstrip("+-").isdecimal()]
    names = [word for word in words if word not in numbers]
    days = int(numbers[0]) if numbers else DAYS_AHEAD
    if len(names) > 1 or len(numbers) > 1 or not 1 <= days <= MOST_DAYS:
        raise UnreadableInput(
            f"Write it like this: `{request.typed} forecast mcSynch_mcExec1 21`, with 1 to {MOST_DAYS} days."
        )
    card = forecast.render(take_outlook(service.office, names[0] if names else None, days), days)
    return Reply(card.text, [dict(block) for block in card.blocks])
