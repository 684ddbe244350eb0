"""What somebody should have seen who decides about money: the sum, the evidence, the ways back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import devices, orders, payments, people, policy, reconciliation, refunds, reports
from tapline.devices import Device
from tapline.orders import Order, OrderStep
from tapline.payments import Payment, Payout
from tapline.people import Customer
from tapline.policy import Policy
from tapline.reconciliation import Finding
from tapline.refunds import Refund, RefundKind, RefundState, RefundStep, Tier, Waits
from tapline.reports import Pour
from tapline.uow import UnitOfWork
from tapline_api.deps import Member

_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against it; what does not belong to its kind is empty."""

    order: Order | None = None
    order_steps: Sequence[OrderStep] = ()
    chain: Sequence[Pour] = ()
    """The last pours of the card."""
    neighbours: Sequence[Pour] = ()
    """What the machine reported around the pour in question."""
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A refund with everything around it."""

    refund: Refund
    steps: Sequence[tuple[RefundStep, RefundState]]
    """Its timeline, and where it stood after each step."""
    payouts: Sequence[Payout]
    routes: Mapping[UUID, Payment]
    """The payments that money goes back to, by their id."""
    waits: Waits
    silent: Sequence[Device]
    """The machines that it waits for."""
    evidence: Evidence
    customer: Customer | None
    policy: Policy
    """As it was when this was quoted."""
    tier: Tier
    may_decide: bool
    names: Mapping[UUID, str]


def review_of(uow: UnitOfWork, member: Member, refund_id: UUID) -> Review:
    """Everything about a refund; `NotFoundError` where the tenant has none such."""
    tenant_id = member.tenant_id
    refund = refunds.get(uow, tenant_id=tenant_id, refund_id=refund_id)
    payouts = payments.payouts_of(uow, tenant_id=tenant_id, subject=refund.subject)
    waits = refunds.waiting_for(uow, tenant_id=tenant_id, refund_id=refund_id)
    steps = refunds.timeline(uow, tenant_id=tenant_id, refund_id=refund_id)
    in_review = refund.state is RefundState.REVIEW
    return Review(
        refund=refund,
        steps=[(step, RefundState(step.state)) for step in steps],
        payouts=payouts,
        routes=routes_of(uow, tenant_id, payouts),
        waits=waits,
        silent=[devices.get(uow, tenant_id=tenant_id, device_id=one) for one in waits.devices],
        evidence=_evidence(uow, refund),
        customer=_customer(uow, refund),
        policy=policy.version(uow, tenant_id=tenant_id, number=refund.policy_version),
        tier=refunds.decider(uow, refund=refund),
        may_decide=in_review and refunds.may_decide(uow, refund=refund, staff=member.staff),
        names=names_of(uow, tenant_id),
    )


def routes_of(uow: UnitOfWork, tenant_id: str, payouts: Sequence[Payout]) -> dict[UUID, Payment]:
    """The payments that legs go back to."""
    known = {payout.payment_id for payout in payouts if payout.payment_id is not None}
    return {one: payments.get(uow, tenant_id=tenant_id, payment_id=one) for one in known}


def names_of(uow: UnitOfWork, tenant_id: str) -> dict[UUID, str]:
    """The staff's names by their id."""
    return {one.staff_id: one.name for one in people.staff_of(uow, tenant_id=tenant_id)}


def _evidence(uow: UnitOfWork, refund: Refund) -> Evidence:
    tenant_id = refund.tenant_id
    if refund.order_id is not None:
        return Evidence(
            order=orders.get(uow, tenant_id=tenant_id, order_id=refund.order_id),
            order_steps=orders.timeline(uow, tenant_id=tenant_id, order_id=refund.order_id),
        )
    if refund.kind is RefundKind.TXN_REVERSAL:
        return _evidence_of_pour(uow, refund)
    if refund.card_no is not None:
        chain = reports.chain(uow, tenant_id=tenant_id, card_no=refund.card_no, limit=_CHAIN)
        return Evidence(chain=chain)
    return Evidence()


def _evidence_of_pour(uow: UnitOfWork, refund: Refund) -> Evidence:
    assert refund.device_id is not None
    assert refund.seq is not None
    around = reports.neighbours(
        uow, tenant_id=refund.tenant_id, device_id=refund.device_id, seq=refund.seq
    )
    findings = reconciliation.of_fact(
        uow, tenant_id=refund.tenant_id, device_id=refund.device_id, seq=refund.seq
    )
    return Evidence(neighbours=around, findings=findings)


def _customer(uow: UnitOfWork, refund: Refund) -> Customer | None:
    if refund.customer_id is None:
        return None
    return people.find_customer(uow, tenant_id=refund.tenant_id, customer_id=refund.customer_id)
