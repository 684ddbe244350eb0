"""The money of an approved claim: sent back where it came from, leg by leg, and watched."""

from collections.abc import Sequence

from tapline import audit, payments
from tapline.payments import Leg, Payout
from tapline.refunds.claims import rules
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.steps import move, note
from tapline.refunds.claims.telling import tell
from tapline.refunds.model import Refund, RefundState
from tapline.uow import UnitOfWork


def legs_of(uow: UnitOfWork, refund: Refund) -> Sequence[Payout]:
    """The legs of a refund so far, in order."""
    return payments.payouts_of(uow, tenant_id=refund.tenant_id, subject=refund.subject)


def send(case: Case) -> None:
    """Let all that was set aside go back: newest payment first, by bank what none covers."""
    uow, refund = case.uow, case.refund
    decided = [Leg(leg.payment_id, leg.amount_fen) for leg in legs_of(uow, refund)]
    new_fen = refund.posted_fen - sum(leg.amount_fen for leg in decided)
    if new_fen <= 0:
        return
    routes = payments.refundable(
        uow,
        tenant_id=refund.tenant_id,
        subjects=case.subjects(),
        customer_id=refund.customer_id,
    )
    payments.pay_out(
        uow,
        tenant_id=refund.tenant_id,
        subject=refund.subject,
        legs=[*decided, *rules.allocate(new_fen, routes)],
    )


def follow(case: Case) -> None:
    """Bring an approved claim to where its money stands."""
    uow, refund = case.uow, case.refund
    legs = legs_of(uow, refund)
    arrived_fen = sum(leg.amount_fen for leg in legs if leg.state.is_paid)
    state = rules.by_money(
        set_aside_fen=refund.posted_fen, arrived_fen=arrived_fen, more_to_come=case.more_to_come
    )
    figures = {"arrived_fen": arrived_fen, "set_aside_fen": refund.posted_fen}
    if state is not refund.state:
        step = move(uow, refund, state, actor=audit.SYSTEM, reason="money", figures=figures)
        if state is RefundState.SETTLED:
            tell(uow, refund, step)
    _note_stuck(case, legs)


def _note_stuck(case: Case, legs: Sequence[Payout]) -> None:
    """Say once of each leg that its provider gave it up: finance transfers it."""
    uow, refund = case.uow, case.refund
    stuck = [leg.leg for leg in legs if leg.state.needs_hand]
    noted = set(refund.stuck_legs)
    if new := [leg for leg in stuck if leg not in noted]:
        refund.stuck_legs = [*refund.stuck_legs, *new]
        step = note(uow, refund, actor=audit.SYSTEM, reason="by_hand", figures={"legs": new})
        tell(uow, refund, step)
