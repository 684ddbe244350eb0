"""What workers do with events, done here and now: the consequences of what a test let happen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tapline import hotline, orders, reconciliation, refunds, tickets
from tapline.outbox import OutboxRepository
from tapline.uow import UnitOfWork

Handler = Callable[[UnitOfWork, str, dict[str, Any]], object]


def _stored(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=tenant_id, cards=event["cards"])
    refunds.follow_cards(uow, tenant_id=tenant_id, card_nos=event["cards"])


def _corrected(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    refunds.tell(
        uow,
        tenant_id=tenant_id,
        device_id=event["device_id"],
        seq=event["seq"],
        card_no=event["card_no"],
        change_fen=event["change_fen"],
    )
    refunds.follow_cards(uow, tenant_id=tenant_id, card_nos=[event["card_no"]])


def _order_changed(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    tickets.on_order(uow, tenant_id=tenant_id, order_id=UUID(event["order_id"]))
    refunds.on_order(uow, tenant_id=tenant_id, order_id=UUID(event["order_id"]))


HANDLERS: dict[str, Handler] = {
    "FactsStored": _stored,
    "CardIssued": lambda uow, tenant_id, event: reconciliation.reconcile_cards(
        uow, tenant_id=tenant_id, cards=[event["card_no"]]
    ),
    "DuplicatesSeen": lambda uow, tenant_id, event: reconciliation.note_duplicates(
        uow, tenant_id=tenant_id, facts=event["facts"]
    ),
    "CorrectionDue": lambda uow, tenant_id, event: refunds.settle_pour(
        uow, tenant_id=tenant_id, device_id=event["device_id"], seq=event["seq"]
    ),
    "CorrectionPosted": _corrected,
    "PayoutEnded": lambda uow, tenant_id, event: refunds.on_payout(
        uow, tenant_id=tenant_id, subject=event["subject"]
    ),
    "PaymentPaid": lambda uow, tenant_id, event: orders.on_paid(
        uow, tenant_id=tenant_id, payment_id=UUID(event["payment_id"]), subject=event["subject"]
    ),
    "FindingRaised": lambda uow, tenant_id, event: tickets.on_finding(
        uow, tenant_id=tenant_id, finding_id=UUID(event["finding_id"])
    ),
    "PredictionRaised": lambda uow, tenant_id, event: tickets.on_prediction(
        uow, tenant_id=tenant_id, prediction_id=UUID(event["prediction_id"])
    ),
    "OfferMade": lambda uow, tenant_id, event: hotline.on_offer_made(
        uow,
        tenant_id=tenant_id,
        offer_id=event["offer_id"],
        work_id=event["work_id"],
        agent_id=event["agent_id"],
    ),
    "OfferEnded": lambda uow, tenant_id, event: hotline.on_offer_ended(
        uow,
        tenant_id=tenant_id,
        offer_id=event["offer_id"],
        work_id=event["work_id"],
        outcome=event["outcome"],
    ),
    "WorkOverflowed": lambda uow, tenant_id, event: hotline.on_overflow(
        uow, tenant_id=tenant_id, work_id=event["work_id"], to=event["step"]
    ),
    "OrderChanged": _order_changed,
    "TicketChanged": lambda uow, tenant_id, event: tickets.put_in_place(
        uow, tenant_id=tenant_id, ticket_id=UUID(event["ticket_id"])
    ),
    "RefundChanged": lambda uow, tenant_id, event: refunds.put_in_place(
        uow, tenant_id=tenant_id, refund_id=UUID(event["refund_id"])
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
