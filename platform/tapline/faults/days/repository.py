from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from tapline.devices import Device
from tapline.faults.days.model import (
    DayMeans,
    PartService,
    SensorDay,
    SensorDaysUpto,
    SimulatedHistory,
)
from tapline.uow import UnitOfWork

# A closed valve says nothing of a filter, but what the two pressure sensors are wrong by.
_SUM_UP = text("""
insert into sensor_day (tenant_id, device_id, day, readings, p_in_kpa, p_post_kpa, flow_ml_s,
                        temp_c, pump_ma, tds_in, tds_out, still_kpa)
select tenant_id, device_id, (ts at time zone 'Asia/Shanghai')::date, count(*) filter (where runs),
       avg(p_in_kpa) filter (where runs), avg(p_post_kpa) filter (where runs),
       avg(flow_ml_s) filter (where runs), avg(temp_c_x10) filter (where runs) / 10,
       avg(pump_ma) filter (where runs), avg(tds_in) filter (where runs),
       avg(tds_out) filter (where runs), avg(p_in_kpa - p_post_kpa) filter (where flow_ml_s = 0)
from (select *, flow_ml_s >= :flow_min_ml_s as runs from telemetry) reading
join device using (tenant_id, device_id)
where tenant_id = :tenant_id
  and ts >= cast(:since as timestamp) at time zone 'Asia/Shanghai'
  and ts < cast(:until as timestamp) at time zone 'Asia/Shanghai'
  and (cast(:device_ids as text[]) is null or device_id = any(:device_ids))
group by 1, 2, 3
having bool_or(runs)
on conflict (device_id, day) do update set
    readings = excluded.readings, p_in_kpa = excluded.p_in_kpa, p_post_kpa = excluded.p_post_kpa,
    flow_ml_s = excluded.flow_ml_s, temp_c = excluded.temp_c, pump_ma = excluded.pump_ma,
    tds_in = excluded.tds_in, tds_out = excluded.tds_out, still_kpa = excluded.still_kpa
""")

FLOW_MIN_ML_S = 5
"""Below this water does not run."""


class DayRepository:
    """Sensor days and part services of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def sum_up(self, since: date, until: date, device_ids: Collection[str] | None) -> int:
        """Sum readings of [since, until) up, again where that was done; return how many days."""
        given = {
            "tenant_id": self._tenant_id,
            "flow_min_ml_s": FLOW_MIN_ML_S,
            "since": since,
            "until": until,
            "device_ids": None if device_ids is None else sorted(device_ids),
        }
        result: Any = self._session.execute(_SUM_UP, given)
        return int(result.rowcount)

    def upto(self) -> date | None:
        """The last day summed up, its row locked: one sweep at a time."""
        return self._session.scalar(
            select(SensorDaysUpto.day)
            .where(SensorDaysUpto.tenant_id == self._tenant_id)
            .with_for_update()
        )

    def set_upto(self, day: date) -> None:
        row = insert(SensorDaysUpto).values(tenant_id=self._tenant_id, day=day)
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[SensorDaysUpto.tenant_id], set_={"day": row.excluded.day}
            )
        )

    def known(self) -> Sequence[tuple[str, UUID | None]]:
        """(device_id, site_id) of devices with days, those of a site together."""
        has_days = select(SensorDay.device_id).where(SensorDay.device_id == Device.device_id)
        rows = self._session.execute(
            select(Device.device_id, Device.site_id)
            .where(Device.tenant_id == self._tenant_id, has_days.exists())
            .order_by(Device.site_id, Device.device_id)
        )
        return [(device_id, site_id) for device_id, site_id in rows]

    def days(
        self, device_ids: Collection[str], since: date, until: date, first_d: int
    ) -> Sequence[DayMeans]:
        """Days of [since, until) and the first `first_d` days after each of the device's parts was
        put in, in no order."""
        began = self._beginnings(device_ids).subquery()
        near = (SensorDay.day >= began.c.day) & (SensorDay.day < began.c.day + first_d)
        early = select(began.c.device_id).where(began.c.device_id == SensorDay.device_id, near)
        rows = self._session.execute(
            select(*(SensorDay.__table__.c[name] for name in DayMeans._fields)).where(
                SensorDay.tenant_id == self._tenant_id,
                SensorDay.device_id.in_(device_ids),
                SensorDay.day < until,
                or_(SensorDay.day >= since, early.exists()),
            )
        )
        return [DayMeans(*row) for row in rows]

    def _beginnings(self, device_ids: Collection[str]) -> Any:
        """(device_id, day): the first day of each device and the day after each service."""
        first = (
            select(SensorDay.device_id, func.min(SensorDay.day).label("day"))
            .where(SensorDay.device_id.in_(device_ids))
            .group_by(SensorDay.device_id)
        )
        day = func.date(func.timezone("Asia/Shanghai", PartService.at)) + 1
        served = select(PartService.device_id, day.label("day")).where(
            PartService.tenant_id == self._tenant_id, PartService.device_id.in_(device_ids)
        )
        return first.union(served)

    def services(self, device_ids: Collection[str]) -> Sequence[PartService]:
        return self._session.scalars(
            select(PartService)
            .where(PartService.tenant_id == self._tenant_id, PartService.device_id.in_(device_ids))
            .order_by(PartService.at)
        ).all()

    def add_service(self, service: PartService) -> None:
        self._session.add(service)

    def mark_simulated(self, device_id: str, since: datetime, until: datetime, seed: int) -> None:
        values = {"since": since, "until": until, "seed": seed}
        row = insert(SimulatedHistory).values(
            device_id=device_id, tenant_id=self._tenant_id, **values
        )
        self._session.execute(
            row.on_conflict_do_update(index_elements=[SimulatedHistory.device_id], set_=values)
        )

    def simulated(self, device_id: str) -> SimulatedHistory | None:
        return self._session.scalar(
            select(SimulatedHistory).where(
                SimulatedHistory.tenant_id == self._tenant_id,
                SimulatedHistory.device_id == device_id,
            )
        )
