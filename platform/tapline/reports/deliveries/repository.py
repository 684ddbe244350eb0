from datetime import date, timedelta

from sqlalchemy import text

from tapline import clock
from tapline.reports.deliveries.rules import DeliveryDay, Pace
from tapline.uow import UnitOfWork

_DAYS = text("""
select (ended_at at time zone :zone)::date as day, station_id, station.name,
       count(*), sum(lines.barrels)::bigint, sum(lines.tickets)::bigint,
       count(*) filter (where ended_at <= window_end and late_since is null),
       percentile_cont(0.5) within group (order by waited)::bigint,
       percentile_cont(0.9) within group (order by waited)::bigint
from barrel_order
join station using (station_id)
cross join lateral (
  select sum(delivered) as barrels, sum(greatest(0, delivered - quantity + tickets)) as tickets
  from barrel_order_line line where line.order_id = barrel_order.order_id
) lines
cross join lateral (
  select extract(epoch from ended_at - paid_at) / 60 as waited
) time_taken
where barrel_order.tenant_id = :tenant_id and state = 'delivered'
  and ended_at >= :begins_at and ended_at < :ends_at
group by 1, 2, 3
order by 1 desc, 3
""")


_PACE = text("""
select count(*), percentile_cont(0.5) within group
         (order by extract(epoch from ended_at - paid_at))::bigint,
       count(*) filter (where ended_at <= window_end and late_since is null)
from barrel_order
where tenant_id = :tenant_id and state = 'delivered' and ended_at >= :begins_at
""")


class DeliveryReads:
    """What one tenant's stations delivered."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def pace(self, days: int) -> Pace | None:
        """Over the last `days`; None where nothing was delivered."""
        first = clock.business_date(clock.now()) - timedelta(days=days - 1)
        values = {"tenant_id": self._tenant_id, "begins_at": clock.begins(first)}
        orders, half_s, on_time = self._session.execute(_PACE, values).one()
        return Pace(days, orders, timedelta(seconds=half_s), on_time) if orders else None

    def days(self, first: date, after: date) -> list[DeliveryDay]:
        """Station by station, the newest day first; `after` is the first day that is too late."""
        values = {
            "tenant_id": self._tenant_id,
            "zone": clock.BUSINESS_ZONE.key,
            "begins_at": clock.begins(first),
            "ends_at": clock.begins(after),
        }
        return [DeliveryDay(*row) for row in self._session.execute(_DAYS, values)]
