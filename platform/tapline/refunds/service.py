from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import audit, policy
from tapline.errors import InvalidError
from tapline.people import Staff
from tapline.refunds.claims import deciding, rules, upkeep
from tapline.refunds.goodwill.repository import GoodwillRepository
from tapline.refunds.model import Reason, Refund, RefundKind, RefundState, RefundStep, Tier
from tapline.refunds.pours import service as pours
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork

_NOT_OF_WATER = frozenset({"D22", "D24"})
"""Rules that give back what no measure of the water shows: an auditor who recomputes from it is
told of them as of what people decided."""


def decide(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    refund_id: UUID,
    approve: bool,
    amount_fen: int,
    staff: Staff,
    reason: str,
    version: int | None = None,
) -> Refund:
    """Approve or reject a refund in review.

    `amount_fen` is the amount that the person saw; `version`, of a claim, is what he looked at.

    Raises:
        NotFoundError: the tenant has no such refund.
        DeniedError: somebody else has to decide.
        ConflictError: it is not in review any more, or has changed meanwhile.
        InvalidError: a rejection without a reason.
    """
    if not approve and not reason.strip():
        raise InvalidError("say why the refund is rejected: the customer is told")
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund = refunds.get(refund_id, lock=True)
    if refund.kind is RefundKind.TXN_REVERSAL:
        pours.decide(
            uow, refund=refund, approve=approve, amount_fen=amount_fen, staff=staff, reason=reason
        )
    else:
        deciding.decide(
            uow,
            refund=refund,
            approve=approve,
            amount_fen=amount_fen,
            version=version,
            staff=staff,
            reason=reason,
        )
        upkeep.advance(uow, tenant_id=tenant_id, refund_id=refund_id)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="refund.approve" if approve else "refund.reject",
        subject=f"refund:{refund_id}",
        reason=reason,
    )
    return refund


def decider(uow: UnitOfWork, *, refund: Refund) -> Tier:
    """Whose word a refund in review takes."""
    if refund.kind is not RefundKind.TXN_REVERSAL:
        return refund.tier
    return rules.tier(policy.current(uow, tenant_id=refund.tenant_id), refund.amount_fen)


def may_decide(uow: UnitOfWork, *, refund: Refund, staff: Staff) -> bool:
    """Whether `staff` may decide a refund in review: nobody decides what he asked for himself."""
    needed = decider(uow, refund=refund)
    return refund.requested_by != staff.login and rules.may_decide(staff.role, needed)


def get(uow: UnitOfWork, *, tenant_id: str, refund_id: UUID) -> Refund:
    """One refund; `NotFoundError` where the tenant has none such."""
    return RefundRepository(uow, tenant_id).get(refund_id)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    state: RefundState | None = None,
    states: Collection[RefundState] | None = None,
    card_no: str | None = None,
    order_id: UUID | None = None,
    customer_id: UUID | None = None,
    limit: int = 100,
) -> Sequence[Refund]:
    """Refunds, newest change first; in these states, of this card, order, customer where given."""
    return RefundRepository(uow, tenant_id).listed(
        states=[state] if state is not None else states,
        card_no=card_no,
        order_id=order_id,
        customer_id=customer_id,
        limit=limit,
    )


def review_queue(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Refund]:
    """What waits for a person's decision, most urgent first."""
    return RefundRepository(uow, tenant_id).review_queue()


def timeline(uow: UnitOfWork, *, tenant_id: str, refund_id: UUID) -> Sequence[RefundStep]:
    """What happened to a refund, oldest first; `NotFoundError` where the tenant has none such."""
    refunds = RefundRepository(uow, tenant_id)
    return refunds.steps(refunds.get(refund_id).refund_id)


@dataclass(frozen=True, slots=True)
class ExportedRefund:
    """A row of the export: `taken_fen` is what left the card's accounts because people decided so,
    forfeits included.

    Negative for a reversal and for goodwill, which bring money; 0 for what a machine gave back for
    a pour.
    """

    refund_id: UUID
    kind: str
    card_no: str | None
    state: str
    amount_fen: int
    taken_fen: int


def export_refunds(uow: UnitOfWork) -> Iterator[ExportedRefund]:
    """Every refund of every tenant, and what goodwill gave, streamed."""
    for refund in RefundRepository.export(uow):
        yield ExportedRefund(
            refund.refund_id,
            refund.kind.value,
            refund.card_no,
            refund.state.value,
            refund.amount_fen,
            _taken_fen(refund),
        )
    for given in GoodwillRepository.export(uow):
        yield ExportedRefund(
            given.goodwill_id,
            "goodwill",
            given.card_no,
            given.state.value,
            given.amount_fen,
            -given.posted_fen,
        )


def _taken_fen(refund: Refund) -> int:
    if refund.kind is not RefundKind.TXN_REVERSAL:
        if refund.reason == Reason.CARD_ENDED:
            return 0  # it never was on a card
        taken_fen = refund.posted_fen + refund.forfeit_fen + refund.employer_fen
        return taken_fen - refund.written_off_fen
    is_counted = refund.automatic and refund.reason not in _NOT_OF_WATER
    return 0 if is_counted else -refund.posted_fen
