from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from tapline.devices import Device, Presence
from tapline.outages.darkness.model import Darkness
from tapline.uow import UnitOfWork


class DarknessRepository:
    """The darknesses of one tenant's machines."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Keep everybody else from looking after this tenant's machines meanwhile."""
        name = func.hashtextextended(f"outages:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def suspects(self, silent_since: datetime) -> Sequence[Device]:
        """Machines that may have gone dark and are not known to be, locked; those that the gateway
        is at work on are looked at the next time."""
        known = select(Darkness.darkness_id).where(
            Darkness.device_id == Device.device_id, Darkness.ended_at.is_(None)
        )
        last = func.greatest(Device.last_seen_at, Device.hello_at, Device.presence_at)
        return self._session.scalars(
            select(Device)
            .where(
                Device.tenant_id == self._tenant_id,
                Device.revoked_at.is_(None),
                or_(
                    Device.presence.in_([Presence.OFFLINE, Presence.LOST]),
                    and_(Device.presence == Presence.ONLINE, last <= silent_since),
                ),
                ~known.exists(),
            )
            .order_by(Device.device_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()

    def open_with_devices(self) -> Sequence[tuple[Darkness, Device]]:
        """Those that are not over, with their machines, both locked."""
        rows = self._session.execute(
            select(Darkness, Device)
            .join(Device, Device.device_id == Darkness.device_id)
            .where(Darkness.tenant_id == self._tenant_id, Darkness.ended_at.is_(None))
            .order_by(Darkness.device_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return [(darkness, device) for darkness, device in rows]

    def unexplained(self, since: datetime) -> Sequence[tuple[Darkness, Device]]:
        """Over since then, and the machine has said hello after it."""
        rows = self._session.execute(
            select(Darkness, Device)
            .join(Device, Device.device_id == Darkness.device_id)
            .where(
                Darkness.tenant_id == self._tenant_id,
                Darkness.ended_at >= since,
                Darkness.returned.is_(None),
                Device.hello_at >= Darkness.ended_at,
            )
        )
        return [(darkness, device) for darkness, device in rows]

    def open_of(self, device_ids: Collection[str]) -> Sequence[Darkness]:
        """Those of these machines that are not over, at most one each; locked in their order."""
        return self._session.scalars(
            select(Darkness)
            .where(Darkness.device_id.in_(sorted(device_ids)), Darkness.ended_at.is_(None))
            .order_by(Darkness.device_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def add_once(self, values: dict[str, object]) -> bool:
        """False where the machine's is known already."""
        added = self._session.execute(
            insert(Darkness)
            .values(**values)
            .on_conflict_do_nothing()
            .returning(Darkness.darkness_id)
        )
        return added.first() is not None

    def open(self, device_ids: Collection[str] | None = None) -> Sequence[Darkness]:
        """Those that are not over, oldest first."""
        found = select(Darkness).where(
            Darkness.tenant_id == self._tenant_id, Darkness.ended_at.is_(None)
        )
        if device_ids is not None:
            found = found.where(Darkness.device_id.in_(device_ids))
        return self._session.scalars(
            found.order_by(Darkness.began_at, Darkness.device_id).execution_options(
                populate_existing=True
            )
        ).all()

    def newest(self, device_id: str, limit: int) -> Sequence[Darkness]:
        return self._session.scalars(
            select(Darkness)
            .where(Darkness.tenant_id == self._tenant_id, Darkness.device_id == device_id)
            .order_by(Darkness.began_at.desc())
            .limit(limit)
        ).all()

    def between(
        self, device_ids: Collection[str], since: datetime, until: datetime
    ) -> Sequence[Darkness]:
        """Those of these machines that share time with `since` to `until`."""
        return self._session.scalars(
            select(Darkness).where(
                Darkness.tenant_id == self._tenant_id,
                Darkness.device_id.in_(device_ids),
                Darkness.began_at < until,
                or_(Darkness.ended_at.is_(None), Darkness.ended_at > since),
            )
        ).all()
