from collections.abc import Collection, Sequence
from uuid import UUID

from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.orders.stations.model import Station
from tapline.orders.stations.repository import StationRepository
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork


def create(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    code: str,
    name: str,
    phone: str,
    districts: Collection[str],
) -> Station:
    """A station that serves `districts`.

    Raises:
        ConflictError: another station has the code, or serves one of the districts.
    """
    stations = StationRepository(uow, tenant_id)
    if any(station.code == code for station in stations.listed()):
        raise ConflictError(f"station {code} is there already")
    if taken := {row.district for row in stations.districts()} & set(districts):
        raise ConflictError(f"another station serves {', '.join(sorted(taken))}")
    station = Station(station_id=new_id(), tenant_id=tenant_id, code=code, name=name, phone=phone)
    stations.add(station, dict.fromkeys(districts))
    return station


def employ(uow: UnitOfWork, *, tenant_id: str, station_id: UUID, courier: Staff) -> None:
    """Let `courier` carry for this station from now on; what he carries already stays his.

    Raises:
        NotFoundError: the tenant has no such station.
        InvalidError: he is no courier of this tenant.
    """
    if courier.role is not Role.COURIER or courier.tenant_id != tenant_id:
        raise InvalidError(f"{courier.login} is no courier: make an account with that role")
    stations = StationRepository(uow, tenant_id)
    stations.employ(courier.staff_id, stations.get(station_id).station_id)


def get(uow: UnitOfWork, *, tenant_id: str, station_id: UUID) -> Station:
    """One station; `NotFoundError` where the tenant has none such."""
    return StationRepository(uow, tenant_id).get(station_id)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Station]:
    """A tenant's stations by code."""
    return StationRepository(uow, tenant_id).listed()


def districts(uow: UnitOfWork, *, tenant_id: str) -> list[str]:
    """Where a tenant delivers to."""
    return [row.district for row in StationRepository(uow, tenant_id).districts()]


def serving(uow: UnitOfWork, *, tenant_id: str, district: str) -> Station:
    """The station of a district.

    Raises:
        InvalidError: nobody delivers there.
    """
    station = StationRepository(uow, tenant_id).of_district(district)
    if station is None:
        known = ", ".join(districts(uow, tenant_id=tenant_id)) or "none yet"
        raise InvalidError(f"nobody delivers to {district!r}; choose one of: {known}")
    return station


def couriers(uow: UnitOfWork, *, tenant_id: str, station_id: UUID) -> Sequence[Staff]:
    """Who carries for a station, by login."""
    return StationRepository(uow, tenant_id).couriers(station_id)


def of_courier(uow: UnitOfWork, *, tenant_id: str, staff_id: UUID) -> Station | None:
    """The station that a courier carries for, if any."""
    return StationRepository(uow, tenant_id).of_courier(staff_id)
