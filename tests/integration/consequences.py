"""What workers do with events, done here and now: the consequences of what a test let happen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tapline import reconciliation, refunds, tickets
from tapline.outbox import OutboxRepository
from tapline.uow import UnitOfWork

Handler = Callable[[UnitOfWork, str, dict[str, Any]], object]

HANDLERS: dict[str, Handler] = {
    "FactsStored": lambda uow, tenant_id, event: reconciliation.reconcile_cards(
        uow, tenant_id=tenant_id, cards=event["cards"]
    ),
    "CardIssued": lambda uow, tenant_id, event: reconciliation.reconcile_cards(
        uow, tenant_id=tenant_id, cards=[event["card_no"]]
    ),
    "DuplicatesSeen": lambda uow, tenant_id, event: reconciliation.note_duplicates(
        uow, tenant_id=tenant_id, facts=event["facts"]
    ),
    "CorrectionDue": lambda uow, tenant_id, event: refunds.settle_pour(
        uow, tenant_id=tenant_id, device_id=event["device_id"], seq=event["seq"]
    ),
    "CorrectionPosted": lambda uow, tenant_id, event: refunds.tell(
        uow,
        tenant_id=tenant_id,
        device_id=event["device_id"],
        seq=event["seq"],
        card_no=event["card_no"],
        change_fen=event["change_fen"],
    ),
    "FindingRaised": lambda uow, tenant_id, event: tickets.on_finding(
        uow, tenant_id=tenant_id, finding_id=UUID(event["finding_id"])
    ),
    "CorrectionHeld": lambda uow, tenant_id, event: tickets.on_correction_held(
        uow,
        tenant_id=tenant_id,
        device_id=event["device_id"],
        seq=event["seq"],
        reason=event["reason"],
    ),
}


def drain(uow: UnitOfWork) -> None:
    """Handle events until none is left."""
    outbox = OutboxRepository(uow.session)
    while messages := outbox.take(1000):
        for message in messages:
            if handler := HANDLERS.get(message.type):
                handler(uow, message.tenant_id, message.payload)
        outbox.mark_relayed(messages)
        uow.session.flush()
