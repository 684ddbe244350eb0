from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from tapline.errors import NotFoundError
from tapline.refunds.model import Reason, Refund, RefundKind, RefundState, RefundStep
from tapline.uow import UnitOfWork


class RefundRepository:
    """Refunds of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction settles for this tenant: limits count what they gave."""
        name = func.hashtextextended(f"settle:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def of_pour(self, device_id: str, seq: int) -> Refund | None:
        return self._session.scalar(
            select(Refund)
            .where(
                Refund.tenant_id == self._tenant_id,
                Refund.kind == RefundKind.TXN_REVERSAL,
                Refund.device_id == device_id,
                Refund.seq == seq,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def of_pours(self, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Refund]:
        """By (device, seq), locked likewise, in one order; a pour without one is absent."""
        rows = self._session.scalars(
            select(Refund)
            .where(
                Refund.tenant_id == self._tenant_id,
                Refund.kind == RefundKind.TXN_REVERSAL,
                tuple_(Refund.device_id, Refund.seq).in_(list(keys)),
            )
            .order_by(Refund.device_id, Refund.seq)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {
            (one.device_id, one.seq): one
            for one in rows
            if one.device_id is not None and one.seq is not None
        }

    def get(self, refund_id: UUID, *, lock: bool = False) -> Refund:
        refund = self._session.get(
            Refund, refund_id, with_for_update=lock or None, populate_existing=lock
        )
        if refund is None or refund.tenant_id != self._tenant_id:
            raise NotFoundError(f"no refund {refund_id}")
        return refund

    def add(self, row: Refund | RefundStep) -> None:
        """Write at once: a step points to its refund."""
        self._session.add(row)
        self._session.flush()

    def automatic_count(self, card_no: str, since: datetime, *, besides: tuple[str, int]) -> int:
        """For how many other pours a machine gave this card money back since then."""
        counted = self._automatic(besides).where(
            Refund.card_no == card_no, Refund.updated_at > since
        )
        return self._session.scalar(counted.with_only_columns(func.count())) or 0

    def automatic_fen(
        self, since: datetime, *, besides: tuple[str, int], device_id: str | None = None
    ) -> int:
        """What machines gave back for other pours since then; for those of this device alone where
        given."""
        summed = self._automatic(besides).where(Refund.updated_at >= since)
        if device_id is not None:
            summed = summed.where(Refund.device_id == device_id)
        return int(self._session.scalar(summed.with_only_columns(func.sum(Refund.posted_fen))) or 0)

    def held(self, reason: str) -> Sequence[Refund]:
        """Pours in review for a reason, oldest first."""
        return self._session.scalars(
            select(Refund)
            .where(
                Refund.tenant_id == self._tenant_id,
                Refund.kind == RefundKind.TXN_REVERSAL,
                Refund.state == RefundState.REVIEW,
                Refund.reason == reason,
            )
            .order_by(Refund.refund_id)
        ).all()

    def _automatic(self, besides: tuple[str, int]) -> Select[Refund]:
        device_id, seq = besides
        return select(Refund).where(
            Refund.tenant_id == self._tenant_id,
            Refund.kind == RefundKind.TXN_REVERSAL,
            Refund.automatic.is_(True),
            Refund.posted_fen > 0,
            (Refund.device_id != device_id) | (Refund.seq != seq),
        )

    def listed(
        self,
        *,
        states: Collection[RefundState] | None,
        card_no: str | None,
        order_id: UUID | None,
        customer_id: UUID | None,
        limit: int,
    ) -> Sequence[Refund]:
        """Newest change first."""
        refunds = select(Refund).where(Refund.tenant_id == self._tenant_id)
        if states is not None:
            refunds = refunds.where(Refund.state.in_(list(states)))
        if card_no is not None:
            refunds = refunds.where(Refund.card_no == card_no)
        if order_id is not None:
            refunds = refunds.where(Refund.order_id == order_id)
        if customer_id is not None:
            refunds = refunds.where(Refund.customer_id == customer_id)
        newest = (Refund.updated_at.desc(), Refund.refund_id.desc())
        return self._session.scalars(refunds.order_by(*newest).limit(limit)).all()

    def review_queue(self) -> Sequence[Refund]:
        """In review, most urgent first; pours, which have no legal clock, by age at the end."""
        return self._session.scalars(
            select(Refund)
            .where(Refund.tenant_id == self._tenant_id, Refund.state == RefundState.REVIEW)
            .order_by(Refund.due_at.asc().nulls_last(), Refund.updated_at, Refund.refund_id)
        ).all()

    def requested(self, request_key: str) -> Refund | None:
        """The claim that this form made."""
        return self._session.scalar(
            select(Refund).where(
                Refund.tenant_id == self._tenant_id, Refund.request_key == request_key
            )
        )

    def has_undecided(self, refund: Refund) -> bool:
        """Whether the same is asked for and not decided yet."""
        same = (
            Refund.kind == refund.kind,
            Refund.card_no.is_not_distinct_from(refund.card_no),
            Refund.order_id.is_not_distinct_from(refund.order_id),
            Refund.topup_id.is_not_distinct_from(refund.topup_id),
            Refund.ticket_sku.is_not_distinct_from(refund.ticket_sku),
            Refund.booklet_id.is_not_distinct_from(refund.booklet_id),
            Refund.customer_id == refund.customer_id,
        )
        found = self._undecided().where(*same)
        return self._session.scalar(found.limit(1)) is not None

    def has_undecided_card(self, card_no: str) -> bool:
        """Whether anybody asks for money of this card."""
        asked = (Refund.card_no == card_no, Refund.reason != Reason.CARD_ENDED.value)
        return self._session.scalar(self._undecided().where(*asked).limit(1)) is not None

    def open_about(self, order_id: UUID) -> Refund | None:
        """The claim on an order that is not over."""
        return self._session.scalar(self._open().where(Refund.order_id == order_id))

    def open_claims(self) -> Sequence[UUID]:
        """Every claim that is not over, oldest first."""
        claims = self._open().with_only_columns(Refund.refund_id)
        return self._session.scalars(claims.order_by(Refund.refund_id)).all()

    def closing_of(self, card_no: str) -> Refund | None:
        """The claim by which a card is being closed, or was, locked."""
        return self._newest(card_no, Refund.reason != Reason.AFTER_CLOSING.value)

    def latest_after_closing(self, card_no: str) -> Refund | None:
        """The newest claim on what turned up on a closed card, locked."""
        return self._newest(card_no, Refund.reason == Reason.AFTER_CLOSING.value)

    def _newest(self, card_no: str, about: ColumnElement[bool]) -> Refund | None:
        return self._session.scalar(
            self._claims()
            .where(Refund.kind == RefundKind.CARD_CLOSE, Refund.card_no == card_no, about)
            .order_by(Refund.refund_id.desc())
            .limit(1)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def _claims(self) -> Select[Refund]:
        return select(Refund).where(
            Refund.tenant_id == self._tenant_id, Refund.kind != RefundKind.TXN_REVERSAL
        )

    def _undecided(self) -> Select[Refund]:
        undecided = [state for state in RefundState if state.is_undecided]
        return self._claims().where(Refund.state.in_(undecided))

    def _open(self) -> Select[Refund]:
        over = [state for state in RefundState if state.is_over]
        return self._claims().where(Refund.state.not_in(over))

    def corrected_fen(self, card_no: str, *, since: int) -> int:
        """What reversals of pours gave to a card after the step `since`, net."""
        changes = (
            select(func.sum(RefundStep.change_fen))
            .join(Refund, Refund.refund_id == RefundStep.refund_id)
            .where(
                Refund.tenant_id == self._tenant_id,
                Refund.kind == RefundKind.TXN_REVERSAL,
                Refund.card_no == card_no,
                RefundStep.position > since,
            )
        )
        return int(self._session.scalar(changes) or 0)

    def steps(self, refund_id: UUID) -> Sequence[RefundStep]:
        """The timeline, oldest first."""
        return self._session.scalars(
            select(RefundStep)
            .where(RefundStep.refund_id == refund_id)
            .order_by(RefundStep.position)
        ).all()

    @staticmethod
    def export(uow: UnitOfWork) -> Iterator[Refund]:
        """Every refund of every tenant, streamed."""
        return iter(
            uow.session.scalars(
                select(Refund).order_by(Refund.refund_id).execution_options(yield_per=1000)
            )
        )
