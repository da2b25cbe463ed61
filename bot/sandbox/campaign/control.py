"""The levers of the sandbox: `/_sandbox/*`, JSON in and out.

This is not Campaign: it is how a tester, the story and the page turn the world and look behind the scenes.
How an order is read is `orders.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from lxml import etree

from bot.sandbox.campaign.faults import MODES, MOMENTS, Fault
from bot.sandbox.campaign.orders import Order, Refused
from bot.sandbox.campaign.outages import Outages
from bot.sandbox.campaign.persist import Unwritable, write
from bot.sandbox.campaign.scheduler import PAIR
from bot.sandbox.campaign.seed import SCENES
from bot.sandbox.campaign.settings import Settings
from bot.sandbox.campaign.view import Json, iso, look
from bot.sandbox.campaign.wire import Element
from bot.sandbox.campaign.workflow import Workflow, period_of, schedule_of
from bot.sandbox.campaign.world import NotNow, World


def handle(method: str, name: str, order: Order) -> Json:
    """Carry out `/_sandbox/<name>`.

    Raises:
        Refused: no such lever, or the order makes no sense.
    """
    lever = LEVERS.get((method, name))
    if lever is None:
        raise Refused(f"there is no {method} /_sandbox/{name}")
    with order.world.lock:
        return lever(order)


def _restart(order: Order) -> Json:
    order.execution().restart(order.world.time, order.number("seconds", 180))
    return {"ok": True}


def _restart_marketing(order: Order) -> Json:
    """Restart marketing; with `forget_sessions`, nobody is logged on afterwards."""
    order.world.marketing.restart(order.world.time, order.number("seconds", 180))
    if order.body.get("forget_sessions"):
        order.world.access.sessions.clear()
    return {"ok": True}


def _order_fault(order: Order) -> Json:
    mode, when = order.text("mode", "503"), order.text("when", "before")
    if mode not in MODES:
        raise Refused(f"'{mode}' is not one of {', '.join(sorted(MODES))}")
    if when not in MOMENTS:
        raise Refused(f"'{when}' is not one of {', '.join(sorted(MOMENTS))}")
    fault = Fault(
        order.text("action", "*"), mode, int(order.number("times", 1)), when, order.number("seconds", 30)
    )
    order.server.faults.order(fault)
    return _faults(order)


def _faults(order: Order) -> Json:
    return {"faults": [asdict(fault) for fault in order.server.faults.pending()]}


def _clear_faults(order: Order) -> Json:
    order.server.faults.order(Fault("*", "503", times=0))
    return _faults(order)


def _run(order: Order) -> Json:
    workflow = order.workflow()
    try:
        order.world.fire(workflow)
    except NotNow as error:
        raise Refused(f"{workflow.name} is not idle and started (state {int(workflow.state)})") from error
    return {"ok": True}


def _start(order: Order) -> Json:
    """Press Start as somebody else."""
    return _press(order, order.world.start)


def _stop(order: Order) -> Json:
    """Press Stop as somebody else."""
    return _press(order, order.world.stop)


def _press(order: Order, move: Callable[[Workflow, str], None]) -> Json:
    workflow = order.workflow()
    try:
        move(workflow, order.text("login", "intruder"))
    except NotNow as error:
        raise Refused(f"that does not fit the state of {workflow.name} ({int(workflow.state)})") from error
    return {"ok": True}


def _edit(order: Order) -> Json:
    """Change a workflow as somebody else: keys of its period, or attributes of one activity."""
    workflow, login = order.workflow(), order.text("login", "intruder")
    document = etree.Element("workflow", xtkschema="xtk:workflow", id=str(workflow.id), _operation="update")
    activities = etree.SubElement(document, "activities", _operation="update")
    keys, activity = order.body.get("period"), order.body.get("activity")
    if keys:
        activities.append(_edited_schedule(workflow, keys))
    elif activity:
        activities.append(_edited_activity(workflow, activity))
    else:
        raise Refused("say what to edit: 'period' or 'activity'")
    try:
        write(order.world, document, login)
    except Unwritable as error:
        raise Refused(str(error)) from error
    return {"ok": True, "changed": list(order.world.writes[-1].changed)}


def _edited_schedule(workflow: Workflow, keys: Mapping[str, str]) -> Element:
    schedule = schedule_of(workflow.activities)
    if schedule is None:
        raise Refused(f"{workflow.name} has no scheduler")
    text = period_of(workflow.activities)
    missing = set(keys) - {key for key, _ in PAIR.findall(text)}
    if missing:
        raise Refused(f"the period has no {', '.join(sorted(missing))}")
    edited = etree.Element("schedule", _operation="update", name=schedule.get("name", ""))
    period = etree.SubElement(edited, "period")
    period.text = PAIR.sub(lambda pair: f"{pair[1]}='{keys.get(pair[1], pair[2])}'", text)
    return edited


def _edited_activity(workflow: Workflow, change: Mapping[str, str]) -> Element:
    name = change.get("name", "")
    activities = workflow.activities
    found = [one for one in (activities if activities is not None else ()) if one.get("name") == name]
    if not found:
        raise Refused(f"{workflow.name} has no activity '{name}'")
    edited = etree.Element(found[0].tag, _operation="update", name=name)
    for key, text in change.items():
        if key == "script":
            etree.SubElement(edited, "script").text = text
        else:
            edited.set(key, text)
    return edited


def _writes(order: Order) -> Json:
    writes = [
        {
            "at": iso(written.at),
            "login": written.login,
            "document": written.document,
            "changed": list(written.changed),
        }
        for written in order.world.writes
    ]
    return {"writes": writes}


def _look(order: Order) -> Json:
    return look(order.world) | {"calls": dict(order.server.record.counts)}


def _next(order: Order) -> Json:
    return {"at": iso(order.world.next_event())}


def _reset(order: Order) -> Json:
    order.server.reset()
    return {"ok": True}


def _scenario(order: Order) -> Json:
    name = order.text("name")
    if name not in SCENES:
        raise Refused(f"'{name}' is not one of {', '.join(sorted(SCENES))}")
    order.server.reset(name)
    return {"ok": True}


def _settings(order: Order) -> Json:
    """Turn settings; unknown ones are refused, and nothing is turned then."""
    world, body = order.world, dict(order.body)
    turns = [turn for key in list(body) if (turn := _outage_turn(order, key, body)) is not None]
    known = asdict(Settings())
    for key, value in body.items():
        if key not in known:
            raise Refused(f"there is no setting '{key}'")
        if isinstance(known[key], float) and isinstance(value, int) and not isinstance(value, bool):
            body[key] = float(value)
        elif type(value) is not type(known[key]):
            raise Refused(f"'{key}' must be a {type(known[key]).__name__}")
    if body.get("fault_status", 500) not in (200, 500):
        raise Refused("'fault_status' must be 200 or 500")
    if body.get("memo", "inline") not in ("inline", "text"):
        raise Refused("'memo' must be 'inline' or 'text'")
    world.settings = replace(world.settings, **body)
    for turn in turns:
        turn()
    return {"settings": asdict(world.settings)}


def _outage_turn(order: Order, key: str, body: Json) -> Callable[[], None] | None:
    """Prepare a change of the daily restarts; `None` for a key that is about something else."""
    if key not in ("rt_restart", "rt_takes", "rt_zone", "marketing_restart", "marketing_takes"):
        return None
    where, _, what = key.partition("_")
    outages = order.world.marketing if where == "marketing" else order.execution()
    value = body.pop(key)
    body.pop("account", None)
    try:
        if what == "restart":
            at = None if value is None else time.fromisoformat(value)
            # What lies behind stays as it was lived.
            return lambda: _set_restart(order.world, outages, at)
        if what == "takes":
            takes = timedelta(seconds=float(value))
            return lambda: setattr(outages, "takes", takes)
        zone = ZoneInfo(value)
    except (TypeError, ValueError, KeyError) as error:
        raise Refused(f"'{key}' cannot be {value!r}") from error
    return lambda: setattr(outages, "zone", zone)


def _set_restart(world: World, outages: Outages, at: time | None) -> None:
    outages.at, outages.since = at, world.time


LEVERS: dict[tuple[str, str], Callable[[Order], Json]] = {
    ("POST", "restart"): _restart,
    ("POST", "restart-marketing"): _restart_marketing,
    ("POST", "faults"): _order_fault,
    ("GET", "faults"): _faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "run"): _run,
    ("POST", "start"): _start,
    ("POST", "stop"): _stop,
    ("POST", "edit"): _edit,
    ("POST", "settings"): _settings,
    ("POST", "reset"): _reset,
    ("POST", "scenario"): _scenario,
    ("GET", "writes"): _writes,
    ("GET", "world"): _look,
    ("GET", "next"): _next,
}
