from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from tapline import audit, clock
from tapline.errors import DeniedError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.partners.service import KEEPERS
from tapline.partners.utilities import rules
from tapline.partners.utilities.model import MeterReading, Supply
from tapline.partners.utilities.repository import ReadingRepository
from tapline.partners.utilities.rules import Used
from tapline.people import Role, Scope, Staff
from tapline.uow import UnitOfWork


def write_down(
    uow: UnitOfWork,
    *,
    scope: Scope,
    site_id: UUID,
    supply: Supply,
    day: date,
    amount: int,
    begins: bool,
    file_ids: Sequence[UUID],
    staff: Staff,
) -> MeterReading:
    """What a site's meter showed on a day, in watt-hours or litres, with a photo of it.

    Written again for the same day it corrects what was written before; a statement that was
    issued meanwhile is corrected by the next one.

    Raises:
        DeniedError: `staff` is neither the property's manager nor keeps agreements.
        NotFoundError: the site is outside of `scope`.
        InvalidError: no photo, a day to come, or other readings contradict it.
    """
    if staff.role is not Role.MANAGER and staff.role not in KEEPERS:
        raise DeniedError("the property's manager or finance reads meters: ask one of them")
    if scope.sites is not None and site_id not in scope.sites:
        raise NotFoundError("no such site")
    if not file_ids:
        raise InvalidError("take a photo of the meter: the other side looks at it")
    if day > clock.business_date(clock.now()):
        raise InvalidError("this day is still to come")
    repository = ReadingRepository(uow, scope.tenant_id)
    repository.be_alone(site_id, supply)
    known = rules.standing(repository.of_sites([site_id], supply))
    rules.check(known, day, amount, begins=begins)
    reading = MeterReading(
        reading_id=new_id(),
        tenant_id=scope.tenant_id,
        site_id=site_id,
        supply=supply,
        day=day,
        amount=amount,
        begins=begins,
        file_ids=[str(file_id) for file_id in file_ids],
        actor=staff.login,
        at=clock.now(),
    )
    repository.add(reading)
    audit.record(
        uow,
        tenant_id=scope.tenant_id,
        actor=staff.login,
        action="utility.read",
        subject=f"utility:{site_id}:{supply}:{day}",
        reason=str(amount),
    )
    return reading


def readings(uow: UnitOfWork, *, scope: Scope) -> Sequence[MeterReading]:
    """All that was ever written down of the scope's sites, the newest first."""
    return ReadingRepository(uow, scope.tenant_id).of_sites(scope.sites)[::-1]


def reading(uow: UnitOfWork, *, scope: Scope, reading_id: UUID) -> MeterReading:
    """One of them; `NotFoundError` where the scope has none such."""
    found = ReadingRepository(uow, scope.tenant_id).get(reading_id)
    if scope.sites is not None and found.site_id not in scope.sites:
        raise NotFoundError(f"no reading {reading_id}")
    return found


def used(
    uow: UnitOfWork, *, tenant_id: str, site_ids: Collection[UUID]
) -> Mapping[tuple[UUID, Supply], list[Used]]:
    """What each meter of these sites counted between the readings that stand."""
    by_meter: dict[tuple[UUID, Supply], list[MeterReading]] = defaultdict(list)
    for one in ReadingRepository(uow, tenant_id).of_sites(site_ids):
        by_meter[one.site_id, one.supply].append(one)
    return {meter: rules.used(rules.standing(found)) for meter, found in by_meter.items()}
