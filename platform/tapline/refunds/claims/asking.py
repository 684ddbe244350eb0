"""Asking for money back, and thinking better of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import clock, payments, policy
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.payments import Leg
from tapline.refunds.claims import rules
from tapline.refunds.claims.admission import (
    card_is_busy,
    check,
    check_askable,
    keep_still,
    same,
)
from tapline.refunds.claims.blank import About, blank
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.cases import case_of
from tapline.refunds.claims.claimants import check_claimant
from tapline.refunds.claims.deciding import place, tier_of
from tapline.refunds.claims.quotes import Quote
from tapline.refunds.claims.steps import move, note
from tapline.refunds.claims.telling import tell
from tapline.refunds.model import LIVES_ON, Reason, Refund, RefundKind, RefundState
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
    topup_id: UUID | None = None,
    ticket_sku: str | None = None,
    booklet_id: UUID | None = None,
    wanted_fen: int | None = None,
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
        about=About(card_no, order_id, topup_id, ticket_sku, booklet_id, wanted_fen),
    )
    check(uow, refund)
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    case = case_of(uow, refund, in_force)
    quoted = case.quote()
    routes = payments.refundable(
        uow, tenant_id=tenant_id, subjects=case.subjects(), customer_id=customer_id
    )
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
    topup_id: UUID | None = None,
    ticket_sku: str | None = None,
    booklet_id: UUID | None = None,
    wanted_fen: int | None = None,
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
        card_no: of a card that is closed, or of which a part or what waits goes back.
        order_id: of an order; of deposits nothing is named.
        topup_id: of one top-up.
        ticket_sku: of tickets: the product that they are good for.
        booklet_id: of a booklet that was paid twice.
        wanted_fen: how much of a card that lives on; None: all that can be had.
        words: the customer's own.
        request_key: of the form; sent again it is the same claim.

    Raises:
        NotFoundError: the card or the order is not this customer's.
        ConflictError: it is asked for already, or its state allows no such claim.
        DeniedError: he is not of age, and asks by himself.
        InvalidError: there is nothing to give back, or it does not say what it is about.
    """
    check_askable(kind, reason, actor)
    check_claimant(uow, tenant_id=tenant_id, customer_id=customer_id, actor=actor)
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund = blank(
        tenant_id,
        kind=kind,
        customer_id=customer_id,
        reason=reason,
        about=About(card_no, order_id, topup_id, ticket_sku, booklet_id, wanted_fen),
    )
    refund.words, refund.requested_by, refund.request_key = words.strip(), actor, request_key
    if request_key is not None and (known := refunds.requested(request_key)):
        return same(known, refund)
    keep_still(uow, refund)
    check(uow, refund)
    if refunds.has_undecided(refund) or card_is_busy(refunds, refund):
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
    if not refund.state.is_undecided or Reason(refund.reason).is_found:
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
    keep_still(uow, refund)
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
    if (case.amount_is_fixed or refund.kind in LIVES_ON) and not quoted.total_fen:
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
    if refund.kind is RefundKind.CARD_CLOSE:
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
