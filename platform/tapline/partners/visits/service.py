from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tapline import clock
from tapline.partners.visits.model import Visit
from tapline.partners.visits.repository import VisitRepository
from tapline.uow import UnitOfWork


def note(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    work_order_id: UUID,
    device_id: str,
    finding_ids: Sequence[UUID],
) -> None:
    """A technician was there because of these findings. Said again, or of none, it is nothing."""
    if finding_ids:
        VisitRepository(uow, tenant_id).add_once(
            {
                "work_order_id": work_order_id,
                "device_id": device_id,
                "finding_ids": [str(finding_id) for finding_id in finding_ids],
                "ended_at": clock.now(),
            }
        )


def before(uow: UnitOfWork, *, tenant_id: str, moment: datetime) -> Sequence[Visit]:
    """Visits that ended before a moment, oldest first."""
    return VisitRepository(uow, tenant_id).before(moment)
