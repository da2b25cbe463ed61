"""Three readings side by side: as approved, as wanted, and as Campaign shows it now.

What people need when somebody else's hand came between. Values and words; how they look is the counter's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.errors import UnreadableSchedule
from bot.domain.period import differences
from bot.domain.saying import foreign, quoted
from bot.domain.schedule import Schedule
from bot.domain.sentence import say, say_count
from bot.domain.wording import describe
from bot.domain.workflow import Definition, Workflow

MOST_DIFFERENCES = 20
"""More than these are counted and not told: whoever wrote a whole new schedule is asked, not quoted."""


@dataclass(frozen=True)
class Found:
    """What stood in Campaign when a change could not go on.

    Attributes:
        period: the schedule's text, `""` when it could not be read.
        state: the workflow's state, in words.
        activities: what else differs from the backup, one phrase each, such as `sync (js) was changed`; the
            names in them are untrusted.
        editor: the login that saved it last, `""` when unknown; untrusted.
        edited_at: when that was, UTC; `None` when the server did not say it legibly.
    """

    period: str
    state: str
    activities: tuple[str, ...]
    editor: str
    edited_at: datetime | None


@dataclass(frozen=True)
class Difference:
    """One key of the schedule in three readings.

    Attributes:
        key: of `<period>`.
        approved: its value when the change was approved.
        wanted: the value that the change gives it.
        now: its value in Campaign.
    """

    key: str
    approved: str
    wanted: str
    now: str


def find(workflow: Workflow, backup: Definition | None) -> Found:
    """Write down what stands in Campaign now; activities are compared with *backup* where there is one."""
    return Found(
        period=workflow.definition.period or "",
        state=workflow.status.state_name,
        activities=changed_activities(backup, workflow.definition) if backup else (),
        editor=workflow.modified_by,
        edited_at=edited_at(workflow.last_modified),
    )


def edited_at(text: str) -> datetime | None:
    """Read the server's `lastModified`, such as `2026-01-31 06:00:00.000Z`; `None` when it is none, UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def changed_activities(before: Definition, now: Definition) -> tuple[str, ...]:
    """Name what else than the schedule's text differs, such as `soapImport (js) was changed`.

    Names are put in short and without markup. What stands in an activity is not quoted: a script may hold
    what is not for a channel.
    """
    had = {activity.name: activity.kind for activity in before.activities}
    has = {activity.name: activity.kind for activity in now.activities}
    found = []
    for changed in before.changed_besides_period(now):
        name, kind = foreign(changed), foreign(has.get(changed) or had.get(changed) or "")
        if changed not in had:
            found.append(say("{activity} ({kind}) was added", activity=name, kind=kind))
        elif changed not in has:
            found.append(say("{activity} ({kind}) was removed", activity=name, kind=kind))
        else:
            found.append(say("{activity} ({kind}) was changed", activity=name, kind=kind))
    return tuple(found)


def three_way(approved: str, wanted: str, now: str) -> tuple[Difference, ...]:
    """List each key of `<period>` that is not the same in all three readings, by name."""
    ours = {key: (old, new) for key, old, new in differences(approved, wanted)}
    theirs = {key: (old, new) for key, old, new in differences(approved, now)}
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        before = (ours.get(key) or theirs[key])[0]
        found.append(
            Difference(key, before, ours.get(key, ("", before))[1], theirs.get(key, ("", before))[1])
        )
    return tuple(found)


def told(approved: str, wanted: str, now: str, *, done: bool = False) -> tuple[str, ...]:
    """Say the three readings in lines: in words first, then key by key; nothing when all are the same.

    Args:
        approved: the text before.
        wanted: the text that the change gives.
        now: the text in Campaign.
        done: whether the change was carried out and something else came after it.
    """
    keys = three_way(approved, wanted, now)
    if not keys:
        return ()
    lines = [_said(in_words(approved), in_words(wanted), in_words(now), done=done)]
    lines += [_key_said(one, done=done) for one in keys[:MOST_DIFFERENCES]]
    if len(keys) > MOST_DIFFERENCES:
        lines.append(
            say_count(
                "{count} more key differs: compare it in the console.",
                "{count} more keys differ: compare them in the console.",
                len(keys) - MOST_DIFFERENCES,
            )
        )
    return tuple(lines)


def _said(approved: str, wanted: str, now: str, *, done: bool) -> str:
    if done:
        return say(
            "Schedule before our change: {before}; after our change: {after}; now: {now}.",
            before=approved,
            after=wanted,
            now=now,
        )
    return say(
        "Schedule approved: {approved}; wanted: {wanted}; now: {now}.",
        approved=approved,
        wanted=wanted,
        now=now,
    )


def _key_said(one: Difference, *, done: bool) -> str:
    key, approved, wanted, now = (_value(text) for text in (one.key, one.approved, one.wanted, one.now))
    if done:
        return say(
            "{key}: {before} before our change, {after} after our change, {now} now.",
            key=key,
            before=approved,
            after=wanted,
            now=now,
        )
    return say(
        "{key}: {approved} approved, {wanted} wanted, {now} now.",
        key=key,
        approved=approved,
        wanted=wanted,
        now=now,
    )


def in_words(period: str) -> str:
    """Say a schedule's text in words, `not understood` where we have none."""
    try:
        return describe(Schedule.parse(period))
    except UnreadableSchedule:
        return say("not understood")


def saved_by(found: Found) -> str:
    """Name who saved it last, as untrusted text that is safe in a sentence."""
    return foreign(found.editor) if found.editor else say("somebody whose login Campaign does not tell")


def _value(text: str) -> str:
    """Write a value of a key, which is Campaign's own text, short and on one line."""
    return foreign(text) or quoted("")
