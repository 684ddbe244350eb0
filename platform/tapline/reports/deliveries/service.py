from datetime import date, timedelta

from tapline.reports.deliveries.repository import DeliveryReads
from tapline.reports.deliveries.rules import DeliveryDay, Pace
from tapline.uow import UnitOfWork


def deliveries(uow: UnitOfWork, *, tenant_id: str, first: date, last: date) -> list[DeliveryDay]:
    """Deliveries from `first` to `last`, by station and business day, the newest first."""
    return DeliveryReads(uow, tenant_id).days(first, last + timedelta(days=1))


def pace(uow: UnitOfWork, *, tenant_id: str, days: int) -> Pace | None:
    """How fast orders came in the last `days`, today included; None where none did."""
    return DeliveryReads(uow, tenant_id).pace(days)
