"""Refunds: what waits for a person, one with all its evidence, and asking for a customer."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import cards, orders, refunds
from tapline.cards import topups
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.orders import Order
from tapline.refunds import Proposal, Reason, Refund, RefundKind, RefundState
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import local_path, see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.review import review_of
from tapline_api.words.refunds import REASONS

router = APIRouter(prefix="/refunds")

_UNDER_WAY = (RefundState.WAITING, RefundState.EXECUTING, RefundState.PARTIAL)
_OVER = (RefundState.SETTLED, RefundState.REJECTED, RefundState.WITHDRAWN)
_SHOWN = 200

CardNo = Annotated[str | None, Query(alias="card", max_length=32)]


@router.get("")
def refunds_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """What waits for a decision, what is under way, and what ended lately."""
    waiting = refunds.review_queue(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/refunds.html",
        member=member,
        waiting=[(one, refunds.may_decide(uow, refund=one, staff=member.staff)) for one in waiting],
        under_way=refunds.listed(uow, tenant_id=member.tenant_id, states=_UNDER_WAY, limit=_SHOWN),
        ended=refunds.listed(uow, tenant_id=member.tenant_id, states=_OVER, limit=_SHOWN),
    )


@router.get("/new")
def ask_page(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    kind: RefundKind,
    card_no: CardNo = None,
    order: UUID | None = None,
    topup: UUID | None = None,
    ticket: Annotated[str | None, Query(max_length=32)] = None,
    customer: UUID | None = None,
    yuan: Annotated[str, Query(max_length=20)] = "",
    reason: Reason | None = None,
) -> Response:
    """What the customer would get, by the reason that he gives on the phone."""
    reasons = REASONS.get(kind)
    if reasons is None:
        raise NotFoundError("nobody asks for such a refund: machines find it")
    tickets = _Tickets.of(ticket, customer)
    about = _about(uow, member, card_no, order, topup, tickets=tickets)
    wanted_fen = read_yuan(yuan) if yuan.strip() else None
    if about.open_refund is not None:
        return see_other(f"/console/refunds/{about.open_refund.refund_id}")
    chosen = reason if reason in reasons else reasons[0]
    return render(
        request,
        "console/refund_new.html",
        member=member,
        kind=kind,
        card_no=card_no,
        topup_id=topup,
        tickets=about.tickets,
        wanted_fen=wanted_fen,
        yuan=yuan,
        order=about.order,
        reasons=reasons,
        reason=chosen,
        proposal=_proposal(uow, member, about, kind, chosen, wanted_fen=wanted_fen),
        request_key=uuid4().hex,
    )


@router.post("/new")
def ask(
    *,
    uow: Transaction,
    member: Operator,
    kind: Annotated[RefundKind, Form()],
    reason: Annotated[Reason, Form()],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    words: Annotated[str, Form(min_length=1, max_length=500)],
    card_no: Annotated[str, Form(max_length=32)] = "",
    order_id: Annotated[UUID | None, Form()] = None,
    topup_id: Annotated[UUID | None, Form()] = None,
    ticket_sku: Annotated[str | None, Form(max_length=32)] = None,
    customer_id: Annotated[UUID | None, Form()] = None,
    wanted_fen: Annotated[int | None, Form()] = None,
) -> Response:
    """Ask for it on the customer's behalf. Whoever does so does not decide about it."""
    tickets = _Tickets.of(ticket_sku, customer_id)
    about = _about(uow, member, card_no or None, order_id, topup_id, tickets=tickets)
    refund = refunds.request(
        uow,
        tenant_id=member.tenant_id,
        kind=kind,
        customer_id=about.customer_id,
        reason=reason,
        actor=member.actor,
        card_no=card_no or None,
        order_id=order_id,
        topup_id=topup_id,
        ticket_sku=ticket_sku,
        wanted_fen=wanted_fen,
        words=words,
        request_key=request_key,
    )
    return see_other(f"/console/refunds/{refund.refund_id}")


