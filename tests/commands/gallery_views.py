"""The Home tab and the what-if box in every state, by name; `tests/commands/gallery.py` shows them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.headroom import tightest
from bot.domain.heat_map import heat_map
from bot.domain.incident import Incident
from bot.domain.instance import Instance, Mode
from bot.domain.logon_bar import LogonBar
from bot.domain.proposal import Ask, Proposal, Stage
from bot.domain.schedule import Schedule
from bot.domain.shift import Sibling
from bot.domain.trust import TrackRecord
from bot.domain.verdict import Cause
from bot.domain.what_if import OFFSETS, Choice, Subject, what_if
from bot.domain.workflow import State
from bot.service.home import HomeView, OpenIncident, TrustLine, WatchedView, WindowView
from bot.service.homes import NEWER_BLOCKS
from bot.service.overview import InstanceView, WorkflowView
from bot.service.what_ifs import WhatIfView
from commands.cards import home
from commands.cards import what_if as what_if_box
from tests.commands import examples
from tests.commands.examples import AFTER, BEFORE, NOW, PARIS, RUN, SIX, Words
from tests.commands.exhibits import Exhibit, box
from tests.periods import every

DAY = timedelta(days=1)
SPAN = "every hour from 00:05"
NEW_YORK = ZoneInfo("America/New_York")


# --- The Home tab ---------------------------------------------------------------------------------


def watched(
    instance: Instance, text: str = AFTER, state: int = State.STARTED, **changes: object
) -> WatchedView:
    """Watch the first workflow of *instance*."""
    execution = instance.executions[0]
    seen = examples.sighted(execution.workflow, state, **changes)
    room = tightest(Schedule.parse(text), PARIS, execution.windows, NOW)
    next_run = RUN if state == State.STARTED else None
    return WatchedView(instance, WorkflowView(execution, seen, SPAN, None, None), next_run, room)


def page(words: Words, *shown: WatchedView, **changes: Any) -> HomeView:  # noqa: ANN401 - names are the view's
    """Put a page together: a quiet one but for what *changes* say."""
    instance = examples.instance(words)
    views = {one.instance.name: InstanceView(one.instance, NOW, (one.of,), None) for one in shown}
    (execution,) = instance.executions
    (window,) = execution.windows
    usual = HomeView(
        now=NOW,
        channel="C0OPS",
        command="/mcsync",
        note="",
        mine=(),
        others=(),
        incidents=(),
        instances=tuple(views.values()) or (InstanceView(instance, NOW, (), None),),
        watched=shown,
        maps=(heat_map(PARIS, [], []),),
        windows=(WindowView(instance, execution.account, window, window, 0),),
        trust=(),
    )
    return replace(usual, **changes)


def homes(words: Words) -> Iterator[tuple[str, Exhibit]]:
    yield "home of a stranger", box(home.render(None))
    for name, view in pages(words):
        yield name, box(home.render(view))
        yield f"{name} in plain blocks", box(home.render(view, NEWER_BLOCKS))


def pages(words: Words) -> Iterator[tuple[str, HomeView]]:
    instance = examples.instance(words)
    quiet = watched(instance)
    yield "home on a quiet day", page(words, quiet)
    unseen = replace(quiet, of=replace(quiet.of, sighted=None, schedule=""), next_run=None, room=None)
    bare = page(words, unseen)
    yield (
        "home before the first look",
        replace(bare, instances=(InstanceView(instance, None, (unseen.of,), None),)),
    )
    yield "home on a bad day", bad_day(words, instance)
    window = examples.plan(words.workflow).windows[0]
    learnt = replace(window, takes=timedelta(minutes=4, seconds=10), before=timedelta(seconds=90))
    known = page(
        words,
        quiet,
        windows=(WindowView(instance, instance.executions[0].account, window, learnt, 12),),
        trust=(TrustLine(replace(instance, mode=Mode.SHADOW), TrackRecord(7, (), 2)),),
        note="Only <@U0ADA> can approve or deny changes.",
    )
    yield "home that has learnt", known
    yield "home of 45 workflows", crowded(words)


def bad_day(words: Words, instance: Instance) -> HomeView:
    """Let something wait, something be wrong, and a server refuse the log-on."""
    waiting = examples.proposal(Stage.WAITING, words, purpose=f"The nightly run ends at :15. {words.said}")
    other = examples.proposal(Stage.WAITING, words, id="0f0f0f0f0f0f0f0f")
    failed = watched(instance, BEFORE, State.PAUSED, failed=True)
    failed = replace(failed, of=replace(failed.of, proposal=waiting))
    sentence = f"XSV-350012 Invalid login or password. {words.said}".strip()
    bar = LogonBar(words.instance, "digest", NOW, sentence)
    again = examples.incident(
        words,
        id="1111111111111111",
        failures=4,
        last_at=SIX + DAY,
        acknowledged_by="U0ADA",
        snoozed_by="U0ADA",
        snoozed_until=NOW + timedelta(hours=1),
    )
    ahead = examples.incident(
        words, id="2222222222222222", failures=0, message="", paused=False, first_at=SIX + 4 * DAY
    )
    login = examples.incident(
        words, id="3333333333333333", diagnosis=examples.diagnosis(words, Cause.CREDENTIALS), paused=False
    )
    happened: tuple[tuple[Incident, Proposal | None], ...] = (
        (examples.incident(words), waiting),
        (again, examples.proposal(Stage.DENIED, words)),
        (ahead, None),
        (login, None),
    )
    failures = [SIX - number * DAY for number in range(6)] + [
        SIX - timedelta(hours=3, minutes=n) for n in range(12)
    ]
    return page(
        words,
        failed,
        mine=(waiting,),
        others=(other,),
        incidents=tuple(OpenIncident(*one) for one in happened),
        instances=(InstanceView(instance, NOW, (failed.of,), bar),),
        maps=(heat_map(PARIS, failures, [SIX + number * DAY for number in range(1, 8)]),),
    )


def crowded(words: Words) -> HomeView:
    """Fill the page with more of everything than fits."""
    names = [f"{words.workflow[:-2]}{n:02}" for n in range(45)]
    servers = [
        examples.instance(replace(words, workflow=name, instance=f"{words.instance[:-2]}{n:02}"))
        for n, name in enumerate(names)
    ]
    shown = [watched(one, BEFORE, State.PAUSED, failed=True) for one in servers]
    first = servers[0].name
    requests = [examples.proposal(Stage.WAITING, words, id=f"{n:016x}", instance=first) for n in range(17)]
    found = [examples.incident(words, id=f"{n:016x}", instance=first) for n in range(20)]
    bar = LogonBar(words.instance, "digest", NOW, "XSV-350012 Invalid login or password.")
    window = examples.plan(words.workflow).windows[0]
    weeks = [heat_map(ZoneInfo(zone), [SIX], [SIX + DAY]) for zone in ("Europe/Paris", "UTC", "Asia/Tokyo")]
    return page(
        words,
        *shown,
        mine=tuple(requests[:8]),
        others=tuple(requests[8:] * 2),
        incidents=tuple(OpenIncident(one, None) for one in found),
        instances=tuple(InstanceView(one.instance, NOW, (one.of,), bar) for one in shown),
        maps=tuple(weeks),
        windows=tuple(WindowView(one, one.executions[0].account, window, window, 9) for one in servers),
        trust=tuple(TrustLine(replace(one, mode=Mode.SHADOW), TrackRecord(3, (), 0)) for one in servers),
    )


# --- What-if --------------------------------------------------------------------------------------


def what_ifs(words: Words) -> Iterator[tuple[str, Exhibit]]:
    yield "what-if opening", box(what_if_box.opening("0123456789abcdef"))
    instance = examples.instance(words)
    others = tuple(
        Sibling(f"{words.workflow[:-2]}{n:02}", Schedule.parse(every("1h", "00:20")), PARIS)
        for n in range(12)
    )
    subject = Subject(
        schedule=Schedule.parse(BEFORE),
        zone=PARIS,
        windows=instance.executions[0].windows,
        marketing=instance.windows,
        siblings=(),
        others=others[:1],
        tracking=instance.executions[0].tracking,
        paused=True,
    )

    def tried(
        choice: Choice, about: Subject = subject, hindrance: str = "", told: Incident | None = None
    ) -> Exhibit:
        offsets = tuple(what_if(about, Choice(Ask.SHIFT, offset), NOW) for offset in OFFSETS)
        outcome = what_if(about, choice, NOW)
        incident = told or examples.incident(words)
        return box(what_if_box.render(WhatIfView(incident, instance, about, outcome, offsets, hindrance)))

    yield "what-if five minutes", tried(Choice(Ask.SHIFT, 5))
    yield "what-if resume only", tried(Choice(Ask.RESUME))
    yield "what-if no minute yet", tried(Choice(Ask.SHIFT))
    yield "what-if another minute", tried(Choice(Ask.SHIFT, minute=20))
    yield "what-if an unsafe minute", tried(Choice(Ask.SHIFT, minute=2))
    many = replace(subject, others=others, siblings=others[:2])
    yield "what-if a taken minute", tried(Choice(Ask.SHIFT, minute=20), many)
    abroad = replace(
        subject,
        windows=tuple(replace(window, zone=NEW_YORK) for window in subject.windows),
        marketing=(),
        others=(),
        tracking=None,
        paused=False,
    )
    yield "what-if abroad", tried(Choice(Ask.SHIFT, minute=20), abroad)
    busy = (
        replace(others[1], duration=timedelta(minutes=20), schedule=Schedule.parse(every("1h", "00:10"))),
    )
    warned = replace(subject, siblings=busy, others=busy)
    yield "what-if with a warning", tried(Choice(Ask.SHIFT, minute=20), warned)
    barred = replace(
        subject, barred=f"The starts in the journal do not fit the schedule. {words.said}".strip()
    )
    yield "what-if barred", tried(Choice(Ask.SHIFT, 5), barred)
    hindered = "A change of this workflow was asked for before: that one is decided first."
    yield "what-if too late", tried(Choice(Ask.SHIFT, 5), hindrance=hindered)
    unknown = WhatIfView(examples.incident(words), instance, None, None, (), f"Not understood. {words.said}")
    yield "what-if of what is not understood", box(what_if_box.render(unknown))
