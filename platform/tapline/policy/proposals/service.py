from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from tapline import clock
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.policy.proposals.model import PolicyProposal, ProposalState
from tapline.policy.proposals.repository import ProposalRepository
from tapline.policy.rules import Policy
from tapline.policy.service import checked, current, publish
from tapline.uow import UnitOfWork


def listed(uow: UnitOfWork, *, tenant_id: str, limit: int = 20) -> Sequence[PolicyProposal]:
    """What people proposed, newest first."""
    return ProposalRepository(uow, tenant_id).listed(limit)


def propose(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    based_on: int,
    values: Mapping[str, Any],
    actor: str,
    reason: str,
) -> PolicyProposal:
    """Ask for `values` instead of those in version `based_on`; others stay as they are.

    Raises:
        InvalidError: nothing would change, no reason, or what `publish` would refuse.
        ConflictError: another version came in force since `based_on`.
    """
    if not reason.strip():
        raise InvalidError("say why: it stands beside every decision made under the new rules")
    in_force = _in_force(uow, tenant_id, based_on)
    changed = {
        name: value for name, value in values.items() if value != getattr(in_force, name, None)
    }
    if not changed:
        raise InvalidError("nothing would change: write another value beside a parameter")
    checked(based_on + 1, _differing(in_force) | changed)
    proposal = PolicyProposal(
        proposal_id=new_id(),
        tenant_id=tenant_id,
        state=ProposalState.PROPOSED,
        based_on=based_on,
        values=changed,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=clock.now(),
    )
    ProposalRepository(uow, tenant_id).add(proposal)
    return proposal


def accept(uow: UnitOfWork, *, tenant_id: str, proposal_id: UUID, actor: str) -> PolicyProposal:
    """Put it in force.

    Raises:
        NotFoundError: no such proposal waits.
        DeniedError: `actor` proposed it himself.
        ConflictError: another version came in force since it was proposed.
    """
    proposal = ProposalRepository(uow, tenant_id).to_decide(proposal_id)
    if proposal.proposed_by == actor:
        raise DeniedError("you proposed it: a colleague puts it in force")
    in_force = _in_force(uow, tenant_id, proposal.based_on)
    published = publish(
        uow,
        tenant_id=tenant_id,
        changes=_differing(in_force) | proposal.values,
        actor=actor,
        reason=proposal.reason,
    )
    _decided(proposal, ProposalState.ACCEPTED, actor)
    proposal.version = published.version
    return proposal


def drop(uow: UnitOfWork, *, tenant_id: str, proposal_id: UUID, actor: str) -> PolicyProposal:
    """Refuse it, or take it back; `NotFoundError` where no such proposal waits."""
    proposal = ProposalRepository(uow, tenant_id).to_decide(proposal_id)
    _decided(proposal, ProposalState.DROPPED, actor)
    return proposal


def _decided(proposal: PolicyProposal, state: ProposalState, actor: str) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor, clock.now()


def _in_force(uow: UnitOfWork, tenant_id: str, based_on: int) -> Policy:
    in_force = current(uow, tenant_id=tenant_id)
    if in_force.version != based_on:
        raise ConflictError(
            f"version {in_force.version} of the rules came in force meanwhile: look at it, and"
            " propose your change again"
        )
    return in_force


def _differing(in_force: Policy) -> dict[str, Any]:
    """What a version has otherwise than delivered."""
    default = Policy()
    names = [field.name for field in fields(Policy) if field.name != "version"]
    return {
        name: getattr(in_force, name)
        for name in names
        if getattr(in_force, name) != getattr(default, name)
    }
