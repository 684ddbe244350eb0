from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock, ledger
from tapline.cards.issuers.breaks import rules
from tapline.cards.issuers.breaks.model import BreakResolution, IssuerBreak
from tapline.cards.issuers.breaks.repository import BreakRepository
from tapline.cards.issuers.repository import IssuerRepository
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import Account, chart
from tapline.people import Staff
from tapline.uow import UnitOfWork


def get(uow: UnitOfWork, *, tenant_id: str, break_id: UUID) -> IssuerBreak:
    """One break; `NotFoundError` where the tenant has none such."""
    return BreakRepository(uow, tenant_id).get(break_id)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    issuer_id: str | None = None,
    is_open: bool = True,
    limit: int = 200,
) -> Sequence[IssuerBreak]:
    """Open breaks, oldest first; or resolved ones, the latest first."""
    return BreakRepository(uow, tenant_id).listed(issuer_id, is_open=is_open, limit=limit)


def take(uow: UnitOfWork, *, tenant_id: str, break_id: UUID, staff: Staff) -> IssuerBreak:
    """Make an open break one's own: its owner asks the issuer.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it is resolved.
    """
    broken = BreakRepository(uow, tenant_id).get(break_id, lock=True)
    if broken.resolved_at is not None:
        raise ConflictError("this break is resolved: look at the list again")
    broken.owner_id = staff.staff_id
    _record(uow, broken, staff, "issuer.break_take", "")
    return broken


def propose(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    break_id: UUID,
    resolution: BreakResolution,
    reason: str,
    staff: Staff,
) -> IssuerBreak:
    """Say how a break shall end. Where money moves, somebody else has to confirm it first.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it is resolved.
        InvalidError: no reason, or it cannot end so.
    """
    if not reason.strip():
        raise InvalidError("say why: an auditor will ask")
    broken = BreakRepository(uow, tenant_id).get(break_id, lock=True)
    rules.check(broken, resolution)
    broken.resolution, broken.reason = resolution, reason.strip()
    broken.proposed_by, broken.owner_id = staff.login, staff.staff_id
    if not resolution.moves_money:
        broken.resolved_at = clock.now()
    _record(uow, broken, staff, "issuer.break_propose", f"{resolution.value}: {reason.strip()}")
    return broken


def confirm(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    break_id: UUID,
    resolution: BreakResolution,
    staff: Staff,
) -> IssuerBreak:
    """Put a proposal in force that one has seen: `resolution` names it.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: something else, or nothing, is proposed.
        DeniedError: it is one's own.
    """
    broken = _proposed(uow, tenant_id, break_id, resolution)
    if broken.proposed_by == staff.login:
        raise DeniedError("a colleague has to confirm it: nobody confirms his own proposal")
    broken.decided_by, broken.resolved_at = staff.login, clock.now()
    _post(uow, broken)
    _record(uow, broken, staff, "issuer.break_confirm", resolution.value)
    return broken


def refuse(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    break_id: UUID,
    resolution: BreakResolution,
    staff: Staff,
    reason: str,
) -> IssuerBreak:
    """Send a proposal back; the break stays open.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: something else, or nothing, is proposed.
        InvalidError: no reason.
    """
    if not reason.strip():
        raise InvalidError("say why it is not to be so")
    broken = _proposed(uow, tenant_id, break_id, resolution)
    broken.resolution, broken.proposed_by = None, None
    _record(uow, broken, staff, "issuer.break_refuse", f"{resolution.value}: {reason.strip()}")
    return broken


def _proposed(
    uow: UnitOfWork, tenant_id: str, break_id: UUID, resolution: BreakResolution
) -> IssuerBreak:
    broken = BreakRepository(uow, tenant_id).get(break_id, lock=True)
    if broken.resolved_at is not None or broken.resolution is not resolution:
        raise ConflictError("the proposal has changed since you looked: read it again")
    return broken


def _post(uow: UnitOfWork, broken: IssuerBreak) -> None:
    """Take the stake off what the issuer owes, and the commission on it off what he keeps."""
    issuer = IssuerRepository(uow, broken.tenant_id).get(broken.issuer_id)
    cost = rules.cost(broken.stake_fen, issuer.commission_permille)
    is_loss = broken.resolution is BreakResolution.LOSS
    borne_by = chart.ISSUER_LOSS if is_loss else chart.WATER
    kind = "issuer_loss" if is_loss else "issuer_correction"
    due = chart.issuer_due(broken.issuer_id)
    commands = [
        _command(broken, kind, borne_by, due, cost.given_up_fen),
        _command(broken, "issuer_fee_back", due, chart.ISSUER_FEE, cost.commission_fen),
    ]
    ledger.post(uow, tenant_id=broken.tenant_id, commands=[one for one in commands if one])


def _command(
    broken: IssuerBreak, kind: str, debit: Account, credit: Account, fen: int
) -> ledger.Command | None:
    if fen == 0:
        return None
    sides = (debit, credit) if fen > 0 else (credit, debit)
    return ledger.Command(
        key=f"{kind}:{broken.break_id}",
        kind=kind,
        event_at=clock.now(),
        movement=ledger.Transfer(*sides, abs(fen)),
        content={"break": str(broken.break_id), "fen": fen},
        source={
            "subject": f"settlement:{broken.claimed_in}",
            "line": broken.key,
            "proposed": broken.proposed_by,
            "confirmed": broken.decided_by,
            "reason": broken.reason,
        },
    )


def _record(uow: UnitOfWork, broken: IssuerBreak, staff: Staff, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=broken.tenant_id,
        actor=staff.login,
        action=action,
        subject=f"issuer:{broken.issuer_id}",
        reason=f"{broken.key} {reason}".strip(),
    )
