from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, func, select, text, tuple_

from tapline.devices import Device
from tapline.errors import NotFoundError
from tapline.reconciliation.breakers.model import Breaker, Scope
from tapline.reconciliation.breakers.rules import Cohort
from tapline.reconciliation.chain import FactKey
from tapline.uow import UnitOfWork

# What each machine ran, from one of its starts to the next: a pour names its start, and so the
# firmware that made it, whatever the machine runs by now. What is older than the first that is
# known counts as that one; where none is noted, the last hello says it. The braces narrow it down.
_RUN = """
    with said as (
        select device_id, from_boot, nullif(hw, '') || ' ' || nullif(fw, '') as model
        from firmware_run
        where {noted}
        union all
        select device_id, 0, nullif(hello ->> 'hw', '') || ' ' || nullif(hello ->> 'fw', '')
        from device
        where {greeted} and not exists (
            select from firmware_run noted where noted.device_id = device.device_id
        )
    ),
    run as (
        select device_id, model,
            case when lag(from_boot) over starts is null then 0 else from_boot end as from_boot,
            coalesce(lead(from_boot) over starts, 9223372036854775807) as next_boot
        from said window starts as (partition by device_id order by from_boot)
    )
"""
_RUN_OF_MACHINE = _RUN.format(noted="device_id = :device", greeted="device_id = :device")
_RUN_OF_MODEL = _RUN.format(
    noted="""device_id in (
            select device_id from firmware_run where concat_ws(' ', hw, fw) = :model
        )""",
    greeted="concat_ws(' ', hello ->> 'hw', hello ->> 'fw') = :model",
)
# The start in which a pour was made, by the version of it that stands.
_START = """
    cross join lateral (
        select boot from fact left join fact_charge charge using (device_id, seq)
        where fact.device_id = pour.device_id and fact.seq = pour.seq
        order by (fact.content_hash = charge.standing_hash) desc nulls last, fact.content_hash
        limit 1
    ) as made
    join run on run.device_id = pour.device_id
        and made.boot >= run.from_boot and made.boot < run.next_boot
"""
_MODEL_OF = text(
    f"""{_RUN_OF_MACHINE}
    select model from (values (:device, cast(:seq as bigint))) as pour(device_id, seq) {_START}
    """  # noqa: S608 (composed of our own text)
)
_OF_SITE = "join device on device.device_id = pour.device_id and device.site_id = :site"
_OF_MODEL = f"{_START} and run.model = :model"
# Of every version of a fact, by its own start: there are many, and few that differ.
_RAN = """join run on run.device_id = pour.device_id and run.model = :model
    and pour.boot >= run.from_boot and pour.boot < run.next_boot"""
_CAUSED = """
    select count(*), coalesce(sum(target_fen), 0) from correction_target pour {of}
    where pour.tenant_id = :tenant and pour.updated_at > :since and pour.target_fen > 0
"""
_POURS = """
    select count(*) from (
        select from fact pour {of}
        where pour.tenant_id = :tenant and pour.received_at > :since and pour.op = 'debit'
        limit :at_most
    ) as counted
"""
_CONCERNED = """
    select pour.device_id, pour.seq
    from unnest(cast(:devices as text[]), cast(:seqs as bigint[])) as pour(device_id, seq) {of}
"""


class BreakerRepository:
    """Breakers of one tenant, and what they count."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction trips or resets here, and keep others waiting."""
        name = func.hashtextextended(f"breaker:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, breaker: Breaker) -> None:
        self._session.add(breaker)
        self._session.flush()

    def get(self, breaker_id: UUID, *, lock: bool = False) -> Breaker:
        breaker = self._session.get(
            Breaker, breaker_id, with_for_update=lock or None, populate_existing=lock
        )
        if breaker is None or breaker.tenant_id != self._tenant_id:
            raise NotFoundError(f"no breaker {breaker_id}")
        return breaker

    def standing(self, cohorts: Collection[Cohort] | None = None) -> Sequence[Breaker]:
        """Those that stand, oldest first; of these cohorts where given."""
        breakers = select(Breaker).where(
            Breaker.tenant_id == self._tenant_id, Breaker.reset_at.is_(None)
        )
        if cohorts is not None:
            breakers = breakers.where(tuple_(Breaker.scope, Breaker.key).in_(list(cohorts)))
        return self._session.scalars(
            breakers.order_by(Breaker.tripped_at, Breaker.breaker_id)
        ).all()

    def history(self, limit: int) -> Sequence[Breaker]:
        """Those that were reset, newest first."""
        return self._session.scalars(
            select(Breaker)
            .where(Breaker.tenant_id == self._tenant_id, Breaker.reset_at.is_not(None))
            .order_by(Breaker.reset_at.desc(), Breaker.breaker_id)
            .limit(limit)
        ).all()

    def last_reset(self, cohort: Cohort) -> datetime | None:
        """Since when a cohort is counted anew."""
        return self._session.scalar(
            select(func.max(Breaker.reset_at)).where(
                Breaker.tenant_id == self._tenant_id,
                Breaker.scope == cohort.scope,
                Breaker.key == cohort.key,
            )
        )

    def model_of(self, pour: FactKey) -> str | None:
        """The hardware model and firmware that made a pour, as cohorts are named."""
        given = {"device": pour.device_id, "seq": pour.seq}
        model: str | None = self._session.scalar(_MODEL_OF, given)
        return model

    def caused(self, cohort: Cohort, since: datetime) -> tuple[int, int]:
        """Corrections named for a cohort's pours after `since`: how many, and their sum in fen."""
        row = self._session.execute(_about(_CAUSED, cohort), self._given(cohort, since)).one()
        return row[0], int(row[1])

    def pours(self, cohort: Cohort, since: datetime, *, at_most: int) -> int:
        """Charges that a cohort reported after `since`, counted up to `at_most`."""
        statement = _about(_POURS, cohort, of_model=_RAN)
        given = self._given(cohort, since) | {"at_most": at_most}
        return self._session.scalar(statement, given) or 0

    def concerned(self, cohort: Cohort, pours: Collection[FactKey]) -> set[FactKey]:
        """Which of these pours are a cohort's."""
        given = self._given(cohort) | {
            "devices": [one.device_id for one in pours],
            "seqs": [one.seq for one in pours],
        }
        return {FactKey(*row) for row in self._session.execute(_about(_CONCERNED, cohort), given)}

    def machines(self, cohort: Cohort) -> list[str]:
        """The machines of a cohort now, by id."""
        return list(
            self._session.scalars(
                select(Device.device_id)
                .where(Device.tenant_id == self._tenant_id, _of(cohort))
                .order_by(Device.device_id)
            )
        )

    def _given(self, cohort: Cohort, since: datetime | None = None) -> dict[str, Any]:
        name = "site" if cohort.scope is Scope.SITE else "model"
        key = UUID(cohort.key) if cohort.scope is Scope.SITE else cohort.key
        return {"tenant": self._tenant_id, "since": since, name: key}


def _about(question: str, cohort: Cohort, *, of_model: str = _OF_MODEL) -> TextClause:
    if cohort.scope is Scope.SITE:
        return text(question.format(of=_OF_SITE))
    return text(_RUN_OF_MODEL + question.format(of=of_model))


def _of(cohort: Cohort) -> ColumnElement[bool]:
    if cohort.scope is Scope.SITE:
        return Device.site_id == UUID(cohort.key)
    return func.concat_ws(" ", Device.hello["hw"].astext, Device.hello["fw"].astext) == cohort.key
