from collections.abc import Sequence
from datetime import timedelta

from tapline import audit, clock, devices, policy
from tapline.errors import ConflictError
from tapline.people import Staff
from tapline.uow import UnitOfWork
from tapline.water.drills import rules
from tapline.water.drills.model import Drill
from tapline.water.drills.repository import DrillRepository
from tapline.water.samples.repository import SampleRepository
from tapline.water.traces.repository import TraceRepository
from tapline.water.traces.service import check_leader

_WINDOW = timedelta(days=30)
"""Looked at where the machine has no good sample yet."""


def plan(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Draw the machine of this quarter, once."""
    today = clock.business_date(clock.now())
    machines = [
        one.device_id for one in devices.listed(uow, tenant_id=tenant_id) if one.revoked_at is None
    ]
    if not machines:
        return
    name, days = rules.quarter(today), policy.current(uow, tenant_id=tenant_id).water_drill_days
    DrillRepository(uow, tenant_id).add_once(
        {
            "quarter": name,
            "device_id": rules.drawn(tenant_id, name, machines),
            "due_on": rules.due_on(today, days),
            "planned_at": clock.now(),
        }
    )


def hold(uow: UnitOfWork, *, staff: Staff, quarter: str) -> Drill:
    """Find everybody who would have drunk, by the clock. It only reads: nobody is stopped, told
    or given anything.

    Raises:
        DeniedError: the role may not.
        NotFoundError: none is planned.
        ConflictError: it was held.
    """
    check_leader(staff)
    tenant_id = staff.tenant_id
    drill = DrillRepository(uow, tenant_id).get(quarter)
    if drill.held_at is not None:
        raise ConflictError(f"the drill of {quarter} was held by {drill.held_by}")
    began = clock.now()
    good = SampleRepository(uow, tenant_id).passed_before(drill.device_id, began)
    drill.from_at = good.taken_at if good else began - _WINDOW
    found = TraceRepository(uow, tenant_id).count(drill.device_id, drill.from_at, began)
    drill.held_at, drill.held_by = clock.now(), staff.login
    drill.took_ms = (drill.held_at - began) // timedelta(milliseconds=1)
    drill.numbers = found.document()
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="water.drill",
        subject=f"device:{drill.device_id}",
        reason=quarter,
    )
    return drill


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Drill]:
    """Newest quarter first."""
    return DrillRepository(uow, tenant_id).listed()


def is_overdue(drill: Drill) -> bool:
    """Whether it should have been held."""
    return drill.held_at is None and clock.business_date(clock.now()) > drill.due_on
