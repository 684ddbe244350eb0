"""What other operators gave to us, and what they ask of us, by the clock."""

from tapline import sharing
from tapline.events import ClaimsOverturned
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@tenant_sweep
def forget_shared(uow: UnitOfWork, tenant_id: str) -> None:
    sharing.received.forget_ended(uow, tenant_id=tenant_id)


@tenant_sweep
def look_at_claims(uow: UnitOfWork, tenant_id: str) -> None:
    sharing.claims.look_again(uow, tenant_id=tenant_id)


@consumer
def overturn_claims(uow: UnitOfWork, event: ClaimsOverturned) -> None:
    sharing.claims.overturn(uow, tenant_id=event.tenant_id, card_nos=event.cards)
