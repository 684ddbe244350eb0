"""Asking for money back, and thinking better of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import audit, cards, clock, orders, payments, policy
from tapline.cards import CardState
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.payments import Leg
from tapline.refunds.claims import rules
from tapline.refunds.claims.blank import blank
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.cases import case_of
from tapline.refunds.claims.deciding import place, tier_of
from tapline.refunds.claims.quotes import Quote
from tapline.refunds.claims.steps import move, note
from tapline.refunds.claims.telling import tell
from tapline.refunds.model import Reason, Refund, RefundKind, RefundState
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a customer would get, shown before he asks for it."""

    quote: Quote
    reserve_fen: int
    """Of the total, at most so much waits for machines without a line."""
    waits_until: datetime
    """Then nobody waits for them any longer."""
    due_at: datetime
    legs: Sequence[Leg]
    """The ways on which it would go back; a leg without payment is a bank transfer."""
    policy_version: int


def quote(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    kind: RefundKind,
    customer_id: UUID,
    reason: Reason,
    card_no: str | None = None,
    order_id: UUID | None = None,
) -> Proposal:
    """What would be given back now. Changes nothing.

    Raises:
        NotFoundError: the card or the order is not this customer's.
        ConflictError: its state allows no such claim.
        InvalidError: it does not say what it is about.
    """
    refund = blank(
        tenant_id,
        kind=kind,
        customer_id=customer_id,
        reason=reason,
        card_no=card_no,
        order_id=order_id,
    )
    _check(uow, refund)
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    case = case_of(uow, refund, in_force)
    quoted = case.quote()
    routes = payments.refundable(uow, tenant_id=tenant_id, subjects=case.subjects())
    most_fen = in_force.closing_reserve_fen if kind is RefundKind.CARD_CLOSE else 0
    return Proposal(
        quote=quoted,
        reserve_fen=min(quoted.total_fen, most_fen),
        waits_until=now + timedelta(seconds=in_force.offline_window_s),
        due_at=rules.due_at(in_force, now, unused=quoted.unused),
        legs=rules.allocate(quoted.total_fen, routes),
        policy_version=in_force.version,
    )


def request(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    kind: RefundKind,
    customer_id: UUID,
    reason: Reason,
    actor: str,
    card_no: str | None = None,
    order_id: UUID | None = None,
    words: str = "",
    request_key: str | None = None,
) -> Refund:
    """Ask for it. What is asked for is reserved at once.

    Args:
        uow: the transaction.
        tenant_id: the operator's.
        kind: what it is for.
        customer_id: whose it is.
        reason: why; the law asks on which side the cause lies.
        actor: `customer:<id>`, a colleague's login, or `audit.SYSTEM`.
        card_no: of a card that is closed.
        order_id: of an order; of deposits neither is named.
        words: the customer's own.
        request_key: of the form; sent again it is the same claim.

    Raises:
        NotFoundError: the card or the order is not this customer's.
        ConflictError: it is asked for already, or its state allows no such claim.
        InvalidError: there is nothing to give back, or it does not say what it is about.
    """
    _check_askable(kind, reason, actor)
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund = blank(
        tenant_id,
        kind=kind,
        customer_id=customer_id,
        reason=reason,
        card_no=card_no,
        order_id=order_id,
    )
    refund.words, refund.requested_by, refund.request_key = words.strip(), actor, request_key
    if request_key is not None and (known := refunds.requested(request_key)):
        return _same(known, refund)
    _keep_still(uow, refund)
    _check(uow, refund)
    if refunds.has_undecided(refund):
        raise ConflictError("this is asked for already: look at the refund that is under way")
    case = case_of(uow, refund, policy.current(uow, tenant_id=tenant_id))
    quoted = _quoted(case)
    refunds.add(refund)
    _open(case, quoted, actor)
    return refund


def withdraw(
    uow: UnitOfWork, *, tenant_id: str, refund_id: UUID, customer_id: UUID, actor: str
) -> Refund:
    """The customer does not want it after all: everything is as before. Said again, the same.

    Raises:
        NotFoundError: it is not his.
        ConflictError: it is decided.
    """
    refund = _own(uow, tenant_id, refund_id, customer_id)
    if refund.state is RefundState.WITHDRAWN:
        return refund
    if not refund.state.is_undecided or refund.reason == Reason.AFTER_CLOSING:
        raise ConflictError(f"the refund is {refund.state.value}: it cannot be withdrawn any more")
    case_of(uow, refund, policy.current(uow, tenant_id=tenant_id)).release()
    refund.reserve_fen = 0
    tell(uow, refund, move(uow, refund, RefundState.WITHDRAWN, actor=actor))
    return refund


