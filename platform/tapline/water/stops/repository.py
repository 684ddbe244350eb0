from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from tapline.devices.commands import DeviceCommand
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork
from tapline.water.stops.model import WaterStop
from tapline.water.stops.rules import Reading

# Of every machine its newest readings, none of them older than its last release.
_READINGS = text(
    """
    select device.device_id, newest.ts, newest.tds_in, newest.tds_out
    from device
    left join lateral (
        select max(released_at) as at from water_stop where device_id = device.device_id
    ) as released on true
    cross join lateral (
        select ts, tds_in, tds_out from telemetry
        where telemetry.tenant_id = device.tenant_id and telemetry.device_id = device.device_id
            and ts > :since and ts > coalesce(released.at, :since) and tds_out is not null
        order by ts desc
        limit :most
    ) as newest
    where device.tenant_id = :tenant and device.revoked_at is null
    order by device.device_id, newest.ts desc
    """
)
_BASELINE = text(
    """
    select device_id, sum(tds_out_sum)::float / nullif(sum(tds_out_n), 0) as mean
    from telemetry_hour
    where tenant_id = :tenant and device_id = any(:devices) and ts >= :since and ts < :until
    group by device_id
    """
)


class WaterStopRepository:
    """The stops of one tenant's machines."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, values: dict[str, object]) -> bool:
        """Insert the row; false where the machine has an open one for the cause."""
        added = self._session.scalar(
            insert(WaterStop).values(values).on_conflict_do_nothing().returning(WaterStop.stop_id)
        )
        return added is not None

    def get(self, stop_id: UUID) -> WaterStop:
        stop = self._session.get(WaterStop, stop_id)
        if stop is None or stop.tenant_id != self._tenant_id:
            raise NotFoundError(f"no stop {stop_id}")
        return stop

    def open_of(self, device_id: str) -> Sequence[WaterStop]:
        """Locked, oldest first."""
        return self._session.scalars(
            select(WaterStop)
            .where(
                WaterStop.tenant_id == self._tenant_id,
                WaterStop.device_id == device_id,
                WaterStop.released_at.is_(None),
            )
            .order_by(WaterStop.opened_at)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def with_commands(
        self, device_ids: Collection[str] | None, *, open_only: bool, limit: int
    ) -> Sequence[tuple[WaterStop, DeviceCommand]]:
        """Newest first, each with the last command that told the machine to stop."""
        rows = (
            select(WaterStop, DeviceCommand)
            .join(DeviceCommand, DeviceCommand.command_id == WaterStop.command_id)
            .where(WaterStop.tenant_id == self._tenant_id)
            .order_by(WaterStop.opened_at.desc(), WaterStop.stop_id.desc())
            .limit(limit)
        )
        if device_ids is not None:
            rows = rows.where(WaterStop.device_id.in_(device_ids))
        if open_only:
            rows = rows.where(WaterStop.released_at.is_(None))
        return [(stop, command) for stop, command in self._session.execute(rows)]

    def readings(self, since: datetime, most: int) -> dict[str, list[Reading]]:
        """The newest of each machine, newest first, of those that sent any."""
        given = {"tenant": self._tenant_id, "since": since, "most": most}
        found: dict[str, list[Reading]] = defaultdict(list)
        for device_id, *values in self._session.execute(_READINGS, given):
            found[device_id].append(Reading(*values))
        return found

    def baselines(
        self, device_ids: Collection[str], since: datetime, until: datetime
    ) -> dict[str, float]:
        """Mean of what was dissolved behind the membrane, mg/l, by machine."""
        given = {
            "tenant": self._tenant_id,
            "devices": sorted(device_ids),
            "since": since,
            "until": until,
        }
        return {row.device_id: row.mean for row in self._session.execute(_BASELINE, given)}
