"""A customer's refunds: what he would get, asking for it, and where it is, like a parcel."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import money, payments, refunds
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.refunds import Proposal, Reason, Refund, RefundKind
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.words.refunds import REASONS, TOLD

router = APIRouter(prefix="/refunds")

CardNo = Annotated[str | None, Query(alias="card", max_length=32)]
Ticket = Annotated[str | None, Query(max_length=32)]
"""Of water tickets: the product that they are good for."""


@router.get("")
def refunds_page(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """All of them, newest change first."""
    return render(request, "portal/refunds.html", holder=holder, refunds=refunds_of(uow, holder))


@router.get("/new")
def ask_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    kind: RefundKind,
    card_no: CardNo = None,
    order: UUID | None = None,
    topup: UUID | None = None,
    ticket: Ticket = None,
    yuan: Annotated[str, Query(max_length=20)] = "",
    reason: Reason | None = None,
) -> Response:
    """First why, for the sum depends on it; then what comes back, whereto and by when."""
    reasons = REASONS.get(kind)
    if reasons is None:
        raise NotFoundError("such a refund is not asked for here")
    known = _under_way(
        uow, holder, card_no=card_no, order_id=order, topup_id=topup, ticket_sku=ticket
    )
    if known is not None:
        return see_other(f"/portal/refunds/{known.refund_id}")
    chosen = reasons[0] if len(reasons) == 1 else reason if reason in reasons else None
    wanted_fen = _wanted(yuan)
    proposal = _proposal(
        uow,
        holder,
        kind=kind,
        reason=chosen or reasons[0],
        card_no=card_no,
        order_id=order,
        topup_id=topup,
        ticket_sku=ticket,
        wanted_fen=wanted_fen,
    )
    return render(
        request,
        "portal/refund_new.html",
        holder=holder,
        kind=kind,
        card_no=card_no,
        order_id=order,
        topup_id=topup,
        ticket_sku=ticket,
        wanted_fen=wanted_fen,
        yuan=yuan,
        reasons=reasons,
        reason=chosen,
        proposal=proposal,
        routes=_routes(uow, holder, [leg.payment_id for leg in proposal.legs] if proposal else []),
        request_key=uuid4().hex,
    )


@router.post("")
def ask(
    *,
    uow: Transaction,
    holder: CurrentCustomer,
    kind: Annotated[RefundKind, Form()],
    reason: Annotated[Reason, Form()],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    card_no: Annotated[str, Form(max_length=32)] = "",
    order_id: Annotated[UUID | None, Form()] = None,
    topup_id: Annotated[UUID | None, Form()] = None,
    ticket_sku: Annotated[str | None, Form(max_length=32)] = None,
    wanted_fen: Annotated[int | None, Form()] = None,
    words: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Ask for it; the same form sent twice is one claim, and so is another form."""
    known = _under_way(
        uow,
        holder,
        card_no=card_no or None,
        order_id=order_id,
        topup_id=topup_id,
        ticket_sku=ticket_sku,
    )
    if known is not None and known.request_key != request_key:
        return see_other(f"/portal/refunds/{known.refund_id}")
    refund = refunds.request(
        uow,
        tenant_id=holder.tenant_id,
        kind=kind,
        customer_id=holder.customer.customer_id,
        reason=reason,
        actor=holder.actor,
        card_no=card_no or None,
        order_id=order_id,
        topup_id=topup_id,
        ticket_sku=ticket_sku,
        wanted_fen=wanted_fen,
        words=words,
        request_key=request_key,
    )
    return see_other(f"/portal/refunds/{refund.refund_id}")


@router.get("/{refund_id}")
def refund_page(
    request: Request, uow: Transaction, holder: CurrentCustomer, refund_id: UUID
) -> Response:
    """Where the money is."""
    refund = _own(uow, holder, refund_id)
    payouts = payments.payouts_of(uow, tenant_id=holder.tenant_id, subject=refund.subject)
    return render(
        request,
        "portal/refund.html",
        holder=holder,
        refund=refund,
        steps=refunds.timeline(uow, tenant_id=holder.tenant_id, refund_id=refund_id),
        payouts=payouts,
        told=TOLD,
        routes=_routes(uow, holder, [payout.payment_id for payout in payouts]),
    )


