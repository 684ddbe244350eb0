"""Incidents as pages show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import clock, sites
from tapline.errors import NotFoundError
from tapline.outages.darkness import Darkness, open_now
from tapline.outages.incidents.model import Incident
from tapline.outages.incidents.repository import IncidentRepository
from tapline.people import Scope
from tapline.sites import Site
from tapline.uow import UnitOfWork

_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident, where, and the machines in it, the first to go first."""

    incident: Incident
    site: Site | None
    members: Sequence[Darkness]

    @property
    def is_open(self) -> bool:
        return self.incident.ended_at is None


def get(uow: UnitOfWork, *, scope: Scope, incident_id: UUID) -> IncidentView:
    """One incident of the scope; else `NotFoundError`."""
    incidents = IncidentRepository(uow, scope.tenant_id)
    found = incidents.get(incident_id)
    if scope.sites is not None and found.site_id not in scope.sites:
        raise NotFoundError(f"no outage {incident_id}")
    return _viewed(uow, scope, [found])[0]


def listed(
    uow: UnitOfWork,
    *,
    scope: Scope,
    since: datetime | None = None,
    site_ids: Collection[UUID] | None = None,
    limit: int = 100,
) -> list[IncidentView]:
    """What is open, and what ended since then (two weeks ago); newest first."""
    first = since or clock.now() - _SHOWN
    found = IncidentRepository(uow, scope.tenant_id).listed(scope, first, site_ids, limit)
    return _viewed(uow, scope, found)


def open_incidents(
    uow: UnitOfWork, *, scope: Scope, site_ids: Collection[UUID] | None = None
) -> list[IncidentView]:
    """What is open now, newest first."""
    found = listed(uow, scope=scope, since=clock.now(), site_ids=site_ids)
    return [one for one in found if one.is_open]


def alone(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> list[Darkness]:
    """Machines that are dark now and in no outage that goes on, the longest first; of these where
    given."""
    dark = open_now(uow, tenant_id=tenant_id, device_ids=device_ids)
    among = {one.incident_id for one in dark if one.incident_id}
    ended = IncidentRepository(uow, tenant_id).ended(among)
    return [one for one in dark if one.incident_id is None or one.incident_id in ended]


def _viewed(uow: UnitOfWork, scope: Scope, found: Sequence[Incident]) -> list[IncidentView]:
    members = IncidentRepository(uow, scope.tenant_id).members([one.incident_id for one in found])
    named = {one.site_id: one for one in sites.listed(uow, tenant_id=scope.tenant_id)}
    return [
        IncidentView(one, named.get(one.site_id) if one.site_id else None, members[one.incident_id])
        for one in found
    ]
