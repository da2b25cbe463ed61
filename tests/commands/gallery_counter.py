"""The answers of the counter and the threads of cards, in every state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.audit import Examination, Seal
from bot.domain.forecast import forecast
from bot.domain.incident import IncidentState
from bot.domain.instance import Instance, Mode
from bot.domain.logon_bar import LogonBar
from bot.domain.policy import Person, Roles
from bot.domain.proposal import Proposal, Stage
from bot.domain.rights import rights_of
from bot.domain.sight import Sight
from bot.domain.vitals import Vitals
from bot.domain.workflow import State
from bot.service.answers import AnswerView, Topic
from bot.service.cards import CardView
from bot.service.condition import ConditionView, InstanceCondition
from bot.service.history import Episode, HistoryView
from bot.service.outlook import Ahead
from bot.service.overview import InstanceView, Overview, WorkflowView
from commands.cards import answer, health, history, line, render
from tests.commands import examples
from tests.commands.examples import NOW, PARIS, SIX, Words
from tests.commands.exhibits import Exhibit, box, message

SAM, ADA, GUEST = Person("U0SAM", "sam"), Person("U0ADA", "ada"), Person("U00002", "guest", guest=True)
OPEN = Roles((), ("S0ADMINS",), ("U0ADA",))
CLOSED = Roles(("S0ADMINS",), ("S0ADMINS", "U0ADA"), (), quorum=2)
GROUPS = {"S0ADMINS": frozenset({"U0ADA"})}


def counter(words: Words) -> Iterator[tuple[str, Exhibit]]:
    """Show what is said to one person about themselves."""
    one = examples.instance(words)
    (execution,) = one.executions
    seen = examples.sighted(words.workflow)
    well = WorkflowView(execution, seen, "every hour from 00:05", None, None)
    stopped = examples.sighted(words.workflow, State.PAUSED, failed=True)
    failed = replace(well, sighted=stopped, incident=examples.incident(words))
    asked = replace(failed, proposal=examples.proposal(Stage.WAITING, words))

    def told(
        topic: Topic,
        person: Person,
        *views: WorkflowView,
        of: Instance = one,
        roles: Roles = OPEN,
        about: tuple[str, ...] = (),
        seconds: int | None = 20,
        bar: LogonBar | None = None,
        mine: tuple[Proposal, ...] = (),
        mine_asked: tuple[Proposal, ...] = (),
        tracking: tuple[Proposal, ...] = (),
        proving: tuple[Proposal, ...] = (),
        ahead: Ahead | None = None,
    ) -> Exhibit:
        seen_at = None if seconds is None else NOW - timedelta(seconds=seconds)
        overview = Overview(NOW, (InstanceView(of, seen_at, views or (well,), bar),))
        view = AnswerView(
            topic=topic,
            words=about,
            typed="/mcsync",
            person=replace(person, name=f"{person.name} {words.said}".strip()),
            rights=rights_of(person, roles, GROUPS),
            roles=roles,
            overview=overview,
            mine=mine,
            asked=mine_asked,
            tracking=tracking,
            channel="C0OPS",
            now=NOW,
            proving=proving,
            ahead=ahead,
        )
        return message(answer.render(view))

    waiting = (examples.proposal(Stage.WAITING, words),)
    yield "now well", told(Topic.NOW, SAM)
    yield "now failed", told(Topic.NOW, SAM, failed)
    yield "now waits for me", told(Topic.NOW, ADA, asked, mine=waiting)
    yield "now waits for others", told(Topic.NOW, SAM, asked, mine_asked=waiting)
    yield "now calm and waiting", told(Topic.NOW, ADA, mine=waiting)
    moved = (examples.proposal(Stage.PROVED, words),)
    yield "now tracking is to be moved", told(Topic.NOW, SAM, tracking=moved)
    yield "now tracking is to be moved, for a reader", told(Topic.NOW, SAM, roles=CLOSED, tracking=moved)
    verified = (examples.proposal(Stage.VERIFIED, words),)
    running = replace(failed, sighted=seen)
    lies_ahead = replace(running, incident=examples.incident(words, failures=0, paused=False))
    halted = replace(running, sighted=examples.sighted(words.workflow, State.STOPPED))
    plan = examples.plan(words.workflow)
    meets = Ahead(one, plan, forecast([plan], NOW, 7)[0])
    yield from (
        ("now being proved", told(Topic.NOW, SAM, running, proving=verified)),
        ("now being proved and stands still again", told(Topic.NOW, SAM, failed, proving=verified)),
        ("now runs again", told(Topic.NOW, SAM, running)),
        ("now an incident lies ahead", told(Topic.NOW, SAM, lies_ahead)),
        ("now stopped by somebody", told(Topic.NOW, SAM, halted)),
        ("now a run will meet a restart", told(Topic.NOW, SAM, ahead=meets)),
        ("now asked, and all runs", told(Topic.NOW, SAM, mine_asked=waiting)),
    )
    two = (replace(waiting[0], quorum=3),)
    yield "now waits for two", told(Topic.NOW, SAM, asked, mine_asked=two)
    yield "now not diagnosed yet", told(Topic.NOW, SAM, replace(failed, incident=None))
    unclear = replace(well, proposal=examples.proposal(Stage.UNCLEAR, words))
    yield "now unclear", told(Topic.NOW, SAM, unclear)
    yield "now not seen", told(Topic.NOW, SAM, replace(well, sighted=None), seconds=None)
    unseen = replace(failed, sighted=None)
    yield "now open and not seen", told(Topic.NOW, SAM, unseen, seconds=1200)
    bar = LogonBar(words.instance, "digest", NOW, f"XSV-350012 Invalid login. {words.said}".strip())
    yield "now barred", told(Topic.NOW, SAM, bar=bar)
    many = tuple(f"{words.workflow[:-2]}{n:02}" for n in range(39))
    whole = examples.instance(words, Mode.PROPOSE, *many)
    views = tuple(replace(asked, execution=each) for each in whole.executions)
    crowd = told(Topic.NOW, ADA, *views, of=whole, mine=waiting * 40, mine_asked=waiting * 40)
    yield "now of 40 workflows", crowd
    for name, person in (("sam", SAM), ("ada", ADA), ("guest", GUEST)):
        yield f"help for {name}", told(Topic.HELP, person)
        yield f"help for {name} where few may", told(Topic.HELP, person, roles=CLOSED)
        yield f"whoami {name}", told(Topic.WHOAMI, person)
        yield f"whoami {name} where few may", told(Topic.WHOAMI, person, roles=CLOSED)
    yield "help about two", told(Topic.HELP, SAM, failed, about=("shift", "status"))
    yield "help about one for a guest", told(Topic.HELP, GUEST, about=("snooze",))
    yield "line box", box(line.box("C0OPS:1.2:thread", "/mcsync"))


def past(words: Words) -> Iterator[tuple[str, Exhibit]]:
    """Show what happened over days."""
    closed = examples.incident(
        words,
        state=IncidentState.CLOSED,
        closed_at=NOW,
        closing=f"The run passed. {words.said}",
        stood_still=7245.0,
        failures=3,
        paused=False,
    )
    still = examples.incident(words, still_since=SIX)
    ahead = examples.incident(words, failures=0, message="", paused=False)
    proved = examples.proposal(Stage.PROVED, words)
    denied = examples.proposal(Stage.DENIED, words)
    minutes = timedelta(minutes=1)
    episodes = (
        Episode(still, (denied,), SIX, 10 * minutes, is_standing=True),
        Episode(closed, (proved,), SIX, closed.standstill(NOW), is_standing=False),
        Episode(ahead, (), SIX, timedelta(), is_standing=False),
        Episode(None, (examples.proposal(Stage.VERIFIED, words),), SIX, timedelta(), is_standing=False),
    )
    yield "history", message(history.render(HistoryView(episodes, "", 30, PARIS)))
    one = HistoryView(episodes[1:2], words.workflow, 1, PARIS)
    yield "history of one workflow", message(history.render(one))
    yield "history empty", message(history.render(HistoryView((), words.workflow, 30, PARIS)))
    yield "history of 40 workflows", message(history.render(HistoryView(episodes * 40, "", 400, PARIS)))


def condition(words: Words) -> Iterator[tuple[str, Exhibit]]:
    """Show how mcsync itself is."""
    one = examples.instance(words)
    seen = InstanceCondition(one, Sight(words.instance, seen_at=NOW - timedelta(seconds=20)), None)
    vitals = Vitals("0.1.0", "connected", 0.1)
    sound = Examination(7, None, ())
    well = ConditionView(NOW, vitals, 2, NOW + timedelta(minutes=1), 7, sound, None, (seen,))
    yield "health well", message(health.render(well))
    blind = Sight(words.instance, seen_at=NOW - timedelta(hours=1), blind_since=NOW)
    bar = LogonBar(words.instance, "digest", NOW, f"XSV-350012 Invalid login. {words.said}".strip())
    flaw = Examination(7, None, (f"Entry 3 was changed after it was written. {words.said}",))
    ill = replace(
        well,
        vitals=Vitals("", "disconnected", 99.0),
        next_due=None,
        examination=flaw,
        instances=(
            replace(seen, sight=blind),
            replace(seen, bar=bar),
            replace(seen, sight=None),
            replace(seen, instance=examples.instance(words, Mode.OFF), sight=None),
        ),
    )
    yield "health ill", message(health.render(ill))
    long = replace(well, entries=9000, examination=None, seal=Seal(8990, "d", NOW))
    yield "health with a long record", message(health.render(long))
    yield "health before the first seal", message(health.render(replace(long, entries=0, seal=None)))


def threads(words: Words) -> Iterator[tuple[str, Exhibit]]:
    """Show what hangs in the thread of a card."""
    for name, changes in (("", {}), (" without a line", {"message": ""})):
        told = examples.incident(words, **changes)
        view = CardView(told.id, told, None, None, examples.instance(words))
        for part, card in render(view).thread.items():
            yield f"thread {part}{name}", message(card)