@router.get("/{refund_id}")
def refund_page(
    request: Request, uow: Transaction, member: CurrentAgent, refund_id: UUID
) -> Response:
    """One refund: how its amount came about, what speaks for it, and where its money is."""
    return render(
        request,
        "console/refund.html",
        member=member,
        review=review_of(uow, member, refund_id),
    )


@router.post("/{refund_id}")
def decide(
    *,
    uow: Transaction,
    member: CurrentAgent,
    refund_id: UUID,
    approve: Annotated[bool, Form()],
    amount_fen: Annotated[int, Form()],
    reason: Annotated[str, Form(min_length=1, max_length=200)],
    version: Annotated[int | None, Form()] = None,
    back: Annotated[str, Form()] = "/console/refunds",
) -> Response:
    """Pay it back or refuse; amount and version are those that were seen."""
    refunds.decide(
        uow,
        tenant_id=member.tenant_id,
        refund_id=refund_id,
        approve=approve,
        amount_fen=amount_fen,
        version=version,
        staff=member.staff,
        reason=reason,
    )
    return see_other(local_path(back, otherwise="/console/refunds"))


@dataclass(frozen=True, slots=True)
class _Tickets:
    """A customer's water tickets for one product."""

    customer_id: UUID
    sku: str

    @classmethod
    def of(cls, sku: str | None, customer_id: UUID | None) -> "_Tickets | None":
        """As an address or a form names them."""
        return cls(customer_id, sku) if sku and customer_id else None


@dataclass(frozen=True, slots=True)
class _About:
    """What a claim would be about, whose it is, and one that is under way."""

    card_no: str | None
    order_id: UUID | None
    topup_id: UUID | None
    tickets: _Tickets | None
    order: Order | None
    customer_id: UUID
    open_refund: Refund | None


def _about(
    uow: UnitOfWork,
    member: Member,
    card_no: str | None,
    order_id: UUID | None,
    topup_id: UUID | None,
    *,
    tickets: _Tickets | None,
) -> _About:
    tenant_id, order = member.tenant_id, None
    customer_id = tickets.customer_id if tickets else None
    if order_id is not None:
        order = orders.get(uow, tenant_id=tenant_id, order_id=order_id)
        customer_id = order.customer_id
    if topup_id is not None:
        topup = topups.get(uow, tenant_id=tenant_id, topup_id=topup_id)
        customer_id = topup.customer_id
        card_no = topup.landed_on or topup.card_no
    customer_id = customer_id or _holder(uow, tenant_id, card_no)
    whose = customer_id if tickets else None
    known = refunds.listed(
        uow, tenant_id=tenant_id, card_no=card_no, order_id=order_id, customer_id=whose
    )
    sku = tickets.sku if tickets else None
    claims = (
        one for one in known if one.kind is not RefundKind.TXN_REVERSAL and one.ticket_sku == sku
    )
    under_way = next((one for one in claims if not one.state.is_over), None)
    if topup_id is not None:
        card_no = None  # the claim follows the top-up to whichever card has it
    return _About(card_no, order_id, topup_id, tickets, order, customer_id, under_way)


def _holder(uow: UnitOfWork, tenant_id: str, card_no: str | None) -> UUID:
    if card_no is None:
        raise InvalidError("name the card or the order that it is about")
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    if card.customer_id is None:
        raise InvalidError("the card is registered to nobody: register its holder first")
    return card.customer_id


def _proposal(
    uow: UnitOfWork,
    member: Member,
    about: _About,
    kind: RefundKind,
    reason: Reason,
    *,
    wanted_fen: int | None,
) -> Proposal | None:
    """What would come back; None where the state of the card or order allows no claim."""
    try:
        return refunds.quote(
            uow,
            tenant_id=member.tenant_id,
            kind=kind,
            customer_id=about.customer_id,
            reason=reason,
            card_no=about.card_no,
            order_id=about.order_id,
            topup_id=about.topup_id,
            ticket_sku=about.tickets.sku if about.tickets else None,
            wanted_fen=wanted_fen,
        )
    except ConflictError:
        return None
