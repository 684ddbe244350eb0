from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select, text, tuple_, update

from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork
from tapline.water.traces.model import (
    Fate,
    Found,
    Numbers,
    Settled,
    Trace,
    TraceOrder,
    TracePour,
)

Key = tuple[str, int]
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER = datetime(2200, 1, 1, tzinfo=UTC)

# Water ran and somebody took it: of each number the version that stands; where none does, the one
# with the most water. A machine's clock may run ahead, what it says never came before it happened.
# `{but}` leaves facts out beforehand.
_DRUNK = """
    with dated as (
        select *, least(coalesce(moment, received_at), received_at) as at from fact
        where tenant_id = :tenant and device_id = :device and op = 'debit'
            and flaw is distinct from 'unreadable' {but}
    ),
    version as (
        select distinct on (dated.seq) dated.device_id, dated.seq, dated.at, dated.ml,
            coalesce(charge.card_no, dated.card_no) as card_no,
            case when charge.payer = 'card' then charge.amount_fen else 0 end as amount_fen
        from dated left join fact_charge charge using (device_id, seq)
        where dated.seq in (select seq from dated where at >= :since and at < :until)
        order by dated.seq, (dated.content_hash = charge.standing_hash) desc nulls last,
            dated.ml desc, dated.content_hash
    ),
    drunk as (
        select version.*, card.customer_id from version
        left join card on card.tenant_id = :tenant and card.card_no = version.card_no
        where version.ml > 0 and version.at >= :since and version.at < :until
    )
"""
# What was found is not read, sorted and refused again at every look.
_FOUND = """
    and not exists (
        select from water_trace_pour pour where pour.trace_id = :trace
            and pour.device_id = fact.device_id and pour.seq = fact.seq
    )
"""
_ADD_POURS = text(
    f"""{_DRUNK.format(but=_FOUND)}
    insert into water_trace_pour (trace_id, device_id, seq, at, card_no, customer_id, ml,
        amount_fen, found_at, late, fate, given_fen)
    select :trace, device_id, seq, at, card_no, customer_id, ml,
        amount_fen, :now, :late, 'waiting', 0 from drunk
    on conflict do nothing
    returning amount_fen
    """  # noqa: S608 (composed of our own text)
)
# What was in suspense when it was found, or left to a person, and is charged to a card of ours by
# now: found anew, at what it costs, so that somebody decides about that.
_TAKE_UP = text(
    """
    update water_trace_pour as pour
    set fate = 'waiting', card_no = charge.card_no, customer_id = card.customer_id,
        amount_fen = charge.amount_fen, found_at = :now
    from fact_charge charge
    left join card on card.tenant_id = :tenant and card.card_no = charge.card_no
    where pour.trace_id = :trace and charge.device_id = pour.device_id and charge.seq = pour.seq
        and charge.payer = 'card' and (
            pour.fate = 'waiting' and charge.amount_fen > pour.amount_fen
            or pour.fate = 'left' and pour.seq = any(cast(:taken as bigint[]))
        )
    returning pour.amount_fen
    """
)
_LEFT_CHARGED = text(
    """
    select pour.device_id, pour.seq from water_trace_pour pour
    join fact_charge charge using (device_id, seq)
    where pour.trace_id = :trace and pour.fate = 'left' and charge.payer = 'card'
        and charge.amount_fen > 0
    """
)
_COUNT = text(
    f"""{_DRUNK.format(but="")}
    select count(distinct customer_id) as customers, count(distinct card_no) as cards,
        count(distinct card_no) filter (where customer_id is null) as bearer_cards,
        count(*) as pours, 0 as late_pours, coalesce(sum(ml), 0) as ml,
        coalesce(sum(amount_fen), 0) as fen, 0 as orders, 0 as barrels, 0 as order_fen
    from drunk
    """  # noqa: S608 (composed of our own text)
)
_ADD_ORDERS = text(
    """
    insert into water_trace_order
        (trace_id, order_id, customer_id, barrels, amount_fen, at, found_at, late)
    select :trace, o.order_id, o.customer_id, sum(line.delivered),
        sum(least(line.delivered, line.quantity - line.tickets) * line.price_fen),
        o.ended_at, :now, :late
    from barrel_order o join barrel_order_line line using (order_id)
    where o.tenant_id = :tenant and o.lot = :lot and o.state = 'delivered'
    group by o.order_id
    having sum(line.delivered) > 0
    on conflict do nothing
    """
)
_NUMBERS = text(
    """
    select
        (select count(*) from (
            select customer_id from water_trace_pour
            where trace_id = :trace and customer_id is not null
            union select customer_id from water_trace_order where trace_id = :trace
        ) as everybody) as customers,
        p.cards, p.bearer_cards, p.pours, p.late_pours, p.ml, p.fen,
        o.orders, o.barrels, o.order_fen
    from (
        select count(distinct card_no) as cards,
            count(distinct card_no) filter (where customer_id is null) as bearer_cards,
            count(*) as pours, count(*) filter (where late) as late_pours,
            coalesce(sum(ml), 0) as ml, coalesce(sum(amount_fen), 0) as fen
        from water_trace_pour where trace_id = :trace
    ) as p,
    (
        select count(*) as orders, coalesce(sum(barrels), 0) as barrels,
            coalesce(sum(amount_fen), 0) as order_fen
        from water_trace_order where trace_id = :trace
    ) as o
    """
)
_FATES = text(
    """
    select fate, count(*), coalesce(sum(given_fen), 0) as given_fen,
        coalesce(sum(amount_fen), 0) as amount_fen
    from water_trace_pour where trace_id = :trace group by fate
    """
)


