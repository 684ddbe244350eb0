"""The parameters behind decisions: each version, what it changed, by whom and why."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter, Request, Response

from tapline import money, policy
from tapline.errors import InvalidError
from tapline.people import Role
from tapline.policy import Policy, PolicyProposal, ProposalState, proposals
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/policy")

PROPOSES = frozenset({Role.ADMIN})
ACCEPTS = frozenset({Role.ADMIN, Role.SUPERVISOR, Role.FINANCE})


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

    @property
    def written(self) -> str:
        """As people write it into a form: amounts in yuan, several values with commas between."""
        parts = self.value if isinstance(self.value, tuple) else (self.value,)
        return ", ".join(
            money.yuan_text(part) if self.unit == "fen" else str(part) for part in parts
        )

    def read(self, text: str) -> Any:
        """What somebody wrote, as a value; `InvalidError` says what to write."""
        if isinstance(self.default, tuple):
            kind = int if self.default and isinstance(self.default[0], int) else str
            return tuple(self._part(part.strip(), kind) for part in text.split(",") if part.strip())
        return self._part(text.strip(), type(self.default))

    def _part(self, text: str, kind: type) -> Any:
        if kind is str:
            return text
        try:
            # A plain number: money is whole fen in every type that the policy knows.
            return int(money.yuan(text)) if self.unit == "fen" else int(text)
        except ValueError:
            wanted = "an amount in yuan" if self.unit == "fen" else "a whole number"
            raise InvalidError(f"{self.name}: {text!r} is not {wanted}") from None


@router.get("")
def newest(uow: Transaction, member: CurrentAgent) -> Response:
    """The version in force."""
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    return see_other(f"/console/policy/{in_force.version}")


@router.get("/{policy_version}")
def version(
    request: Request, uow: Transaction, member: CurrentAgent, policy_version: int
) -> Response:
    """One version, as decisions name it; 0 are the defaults. What waits for a second person."""
    chosen = policy.version(uow, tenant_id=member.tenant_id, number=policy_version)
    before = policy.version(uow, tenant_id=member.tenant_id, number=max(0, policy_version - 1))
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/policy.html",
        member=member,
        chosen=chosen,
        versions=policy.listed(uow, tenant_id=member.tenant_id),
        parameters=parameters(chosen, before),
        waiting=[
            (one, _changed(one, in_force))
            for one in proposals.listed(uow, tenant_id=member.tenant_id)
            if one.state is ProposalState.PROPOSED
        ],
        may_propose=member.staff.role in PROPOSES,
        may_accept=member.staff.role in ACCEPTS,
    )


def parameters(chosen: Policy, before: Policy) -> list[Parameter]:
    """Every parameter of a version, beside another version."""
    names = [field.name for field in fields(Policy) if field.name != "version"]
    default = Policy()
    return [
        Parameter(name, getattr(chosen, name), getattr(default, name), getattr(before, name))
        for name in names
    ]


def _changed(proposal: PolicyProposal, in_force: Policy) -> Sequence[Parameter]:
    """What a proposal would change, beside what is in force."""
    default = Policy()
    return [
        Parameter(
            name,
            tuple(value) if isinstance(value, list) else value,
            getattr(default, name),
            getattr(in_force, name),
        )
        for name, value in proposal.values.items()
    ]
