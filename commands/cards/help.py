"""The answer to `help`: what the reader may do, and who can do the rest."""

from bot.domain.message import Card
from bot.domain.rights import Right
from bot.domain.sentence import say
from bot.service.answers import AnswerView
from commands.cards import markup
from commands.cards.markup import Block
from commands.grammar import COMMANDS, SHARE, Entry, Names, Who, example, usage_of
from commands.language import tell, told

ANYBODY = Right(given=True, because=say("Everybody in the workspace may."))


def render(view: AnswerView) -> Card:
    """Render the whole table, or the commands that were named with all that is to be said of them."""
    if view.words:
        blocks = [block for word in view.words for block in _topic(COMMANDS[word], view)]
        return Card(markup.spoken(blocks), blocks)
    mine = [entry for entry in COMMANDS.values() if right_for(entry, view).given]
    rest = [entry for entry in COMMANDS.values() if entry not in mine]
    blocks = [
        markup.header(tell("What you can type")),
        markup.section(markup.fitted([_line(entry, view) for entry in mine])),
    ]
    for reason in dict.fromkeys(right_for(entry, view).because for entry in rest):
        refused = tell("*Not for you.* {reason}", reason=reason)
        theirs = [_line(entry, view) for entry in rest if right_for(entry, view).because == reason]
        blocks.append(markup.section(markup.fitted([refused, *theirs])))
    decide = view.rights.decide
    decided = tell("Changes are decided on their cards.")
    about = tell("You may approve and deny what others ask for.") if decide.given else told(decide.because)
    examples = " · ".join(
        example(name, view.typed, names_in(view)) for name in ("status", "shift") if COMMANDS[name] in mine
    )
    blocks.append(
        markup.context(
            f"{decided} {about}",
            tell(
                "Try {examples}. The beginning of a word is enough. "
                "With `{share}` everybody sees the answer.",
                examples=examples,
                share=SHARE,
            ),
            tell(
                "In a thread, where `/` commands do not work, mention the app: `@mcsync {command}`.",
                command=_first(mine),
            ),
        )
    )
    return Card(markup.spoken(blocks), blocks)


def right_for(entry: Entry, view: AnswerView) -> Right:
    """Tell whether the reader may use a command, and who can otherwise."""
    if entry.who is Who.REQUESTERS:
        return view.rights.ask
    return view.rights.attend if entry.who is Who.MEMBERS else ANYBODY


def names_in(view: AnswerView) -> Names:
    """Find names for examples: a workflow that has an open incident, or else any."""
    watched = [(of.instance, one) for of in view.overview.instances for one in of.workflows]
    instance, chosen = next(((of, one) for of, one in watched if one.incident), watched[0])
    return Names(chosen.execution.workflow, instance.name)


def _line(entry: Entry, view: AnswerView) -> str:
    return f"{_usage(entry, view)} {told(entry.does)}"


def _usage(entry: Entry, view: AnswerView) -> str:
    return markup.code(told(usage_of(entry, view.typed)))


def _topic(entry: Entry, view: AnswerView) -> list[Block]:
    right = right_for(entry, view)
    may = tell("You may use it. {reason}", reason=right.because)
    may_not = tell("Not for you. {reason}", reason=right.because)
    for_example = tell("For example: {example}", example=example(entry.name, view.typed, names_in(view)))
    return [
        markup.section(f"{_usage(entry, view)} {told(entry.does)}"),
        markup.context(for_example, may if right.given else may_not),
    ]


def _first(entries: list[Entry]) -> str:
    return "status" if any(entry.name == "status" for entry in entries) else "help"
