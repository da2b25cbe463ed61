"""The answer to `trust`: how often people agreed with mcsync where it only watches."""

from zoneinfo import ZoneInfo

from bot.domain.instance import Instance, Mode
from bot.domain.message import Card
from bot.domain.sentence import say
from bot.domain.trust import Rating, TrackRecord
from bot.service.trust import TrustView
from commands.cards import markup
from commands.language import tell, tell_count, told

MEANING = say("How often people agreed with what mcsync would have done where it only watches.")

MOST_INSTANCES = 20
MOST_OBJECTIONS = 5
MOST_CHARACTERS = 9000
"""Slack takes about 13 000 in one message."""


def render(views: tuple[TrustView, ...]) -> Card:
    """Render the record of each instance."""
    blocks = [markup.context(told(MEANING))]
    most = MOST_OBJECTIONS if len(views) == 1 else 1
    shown = written = 0
    for view in views[:MOST_INSTANCES]:
        if written > MOST_CHARACTERS:
            break
        text = markup.fitted([f"{in_one_line(view.instance, view.record)}.", *_objections(view, most)])
        shown, written = shown + 1, written + len(text)
        blocks.append(markup.section(text))
        if view.instance.mode is Mode.SHADOW and view.record.rated:
            how = tell(
                'To let mcsync propose: `mode = "propose"` under [[campaign]] of {instance} in mcsync.toml.',
                instance=markup.escape(view.instance.name),
            )
            blocks.append(markup.context(how))
    if len(views) > shown:
        left = tell_count(
            "…and {count} more: name an instance.",
            "…and {count} more: name an instance.",
            len(views) - shown,
        )
        blocks.append(markup.context(left))
    figures = [block for block in blocks if block["type"] == "section"]
    return Card(markup.spoken(figures), blocks)


def in_one_line(instance: Instance, record: TrackRecord) -> str:
    """Say of one instance how often people agreed."""
    return tell(
        "*{instance}* ({mode} mode): {figures}",
        instance=markup.escape(instance.name),
        mode=instance.mode.value,
        figures=_in_figures(record),
    )


def _in_figures(record: TrackRecord) -> str:
    if not record.rated and not record.abstained:
        return tell("no failure was judged in shadow mode yet")
    if not record.rated:
        return tell_count(
            "no answer yet, {count} abstained", "no answer yet, {count} abstained", record.abstained
        )
    return tell_count(
        "{agreed} of {rated} agreed, {count} abstained",
        "{agreed} of {rated} agreed, {count} abstained",
        record.abstained,
        agreed=record.agreed,
        rated=record.rated,
    )


def _objections(view: TrustView, most: int) -> list[str]:
    workflows = {suggestion.incident: suggestion.workflow for suggestion in view.record.disputed}
    lines = [_objection(one, workflows[one.incident], view.instance.zone) for one in view.objections[:most]]
    if len(view.objections) > most:
        lines.append(markup.more(len(view.objections) - most))
    return lines


def _objection(one: Rating, workflow: str, zone: ZoneInfo) -> str:
    said = tell(
        "{person} said no {moment} about {workflow}: mcsync would {would}",
        person=f"<@{one.user}>",
        moment=markup.moment(one.at, zone),
        workflow=markup.escape(workflow),
        would=markup.escape(markup.cut(told(one.would), 200)),
    )
    return f"• {said}"
