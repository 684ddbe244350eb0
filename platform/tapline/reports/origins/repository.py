from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from tapline.cards.facts.model import Fact
from tapline.devices.messages.model import InboxMessage
from tapline.uow import UnitOfWork


class Origin(NamedTuple):
    """One version of a fact and the message that it first came in, byte for byte."""

    fact: Fact
    message: InboxMessage | None
    """None where the message is no longer kept."""


class OriginReads:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def versions(self, device_id: str, seq: int) -> Sequence[Origin]:
        """Every version of a fact, oldest first."""
        rows = self._session.execute(
            select(Fact, InboxMessage)
            .outerjoin(InboxMessage, InboxMessage.inbox_id == Fact.inbox_id)
            .where(Fact.tenant_id == self._tenant_id, Fact.device_id == device_id, Fact.seq == seq)
            .order_by(Fact.received_at, Fact.content_hash)
        )
        return [Origin(*row) for row in rows]
