"""The buttons of a decision and what follows it: each press is one durable write."""

from collections.abc import Mapping
from typing import Any

from bot.domain.badge import Badge, badge_of
from bot.domain.errors import NotFound
from bot.domain.proposal_words import WITHDRAWN
from bot.domain.sentence import say
from bot.service.approvals import APPROVE, CHECK, CONFIRM, DENY, EXTEND, SET_ASIDE, WITHDRAW
from bot.service.back_office import BackOffice
from commands.cards import denial
from commands.cards import set_aside as set_aside_card
from commands.language import tell
from commands.reply import Complaints, Modal, Request
from commands.subject import spot_of


def approve(request: Request, service: BackOffice) -> None:
    """Remember an approval of exactly what the card showed."""
    tracking = request.action_id.removeprefix("mcsync_approve").removeprefix("_")
    proposal_id, _, digest = request.text.partition(":")
    service.approvals.submit(
        key=request.key,
        user=request.user,
        verdict=APPROVE,
        proposal_id=proposal_id,
        digest=digest,
        tracking=tracking,
        spot=spot_of(request),
    )


def deny(request: Request, service: BackOffice) -> Modal:
    """Open a box that asks for the reason of a denial.

    Raises:
        NotFound: the proposal is not known.
    """
    with service.office.store.read() as tx:
        proposal = tx.proposal(request.text)
    if proposal is None:
        raise NotFound(say("This proposal is no longer known here. Ask for a new one."))
    return Modal(denial.box(proposal, _badge(proposal.instance, service)))


def _badge(name: str, service: BackOffice) -> Badge:
    """Find the badge of a server, which may no longer be configured."""
    instance = service.office.instances.get(name)
    return instance.badge if instance is not None else badge_of(name)


def submit_denial(request: Request, service: BackOffice) -> Complaints | None:
    """Remember a denial with its reason; the box closes."""
    reason = request.fields.get(denial.REASON, "").strip()
    if not reason:
        return Complaints({denial.REASON: tell("Write why, so that who asked knows what to do.")})
    service.approvals.submit(
        key=request.key, user=request.user, verdict=DENY, proposal_id=request.text, reason=reason
    )
    return None


def set_aside(request: Request, service: BackOffice) -> Modal:
    """Open a box that asks for the reason of setting a change aside.

    Raises:
        NotFound: the proposal is not known.
    """
    with service.office.store.read() as tx:
        proposal = tx.proposal(request.text)
    if proposal is None:
        raise NotFound(say("This proposal is no longer known here. Ask for a new one."))
    return Modal(set_aside_card.box(proposal, _badge(proposal.instance, service)))


def submit_set_aside(request: Request, service: BackOffice) -> Complaints | None:
    """Remember with its reason that a change is set aside; the box closes."""
    reason = request.fields.get(denial.REASON, "").strip()
    if not reason:
        return Complaints({denial.REASON: tell("Write why, so that others know what was looked at.")})
    service.approvals.submit(
        key=request.key, user=request.user, verdict=SET_ASIDE, proposal_id=request.text, reason=reason
    )
    return None


def more(request: Request, service: BackOffice) -> None:
    """Remember what was chosen in the menu: more time, or a withdrawal."""
    verdict, _, proposal_id = request.text.partition(":")
    if verdict == WITHDRAW:
        service.approvals.submit(
            key=request.key,
            user=request.user,
            verdict=WITHDRAW,
            proposal_id=proposal_id,
            reason=WITHDRAWN,
            spot=spot_of(request),
        )
    else:
        service.approvals.submit(
            key=request.key,
            user=request.user,
            verdict=EXTEND,
            proposal_id=proposal_id,
            spot=spot_of(request),
        )


def confirm_tracking(request: Request, service: BackOffice) -> None:
    """Remember that RT's tracking was moved as well."""
    _submit(request, service, CONFIRM)


def check_again(request: Request, service: BackOffice) -> None:
    """Remember that somebody wants an unclear change to be looked at again."""
    _submit(request, service, CHECK)


def try_once(request: Request, service: BackOffice) -> None:
    """Remember that an administrator wants a refused log-on to be tried once."""
    service.logons.submit(key=request.key, user=request.user, instance=request.text, spot=spot_of(request))


def forget_groups(_event: Mapping[str, Any], service: BackOffice) -> None:
    """Ask Slack anew who is in the groups that may approve."""
    service.office.directory.drop()


def _submit(request: Request, service: BackOffice, verdict: str) -> None:
    proposal_id, _, digest = request.text.partition(":")
    service.approvals.submit(
        key=request.key,
        user=request.user,
        verdict=verdict,
        proposal_id=proposal_id,
        digest=digest,
        spot=spot_of(request),
    )
