"""The answer to `whoami`: what the reader may do, and why."""

from bot.domain.message import Card
from bot.domain.rights import Right
from bot.service.answers import AnswerView
from commands.cards import markup


def render(view: AnswerView) -> Card:
    """Render the rights of whoever asked."""
    rights, quorum = view.rights, view.roles.quorum
    lines = [
        _line("Take care of an incident, put it off, say whether a verdict was right", rights.attend),
        _line("Ask for a change", rights.ask),
        _line("Approve or deny a change", rights.decide),
        _line("Have a refused log-on tried once", rights.administer),
    ]
    notes = []
    if rights.decide.given and not view.roles.allow_self_approval:
        notes.append("What you asked for yourself is decided by somebody else.")
    if rights.ask.given and not view.roles.requesters:
        notes.append(f"Changes are asked for in <#{view.channel}>, where everybody concerned sees it.")
    if quorum > 1:
        notes.append(f"A change needs {quorum} approvals.")
    notes.append("Roles are `requesters`, `approvers` and `administrators` in mcsync.toml.")
    blocks = [
        markup.header("What you may do"),
        markup.section(markup.fitted([f"You are <@{view.person.id}>.", *lines])),
        markup.context(" ".join(notes)),
    ]
    return Card(markup.spoken(blocks), blocks)


def _line(what: str, right: Right) -> str:
    return f"{'✅' if right.given else '❌'} *{what}*: {right.because}".rstrip(": ")
