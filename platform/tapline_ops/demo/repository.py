from dataclasses import dataclass

from sqlalchemy import and_, func, select

from tapline.cards.facts.model import Fact
from tapline.reconciliation import Finding
from tapline.refunds.model import Refund, RefundState
from tapline.tickets.model import Ticket
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RefundSums:
    """Refunds asked for and settled; `fen` is what was given back."""

    requested: int
    settled: int
    fen: int


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
        settled = Refund.state == RefundState.SETTLED
        sums = select(
            func.count(),
            func.count().filter(settled),
            func.coalesce(func.sum(Refund.posted_fen), 0),
        ).where(Refund.tenant_id == self._tenant_id)
        requested, paid, fen = self._session.execute(sums).one()
        return RefundSums(requested, paid, int(fen))

    def fact_to_posted_ms(self) -> tuple[int, int]:
        """Median and 99th percentile from the pour's own time to its posting, in ms.

        Devices' clocks are off by tens of ms: what would be negative counts as 0. Facts that the
        device held back (D07) tell nothing about us and are left out.
        """
        age_ms = func.greatest(func.extract("epoch", Fact.received_at - Fact.moment) * 1000, 0)
        held_back = and_(
            Finding.device_id == Fact.device_id, Finding.seq == Fact.seq, Finding.code == "D07"
        )
        ranks = [func.percentile_cont(share).within_group(age_ms) for share in (0.5, 0.99)]
        row = self._session.execute(
            select(*ranks).where(
                Fact.tenant_id == self._tenant_id, ~select(Finding).where(held_back).exists()
            )
        ).one()
        p50, p99 = (round(value) if value is not None else 0 for value in row)
        return p50, p99
