from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from tapline.errors import NotFoundError
from tapline.refunds.model import Refund, RefundKind, RefundState, RefundStep
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

    def get(self, refund_id: UUID, *, lock: bool = False) -> Refund:
        refund = self._session.get(Refund, refund_id, with_for_update=lock or None)
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

    def automatic_fen(self, device_id: str, since: datetime, *, besides: tuple[str, int]) -> int:
        """What machines gave back for other pours of this device since then."""
        summed = self._automatic(besides).where(
            Refund.device_id == device_id, Refund.updated_at >= since
        )
        return int(self._session.scalar(summed.with_only_columns(func.sum(Refund.posted_fen))) or 0)

    def _automatic(self, besides: tuple[str, int]) -> Select[Refund]:
        device_id, seq = besides
        return select(Refund).where(
            Refund.tenant_id == self._tenant_id,
            Refund.automatic.is_(True),
            Refund.posted_fen > 0,
            (Refund.device_id != device_id) | (Refund.seq != seq),
        )

    def listed(
        self, *, state: RefundState | None, card_no: str | None, limit: int
    ) -> Sequence[Refund]:
        """Newest change first."""
        refunds = select(Refund).where(Refund.tenant_id == self._tenant_id)
        if state is not None:
            refunds = refunds.where(Refund.state == state)
        if card_no is not None:
            refunds = refunds.where(Refund.card_no == card_no)
        newest = (Refund.updated_at.desc(), Refund.refund_id.desc())
        return self._session.scalars(refunds.order_by(*newest).limit(limit)).all()

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
