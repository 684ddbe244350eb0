"""Payments: what came in, what goes back, and what finance transfers because no provider will."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import payments
from tapline.payments import Payout, PayoutState, Verdict, bills
from tapline_api.deps import Transaction
from tapline_api.redirects import local_path, see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.console.review import names_of, routes_of

router = APIRouter()

_HOME = "/console/payments"
_STUCK = [state for state in PayoutState if state.needs_hand]
_IN_DOUBT = [PayoutState.BY_HAND, PayoutState.CONFLICT]
_ON_THE_WAY = [
    PayoutState.CREATED,
    PayoutState.SENT,
    PayoutState.UNKNOWN,
    PayoutState.PROCESSING,
]
Back = Annotated[str, Form(max_length=300)]


@router.get("/payments")
def payments_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Legs that wait for a hand, for a second person, for a provider; payments; odd notices."""
    tenant_id = member.tenant_id

    def legs(states: Sequence[PayoutState]) -> Sequence[Payout]:
        return payments.in_states(uow, tenant_id=tenant_id, states=states)

    stuck, in_doubt, on_the_way = legs(_STUCK), legs(_IN_DOUBT), legs(_ON_THE_WAY)
    return render(
        request,
        "console/payments.html",
        member=member,
        stuck=stuck,
        in_doubt=in_doubt,
        on_the_way=on_the_way,
        routes=routes_of(uow, tenant_id, [*stuck, *in_doubt, *on_the_way]),
        names=names_of(uow, tenant_id),
        payments=payments.listed(uow, tenant_id=tenant_id),
        open_breaks=len(bills.breaks(uow, tenant_id=tenant_id)),
        set_aside=payments.received(uow, tenant_id=tenant_id, verdict=Verdict.SET_ASIDE),
    )


@router.get("/payouts/{payout_id}")
def payout_page(request: Request, uow: Transaction, member: Treasurer, payout_id: UUID) -> Response:
    """One leg and its history."""
    payout = payments.payout(uow, tenant_id=member.tenant_id, payout_id=payout_id)
    return render(
        request,
        "console/payout.html",
        member=member,
        payout=payout,
        routes=routes_of(uow, member.tenant_id, [payout]),
        steps=payments.payout_steps(uow, tenant_id=member.tenant_id, payout_id=payout_id),
        names=names_of(uow, member.tenant_id),
    )


@router.post("/payouts/{payout_id}/by-hand")
def pay_by_hand(
    *,
    uow: Transaction,
    member: Treasurer,
    payout_id: UUID,
    payee: Annotated[str, Form(max_length=100)],
    reference: Annotated[str, Form(max_length=100)],
    back: Back = _HOME,
) -> Response:
    """Finance has transferred it; nothing posts before somebody else confirms."""
    payments.pay_by_hand(
        uow,
        tenant_id=member.tenant_id,
        payout_id=payout_id,
        staff=member.staff,
        payee=payee,
        reference=reference,
    )
    return see_other(local_path(back, otherwise=_HOME))


@router.post("/payouts/{payout_id}/confirm")
def confirm_by_hand(
    *,
    uow: Transaction,
    member: Treasurer,
    payout_id: UUID,
    confirm: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=200)] = "",
    back: Back = _HOME,
) -> Response:
    """The second person says that the transfer was made, or that it was not."""
    payments.confirm_by_hand(
        uow,
        tenant_id=member.tenant_id,
        payout_id=payout_id,
        staff=member.staff,
        confirm=confirm,
        reason=reason,
    )
    return see_other(local_path(back, otherwise=_HOME))
