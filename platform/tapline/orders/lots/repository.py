from collections.abc import Sequence

from sqlalchemy import select

from tapline.orders.lots.model import LotHold
from tapline.uow import UnitOfWork


class LotRepository:
    """The lots of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, one: LotHold) -> None:
        self._session.add(one)
        self._session.flush()

    def find(self, lot: str, *, lock: bool = False) -> LotHold | None:
        return self._session.get(
            LotHold, (self._tenant_id, lot), with_for_update=lock, populate_existing=True
        )

    def held(self) -> Sequence[LotHold]:
        """Longest first."""
        return self._session.scalars(
            select(LotHold)
            .where(LotHold.tenant_id == self._tenant_id, LotHold.let_go_at.is_(None))
            .order_by(LotHold.held_at)
        ).all()
