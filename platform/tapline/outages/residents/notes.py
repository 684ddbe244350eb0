"""What is to be read, or heard, of outages on a site."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import clock, policy, sites
from tapline.outages import incidents, plans
from tapline.outages.incidents.words import when
from tapline.outages.residents.repository import ResidentRepository
from tapline.people import Scope
from tapline.sites import Site
from tapline.uow import UnitOfWork

_AHEAD = timedelta(days=14)
_SPOKEN_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An outage as residents are told of it."""

    site: Site
    is_planned: bool
    starts_at: datetime
    ends_at: datetime | None
    """None: nobody knows yet."""
    words: str
    """What is done, or what is said of it."""
    device_ids: tuple[str, ...] = ()
    """Empty: every machine of the site."""

    @property
    def is_now(self) -> bool:
        """Whether it has begun."""
        return self.starts_at <= clock.now()


def notes(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    site_ids: Collection[UUID],
    device_id: str | None = None,
) -> list[Note]:
    """What is announced on these sites for now and the next two weeks, the nearest first.

    For a machine what does not concern it is left out. An outage that nobody planned is told once
    somebody has found words for it.
    """
    if not site_ids:
        return []
    scope, now = Scope(tenant_id), clock.now()
    named = {one.site_id: one for one in sites.listed(uow, tenant_id=tenant_id, among=site_ids)}
    found = [
        Note(
            site=named[one.site_id],
            is_planned=True,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            words=one.reason,
            device_ids=tuple(one.device_ids),
        )
        for one in plans.listed(uow, scope=scope, since=now, until=now + _AHEAD, among=site_ids)
        if one.cancelled_at is None and (device_id is None or one.names(device_id))
    ]
    for view in incidents.open_incidents(uow, scope=scope, site_ids=site_ids):
        dark = tuple(one.device_id for one in view.members if one.ended_at is None)
        if view.incident.words and view.site and (device_id is None or device_id in dark):
            found.append(
                Note(
                    site=view.site,
                    is_planned=False,
                    starts_at=view.incident.began_at,
                    ends_at=None,
                    words=view.incident.words,
                )
            )
    return sorted(found, key=lambda one: (one.starts_at, one.site.code))


def notes_of_customer(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> list[Note]:
    """What is announced where a customer's cards were used lately."""
    days = policy.current(uow, tenant_id=tenant_id).outage_audience_days
    since = clock.now() - timedelta(days=days)
    places = ResidentRepository(uow, tenant_id).sites_of(customer_id, since)
    return notes(uow, tenant_id=tenant_id, site_ids=places)


def spoken(found: Sequence[Note]) -> str:
    """What a caller from these sites hears first, in Chinese; empty where there is nothing now, or
    within a day."""
    soon = clock.now() + _SPOKEN_AHEAD
    said = []
    for one in found:
        if not one.is_planned:
            said.append(f"{one.site.name}部分饮水机暂停服务，我们正在处理。")
        elif one.starts_at <= soon and one.ends_at is not None:
            said.append(f"{one.site.name}于{when(one.starts_at)}至{when(one.ends_at)}停水检修。")
    return "".join(dict.fromkeys(said))
