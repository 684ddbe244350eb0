from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from tapline.errors import NotFoundError
from tapline.partners.utilities.model import MeterReading, Supply
from tapline.uow import UnitOfWork


class ReadingRepository:
    """Readings of one tenant's sites."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, site_id: UUID, supply: Supply) -> None:
        """Wait until no other transaction writes down what this meter shows."""
        name = func.hashtextextended(f"utility:{site_id}:{supply}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, reading: MeterReading) -> None:
        self._session.add(reading)
        self._session.flush()

    def get(self, reading_id: UUID) -> MeterReading:
        found = self._session.scalar(
            select(MeterReading).where(
                MeterReading.tenant_id == self._tenant_id, MeterReading.reading_id == reading_id
            )
        )
        if found is None:
            raise NotFoundError(f"no reading {reading_id}")
        return found

    def of_sites(
        self, site_ids: Collection[UUID] | None, supply: Supply | None = None
    ) -> Sequence[MeterReading]:
        """In the order they were written; of every site where None is given."""
        readings = select(MeterReading).where(MeterReading.tenant_id == self._tenant_id)
        if site_ids is not None:
            readings = readings.where(MeterReading.site_id.in_(site_ids))
        if supply is not None:
            readings = readings.where(MeterReading.supply == supply)
        return self._session.scalars(readings.order_by(MeterReading.position)).all()
