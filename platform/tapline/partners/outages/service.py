from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tapline.partners.outages import rules
from tapline.partners.outages.repository import OutageRepository
from tapline.partners.outages.rules import Stretch
from tapline.uow import UnitOfWork


class Outage(NamedTuple):
    """A machine stood still in one go, by the operator's fault."""

    site_id: UUID
    device_id: str
    stretch: Stretch


def of_sites(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    site_ids: Collection[UUID],
    since: datetime,
    until: datetime,
) -> list[Outage]:
    """Outages of machines on these sites that lasted into the time from `since` to `until`.

    One that is not over counts up to `until`.
    """
    stopped: dict[tuple[UUID, str], list[Stretch]] = defaultdict(list)
    unsupplied: dict[str, list[Stretch]] = defaultdict(list)
    codes = rules.STOPPING | rules.SUPPLY
    alarms = OutageRepository(uow, tenant_id).alarms(site_ids, codes, since, until)
    for site_id, alarm in alarms:
        stretch = Stretch(alarm.raised_at, min(alarm.cleared_at or until, until))
        if alarm.code in rules.SUPPLY:
            unsupplied[alarm.device_id].append(stretch)
        else:
            stopped[site_id, alarm.device_id].append(stretch)
    return [
        Outage(site_id, device_id, stretch)
        for (site_id, device_id), stretches in sorted(stopped.items())
        for stretch in rules.out_of_service(stretches, unsupplied[device_id])
    ]
