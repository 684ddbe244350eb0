"""Machines that stop selling because their meter is too far off, until a person lets them go on."""

from collections.abc import Sequence

from tapline import audit, clock, devices
from tapline.devices import commands
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.people import Role, Staff
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.findings.rules import device_subject
from tapline.reconciliation.meters.drift import Drift
from tapline.reconciliation.meters.model import SaleStop
from tapline.reconciliation.meters.repository import StopRepository
from tapline.uow import UnitOfWork

_TTL_S = 7 * 24 * 3600
"""As long as a device keeps its session."""
RELEASERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def stop_sale(uow: UnitOfWork, *, tenant_id: str, device_id: str, drift: Drift) -> None:
    """Tell a machine to stop selling; once, until it is released."""
    stops = StopRepository(uow, tenant_id)
    if stops.standing(device_id):
        return
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="stop_sale",
        args={},
        reason="D18",
        ttl_s=_TTL_S,
    )
    stops.add(
        SaleStop(
            stop_id=new_id(),
            tenant_id=tenant_id,
            device_id=device_id,
            witness=drift.witness,
            per_mille=drift.per_mille,
            command_id=command.command_id,
            stopped_at=clock.now(),
        )
    )


def stopped(uow: UnitOfWork, *, tenant_id: str) -> Sequence[SaleStop]:
    """The machines that may not sell, longest first."""
    return StopRepository(uow, tenant_id).standing()


def resume_sale(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, staff: Staff, reason: str
) -> None:
    """Let a machine sell again: its meter was calibrated, and what it did before is over.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason is given.
        NotFoundError: the tenant has no such machine.
        ConflictError: the machine was not stopped, or somebody has released it already.
    """
    if staff.role not in RELEASERS:
        raise DeniedError("a supervisor lets a machine sell again: ask one")
    if not reason.strip():
        raise InvalidError("say what was done about the meter")
    devices.get(uow, tenant_id=tenant_id, device_id=device_id)
    standing = StopRepository(uow, tenant_id).standing(device_id)
    if not standing:
        raise ConflictError(f"{device_id} is not stopped: read the page again")
    stop = standing[0]
    stop.released_at, stop.released_by = clock.now(), staff.login
    stop.release_reason = reason.strip()
    commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="resume_sale",
        args={},
        reason="D18",
        ttl_s=_TTL_S,
    )
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="machine.resume",
        subject=f"device:{device_id}",
        reason=reason.strip(),
    )
    findings.withdraw(uow, tenant_id=tenant_id, code="D18", subject=device_subject(device_id))
