"""The buttons *Approve*, *Deny*, *Check again* and *Try once*: each press is one durable write."""

from bot.service.approvals import APPROVE, CHECK, DENY
from bot.service.back_office import BackOffice
from commands.reply import Request


def approve(request: Request, service: BackOffice) -> None:
    """Remember an approval of exactly what the card showed."""
    _submit(request, service, APPROVE)


def deny(request: Request, service: BackOffice) -> None:
    """Remember a denial."""
    _submit(request, service, DENY)


def check_again(request: Request, service: BackOffice) -> None:
    """Remember that somebody wants an unclear change to be looked at again."""
    _submit(request, service, CHECK)


def try_once(request: Request, service: BackOffice) -> None:
    """Remember that an administrator wants a refused log-on to be tried once."""
    service.logons.submit(key=request.key, user=request.user, instance=request.text)


def _submit(request: Request, service: BackOffice, verdict: str) -> None:
    proposal_id, _, digest = request.text.partition(":")
    service.approvals.submit(
        key=request.key, user=request.user, verdict=verdict, proposal_id=proposal_id, digest=digest
    )
