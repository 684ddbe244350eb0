from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.orders.stations.model import StaffStation, Station, StationDistrict
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork


class StationRepository:
    """Stations of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, station: Station, districts: Collection[str]) -> None:
        self._session.add(station)
        self._session.flush()
        self._session.add_all(
            StationDistrict(
                tenant_id=self._tenant_id, district=district, station_id=station.station_id
            )
            for district in districts
        )
        self._session.flush()

    def get(self, station_id: UUID, *, lock: bool = False) -> Station:
        """One station; locked, nobody else assigns its orders meanwhile."""
        station = self._session.get(Station, station_id, with_for_update=lock or None)
        if station is None or station.tenant_id != self._tenant_id:
            raise NotFoundError(f"no station {station_id}")
        return station

    def listed(self) -> Sequence[Station]:
        return self._session.scalars(
            select(Station).where(Station.tenant_id == self._tenant_id).order_by(Station.code)
        ).all()

    def districts(self) -> Sequence[StationDistrict]:
        return self._session.scalars(
            select(StationDistrict)
            .where(StationDistrict.tenant_id == self._tenant_id)
            .order_by(StationDistrict.district)
        ).all()

    def of_district(self, district: str) -> Station | None:
        return self._session.scalar(
            select(Station)
            .join(StationDistrict, StationDistrict.station_id == Station.station_id)
            .where(
                StationDistrict.tenant_id == self._tenant_id, StationDistrict.district == district
            )
        )

    def employ(self, staff_id: UUID, station_id: UUID) -> None:
        """Let a courier carry for this station and no other."""
        row = insert(StaffStation).values(staff_id=staff_id, station_id=station_id)
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[StaffStation.staff_id], set_={"station_id": station_id}
            )
        )

    def couriers(self, station_id: UUID) -> Sequence[Staff]:
        """Who carries for a station and still works here, by login."""
        return self._session.scalars(
            select(Staff)
            .join(StaffStation, StaffStation.staff_id == Staff.staff_id)
            .where(
                Staff.tenant_id == self._tenant_id,
                StaffStation.station_id == station_id,
                Staff.role == Role.COURIER,
                Staff.disabled_at.is_(None),
            )
            .order_by(Staff.login)
        ).all()

    def of_courier(self, staff_id: UUID) -> Station | None:
        return self._session.scalar(
            select(Station)
            .join(StaffStation, StaffStation.station_id == Station.station_id)
            .where(Station.tenant_id == self._tenant_id, StaffStation.staff_id == staff_id)
        )
