from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from tapline.cards.facts.model import Fact
from tapline.faults import Prediction
from tapline.hotline import CallRecord
from tapline.ledger.chart import REFUND_PAYABLE
from tapline.ledger.model import LedgerAccount
from tapline.payments import Payout, PayoutState
from tapline.reconciliation import Finding
from tapline.reconciliation.meters.model import MeterWatch
from tapline.reconciliation.model import CardRecheck
from tapline.refunds.model import Refund, RefundState
from tapline.tickets.model import Ticket
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RefundSums:
    """Refunds asked for and settled; `fen` is what was given back, `by_kind` what settled."""

    requested: int
    settled: int
    fen: int
    by_kind: dict[str, int]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many faults were foreseen where one was on its way, and elsewhere."""

    right: int
    wrong: int


class DemoRepository:
    """The figures of a run that no context counts."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def tickets_by_source(self) -> dict[str, int]:
        """How many tickets were opened, by where they came from."""
        counts = (
            select(Ticket.source, func.count())
            .where(Ticket.tenant_id == self._tenant_id)
            .group_by(Ticket.source)
        )
        return {source.value: count for source, count in self._session.execute(counts)}

    def refunds(self) -> RefundSums:
        """What was asked for and what was paid."""
        settled = func.count().filter(Refund.state == RefundState.SETTLED)
        sums = (
            select(Refund.kind, func.count(), settled, func.sum(Refund.posted_fen))
            .where(Refund.tenant_id == self._tenant_id)
            .group_by(Refund.kind)
            .order_by(Refund.kind)
        )
        rows = self._session.execute(sums).all()
        return RefundSums(
            requested=sum(asked for _, asked, _, _ in rows),
            settled=sum(paid for _, _, paid, _ in rows),
            fen=sum(int(fen) for _, _, _, fen in rows),
            by_kind={kind.value: paid for kind, _, paid, _ in rows},
        )

    def foreseen(self, device_id: str) -> Foreseen:
        """Predictions about this device, and about any other."""
        right = func.count().filter(Prediction.device_id == device_id)
        counts = select(right, func.count()).where(Prediction.tenant_id == self._tenant_id)
        hits, every = self._session.execute(counts).one()
        return Foreseen(hits, every - hits)

    def calls(self) -> dict[str, int]:
        """What became of calls."""
        counts = (
            select(CallRecord.outcome, func.count())
            .where(CallRecord.tenant_id == self._tenant_id, CallRecord.outcome.is_not(None))
            .group_by(CallRecord.outcome)
            .order_by(CallRecord.outcome)
        )
        return {outcome.value: count for outcome, count in self._session.execute(counts) if outcome}

    def cards_due(self, until: datetime) -> int:
        """How many cards are looked at again by then, because time alone says something."""
        due = select(func.count()).where(
            CardRecheck.tenant_id == self._tenant_id, CardRecheck.due_at <= until
        )
        return self._session.scalar(due) or 0

    def machines_examined_at(self) -> datetime | None:
        """Up to when machines' own accounts of themselves were looked at."""
        watch = self._session.get(MeterWatch, self._tenant_id, populate_existing=True)
        return watch.examined_at if watch else None

    def unexplained_fen(self) -> int:
        """What `refund_payable` holds beyond what is on its way to customers, whichever sign."""
        on_its_way = select(func.coalesce(func.sum(Payout.amount_fen), 0)).where(
            Payout.tenant_id == self._tenant_id,
            Payout.state.not_in([state for state in PayoutState if state.is_paid]),
        )
        held = select(
            func.coalesce(func.sum(LedgerAccount.c_posted - LedgerAccount.d_posted), 0)
        ).where(
            LedgerAccount.tenant_id == self._tenant_id,
            LedgerAccount.code == REFUND_PAYABLE.code,
        )
        held_fen, way_fen = (self._session.scalar(rows) or 0 for rows in (held, on_its_way))
        return abs(int(held_fen) - int(way_fen))

    def fact_to_posted_ms(self, since: datetime) -> tuple[int, int]:
        """Median and 99th percentile from the pour's own time to its posting, in ms, of what came
        from `since` on.

        Devices' clocks are off by tens of ms: what would be negative counts as 0. Facts that the
        device held back (D07), or kept while it had no line, tell nothing about us: left out.
        """
        age_ms = func.greatest(func.extract("epoch", Fact.received_at - Fact.moment) * 1000, 0)
        held_back = and_(
            Finding.device_id == Fact.device_id, Finding.seq == Fact.seq, Finding.code == "D07"
        )
        ranks = [func.percentile_cont(share).within_group(age_ms) for share in (0.5, 0.99)]
        row = self._session.execute(
            select(*ranks).where(
                Fact.tenant_id == self._tenant_id,
                Fact.received_at >= since,
                Fact.off.is_(False),
                ~select(Finding).where(held_back).exists(),
            )
        ).one()
        p50, p99 = (round(value) if value is not None else 0 for value in row)
        return p50, p99
