"""What workers do with events, done here and now: the consequences of what a test let happen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tapline import (
    cards,
    hotline,
    orders,
    partners,
    reconciliation,
    refunds,
    rosters,
    sharing,
    tickets,
)
from tapline.cards import apologies, enterprises, issuers, topups, warnings
from tapline.orders import booklets
from tapline.outbox import OutboxRepository
from tapline.refunds import goodwill
from tapline.uow import UnitOfWork
from tapline.water import stops, traces

Handler = Callable[[UnitOfWork, str, dict[str, Any]], object]


def _stored(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=tenant_id, cards=event["cards"])
    refunds.follow_cards(uow, tenant_id=tenant_id, card_nos=event["cards"])
    cards.carry_on(uow, tenant_id=tenant_id, card_nos=event["cards"])
    warnings.watch(uow, tenant_id=tenant_id, card_nos=event["cards"])


def _corrected(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    refunds.tell(
        uow,
        tenant_id=tenant_id,
        device_id=event["device_id"],
        seq=event["seq"],
        card_no=event["card_no"],
        change_fen=event["change_fen"],
    )
    apologies.owe(
        uow, tenant_id=tenant_id, card_no=event["card_no"], amount_fen=event["change_fen"]
    )
    goodwill.follow(uow, tenant_id=tenant_id, keys=[(event["device_id"], event["seq"])])
    reconciliation.follow_debts(uow, tenant_id=tenant_id, card_nos=[event["card_no"]])
    refunds.follow_cards(uow, tenant_id=tenant_id, card_nos=[event["card_no"]])
    cards.carry_on(uow, tenant_id=tenant_id, card_nos=[event["card_no"]])


def _restated(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    keys = [(device_id, seq) for device_id, seq in event["facts"]]
    goodwill.follow(uow, tenant_id=tenant_id, keys=keys)
    refunds.follow_cards(uow, tenant_id=tenant_id, card_nos=event["cards"])
    traces.follow(uow, tenant_id=tenant_id, keys=keys)


def _replaced(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    numbers = {"card_no": event["card_no"], "new_card_no": event["new_card_no"]}
    enterprises.follow_replaced(uow, tenant_id=tenant_id, **numbers)
    rosters.students.follow_replaced(uow, tenant_id=tenant_id, **numbers)


def _order_changed(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    tickets.on_order(uow, tenant_id=tenant_id, order_id=UUID(event["order_id"]))
    refunds.on_order(uow, tenant_id=tenant_id, order_id=UUID(event["order_id"]))
    reconciliation.follow_order(uow, tenant_id=tenant_id, order_id=UUID(event["order_id"]))


def _found(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    finding_id = UUID(event["finding_id"])
    tickets.on_finding(uow, tenant_id=tenant_id, finding_id=finding_id)
    tickets.on_decided(uow, tenant_id=tenant_id, finding_id=finding_id)
    partners.on_finding(uow, tenant_id=tenant_id, finding_id=finding_id)


def _paid(uow: UnitOfWork, tenant_id: str, event: dict[str, Any]) -> None:
    paid = {"payment_id": UUID(event["payment_id"]), "subject": event["subject"]}
    orders.on_paid(uow, tenant_id=tenant_id, **paid)
    topups.on_paid(uow, tenant_id=tenant_id, **paid)
    booklets.on_paid(uow, tenant_id=tenant_id, **paid)


HANDLERS: dict[str, Handler] = {
    "BookletPaidAgain": lambda uow, tenant_id, event: refunds.on_booklet(
        uow, tenant_id=tenant_id, purchase_id=UUID(event["purchase_id"])
    ),
    "FactsStored": _stored,
    "CardReplaced": _replaced,
    "CardCarried": lambda uow, tenant_id, event: refunds.follow_cards(
        uow, tenant_id=tenant_id, card_nos=[event["heir"]]
    ),
    "CardIssued": lambda uow, tenant_id, event: reconciliation.reconcile_cards(
        uow, tenant_id=tenant_id, cards=[event["card_no"]]
    ),
    "CardsClaimed": _stored,
    "ClaimsOverturned": lambda uow, tenant_id, event: sharing.claims.overturn(
        uow, tenant_id=tenant_id, card_nos=event["cards"]
    ),
    "NumbersClaimed": lambda uow, tenant_id, event: issuers.claim_cards(
        uow, tenant_id=tenant_id, runs=event["runs"]
    ),
    "DuplicatesSeen": lambda uow, tenant_id, event: reconciliation.note_duplicates(
        uow, tenant_id=tenant_id, facts=event["facts"]
    ),
    "BreakerTripped": lambda uow, tenant_id, event: tickets.on_breaker(
        uow, tenant_id=tenant_id, breaker_id=UUID(event["breaker_id"])
    ),
    "RolloutStopped": lambda uow, tenant_id, event: tickets.on_rollout(
        uow, tenant_id=tenant_id, rollout_id=UUID(event["rollout_id"])
    ),
    "BreakerReset": lambda uow, tenant_id, event: refunds.release_held(
        uow, tenant_id=tenant_id, breaker_id=UUID(event["breaker_id"])
    ),
    "CorrectionDue": lambda uow, tenant_id, event: refunds.settle_pour(
        uow, tenant_id=tenant_id, device_id=event["device_id"], seq=event["seq"]
    ),
    "CorrectionPosted": _corrected,
    "RestoreDue": lambda uow, tenant_id, event: refunds.settle_restore(
        uow, tenant_id=tenant_id, card_no=event["card_no"], atc=event["atc"]
    ),
    "FactsRestated": _restated,
    "GoodwillUndone": lambda uow, tenant_id, event: traces.follow(
        uow, tenant_id=tenant_id, keys=[(event["device_id"], event["seq"])]
    ),
    "PayoutEnded": lambda uow, tenant_id, event: refunds.on_payout(
        uow, tenant_id=tenant_id, subject=event["subject"]
    ),
    "PaymentPaid": _paid,
    "TopUpStranded": lambda uow, tenant_id, event: refunds.on_topup(
        uow, tenant_id=tenant_id, topup_id=UUID(event["topup_id"])
    ),
    "FindingRaised": _found,
    "ResponsibilityChanged": lambda uow, tenant_id, event: tickets.on_decided(
        uow, tenant_id=tenant_id, finding_id=UUID(event["finding_id"])
    ),
    "PredictionRaised": lambda uow, tenant_id, event: tickets.on_prediction(
        uow, tenant_id=tenant_id, prediction_id=UUID(event["prediction_id"])
    ),
    "WaterStopped": lambda uow, tenant_id, event: stops.ticket(
        uow, tenant_id=tenant_id, stop_id=UUID(event["stop_id"])
    ),
    "MachineDark": lambda uow, tenant_id, event: tickets.on_dark_machine(
        uow,
        tenant_id=tenant_id,
        device_id=event["device_id"],
        darkness_id=UUID(event["darkness_id"]),
    ),
    "MachineBack": lambda uow, tenant_id, event: tickets.on_machine_back(
        uow, tenant_id=tenant_id, device_id=event["device_id"]
    ),
    "OutageChanged": lambda uow, tenant_id, event: tickets.on_outage(
        uow, tenant_id=tenant_id, incident_id=UUID(event["incident_id"])
    ),
    "PlannedOutageBegun": lambda uow, tenant_id, event: tickets.on_plan(
        uow, tenant_id=tenant_id, plan_id=UUID(event["plan_id"])
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
