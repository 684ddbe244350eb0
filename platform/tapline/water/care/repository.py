from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.uow import UnitOfWork
from tapline.water.care.model import Treatment, TreatmentKind


class TreatmentRepository:
    """The treatments of one tenant's machines."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, treatment: Treatment) -> None:
        self._session.add(treatment)
        self._session.flush()

    def of(self, device_ids: Collection[str], limit: int) -> Sequence[Treatment]:
        """Newest first."""
        return self._session.scalars(
            select(Treatment)
            .where(Treatment.tenant_id == self._tenant_id, Treatment.device_id.in_(device_ids))
            .order_by(Treatment.at.desc(), Treatment.treatment_id.desc())
            .limit(limit)
        ).all()

    def since(self, device_id: str, moment: datetime) -> Sequence[Treatment]:
        """What was done after a moment, oldest first."""
        return self._session.scalars(
            select(Treatment)
            .where(
                Treatment.tenant_id == self._tenant_id,
                Treatment.device_id == device_id,
                Treatment.at > moment,
            )
            .order_by(Treatment.at)
        ).all()

    def newest(self, device_ids: Collection[str]) -> Sequence[Treatment]:
        """The last of each machine, kind and filter, by machine."""
        return self._session.scalars(
            select(Treatment)
            .where(Treatment.tenant_id == self._tenant_id, Treatment.device_id.in_(device_ids))
            .ext(distinct_on(Treatment.device_id, Treatment.kind, Treatment.filter_kind))
            .order_by(
                Treatment.device_id, Treatment.kind, Treatment.filter_kind, Treatment.at.desc()
            )
        ).all()

    def last(self, device_ids: Collection[str], kind: TreatmentKind) -> dict[str, datetime]:
        """When each machine was last treated so, for those that ever were."""
        return {one.device_id: one.at for one in self.newest(device_ids) if one.kind is kind}