@router.post("/{refund_id}/withdraw")
def withdraw(uow: Transaction, holder: CurrentCustomer, refund_id: UUID) -> Response:
    """Think better of it; everything is as before."""
    refunds.withdraw(
        uow,
        tenant_id=holder.tenant_id,
        refund_id=refund_id,
        customer_id=holder.customer.customer_id,
        actor=holder.actor,
    )
    return see_other(f"/portal/refunds/{refund_id}")


@router.post("/{refund_id}/appeal")
def appeal(
    uow: Transaction,
    holder: CurrentCustomer,
    refund_id: UUID,
    words: Annotated[str, Form(min_length=1, max_length=500)],
) -> Response:
    """Have a supervisor look at a refusal, once."""
    refunds.appeal(
        uow,
        tenant_id=holder.tenant_id,
        refund_id=refund_id,
        customer_id=holder.customer.customer_id,
        words=words,
        actor=holder.actor,
    )
    return see_other(f"/portal/refunds/{refund_id}")


def refunds_of(uow: UnitOfWork, holder: Holder) -> list[Refund]:
    """What this customer asked for, newest change first."""
    return [
        refund
        for refund in refunds.listed(
            uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id
        )
        if refund.kind is not RefundKind.TXN_REVERSAL
    ]


def newest_of(
    uow: UnitOfWork,
    holder: Holder,
    *,
    card_no: str | None = None,
    order_id: UUID | None = None,
    ticket_sku: str | None = None,
) -> Refund | None:
    """The last claim on a card, an order or tickets; on deposits where none is named."""
    about = (card_no, order_id, ticket_sku, None)
    for one in refunds_of(uow, holder):
        if (one.card_no, one.order_id, one.ticket_sku, one.booklet_id) == about:
            return one
    return None


def _under_way(
    uow: UnitOfWork,
    holder: Holder,
    *,
    card_no: str | None,
    order_id: UUID | None,
    topup_id: UUID | None,
    ticket_sku: str | None,
) -> Refund | None:
    if topup_id is not None:
        claims = (one for one in refunds_of(uow, holder) if one.topup_id == topup_id)
        newest = next(claims, None)
    else:
        newest = newest_of(uow, holder, card_no=card_no, order_id=order_id, ticket_sku=ticket_sku)
    return newest if newest and not newest.state.is_over else None


def _wanted(yuan: str) -> int | None:
    """An amount as it was typed; None where none was, or none that can be."""
    try:
        return money.yuan(yuan.strip()) if yuan.strip() else None
    except ValueError:
        return None


def _proposal(
    uow: UnitOfWork,
    holder: Holder,
    *,
    kind: RefundKind,
    reason: Reason,
    card_no: str | None,
    order_id: UUID | None,
    topup_id: UUID | None,
    ticket_sku: str | None,
    wanted_fen: int | None,
) -> Proposal | None:
    """What would come back; None where the state of the card or order allows no claim."""
    try:
        return refunds.quote(
            uow,
            tenant_id=holder.tenant_id,
            kind=kind,
            customer_id=holder.customer.customer_id,
            reason=reason,
            card_no=card_no,
            order_id=order_id,
            topup_id=topup_id,
            ticket_sku=ticket_sku,
            wanted_fen=wanted_fen,
        )
    except (ConflictError, InvalidError):
        return None


def _own(uow: UnitOfWork, holder: Holder, refund_id: UUID) -> Refund:
    """The customer's own claim; another's does not exist for him."""
    refund = refunds.get(uow, tenant_id=holder.tenant_id, refund_id=refund_id)
    is_his = refund.customer_id == holder.customer.customer_id
    if not is_his or refund.kind is RefundKind.TXN_REVERSAL:
        raise NotFoundError("no such refund")
    return refund


def _routes(
    uow: UnitOfWork, holder: Holder, payment_ids: list[UUID | None]
) -> dict[UUID, payments.Payment]:
    """The payments that money goes back to."""
    known = {payment_id for payment_id in payment_ids if payment_id is not None}
    return {
        payment_id: payments.get(uow, tenant_id=holder.tenant_id, payment_id=payment_id)
        for payment_id in known
    }
