from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select

from tapline.cards.facts import Charge, Fact, Payer
from tapline.uow import UnitOfWork


class Resting(NamedTuple):
    """A fact that no card is charged for yet; amount in fen."""

    device_id: str
    seq: int
    amount_fen: int
    reason: str | None
    since: datetime


class ClearingReads:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def resting(self, device_id: str) -> Sequence[Resting]:
        """What of a device rests in suspense, oldest first."""
        rows = self._session.execute(
            select(
                Charge.device_id,
                Charge.seq,
                Charge.amount_fen,
                Charge.reason,
                func.min(Fact.received_at),
            )
            .join(Fact, and_(Fact.device_id == Charge.device_id, Fact.seq == Charge.seq))
            .where(
                Charge.tenant_id == self._tenant_id,
                Charge.device_id == device_id,
                Charge.payer == Payer.SUSPENSE,
            )
            .group_by(Charge.device_id, Charge.seq)
            .order_by(func.min(Fact.received_at))
        )
        return [Resting(*row) for row in rows]
