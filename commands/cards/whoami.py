"""The answer to `whoami`: what the reader may do, and why."""

from bot.domain.message import Card
from bot.domain.rights import Right
from bot.service.answers import AnswerView
from commands.cards import markup
from commands.language import tell, tell_count, told


def render(view: AnswerView) -> Card:
    """Render the rights of whoever asked."""
    rights, quorum = view.rights, view.roles.quorum
    lines = _lines(
        (tell("Take care of an incident, put it off, say whether a verdict was right"), rights.attend),
        (tell("Ask for a change"), rights.ask),
        (tell("Approve or deny a change"), rights.decide),
        (tell("Have a refused log-on tried once"), rights.administer),
    )
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


def _lines(*rights: tuple[str, Right]) -> list[str]:
    """Say what is given, each with its reason; what is refused for one reason stands together."""
    given = [f"✅ *{what}*: {told(right.because)}".rstrip(": ") for what, right in rights if right.given]
    refused: dict[str, list[str]] = {}
    for what, right in rights:
        if not right.given:
            refused.setdefault(told(right.because), []).append(f"*{what}*")
    return given + [f"❌ {' · '.join(names)}: {because}" for because, names in refused.items()]
