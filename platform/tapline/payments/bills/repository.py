from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tapline import bulk, clock
from tapline.errors import NotFoundError
from tapline.payments.bills.model import BillLine, BillState, LineKind, ProviderBill
from tapline.payments.breaks.model import ProviderBreak
from tapline.payments.model import Payment, PaymentState
from tapline.payments.payouts.model import Payout, PayoutState
from tapline.uow import UnitOfWork

Name = tuple[LineKind, str]


class BillRepository:
    """The bills of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, rows: Sequence[dict[str, object]]) -> None:
        """Insert those days that are not there yet."""
        if rows:
            self._session.execute(insert(ProviderBill).on_conflict_do_nothing(), rows)

    def add_lines(self, rows: Sequence[dict[str, object]]) -> None:
        if rows:
            statement, arrays = bulk.insert_rows(BillLine.__table__, rows)  # type: ignore[arg-type]
            self._session.execute(statement, arrays)

    def get(self, bill_id: UUID, *, lock: bool = False) -> ProviderBill:
        found = self._session.get(
            ProviderBill, bill_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no bill {bill_id}")
        return found

    def listed(self, limit: int) -> Sequence[ProviderBill]:
        """The latest days first."""
        return self._session.scalars(
            select(ProviderBill)
            .where(ProviderBill.tenant_id == self._tenant_id)
            .order_by(ProviderBill.day.desc(), ProviderBill.provider)
            .limit(limit)
        ).all()

    def missing(self, until: date) -> Sequence[ProviderBill]:
        """Those up to a day that are not read, the oldest first."""
        return self._session.scalars(
            select(ProviderBill)
            .where(
                ProviderBill.tenant_id == self._tenant_id,
                ProviderBill.state != BillState.READ,
                ProviderBill.day <= until,
            )
            .order_by(ProviderBill.day, ProviderBill.provider)
        ).all()

    def lines(self, bill_id: UUID) -> Sequence[BillLine]:
        return self._session.scalars(
            select(BillLine).where(BillLine.bill_id == bill_id).order_by(BillLine.line)
        ).all()

    def with_open_breaks(self) -> Sequence[UUID]:
        """The read bills of which something differs, the oldest first."""
        return self._session.scalars(
            select(ProviderBill.bill_id)
            .where(
                ProviderBill.tenant_id == self._tenant_id,
                ProviderBill.bill_id.in_(
                    select(ProviderBreak.bill_id).where(
                        ProviderBreak.tenant_id == self._tenant_id,
                        ProviderBreak.ended_at.is_(None),
                    )
                ),
            )
            .order_by(ProviderBill.day, ProviderBill.provider)
        ).all()

    def on_other_bills(
        self, bill: ProviderBill, names: Collection[Name], *, earlier: bool = False
    ) -> frozenset[Name]:
        """Those of the lines so named that another bill of the provider has."""
        lines = (
            select(BillLine.kind, BillLine.number)
            .join(ProviderBill, ProviderBill.bill_id == BillLine.bill_id)
            .where(
                ProviderBill.tenant_id == self._tenant_id,
                ProviderBill.provider == bill.provider,
                ProviderBill.bill_id != bill.bill_id,
                BillLine.number.in_({number for _, number in names}),
            )
        )
        if earlier:
            lines = lines.where(ProviderBill.day < bill.day)
        rows = self._session.execute(lines)
        return frozenset((kind, number) for kind, number in rows) & frozenset(names)

    def begins(self, providers: Iterable[str]) -> dict[str, date]:
        """The business day on which the first payment of each provider was asked for here."""
        rows = self._session.execute(
            select(Payment.provider, func.min(Payment.created_at))
            .where(
                Payment.tenant_id == self._tenant_id,
                Payment.provider.in_(list(providers)),
                func.jsonb_array_length(Payment.credits) > 0,
            )
            .group_by(Payment.provider)
        )
        return {provider: clock.business_date(first) for provider, first in rows}

    def last_days(self) -> dict[str, date]:
        """The last day of each provider of which a bill is awaited, or was."""
        rows = self._session.execute(
            select(ProviderBill.provider, func.max(ProviderBill.day))
            .where(ProviderBill.tenant_id == self._tenant_id)
            .group_by(ProviderBill.provider)
        )
        return {row.provider: row[1] for row in rows}

    def payments(
        self, provider: str, *, numbers: Collection[str], out_trade_nos: Collection[str]
    ) -> Sequence[Payment]:
        """What the provider knows by these numbers, or was told under these of ours."""
        return self._session.scalars(
            select(Payment)
            .where(
                Payment.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payment.provider_trade_no.in_(numbers) | Payment.out_trade_no.in_(out_trade_nos),
            )
            .execution_options(populate_existing=True)
        ).all()

    def paid_between(self, provider: str, first: datetime, last: datetime) -> Sequence[Payment]:
        """What was paid here, from `first` until before `last`; nothing that was brought along."""
        return self._session.scalars(
            select(Payment).where(
                Payment.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payment.state == PaymentState.PAID,
                Payment.paid_at >= first,
                Payment.paid_at < last,
                func.jsonb_array_length(Payment.credits) > 0,
            )
        ).all()

    def payouts(self, provider: str, out_refund_nos: Collection[str]) -> Sequence[Payout]:
        return self._session.scalars(
            select(Payout)
            .join(Payment, Payment.payment_id == Payout.payment_id)
            .where(
                Payout.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payout.out_refund_no.in_(out_refund_nos),
            )
            .execution_options(populate_existing=True)
        ).all()

    def refunded_between(self, provider: str, first: datetime, last: datetime) -> Sequence[Payout]:
        """What the provider paid back, as we heard from `first` until before `last`."""
        return self._session.scalars(
            select(Payout)
            .join(Payment, Payment.payment_id == Payout.payment_id)
            .where(
                Payout.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payout.state == PayoutState.SUCCEEDED,
                Payout.ended_at >= first,
                Payout.ended_at < last,
            )
        ).all()

    @staticmethod
    def due(
        uow: UnitOfWork, providers: Collection[str], now: datetime, limit: int
    ) -> Sequence[ProviderBill]:
        """Lock what is to be fetched, of every tenant; another process skips it."""
        return uow.session.scalars(
            select(ProviderBill)
            .where(
                ProviderBill.state == BillState.AWAITED,
                ProviderBill.provider.in_(providers),
                ProviderBill.due_at <= now,
            )
            .order_by(ProviderBill.due_at, ProviderBill.day)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
