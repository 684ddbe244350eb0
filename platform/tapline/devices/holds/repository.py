from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.devices.holds.model import SaleHold
from tapline.uow import UnitOfWork


class HoldRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def put(self, tenant_id: str, device_id: str, cause: str, says: str, now: datetime) -> None:
        """One that stands stays as it is; one that was lifted begins anew."""
        row = insert(SaleHold).values(
            device_id=device_id, cause=cause, tenant_id=tenant_id, says=says, since=now
        )
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[SaleHold.device_id, SaleHold.cause],
                set_={"says": says, "since": now, "lifted_at": None},
                where=SaleHold.lifted_at.is_not(None),
            )
        )

    def of(self, device_id: str) -> Sequence[SaleHold]:
        """All that ever were, oldest first."""
        rows = select(SaleHold).where(SaleHold.device_id == device_id).order_by(SaleHold.since)
        fresh = rows.execution_options(populate_existing=True)
        return self._session.scalars(fresh).all()

    def standing(self, tenant_id: str, device_ids: Collection[str] | None) -> Sequence[SaleHold]:
        rows = (
            select(SaleHold)
            .where(SaleHold.tenant_id == tenant_id, SaleHold.lifted_at.is_(None))
            .order_by(SaleHold.since)
        )
        if device_ids is not None:
            rows = rows.where(SaleHold.device_id.in_(device_ids))
        return self._session.scalars(rows).all()
