"""The answer to `whoami`: what the reader may do, and why."""

from bot.domain.message import Card
from bot.domain.rights import Right
from bot.service.answers import AnswerView
from commands.cards import markup
from commands.language import tell, tell_count, told


def render(view: AnswerView) -> Card:
    """Render the rights of whoever asked."""
    rights, quorum = view.rights, view.roles.quorum
    lines = [
        _line(tell("Take care of an incident, put it off, say whether a verdict was right"), rights.attend),
        _line(tell("Ask for a change"), rights.ask),
        _line(tell("Approve or deny a change"), rights.decide),
        _line(tell("Have a refused log-on tried once"), rights.administer),
    ]
    notes = []
    if rights.decide.given and not view.roles.allow_self_approval:
        notes.append(tell("What you asked for yourself is decided by somebody else."))
    if rights.ask.given and not view.roles.requesters:
        channel = f"<#{view.channel}>"
        notes.append(
            tell("Changes are asked for in {channel}, where everybody concerned sees it.", channel=channel)
        )
    if quorum > 1:
        notes.append(
            tell_count("A change needs {count} approval.", "A change needs {count} approvals.", quorum)
        )
    notes.append(tell("Roles are `requesters`, `approvers` and `administrators` in mcsync.toml."))
    blocks = [
        markup.header(tell("What you may do")),
        markup.section(markup.fitted([tell("You are {person}.", person=f"<@{view.person.id}>"), *lines])),
        markup.context(" ".join(notes)),
    ]
    return Card(markup.spoken(blocks), blocks)


def _line(what: str, right: Right) -> str:
    return f"{'✅' if right.given else '❌'} *{what}*: {told(right.because)}".rstrip(": ")
