"""The back office as one value: every use case, and who does which kind of due work.

The phone book of the service, as `commands/__init__.py` is the phone book of the counter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.service.answers import Answers, Tell
from bot.service.approvals import Approvals
from bot.service.attention import Attention
from bot.service.cards import Cards, Phrase, Render
from bot.service.changes import Changes
from bot.service.health import Health
from bot.service.homes import DrawHome, Homes
from bot.service.incidents import Incidents
from bot.service.kept import Kept
from bot.service.logons import Logons
from bot.service.office import Kind, Office
from bot.service.outlook import Outlook
from bot.service.probes import Probes
from bot.service.proofs import Proofs
from bot.service.requests import Requests
from bot.service.trust import Trust
from bot.service.vigils import Vigils
from bot.service.watch import Watch
from bot.service.what_ifs import DrawWhatIf, WhatIfs
from bot.service.work import Do


@dataclass(frozen=True)
class BackOffice:
    """Every use case.

    Attributes:
        office: what they share.
        incidents: failures come in.
        requests: somebody asks.
        approvals: somebody decides.
        attention: somebody takes care of an incident, or puts it off.
        changes: it is carried out.
        proofs: it is proved.
        watch: polls.
        probes: watch the execution instances.
        outlook: looks ahead.
        cards: cards are kept true.
        logons: a refused log-on is lifted.
        trust: people say whether a verdict was right.
        health: the record is examined.
        answers: answers that take their time, and those to a mention.
        homes: Home tabs are kept true.
        what_ifs: somebody tries another minute.
        kept: what was made of the store and is still true.
    """

    office: Office
    incidents: Incidents
    requests: Requests
    approvals: Approvals
    attention: Attention
    changes: Changes
    proofs: Proofs
    watch: Watch
    probes: Probes
    outlook: Outlook
    cards: Cards
    logons: Logons
    trust: Trust
    health: Health
    answers: Answers
    homes: Homes
    what_ifs: WhatIfs
    kept: Kept

    def doers(self) -> Mapping[str, Do]:
        """Tell who does which kind of due work."""
        return {
            Kind.POLL: self.watch.poll,
            Kind.LOOK: self.incidents.look,
            Kind.ASK: self.requests.ask,
            Kind.DECIDE: self.approvals.decide,
            Kind.EXPIRE: self.approvals.expire,
            Kind.ATTEND: self.attention.attend,
            Kind.REMIND: self.attention.remind,
            Kind.APPLY: self.changes.apply,
            Kind.PROVE: self.proofs.prove,
            Kind.CARD: self.cards.show,
            Kind.WHISPER: self.cards.whisper,
            Kind.REPLY: self.cards.reply,
            Kind.TRY_ONCE: self.logons.try_once,
            Kind.PROBE: self.probes.probe,
            Kind.OUTLOOK: self.outlook.look,
            Kind.RATE: self.trust.rate,
            Kind.HEALTH: self.health.examine,
            Kind.ANSWER: self.answers.answer,
            Kind.HOME: self.homes.show,
            Kind.WHAT_IF: self.what_ifs.draw,
        }


@dataclass(frozen=True)
class Looks:
    """How things look; the counter knows, and `bot/app.py` hands it in. Each is first given a locale.

    Attributes:
        card: turns what a card tells of into a message.
        sentence: lets a sentence of ours through with its mentions, and nothing else in it that is markup.
        answer: turns what an answer tells into a message.
        home: turns what a Home tab tells into a view.
        what_if: turns what a box tells into a view.
    """

    card: Render
    sentence: Phrase
    answer: Tell
    home: DrawHome
    what_if: DrawWhatIf


def furnish(office: Office, looks: Looks) -> BackOffice:
    """Build every use case around *office*."""
    probes, outlook, health = Probes(office), Outlook(office), Health(office)
    return BackOffice(
        office=office,
        incidents=Incidents(office),
        requests=Requests(office),
        approvals=Approvals(office),
        attention=Attention(office),
        changes=Changes(office),
        proofs=Proofs(office),
        watch=Watch(office, probes=probes, outlook=outlook, vigils=Vigils(office), health=health),
        probes=probes,
        outlook=outlook,
        cards=Cards(office, looks.card, looks.sentence),
        logons=Logons(office),
        trust=Trust(office),
        health=health,
        answers=Answers(office, looks.answer, looks.sentence),
        homes=Homes(office, looks.home),
        what_ifs=WhatIfs(office, looks.what_if),
        kept=Kept(office.store),
    )
