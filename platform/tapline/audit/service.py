from collections.abc import Sequence

from tapline import clock
from tapline.audit.model import AuditEntry
from tapline.audit.repository import AuditRepository
from tapline.uow import UnitOfWork

SYSTEM = "system"


def came_from(uow: UnitOfWork, *, address: str) -> None:
    """Say once, at the edge, where this transaction's request came from.

    Every entry recorded in it carries the address, so that no service passes it along.
    """
    AuditRepository(uow).state_origin(address)


def record(
    uow: UnitOfWork,
    *,
    tenant_id: str | None,
    actor: str,
    action: str,
    subject: str,
    reason: str = "",
) -> None:
    """Write down that `actor` did `action` to `subject`, if this transaction commits."""
    trail = AuditRepository(uow)
    trail.add(
        AuditEntry(
            at=clock.now(),
            tenant_id=tenant_id,
            actor=actor,
            address=trail.origin(),
            action=action,
            subject=subject,
            reason=reason,
        )
    )


def about(
    uow: UnitOfWork, *, tenant_id: str, subject: str, limit: int = 100
) -> Sequence[AuditEntry]:
    """What was done to `subject`, newest first."""
    return AuditRepository(uow).about(tenant_id, subject, limit)


def newest(uow: UnitOfWork, *, tenant_id: str, limit: int = 100) -> Sequence[AuditEntry]:
    """The last acts of a tenant's people, newest first."""
    return AuditRepository(uow).newest(tenant_id, limit)
