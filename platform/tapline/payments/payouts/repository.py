from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tapline.errors import NotFoundError
from tapline.payments.model import Payment
from tapline.payments.payouts.model import ASKED_ABOUT, Payout, PayoutState, PayoutStep
from tapline.payments.payouts.rules import Used
from tapline.uow import UnitOfWork


class PayoutRepository:
    """Payouts of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, subject: str) -> None:
        """Wait until no other transaction decides about this subject's legs."""
        name = func.hashtextextended(f"payout:{self._tenant_id}:{subject}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, row: Payout | PayoutStep) -> None:
        """Write at once: a step points to its payout."""
        self._session.add(row)
        self._session.flush()

    def of_subject(self, subject: str) -> Sequence[Payout]:
        """In order of legs."""
        return self._session.scalars(
            select(Payout)
            .where(Payout.tenant_id == self._tenant_id, Payout.subject == subject)
            .order_by(Payout.leg)
        ).all()

    def get(self, payout_id: UUID, *, lock: bool = False) -> Payout:
        payout = self._session.get(
            Payout, payout_id, with_for_update=lock or None, populate_existing=lock
        )
        if payout is None or payout.tenant_id != self._tenant_id:
            raise NotFoundError(f"no payout {payout_id}")
        return payout

    def by_refund_no(self, provider: str, out_refund_no: str) -> Payout | None:
        """The payout that we gave this number at this provider, locked."""
        return self._session.scalar(
            select(Payout)
            .join(Payment, Payment.payment_id == Payout.payment_id)
            .where(
                Payout.tenant_id == self._tenant_id,
                Payment.provider == provider,
                Payout.out_refund_no == out_refund_no,
            )
            .with_for_update(of=Payout)
            .execution_options(populate_existing=True)
        )

    def used(self, payment_ids: Collection[UUID]) -> dict[UUID, Used]:
        """What was decided of each payment; one without legs is absent.

        Every leg counts: whatever becomes of it, somebody is paid in the end.
        """
        rows = self._session.execute(
            select(Payout.payment_id, func.count(), func.sum(Payout.amount_fen))
            .where(Payout.tenant_id == self._tenant_id, Payout.payment_id.in_(payment_ids))
            .group_by(Payout.payment_id)
        )
        return {key: Used(legs, int(total)) for key, legs, total in rows if key is not None}

    def steps(self, payout_id: UUID) -> Sequence[PayoutStep]:
        """Oldest first."""
        return self._session.scalars(
            select(PayoutStep)
            .where(PayoutStep.payout_id == payout_id)
            .order_by(PayoutStep.position)
        ).all()

    def in_states(self, states: Collection[PayoutState], limit: int) -> Sequence[Payout]:
        """Oldest first."""
        return self._session.scalars(
            select(Payout)
            .where(Payout.tenant_id == self._tenant_id, Payout.state.in_(states))
            .order_by(Payout.payout_id)
            .limit(limit)
        ).all()

    def last_attempt(self, payment_id: UUID, *, besides: UUID) -> datetime | None:
        """When another leg of the same payment was last handed to the provider."""
        return self._session.scalar(
            select(func.max(Payout.attempted_at)).where(
                Payout.tenant_id == self._tenant_id,
                Payout.payment_id == payment_id,
                Payout.payout_id != besides,
            )
        )

    @staticmethod
    def to_send(
        uow: UnitOfWork, providers: Collection[str], now: datetime, limit: int
    ) -> list[tuple[Payout, Payment]]:
        """Lock what waits to be handed over, of every tenant, with its payment.

        The payment is locked too: two legs of one order keep their distance.
        """
        rows = uow.session.execute(
            select(Payout, Payment)
            .join(Payment, Payment.payment_id == Payout.payment_id)
            .where(
                Payout.state == PayoutState.CREATED,
                Payout.due_at <= now,
                Payment.provider.in_(providers),
            )
            .order_by(Payout.due_at, Payout.payout_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [(payout, payment) for payout, payment in rows]

    @staticmethod
    def to_ask(
        uow: UnitOfWork, providers: Collection[str], now: datetime, limit: int
    ) -> list[tuple[Payout, str]]:
        """Lock what the provider is to be asked about, of every tenant, with his name."""
        rows = uow.session.execute(
            select(Payout, Payment.provider)
            .join(Payment, Payment.payment_id == Payout.payment_id)
            .where(
                Payout.state.in_(ASKED_ABOUT),
                Payout.due_at <= now,
                Payment.provider.in_(providers),
            )
            .order_by(Payout.due_at, Payout.payout_id)
            .limit(limit)
            .with_for_update(of=Payout, skip_locked=True)
        )
        return [(payout, provider) for payout, provider in rows]
