"""`/mcsync help`: the table of commands."""

from bot.service.back_office import BackOffice
from commands.cards import markup
from commands.grammar import COMMANDS
from commands.reply import Reply, Request


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer with every command, or with the one that is named."""
    del service
    chosen = [COMMANDS[word.lower()] for word in words if word.lower() in COMMANDS] or list(COMMANDS.values())
    lines = [
        f"{markup.code(' '.join(filter(None, (request.typed, entry.name, entry.usage))))} {entry.does}"
        for entry in chosen
    ]
    text = "\n".join(lines)
    return Reply(text, [markup.section(text)])
