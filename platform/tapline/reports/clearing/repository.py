from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text

from tapline.cards.facts import Charge, Fact, Payer
from tapline.cards.tills.model import Handover
from tapline.cards.topups import TopUp, TopUpState
from tapline.orders.booklets.model import BookletPurchase
from tapline.payments.bills.model import ProviderBill
from tapline.payments.breaks.model import ProviderBreak
from tapline.payments.payouts.model import Payout, PayoutState
from tapline.reconciliation import Finding
from tapline.refunds import Refund
from tapline.uow import UnitOfWork

_PAID_DAYS = text("""
select (paid_at at time zone 'Asia/Shanghai')::date as day, min(paid_at),
       sum(amount_fen)::bigint
from payment
where tenant_id = :tenant_id and provider = :provider and state = 'paid' and credits <> '[]'
group by day order by day
""")

_PAID_BACK = text("""
select coalesce(sum(payout.amount_fen), 0)::bigint
from payout join payment using (payment_id)
where payout.tenant_id = :tenant_id and provider = :provider
  and payout.state in ('succeeded', 'conflict')
""")

_FEES = text("""
select coalesce(sum(fee_fen), 0)::bigint from provider_bill
where tenant_id = :tenant_id and provider = :provider and state = 'read'
""")

# Adjustments are few, and their journals are found by key: no account's history is read.
_BY_HAND = text("""
select adjustment.adjustment_id, adjustment.reason, journal.recorded_at, account.code,
       coalesce(journal.source ->> 'subject', journal.key),
       sum(case entry.side when account.side then entry.amount else -entry.amount end)::bigint
from ledger_adjustment adjustment
join ledger_journal journal on journal.tenant_id = adjustment.tenant_id and journal.key =
  case when reverses is null then 'adj:' || adjustment.adjustment_id else 'rev:' || reverses end
join ledger_entry entry using (journal_id)
join ledger_account account using (account_id)
where adjustment.tenant_id = :tenant_id and adjustment.state = 'posted'
  and account.code = any(:codes)
group by 1, 2, 3, 4, 5
""")


class Resting(NamedTuple):
    """A fact that no card is charged for yet; amount in fen."""

    device_id: str
    seq: int
    amount_fen: int
    reason: str | None
    since: datetime


class Moved(NamedTuple):
    """What an adjustment moved on an account, in fen on the account's own side."""

    adjustment_id: UUID
    reason: str
    at: datetime
    code: str
    subject: str
    amount_fen: int


class ClearingReads:
    """What the business's own rows say of one tenant's clearing accounts."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def resting(self) -> Sequence[Resting]:
        """What of every device rests in suspense."""
        rows = self._session.execute(
            select(
                Charge.device_id,
                Charge.seq,
                Charge.amount_fen,
                Charge.reason,
                func.min(Fact.received_at),
            )
            .join(Fact, and_(Fact.device_id == Charge.device_id, Fact.seq == Charge.seq))
            .where(Charge.tenant_id == self._tenant_id, Charge.payer == Payer.SUSPENSE)
            .group_by(Charge.device_id, Charge.seq)
        )
        return [Resting(*row) for row in rows]

    def findings(self, device_ids: Collection[str]) -> Mapping[tuple[str, int], Finding]:
        """What stands about facts of these devices, one a fact: that for a person first."""
        rows = self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                Finding.device_id.in_(device_ids),
                Finding.seq.is_not(None),
                Finding.retracted_at.is_(None),
            )
            .order_by(Finding.resolution == "ticket", Finding.detected_at)
        )
        return {fact: finding for finding in rows if (fact := finding.fact) is not None}

    def paid_days(self, provider: str) -> Sequence[tuple[date, datetime, int]]:
        """What was paid through a provider on each business day."""
        values = {"tenant_id": self._tenant_id, "provider": provider}
        return [(row[0], row[1], row[2]) for row in self._session.execute(_PAID_DAYS, values)]

    def taken_off(self, provider: str) -> int:
        """What a provider paid back and kept, in fen."""
        values = {"tenant_id": self._tenant_id, "provider": provider}
        return sum(self._session.scalars(one, values).one() for one in (_PAID_BACK, _FEES))

    def bills(self, provider: str) -> Mapping[date, ProviderBill]:
        rows = self._session.scalars(
            select(ProviderBill).where(
                ProviderBill.tenant_id == self._tenant_id, ProviderBill.provider == provider
            )
        )
        return {bill.day: bill for bill in rows}

    def differing_days(self, provider: str) -> Collection[date]:
        """Days of which something differs between a provider and our books."""
        open_breaks = select(ProviderBreak.day).where(
            ProviderBreak.tenant_id == self._tenant_id,
            ProviderBreak.provider == provider,
            ProviderBreak.ended_at.is_(None),
        )
        return set(self._session.scalars(open_breaks))

    def taken_in_cash(self, till_ids: Collection[UUID]) -> Sequence[tuple[TopUp, datetime | None]]:
        """The top-ups taken in cash into tills, with when the till was emptied last: those that
        came in, or were undone, since."""
        last = (
            select(Handover.till_id, func.max(Handover.at).label("at"))
            .where(Handover.tenant_id == self._tenant_id)
            .group_by(Handover.till_id)
            .subquery()
        )
        rows = self._session.execute(
            select(TopUp, last.c.at)
            .outerjoin(last, last.c.till_id == TopUp.till_id)
            .where(
                TopUp.tenant_id == self._tenant_id,
                TopUp.till_id.in_(till_ids),
                TopUp.landed_at.is_not(None),
                or_(
                    last.c.at.is_(None),
                    TopUp.landed_at > last.c.at,
                    and_(TopUp.state == TopUpState.UNDONE, TopUp.ended_at > last.c.at),
                ),
            )
        )
        return [(row[0], row[1]) for row in rows]

    def topups(self, topup_ids: Collection[UUID]) -> Sequence[tuple[TopUp, Refund | None]]:
        """Top-ups, each with the refund by which it goes back."""
        rows = self._session.execute(
            select(TopUp, Refund)
            .outerjoin(Refund, Refund.topup_id == TopUp.topup_id)
            .where(TopUp.tenant_id == self._tenant_id, TopUp.topup_id.in_(topup_ids))
            .order_by(Refund.created_at)
        )
        return list({topup.topup_id: (topup, refund) for topup, refund in rows}.values())

    def booklets(
        self, purchase_ids: Collection[UUID]
    ) -> Sequence[tuple[BookletPurchase, Refund | None]]:
        """Booklets, each with the refund by which what was paid twice goes back."""
        rows = self._session.execute(
            select(BookletPurchase, Refund)
            .outerjoin(Refund, Refund.booklet_id == BookletPurchase.purchase_id)
            .where(
                BookletPurchase.tenant_id == self._tenant_id,
                BookletPurchase.purchase_id.in_(purchase_ids),
            )
            .order_by(Refund.created_at)
        )
        return list({bought.purchase_id: (bought, refund) for bought, refund in rows}.values())

    def payouts(self, states: Collection[PayoutState]) -> Sequence[Payout]:
        """Legs in these states."""
        return self._session.scalars(
            select(Payout).where(Payout.tenant_id == self._tenant_id, Payout.state.in_(states))
        ).all()

    def by_hand(self, codes: Collection[str]) -> Sequence[Moved]:
        """What was moved on these accounts by hand."""
        values = {"tenant_id": self._tenant_id, "codes": list(codes)}
        return [Moved(*row) for row in self._session.execute(_BY_HAND, values)]