def appeal(
    uow: UnitOfWork, *, tenant_id: str, refund_id: UUID, customer_id: UUID, words: str, actor: str
) -> Refund:
    """The customer does not accept a rejection; a supervisor looks at it, once.

    Raises:
        NotFoundError: it is not his.
        ConflictError: it was not rejected, or was on appeal.
        InvalidError: no words.
    """
    if not words.strip():
        raise InvalidError("say in a few words what was overlooked")
    refund = _own(uow, tenant_id, refund_id, customer_id)
    if refund.state is not RefundState.REJECTED or refund.appealed:
        raise ConflictError("a rejection can be appealed, and once: call us about anything else")
    _keep_still(uow, refund)
    case = case_of(uow, refund, policy.current(uow, tenant_id=tenant_id))
    quoted = _quoted(case)
    refund.appealed, refund.words, refund.reviewer_id = True, words.strip(), None
    move(uow, refund, RefundState.REQUESTED, actor=actor, reason="appeal", words=refund.words)
    _open(case, quoted, actor)
    return refund


def _quoted(case: Case) -> Quote:
    """What is asked for, which is something: only a card may be closed for nothing.

    Raises:
        InvalidError: there is nothing.
        ConflictError: another claim on the order is under way.
    """
    quoted, refund = case.quote(), case.refund
    if case.amount_is_fixed and not quoted.total_fen:
        raise InvalidError("there is nothing to give back here")
    claims = RefundRepository(case.uow, refund.tenant_id)
    if refund.order_id is not None and claims.open_about(refund.order_id) is not None:
        raise ConflictError("this is asked for already: look at the refund that is under way")
    return quoted


def _open(case: Case, quoted: Quote, actor: str) -> None:
    """Reserve it, and put it where somebody decides."""
    refund, now = case.refund, clock.now()
    refund.amount_fen, refund.quote = quoted.total_fen, quoted.document()
    refund.policy_version = case.policy.version
    if refund.card_no is not None:
        refund.waits_until = now + timedelta(seconds=case.policy.offline_window_s)
    refund.due_at = rules.due_at(case.policy, refund.created_at, unused=quoted.unused)
    refund.tier = tier_of(case)
    case.begin()
    refund.reserve_fen = min(refund.amount_fen, case.waits().reserve_fen)
    figures = {"amount_fen": refund.amount_fen, "reserve_fen": refund.reserve_fen}
    step = note(
        case.uow, refund, actor=actor, reason=refund.reason, words=refund.words, figures=figures
    )
    tell(case.uow, refund, step)
    place(case)


def _own(uow: UnitOfWork, tenant_id: str, refund_id: UUID, customer_id: UUID) -> Refund:
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund = refunds.get(refund_id, lock=True)
    if refund.customer_id != customer_id or refund.kind is RefundKind.TXN_REVERSAL:
        raise NotFoundError(f"no refund {refund_id}")
    return refund


def _check_askable(kind: RefundKind, reason: Reason, actor: str) -> None:
    """Refuse to be asked for what machines find."""
    by_machine = kind is RefundKind.TXN_REVERSAL or reason is Reason.AFTER_CLOSING
    if by_machine and actor != audit.SYSTEM:
        raise InvalidError("nobody need ask for this: it is given back when machines find it")


def _keep_still(uow: UnitOfWork, refund: Refund) -> None:
    """Nobody sets out with the order while its claim is weighed.

    Locked before the ledger's accounts, as couriers do.
    """
    if refund.order_id is not None:
        orders.locked(uow, tenant_id=refund.tenant_id, order_id=refund.order_id)


def _check(uow: UnitOfWork, refund: Refund) -> None:
    """Refuse a claim on what is not the customer's, as if it were not there."""
    tenant_id = refund.tenant_id
    if refund.card_no is not None:
        card = cards.get(uow, tenant_id=tenant_id, card_no=refund.card_no)
        if card.customer_id != refund.customer_id:
            raise NotFoundError(f"no card {refund.card_no}")
        if (card.state is CardState.CLOSED) != (refund.reason == Reason.AFTER_CLOSING):
            raise ConflictError(f"card {refund.card_no} is {card.state.value}")
    if refund.order_id is not None:
        order = orders.get(uow, tenant_id=tenant_id, order_id=refund.order_id)
        if order.customer_id != refund.customer_id:
            raise NotFoundError(f"no order {refund.order_id}")


def _same(known: Refund, asked: Refund) -> Refund:
    """The claim that this form made before."""
    for name in ("kind", "customer_id", "card_no", "order_id"):
        if getattr(known, name) != getattr(asked, name):
            raise ConflictError("this form was sent for something else: open the page again")
    return known
