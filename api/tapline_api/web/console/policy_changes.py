"""Changing the rules: an administrator proposes, a second person puts in force."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, status

from tapline import audit, policy
from tapline.errors import DeniedError, InvalidError
from tapline.policy import Policy, PolicyProposal, proposals
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction, address_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.policies import ACCEPTS, PROPOSES, parameters

router = APIRouter(prefix="/policy-changes")

_PAGE = "/console/policy"


@router.get("")
def form_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Every parameter, to be written otherwise."""
    _require_proposer(member)
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    return _form(request, member, in_force, {})


@router.post("")
def propose(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    based_on: Annotated[int, Form()],
    name: Annotated[list[str], Form()],
    value: Annotated[list[str], Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Propose what was written otherwise; what cannot be is said beside what was typed."""
    _require_proposer(member)
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    typed = dict(zip(name, value, strict=False))
    try:
        values = _read(in_force, typed)
        _require_way_back(values, address_of(request))
        proposed = proposals.propose(
            uow,
            tenant_id=member.tenant_id,
            based_on=based_on,
            values=values,
            actor=member.actor,
            reason=reason,
        )
    except InvalidError as error:
        return _form(request, member, in_force, typed, reason=reason, why=str(error))
    _on_record(uow, member, "policy.propose", proposed)
    return see_other(_PAGE)


@router.post("/{proposal_id}/accept")
def accept(request: Request, uow: Transaction, member: CurrentAgent, proposal_id: UUID) -> Response:
    """Put a colleague's proposal in force."""
    if member.staff.role not in ACCEPTS:
        raise DeniedError("a supervisor, finance or an administrator puts rules in force: ask one")
    accepted = proposals.accept(
        uow, tenant_id=member.tenant_id, proposal_id=proposal_id, actor=member.actor
    )
    _require_way_back(accepted.values, address_of(request))
    _on_record(uow, member, "policy.accept", accepted)
    return see_other(_PAGE)


@router.post("/{proposal_id}/drop")
def drop(uow: Transaction, member: CurrentAgent, proposal_id: UUID) -> Response:
    """Refuse a proposal, or take one's own back."""
    if member.staff.role not in ACCEPTS:
        raise DeniedError("a supervisor, finance or an administrator refuses rules: ask one")
    dropped = proposals.drop(
        uow, tenant_id=member.tenant_id, proposal_id=proposal_id, actor=member.actor
    )
    _on_record(uow, member, "policy.drop", dropped)
    return see_other(_PAGE)


def _form(
    request: Request,
    member: Member,
    in_force: Policy,
    typed: Mapping[str, str],
    *,
    reason: str = "",
    why: str = "",
) -> Response:
    return render(
        request,
        "console/policy_change.html",
        status_code=status.HTTP_422_UNPROCESSABLE_CONTENT if why else status.HTTP_200_OK,
        member=member,
        in_force=in_force,
        parameters=parameters(in_force, in_force),
        typed=typed,
        reason=reason,
        why=why,
    )


def _read(in_force: Policy, typed: Mapping[str, str]) -> dict[str, Any]:
    """By name, the parameters that were written otherwise than they are."""
    return {
        one.name: one.read(typed[one.name])
        for one in parameters(in_force, in_force)
        if one.name in typed and typed[one.name].strip() != one.written
    }


def _require_proposer(member: Member) -> None:
    if member.staff.role not in PROPOSES:
        raise DeniedError("an administrator proposes rules: ask one")


def _require_way_back(values: Mapping[str, Any], address: str) -> None:
    """Nobody shuts the console behind himself."""
    networks = tuple(values.get("console_networks", ()))
    if policy.unreadable_networks(networks):
        return  # that comes first, and `propose` says it
    if not policy.admitted(networks, address):
        raise InvalidError(
            f"console_networks: you come from {address}, which lies in none of them: you would"
            " shut yourself out"
        )


def _on_record(uow: UnitOfWork, member: Member, action: str, proposal: PolicyProposal) -> None:
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action=action,
        subject=f"policy:{proposal.version or proposal.proposal_id}",
        reason=proposal.reason,
    )
