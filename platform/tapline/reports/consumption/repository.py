from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import TextClause, func, select, text

from tapline import clock
from tapline.reports.consumption.model import ConsumptionDay
from tapline.reports.consumption.rules import Drawn
from tapline.reports.estate.repository import Volume
from tapline.uow import UnitOfWork

# One day's charges are looked up one by one (`offset 0`): a planner that thinks them many reads the
# charges of all days.
# A pour that was reported late belongs to the hour in which it was drawn. What the machine's clock
# says is believed from a month before the report until half an hour after it.
_DRAWN = """
select f.tenant_id, f.device_id,
       date_trunc('hour', case
           when f.moment between f.received_at - interval '31 days'
                             and f.received_at + interval '30 minutes'
           then f.moment else f.received_at end, 'UTC') as hour,
       count(*) as pours, coalesce(sum(f.ml), 0)::bigint as ml,
       coalesce(sum(c.amount_fen), 0)::bigint as fen
from fact f
cross join lateral (
    select standing_hash, amount_fen from fact_charge c
    where c.device_id = f.device_id and c.seq = f.seq
    offset 0
) c
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

# Each on its own: as one query over both kinds of rows they take three times as long.
_BY_DEVICE = text("""
select device_id, sum(pours)::bigint, sum(ml)::bigint, sum(fen)::bigint
from consumption_hour
where tenant_id = :tenant_id and day between :first and :last and device_id = any(:device_ids)
group by device_id
""")
_BY_HOUR = text("""
select day, hour, sum(pours)::bigint, sum(ml)::bigint, sum(fen)::bigint
from consumption_hour
where tenant_id = :tenant_id and day between :first and :last and device_id = any(:device_ids)
group by day, hour
""")
_OPEN = text(f"""
select device_id, hour, pours, ml, fen
from ({_DRAWN} and f.device_id = any(:device_ids) group by 1, 2, 3) drawn
""")  # noqa: S608 (composed of our own words)

_FIRST = text("select min(received_at) from fact where tenant_id = :tenant_id")


class Span(NamedTuple):
    """These machines from `first` to `last`."""

    device_ids: list[str]
    first: date
    last: date


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

    def by_device(self, span: Span) -> dict[str, Volume]:
        """What each machine gave out on the days rolled up."""
        rows = self._rows(_BY_DEVICE, span._asdict())
        return {device_id: Volume(*figures) for device_id, *figures in rows}

    def by_hour(self, span: Span) -> list[tuple[date, datetime, Volume]]:
        """(day of the report, hour of the drawing, how much) on the days rolled up."""
        rows = self._rows(_BY_HOUR, span._asdict())
        return [(day, hour, Volume(*figures)) for day, hour, *figures in rows]

    def on(self, day: date, device_ids: list[str]) -> list[Drawn]:
        """What was drawn on a day that is not rolled up."""
        begins, ends = clock.begins(day), clock.begins(day + timedelta(days=1))
        rows = self._rows(_OPEN, {"device_ids": device_ids, "since": begins, "until": ends})
        return [Drawn(device_id, day, hour, Volume(*of)) for device_id, hour, *of in rows]

    def _rows(self, query: TextClause, given: Mapping[str, Any]) -> Sequence[Any]:
        return self._session.execute(query, {"tenant_id": self._tenant_id, **given}).all()