class TraceRepository:
    """The traces of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, trace: Trace) -> None:
        self._session.add(trace)
        self._session.flush()

    def get(self, trace_id: UUID, *, lock: bool = False) -> Trace:
        trace = self._session.get(Trace, trace_id, with_for_update=lock, populate_existing=lock)
        if trace is None or trace.tenant_id != self._tenant_id:
            raise NotFoundError(f"no trace {trace_id}")
        return trace

    def of_sample(self, sample_id: UUID) -> Trace | None:
        return self._session.scalar(
            select(Trace).where(Trace.tenant_id == self._tenant_id, Trace.sample_id == sample_id)
        )

    def listed(self, limit: int) -> Sequence[Trace]:
        """Newest first."""
        return self._session.scalars(
            select(Trace)
            .where(Trace.tenant_id == self._tenant_id)
            .order_by(Trace.opened_at.desc())
            .limit(limit)
        ).all()

    def unfinished(self, moment: datetime) -> Sequence[UUID]:
        """Opened since then, decided about since, or with money that was decided about and waits;
        oldest first."""
        since = [Trace.opened_at, Trace.told_at, Trace.refund_approved_at]
        decided = exists().where(
            TracePour.trace_id == Trace.trace_id,
            TracePour.fate == Fate.WAITING,
            TracePour.found_at <= Trace.refund_asked_at,
            Trace.refund_approved_at.is_not(None),
        )
        concerned = or_(*(at >= moment for at in since), decided)
        return self._session.scalars(
            select(Trace.trace_id)
            .where(Trace.tenant_id == self._tenant_id, concerned)
            .order_by(Trace.opened_at)
        ).all()

    def free(self, trace_id: UUID) -> Trace | None:
        """Locked; None while somebody else works on it."""
        return self._session.scalar(
            select(Trace)
            .where(Trace.tenant_id == self._tenant_id, Trace.trace_id == trace_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )

    def look(self, trace: Trace, now: datetime, *, late: bool) -> Found:
        """Find what belongs to a trace and is not there yet."""
        given: dict[str, Any] = {
            "tenant": self._tenant_id,
            "trace": trace.trace_id,
            "now": now,
            "late": late,
        }
        if trace.lot is not None:
            self._session.execute(_ADD_ORDERS, given | {"lot": trace.lot})
            return Found(0, 0)
        window = _window(trace.device_id or "", trace.from_at, trace.to_at)
        return Found.of(self._session.scalars(_ADD_POURS, given | window))

    def left_charged(self, trace_id: UUID) -> list[Key]:
        """Pours left to a person that are charged to some card by now."""
        rows = self._session.execute(_LEFT_CHARGED, {"trace": trace_id})
        return [(device_id, seq) for device_id, seq in rows]

    def take_up(self, trace_id: UUID, now: datetime, taken: Collection[Key]) -> Found:
        """Find anew what is charged for since it was found, and these that were left."""
        given = {"tenant": self._tenant_id, "trace": trace_id, "now": now}
        seqs = [seq for _, seq in taken]
        return Found.of(self._session.scalars(_TAKE_UP, given | {"taken": seqs}))

    def count(self, device_id: str, since: datetime | None, until: datetime | None) -> Numbers:
        """How far it would go, without writing anything down."""
        given = {"tenant": self._tenant_id} | _window(device_id, since, until)
        return Numbers(*map(int, self._session.execute(_COUNT, given).one()))

    def numbers(self, trace_id: UUID) -> Numbers:
        return Numbers(*map(int, self._session.execute(_NUMBERS, {"trace": trace_id}).one()))

    def fates(self, trace_id: UUID) -> Mapping[Fate, Settled]:
        rows = self._session.execute(_FATES, {"trace": trace_id})
        return {Fate(fate): Settled(*map(int, figures)) for fate, *figures in rows}

    def due(self, trace_id: UUID, upto: datetime, most: int) -> dict[Key, int]:
        """Pours found by then whose money nobody has settled, with what each cost then, in fen."""
        rows = self._session.execute(
            select(TracePour.device_id, TracePour.seq, TracePour.amount_fen)
            .where(
                TracePour.trace_id == trace_id,
                TracePour.fate == Fate.WAITING,
                TracePour.found_at <= upto,
            )
            .order_by(TracePour.found_at, TracePour.seq)
            .limit(most)
        )
        return {(device_id, seq): fen for device_id, seq, fen in rows}

    def dearer(self, trace_id: UUID, key: Key, amount_fen: int, now: datetime) -> None:
        """A pour was charged for since it was found: it is asked for anew, at what it costs."""
        self._note(trace_id, [key], amount_fen=amount_fen, found_at=now)

    def settle(self, trace_id: UUID, keys: Collection[Key], fate: Fate, fen: int) -> None:
        """Note the same fate, and the same money each beside what was given, for these pours."""
        self._note(trace_id, keys, fate=fate, given_fen=TracePour.given_fen + fen)

    def pours(self, trace_id: UUID, limit: int | None) -> Iterator[TracePour]:
        """In the order in which they were poured, read as they are asked for."""
        return iter(
            self._session.scalars(
                select(TracePour)
                .where(TracePour.trace_id == trace_id)
                .order_by(TracePour.at, TracePour.seq)
                .limit(limit)
                .execution_options(yield_per=1000)
            )
        )

    def orders(self, trace_id: UUID) -> Sequence[TraceOrder]:
        return self._session.scalars(
            select(TraceOrder).where(TraceOrder.trace_id == trace_id).order_by(TraceOrder.at)
        ).all()

    def _note(self, trace_id: UUID, keys: Collection[Key], **values: Any) -> None:
        named = tuple_(TracePour.device_id, TracePour.seq).in_(list(keys))
        self._session.execute(
            update(TracePour)
            .where(TracePour.trace_id == trace_id, named)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _window(device_id: str, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    return {"device": device_id, "since": since or _EVER, "until": until or _NEVER}
