"""What customers have asked for and the desk has before it, beside `tests.world`.

Built after `tests.world_field`, whose orders it speaks of.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tapline import (
    clock,
    faults,
    files,
    hotline,
    ledger,
    orders,
    payments,
    people,
    policy,
    reconciliation,
    refunds,
    tickets,
)
from tapline.hotline.port import CallPart, PortEvent
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.orders import Wanted
from tapline.reconciliation.breakers import Breaker, Scope
from tapline.reconciliation.breakers.repository import BreakerRepository
from tapline.refunds import Reason, RefundKind
from tapline.tickets import About, Source
from tapline.uow import Database, UnitOfWork
from tests.integration.consequences import drain
from tests.world import PHONE, World
from tests.world_field import SKU, Field

HOTLINE = "4000009999"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c634898b0000002e40191a28cae7a0000000049454e44ae426082"
)
"""The smallest photo there is: one dot."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Ids of what the estate's customer asked for."""

    refund_id: UUID
    """Of his second card, in review."""
    unpaid_id: UUID
    """An order that waits for its money."""
    ticket_id: UUID
    """The complaint about the late order, with a photo."""
    payout_id: UUID
    """Money that no provider can send back."""
    call_id: UUID
    """A call from the estate's customer, in the menu."""


def left_to_the_chain(uow: UnitOfWork) -> UUID:
    """Somebody looked at a contradiction, and left it to the card's chain: nothing changes."""
    (conflict,) = reconciliation.listed(uow, tenant_id="demo", codes=["D05"])
    office = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    decision = reconciliation.decide(
        uow,
        tenant_id="demo",
        finding_id=conflict.finding_id,
        choice="open",
        reason="等下次刷卡",
        staff=office["lin.xia"],
    )
    return decision.decision_id


def build(database: Database, estate: World, field: Field) -> Desk:
    """A card being given back, an order not paid yet, a barrel that did not come."""
    with database.transaction() as uow:
        rules_changed(uow)
        learnt(uow)
        desk = Desk(
            refund_id=_refund(uow, estate),
            unpaid_id=_unpaid(uow, estate),
            ticket_id=_complaint(uow, estate, field),
            payout_id=stuck(uow),
            call_id=rang(uow),
        )
        drain(uow)
    return desk


def rules_changed(uow: UnitOfWork) -> UUID:
    """The operator's own rules, version 1; and a proposal for the next that waits, by its id."""
    policy.publish(
        uow,
        tenant_id="demo",
        changes={"agent_refund_fen_max": 20_000},
        actor="he.qing",
        reason="夏季活动期间收紧",
    )
    in_force = policy.current(uow, tenant_id="demo")
    proposal = policy.proposals.propose(
        uow,
        tenant_id="demo",
        based_on=in_force.version,
        values={"automatic_fen_max": 2000, "card_low_fen": 800},
        actor="admin",
        reason="误退款增多",
    )
    return proposal.proposal_id


def stuck(uow: UnitOfWork, subject: str = "station:ZN") -> UUID:
    """Money set aside, and no payment that it could go back on: finance transfers it."""
    aside = ledger.Command(
        key=f"test:{subject}",
        kind="payment",
        event_at=clock.now(),
        movement=ledger.Transfer(chart.BANK, chart.REFUND_PAYABLE, 4200),
        content={},
        source={"subject": subject},
    )
    ledger.post(uow, tenant_id="demo", commands=[aside])
    legs = [payments.Leg(None, 4200)]
    (leg,) = payments.pay_out(uow, tenant_id="demo", subject=subject, legs=legs)
    return leg.payout_id


def learnt(uow: UnitOfWork) -> None:
    """A model in the registry, with figures as a training writes them."""
    alerts = {"a_month": 0.21, "recall": 0.82, "precision": 0.74, "lead_median_d": 9.0}
    rule = {"a_month": 0.35, "recall": 0.51, "precision": 0.43, "lead_median_d": 4.0}
    learnt_from = {"simulated_devices": 480, "simulated_days": 360, "seed": 7, "labels": 0}
    faults.models.add(
        uow,
        tenant_id="demo",
        artefact=b"no model: nothing here is asked to foresee",
        sha256="0" * 64,
        sklearn_version="1.5.0",
        schema_hash="0" * 64,
        learnt_from=learnt_from,
        metrics={
            "pr_auc": {"prefilter": 0.71, "pump": 0.44, "membrane": 0.63},
            "prevalence": {"prefilter": 0.03, "pump": 0.01, "membrane": 0.02},
            "calibration_error": {"prefilter": 0.01, "pump": 0.02, "membrane": 0.01},
            "alerts": alerts,
            "rule": rule,
        },
        card={"zh": "用途：预计未来 14 天内的故障概率。", "en": "For: faults in 14 days."},
    )


def rang(uow: UnitOfWork) -> UUID:
    """The estate's customer calls; the menu has just begun."""
    hotline.open_number(uow, tenant_id="demo", number=HOTLINE, actor="test")
    hotline.on_port_event(
        uow,
        tenant_id="demo",
        event=PortEvent(
            id="E1",
            type="call.arrived",
            provider="sim",
            occurred_at=clock.now(),
            call=CallPart(ref="C1", ani=PHONE, dnis=HOTLINE),
        ),
    )
    (call,) = hotline.live_calls(uow, tenant_id="demo")
    return call.call_id


def _refund(uow: UnitOfWork, estate: World) -> UUID:
    card_no = estate.purses[1].card_no
    assert estate.customer_id is not None
    payments.import_paid(
        uow,
        tenant_id="demo",
        provider="wechat",
        subject=f"card:{card_no}",
        amount_fen=15_000,
        paid_at=clock.now() - timedelta(days=40),
        provider_trade_no="4200002411202611",
        customer_id=estate.customer_id,
    )
    return refunds.request(
        uow,
        tenant_id="demo",
        kind=RefundKind.CARD_CLOSE,
        customer_id=estate.customer_id,
        card_no=card_no,
        reason=Reason.MOVED,
        actor=f"customer:{estate.customer_id}",
        words="搬到上海了",
        request_key="e" * 32,
    ).refund_id


def _unpaid(uow: UnitOfWork, estate: World) -> UUID:
    assert estate.customer_id is not None
    return orders.place(
        uow,
        tenant_id="demo",
        customer_id=estate.customer_id,
        lines=[Wanted(SKU, 2)],
        address="中南花园 5 幢 301",
        district="弋江区中南街道",
        window=orders.windows(clock.now())[-1],
        request_key="unpaid",
    ).order_id


def _complaint(uow: UnitOfWork, estate: World, field: Field) -> UUID:
    photo = files.keep(
        uow, tenant_id="demo", name="door.png", media_type="image/png", content=PICTURE
    )
    return tickets.report(
        uow,
        tenant_id="demo",
        category="order_undelivered",
        about=About(
            source=Source.PORTAL,
            order_id=field.orders["late"],
            customer_id=estate.customer_id,
        ),
        actor=f"customer:{estate.customer_id}",
        words="昨天的水一直没有送到，门口也没有。",
        file_ids=[photo.file_id],
    ).ticket_id


def tripped(uow: UnitOfWork) -> UUID:
    """Automatic money that stopped once for a firmware which nobody has."""
    breaker = Breaker(
        breaker_id=new_id(),
        tenant_id="demo",
        scope=Scope.MODEL,
        key="RO-00 0.0.1",
        tripped_at=clock.now(),
        figures={"window_s": 3600, "corrections": 20, "fen": 2000, "pours": 21, "policy": 0},
    )
    BreakerRepository(uow, "demo").add(breaker)
    return breaker.breaker_id
