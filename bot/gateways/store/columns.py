"""Which columns a value fills besides its body, for statements that search and guard by them.

What `writing` does with them, and what the body looks like (`codec`), is not told here.
"""

from bot.domain.answered import Request
from bot.domain.incident import Incident
from bot.domain.proposal import UNDECIDED, Proposal
from bot.gateways.store import codec
from bot.gateways.store.engine import Value


def request_columns(request: Request) -> dict[str, Value]:
    """Take a request apart."""
    return {
        "key": request.key,
        "at": codec.milliseconds(request.at),
        "body": codec.REQUEST.encode(request),
    }


def incident_identity(incident: Incident) -> tuple[str, str, str]:
    """Name what no change of an incident may change."""
    return incident.id, incident.instance, incident.workflow


def incident_columns(incident: Incident) -> dict[str, Value]:
    """Take an incident apart."""
    return {
        "id": incident.id,
        "instance": incident.instance,
        "workflow": incident.workflow,
        "cause": incident.cause.value,
        "state": incident.state.value,
        "last_at": codec.milliseconds(incident.last_at),
        "revision": incident.revision,
        "body": codec.INCIDENT.encode(incident),
    }


def proposal_identity(proposal: Proposal) -> tuple[str, str, str]:
    """Name what no change of a proposal may change."""
    return proposal.id, proposal.instance, proposal.workflow


def proposal_columns(proposal: Proposal) -> dict[str, Value]:
    """Take a proposal apart."""
    return {
        "id": proposal.id,
        "instance": proposal.instance,
        "workflow": proposal.workflow,
        "stage": proposal.stage.value,
        "undecided": int(proposal.stage in UNDECIDED),
        "revision": proposal.revision,
        "body": codec.PROPOSAL.encode(proposal),
    }
