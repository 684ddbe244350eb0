"""The acts that move money, each with what must be there before: for tests that kill them."""

from collections.abc import Callable

from tapline import cards, clock, ledger, payments, reconciliation, refunds
from tapline.cards import topups, vouchers
from tapline.cards.facts import ingest
from tapline.cards.vouchers import Tap
from tapline.devices import messages
from tapline.ledger import chart
from tapline.payments import RefundStatus
from tapline.people import Role
from tapline.refunds import RefundKind
from tapline.uow import UnitOfWork
from tests.integration.invariants.arrivals import arrives, poured
from tests.integration.invariants.crashes import Work
from tests.integration.invariants.grounds import HELD, ONLINE
from tests.integration.invariants.operators import Operator
from tests.integration.invariants.verbs_office import OFFICE
from tests.integration.payments.provider import delivery
from tests.paying import money_arrives

Verb = Callable[[Operator], Work]


def post_a_batch(operator: Operator) -> Work:
    def command(number: int, movement: ledger.Movement | ledger.Resolution) -> ledger.Command:
        return ledger.Command(
            key=f"k{number}",
            kind="test",
            event_at=clock.now(),
            movement=movement,
            content=repr(movement),
        )

    movements: list[ledger.Movement | ledger.Resolution] = [
        ledger.Credit(HELD, 1000, chart.psp("wechat")),
        ledger.Pour(HELD, 300),
        ledger.Correct(HELD, 120, bonus_amount=20),
        ledger.LeaseVoucher(HELD, 120, bonus_amount=20),
        ledger.Settle("k3", 60),
        ledger.Authorise(HELD, 50),
        ledger.Capture("k5", HELD, 70),
        ledger.Carry(HELD, "88005678", to_purse=True),
        ledger.Pour(HELD, 40),
        ledger.Restore(HELD, 30),
    ]
    asked = [command(number, movement) for number, movement in enumerate(movements)]
    return lambda uow: ledger.post(uow, tenant_id=operator.tenant_id, commands=asked)


def take_in_a_message(operator: Operator) -> Work:
    """Its bytes, a pour twice, a stranger's pour."""
    machine, tenant_id = operator.world.machines[0], operator.tenant_id
    topic = f"tl1/{tenant_id}/{machine.name}/up/txn"
    facts = [poured(operator, HELD), poured(operator, "99000001")]

    def arrive(uow: UnitOfWork) -> None:
        messages.keep(uow, [messages.Raw(tenant_id, machine.name, topic, b"{}")])
        ingest(uow, tenant_id=tenant_id, facts=[*facts, facts[0]])

    return arrive


def judge_and_give_back(operator: Operator) -> Work:
    """A pour without water, from the judgement to the money."""
    fact = poured(operator, HELD, ml=0, status="no_flow")
    arrives(operator, fact)

    def judge(uow: UnitOfWork) -> None:
        reconciliation.reconcile_cards(uow, tenant_id=operator.tenant_id, cards=[HELD])
        refunds.settle_pour(
            uow, tenant_id=operator.tenant_id, device_id=fact.device_id, seq=fact.seq
        )

    return judge


def take_a_payment(operator: Operator) -> Work:
    operator.asks_to_pay(HELD, 2000)
    subject = operator.unpaid[0].subject
    return lambda uow: money_arrives(
        uow, subject, tenant_id=operator.tenant_id, provider=operator.provider
    )


def credit_a_topup(operator: Operator) -> Work:
    operator.asks_to_pay(HELD, 2000)
    with operator.house.untouched() as uow:
        payment = money_arrives(
            uow,
            operator.unpaid[0].subject,
            tenant_id=operator.tenant_id,
            provider=operator.provider,
        )
    return lambda uow: topups.on_paid(
        uow,
        tenant_id=operator.tenant_id,
        payment_id=payment.payment_id,
        subject=payment.subject,
    )


def lease_a_voucher(operator: Operator) -> Work:
    tap = Tap(operator.world.machines[0].name, "tap", HELD)
    return lambda uow: vouchers.ask(uow, tenant_id=operator.tenant_id, taps=[tap])


def write_a_voucher(operator: Operator) -> Work:
    operator.is_tapped(operator.card(HELD), operator.world.machines[0])
    operator.writes(operator.leases[0])
    (fact,) = operator.world.machines[0].kept
    return lambda uow: ingest(uow, tenant_id=operator.tenant_id, facts=[fact])


def ask_for_a_refund(operator: Operator) -> Work:
    customer_id = operator.desk.customers[ONLINE].customer_id
    return lambda uow: refunds.request(
        uow,
        tenant_id=operator.tenant_id,
        kind=RefundKind.CARD_CLOSE,
        customer_id=customer_id,
        card_no=ONLINE,
        reason=refunds.Reason.MOVED,
        actor="customer",
        request_key="form",
    )


def approve_a_refund(operator: Operator) -> Work:
    _wants_back(operator)
    with operator.house.open() as uow:
        (refund,) = refunds.review_queue(uow, tenant_id=operator.tenant_id)
    return lambda uow: refunds.decide(
        uow,
        tenant_id=operator.tenant_id,
        refund_id=refund.refund_id,
        approve=True,
        amount_fen=refund.amount_fen,
        version=refund.version,
        staff=operator.house.office[Role.SUPERVISOR],
        reason="ok",
    )


def confirm_a_payout(operator: Operator) -> Work:
    _wants_back(operator)
    operator.decides(approve=True)
    (payout,) = operator.payouts()
    operator.provider_ends(payout, RefundStatus.SUCCEEDED, 0)

    def confirm(uow: UnitOfWork) -> None:
        headers, body = delivery("N1", {"refund": payout.out_refund_no})
        payments.take_notice(
            uow,
            tenant_id=operator.tenant_id,
            provider="wechat",
            headers=headers,
            body=body,
            gateway=operator.provider,
        )

    return confirm


def replace_a_card(operator: Operator) -> Work:
    operator.loses(HELD)
    return lambda uow: cards.replace(
        uow,
        tenant_id=operator.tenant_id,
        card_no=HELD,
        new_card_no="30000001",
        actor="agent",
        reason="lost",
    )


def _wants_back(operator: Operator) -> None:
    operator.asks_to_pay(ONLINE, 2000)
    operator.money_comes(operator.unpaid[0])
    operator.asks_back(ONLINE, RefundKind.CARD_PARTIAL, 500)


VERBS: list[Verb] = [
    post_a_batch,
    take_in_a_message,
    judge_and_give_back,
    take_a_payment,
    credit_a_topup,
    lease_a_voucher,
    write_a_voucher,
    ask_for_a_refund,
    approve_a_refund,
    confirm_a_payout,
    replace_a_card,
    *OFFICE,
]
