from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.payments.model import Payment, PaymentState
from tapline.uow import UnitOfWork


class PaymentRepository:
    """Payments of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, payment: dict[str, object]) -> bool:
        """Insert the row; false when the subject has an open payment already."""
        row = insert(Payment).values(payment).on_conflict_do_nothing()
        return self._session.scalar(row.returning(Payment.payment_id)) is not None

    def open_of(self, subject: str) -> Payment | None:
        """The payment of a subject that waits for its customer, locked."""
        return self._session.scalar(
            select(Payment)
            .where(
                Payment.tenant_id == self._tenant_id,
                Payment.subject == subject,
                Payment.state == PaymentState.CREATED,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def get(self, payment_id: UUID, *, lock: bool = False) -> Payment:
        payment = self._session.get(
            Payment, payment_id, with_for_update=lock or None, populate_existing=lock
        )
        if payment is None or payment.tenant_id != self._tenant_id:
            raise NotFoundError(f"no payment {payment_id}")
        return payment

    def locked(self, payment_ids: Collection[UUID]) -> dict[UUID, Payment]:
        """Those of the payments that there are, locked in one order."""
        rows = self._session.scalars(
            select(Payment)
            .where(Payment.tenant_id == self._tenant_id, Payment.payment_id.in_(payment_ids))
            .order_by(Payment.payment_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.payment_id: row for row in rows}

    def by_trade_no(self, provider: str, out_trade_no: str) -> Payment | None:
        """The payment that we gave this number, locked."""
        return self._session.scalar(
            select(Payment)
            .where(
                Payment.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payment.out_trade_no == out_trade_no,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def by_provider_trade_no(self, provider: str, provider_trade_no: str) -> Payment | None:
        """The payment that the provider knows by this number."""
        return self._session.scalar(
            select(Payment).where(
                Payment.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payment.provider_trade_no == provider_trade_no,
            )
        )

    def of_subjects(self, subjects: Collection[str]) -> Sequence[Payment]:
        """Newest first."""
        return self._session.scalars(
            select(Payment)
            .where(Payment.tenant_id == self._tenant_id, Payment.subject.in_(subjects))
            .order_by(Payment.created_at.desc(), Payment.payment_id.desc())
        ).all()

    def listed(self, limit: int) -> Sequence[Payment]:
        """Newest first."""
        return self._session.scalars(
            select(Payment)
            .where(Payment.tenant_id == self._tenant_id)
            .order_by(Payment.payment_id.desc())
            .limit(limit)
        ).all()

    @staticmethod
    def due(
        uow: UnitOfWork, providers: Collection[str], now: datetime, limit: int
    ) -> Sequence[Payment]:
        """Lock what is to be asked about, of every tenant; another process skips it."""
        return uow.session.scalars(
            select(Payment)
            .where(
                Payment.state == PaymentState.CREATED,
                Payment.provider.in_(providers),
                Payment.due_at <= now,
            )
            .order_by(Payment.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
