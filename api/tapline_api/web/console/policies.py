"""The parameters behind decisions: each version, what it changed, by whom and why."""

from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter, Request, Response

from tapline import policy
from tapline.policy import Policy
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/policy")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a version, beside its default and what it was before."""

    name: str
    value: Any
    default: Any
    before: Any

    @property
    def unit(self) -> str:
        """What the name says that it counts: `fen`, `s`, `percent`, or nothing."""
        words = self.name.split("_")
        return next((unit for unit in ("fen", "s", "percent") if unit in words), "")


@router.get("")
def newest(uow: Transaction, member: CurrentAgent) -> Response:
    """The version in force."""
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    return see_other(f"/console/policy/{in_force.version}")


@router.get("/{policy_version}")
def version(
    request: Request, uow: Transaction, member: CurrentAgent, policy_version: int
) -> Response:
    """One version, as decisions name it; 0 are the defaults."""
    chosen = policy.version(uow, tenant_id=member.tenant_id, number=policy_version)
    before = policy.version(uow, tenant_id=member.tenant_id, number=max(0, policy_version - 1))
    return render(
        request,
        "console/policy.html",
        member=member,
        chosen=chosen,
        versions=policy.listed(uow, tenant_id=member.tenant_id),
        parameters=_parameters(chosen, before),
    )


def _parameters(chosen: Policy, before: Policy) -> list[Parameter]:
    names = [field.name for field in fields(Policy) if field.name != "version"]
    default = Policy()
    return [
        Parameter(name, getattr(chosen, name), getattr(default, name), getattr(before, name))
        for name in names
    ]
