from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from tapline.devices import Device, Presence
from tapline.errors import NotFoundError
from tapline.faults import Alarm
from tapline.outages.darkness import Darkness
from tapline.outages.incidents.model import Incident
from tapline.people import Scope
from tapline.uow import UnitOfWork


class IncidentRepository:
    """The incidents of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, incident: Incident) -> None:
        self._session.add(incident)
        self._session.flush()

    def get(self, incident_id: UUID, *, lock: bool = False) -> Incident:
        incident = self._session.get(
            Incident, incident_id, with_for_update=lock or None, populate_existing=lock
        )
        if incident is None or incident.tenant_id != self._tenant_id:
            raise NotFoundError(f"no outage {incident_id}")
        return incident

    def open(self) -> list[Incident]:
        """Those that are not over, locked, oldest first."""
        return list(
            self._session.scalars(
                select(Incident)
                .where(Incident.tenant_id == self._tenant_id, Incident.ended_at.is_(None))
                .order_by(Incident.began_at, Incident.incident_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )

    def ended(self, incident_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
        """When each of these was over, of those that are."""
        rows = self._session.execute(
            select(Incident.incident_id, Incident.ended_at).where(
                Incident.incident_id.in_(incident_ids), Incident.ended_at.is_not(None)
            )
        )
        return {incident_id: ended_at for incident_id, ended_at in rows if ended_at}

    def was_out(self, site_id: UUID, since: datetime) -> bool:
        """Whether an outage of this site ended since then."""
        found = select(Incident.incident_id).where(
            Incident.tenant_id == self._tenant_id,
            Incident.site_id == site_id,
            Incident.ended_at >= since,
        )
        return self._session.scalar(found.limit(1)) is not None

    def listed(
        self, scope: Scope, since: datetime, site_ids: Collection[UUID] | None, limit: int
    ) -> Sequence[Incident]:
        """Open since then or later, newest first; property people see their sites' and no more."""
        found = select(Incident).where(
            Incident.tenant_id == scope.tenant_id,
            func.coalesce(Incident.ended_at, since) >= since,
            Incident.absorbed_by.is_(None),
        )
        for sites in (scope.sites, site_ids):
            if sites is not None:
                found = found.where(Incident.site_id.in_(sites))
        return self._session.scalars(
            found.order_by(Incident.began_at.desc(), Incident.incident_id).limit(limit)
        ).all()

    def unsent(self) -> Sequence[Incident]:
        """Announced, and residents do not know yet; locked."""
        return self._session.scalars(
            select(Incident)
            .where(
                Incident.tenant_id == self._tenant_id,
                Incident.announced_at.is_not(None),
                Incident.sent_at.is_(None),
            )
            .order_by(Incident.announced_at)
            .with_for_update(skip_locked=True)
        ).all()

    def installed(self) -> Mapping[UUID, int]:
        """site -> how many machines stand there that were ever heard of."""
        rows = self._session.execute(
            select(Device.site_id, func.count())
            .where(
                Device.tenant_id == self._tenant_id,
                Device.site_id.is_not(None),
                Device.revoked_at.is_(None),
                Device.presence != Presence.NEVER,
            )
            .group_by(Device.site_id)
        )
        return {site_id: count for site_id, count in rows if site_id is not None}

    def members(self, incident_ids: Collection[UUID]) -> Mapping[UUID, list[Darkness]]:
        """The darknesses of each incident, oldest first."""
        found: dict[UUID, list[Darkness]] = {incident_id: [] for incident_id in incident_ids}
        rows = self._session.scalars(
            select(Darkness)
            .where(Darkness.incident_id.in_(incident_ids))
            .order_by(Darkness.began_at, Darkness.device_id)
            .execution_options(populate_existing=True)
        )
        for row in rows:
            assert row.incident_id is not None
            found[row.incident_id].append(row)
        return found

    def move_members(self, incident_id: UUID, to: UUID) -> None:
        self._session.execute(
            update(Darkness)
            .where(Darkness.incident_id == incident_id)
            .values(incident_id=to)
            .execution_options(synchronize_session="fetch")
        )

    def power_failed(self, device_ids: Collection[str]) -> int:
        """How many of these machines have said that power failed, and not that it is back."""
        counted = self._session.scalar(
            select(func.count(func.distinct(Alarm.device_id))).where(
                Alarm.tenant_id == self._tenant_id,
                Alarm.device_id.in_(device_ids),
                Alarm.code == "mains_lost",
                Alarm.cleared_at.is_(None),
            )
        )
        return counted or 0

    def absorbed(self, incident_id: UUID) -> Sequence[UUID]:
        """The incidents that turned out to be part of this one."""
        return self._session.scalars(
            select(Incident.incident_id).where(
                Incident.tenant_id == self._tenant_id, Incident.absorbed_by == incident_id
            )
        ).all()
