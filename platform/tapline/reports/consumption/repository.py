from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from tapline import clock
from tapline.reports.consumption.model import ConsumptionDay
from tapline.reports.consumption.rules import Totals
from tapline.uow import UnitOfWork

# A pour that was reported late belongs to the hour in which it was drawn. What the machine's clock
# says is believed from a month before the report until half an hour after it.
_DRAWN = """
select f.tenant_id, f.device_id,
       date_trunc('hour', case
           when f.moment between f.received_at - interval '31 days'
                             and f.received_at + interval '30 minutes'
           then f.moment else f.received_at end, 'UTC') as hour,
       count(*) as pours, coalesce(sum(f.ml), 0) as ml, coalesce(sum(c.amount_fen), 0) as fen
from fact f
join fact_charge c on c.device_id = f.device_id and c.seq = f.seq
where f.tenant_id = :tenant_id and f.op = 'debit' and c.standing_hash = f.content_hash
  and f.received_at >= :since and f.received_at < :until
"""

_FORGET = text("delete from consumption_hour where tenant_id = :tenant_id and day = :day")

_ROLL = text(f"""
insert into consumption_hour (tenant_id, day, device_id, hour, pours, ml, fen)
select tenant_id, :day, device_id, hour, pours, ml, fen
from ({_DRAWN} group by 1, 2, 3) drawn
""")  # noqa: S608 (composed of our own words)

_NOTE = text("""
insert into consumption_day (tenant_id, day, rolled_at) values (:tenant_id, :day, :rolled_at)
on conflict (tenant_id, day) do update set rolled_at = excluded.rolled_at
""")

# Three ways of adding the same rows up, in one pass over them.
_TOTALS = text(f"""
with drawn as (
    select device_id, day, hour, pours, ml, fen
    from consumption_hour
    where tenant_id = :tenant_id and day >= :first and day <= :last
      and device_id = any(:device_ids)
    union all
    select device_id, day, hour, pours, ml, fen
    from unnest(cast(:open_days as date[])) as day
    cross join lateral (
        {
    _DRAWN.replace(":since", "(day::timestamp at time zone 'Asia/Shanghai')").replace(
        ":until", "((day + 1)::timestamp at time zone 'Asia/Shanghai')"
    )
}
          and f.device_id = any(:device_ids)
        group by 1, 2, 3
    ) live
)
select device_id, day, extract(isodow from hour at time zone 'Asia/Shanghai')::int as weekday,
       extract(hour from hour at time zone 'Asia/Shanghai')::int as of_day,
       sum(pours)::bigint, sum(ml)::bigint, sum(fen)::bigint
from drawn
group by grouping sets ((device_id), (day), (weekday, of_day))
""")  # noqa: S608 (composed of our own words)

_FIRST = text("select min(received_at) from fact where tenant_id = :tenant_id")


class ConsumptionRepository:
    """One tenant's."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction rolls this tenant's days up."""
        name = func.hashtextextended(f"consumption:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def first_day(self) -> date | None:
        """The day of the first report."""
        first: datetime | None = self._session.scalar(_FIRST, {"tenant_id": self._tenant_id})
        return clock.business_date(first) if first else None

    def rolled(self, first: date, last: date) -> dict[date, datetime]:
        """The days rolled up, with when."""
        rows = self._session.execute(
            select(ConsumptionDay.day, ConsumptionDay.rolled_at).where(
                ConsumptionDay.tenant_id == self._tenant_id,
                ConsumptionDay.day.between(first, last),
            )
        )
        return {row.day: row.rolled_at for row in rows}

    def roll(self, day: date) -> None:
        """Roll one day up, whole, in place of what was rolled before."""
        given = {"tenant_id": self._tenant_id, "day": day}
        span = {"since": clock.begins(day), "until": clock.begins(day + timedelta(days=1))}
        self._session.execute(_FORGET, given)
        self._session.execute(_ROLL, given | span)
        self._session.execute(_NOTE, given | {"rolled_at": clock.now()})

    def totals(
        self, device_ids: Collection[str], first: date, last: date, open_days: Collection[date]
    ) -> Totals:
        """Of these machines from `first` to `last`; `open_days` are not rolled up yet."""
        rows: Sequence[Any] = self._session.execute(
            _TOTALS,
            {
                "tenant_id": self._tenant_id,
                "device_ids": list(device_ids),
                "first": first,
                "last": last,
                "open_days": list(open_days),
            },
        ).all()
        return Totals.of(rows)
