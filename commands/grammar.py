"""`/mcsync …` becomes a command: one table, one reading of it. Pure.

What a command does is in the file of its name.
"""

import difflib
import re
import shlex
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.domain.errors import UnreadableInput
from bot.domain.saying import either, foreign, listed
from bot.domain.sentence import joined, say
from commands.message import unwrapped

SHARE, DRY_RUN = "--share", "--dry-run"

_SMART_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
_DASHES = re.compile(r"\A(?:--|[‐-―−]{1,2})(?=[A-Za-z])")
"""Phones make one long dash of two short ones."""

_LEADING_MENTION = re.compile(r"\A(?:\s*<@[A-Z0-9]+(?:\|[^<>]*)?>)+")
"""Whoever speaks to the app by its name before a command; no command begins with a person."""

_DECISIONS = frozenset({"approve", "deny", "reject"})
"""What people try to type and can only press."""

_LONGEST_ECHO = 40


class Who(StrEnum):
    """Who may use a command."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    REQUESTERS = "requesters"


@dataclass(frozen=True)
class Entry:
    """One command as the table knows it.

    Attributes:
        name: its word.
        usage: what follows the word.
        does: one sentence of help.
        example: what works in this workspace, with `{workflow}` and `{instance}` to be filled in.
        who: who may use it.
        can_be_dry: whether it takes `--dry-run`.
    """

    name: str
    usage: str
    does: str
    example: str
    who: Who = Who.EVERYBODY
    can_be_dry: bool = False


COMMANDS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "now", "", say("shows what is wrong now and what waits for you, as the command alone does"), "now"
        ),
        Entry(
            "status",
            say("[instance | workflow]"),
            say("shows what is watched and what is wrong"),
            "status {instance}",
        ),
        Entry(
            "diagnose",
            say("[workflow] [at TIME | paste]"),
            say("shows a failure, its cause and how we know"),
            "diagnose {workflow} at 06:00",
        ),
        Entry(
            "forecast",
            say("[workflow] [days]"),
            say("shows which runs will meet which restarts"),
            "forecast {workflow} 21",
        ),
        Entry(
            "shift",
            say("<workflow> +5 | +10 | :MM [--dry-run]"),
            say("asks to move the start to so many minutes after RT's restart, or to a minute of the hour"),
            "shift {workflow} +5",
            Who.REQUESTERS,
            can_be_dry=True,
        ),
        Entry(
            "resume",
            say("<workflow> [--dry-run]"),
            say("asks to start a workflow that stands still, without moving it"),
            "resume {workflow}",
            Who.REQUESTERS,
            can_be_dry=True,
        ),
        Entry(
            "undo",
            say("<workflow> [--dry-run]"),
            say("asks to put the schedule back that our last change replaced"),
            "undo {workflow}",
            Who.REQUESTERS,
            can_be_dry=True,
        ),
        Entry(
            "history",
            say("[workflow] [days]"),
            say("shows what failed, what was done, and how long workflows stood still"),
            "history {workflow} 30",
        ),
        Entry(
            "snooze",
            say("[workflow] 30m | 2h | until TIME"),
            say("puts an incident off; its thread reminds you"),
            "snooze {workflow} 30m",
            Who.MEMBERS,
        ),
        Entry("audit", say("[workflow]"), say("shows who did what, the latest first"), "audit {workflow}"),
        Entry(
            "trust",
            say("[instance]"),
            say("shows how often mcsync was right where it only watches"),
            "trust {instance}",
        ),
        Entry("whoami", "", say("shows your roles, why you have them, and what you may do"), "whoami"),
        Entry("health", "", say("shows how mcsync itself is"), "health"),
        Entry("help", say("[command]"), say("shows this"), "help shift"),
    )
}


@dataclass(frozen=True)
class Command:
    """What somebody typed, understood.

    Attributes:
        name: a key of `COMMANDS`.
        words: what followed, in order.
        share: whether the whole channel sees the answer.
        dry_run: whether only to tell what would be done.
    """

    name: str
    words: tuple[str, ...] = ()
    share: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Names:
    """Names of this workspace, so that every example works.

    Attributes:
        workflow: a watched one.
        instance: its server.
    """

    workflow: str
    instance: str


@lru_cache(maxsize=256)
def parse(text: str, *, typed: str = "/mcsync") -> Command:
    """Understand what followed the slash command; nothing at all means `now`.

    Kept, since most people type the same few lines, and taking signs apart costs more than any other step.

    Raises:
        UnreadableInput: with what was probably meant.
    """
    words = _split(text)
    flags = [word.lower() for word in words if word.startswith("--")]
    rest = [word for word in words if not word.startswith("--")]
    for flag in flags:
        if flag not in (SHARE, DRY_RUN):
            raise UnreadableInput(
                say(
                    "There is no option {word}. Did you mean `{share}` or `{dry_run}`?",
                    word=echo(flag),
                    share=SHARE,
                    dry_run=DRY_RUN,
                )
            )
    name = _name(rest[0], typed) if rest else "now"
    if DRY_RUN in flags and not COMMANDS[name].can_be_dry:
        able = listed(f"`{entry.name}`" for entry in COMMANDS.values() if entry.can_be_dry)
        raise UnreadableInput(
            say("`{dry_run}` goes with {commands} only. Leave it out.", dry_run=DRY_RUN, commands=able)
        )
    return Command(name, tuple(rest[1:]), SHARE in flags, DRY_RUN in flags)


def example(name: str, typed: str, names: Names) -> str:
    """Write a command that works in this workspace."""
    words = COMMANDS[name].example.format(workflow=names.workflow, instance=names.instance)
    return f"`{typed} {words}`"


def wrong_use(name: str, typed: str, names: Names) -> UnreadableInput:
    """Make the error for a missing or needless word: it shows a command that works here."""
    shown, usage = example(name, typed, names), joined("", ("`", usage_of(COMMANDS[name], typed), "`"))
    if usage == shown:
        return UnreadableInput(say("Write it like this: {example}.", example=shown))
    return UnreadableInput(
        say("Write it like this: {example}. In general: {usage}.", example=shown, usage=usage)
    )


def usage_of(entry: Entry, typed: str) -> str:
    """Write a command with all that may follow it."""
    return joined(" ", filter(None, (typed, entry.name, entry.usage)))


def topic_of(word: str, typed: str) -> str:
    """Find the command that a word means.

    Raises:
        UnreadableInput: with what was probably meant.
    """
    return _name(word.removeprefix("/"), typed)


# --- Reading --------------------------------------------------------------------------------------


def _split(text: str) -> list[str]:
    """Take what Slack and phones do to words back, then split them as a shell does."""
    addressed = _LEADING_MENTION.sub("", text)
    plain = unicodedata.normalize("NFKC", unwrapped(addressed)).translate(_SMART_QUOTES)
    kept = "".join(" " if sign.isspace() or not _is_shown(sign) else sign for sign in plain if _is_kept(sign))
    try:
        words = shlex.split(kept, comments=False)
    except ValueError:
        raise UnreadableInput(say("A quote is opened and not closed. Close it, or leave it out.")) from None
    return [_DASHES.sub("--", word) for word in words]


def _is_kept(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cf", "Cs")  # zero-width signs and halves of signs


def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) != "Cc"


def _name(word: str, typed: str) -> str:
    lowered = word.lower()
    if lowered in COMMANDS:
        return lowered
    if lowered in _DECISIONS:
        raise UnreadableInput(say("Changes are decided on their cards."))
    beginnings = [name for name in COMMANDS if lowered and name.startswith(lowered)]
    if len(beginnings) == 1:
        return beginnings[0]
    near = beginnings or difflib.get_close_matches(lowered[:200], COMMANDS, n=2, cutoff=0.5) or ["help"]
    raise UnreadableInput(
        say(
            "There is no command {word}. Did you mean {commands}?",
            word=echo(word),
            commands=either(f"`{typed} {name}`" for name in near),
        )
    )


def echo(word: str) -> str:
    """Repeat a word that somebody typed, harmless and short."""
    return foreign(word)[:_LONGEST_ECHO]
