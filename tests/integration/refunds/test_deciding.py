"""Who decides about a claim, what he has to have seen, and how it ends without money."""

import threading

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from tapline import clock, ledger, payments, refunds
from tapline.cards import CardState, blocklist
from tapline.errors import ConflictError, DeniedError, NotFoundError
from tapline.people import Role, Staff, create_customer
from tapline.refunds import Reason, Refund, RefundKind, RefundState, RefundStep
from tapline.uow import Database
from tests.integration.refunds.counter import CARD, NOON, Counter


def test_withdrawn_everything_is_as_before(counter: Counter) -> None:
    refund = counter.asks()
    for _ in range(2):
        refunds.withdraw(
            counter.uow,
            tenant_id="demo",
            refund_id=refund.refund_id,
            customer_id=counter.holder.customer_id,
            actor="customer",
        )
    assert (refund.state, counter.card.state) == (RefundState.WITHDRAWN, CardState.ACTIVE)
    assert (counter.money.held_fen, counter.money.balance_fen) == (0, 10_000)
    assert blocklist.listed(counter.uow, tenant_id="demo", version=2) == []
    again = counter.asks()
    assert again.refund_id != refund.refund_id


def test_after_approval_it_cannot_be_withdrawn(counter: Counter) -> None:
    refund = counter.asks()
    counter.decides(refund)
    with pytest.raises(ConflictError, match="cannot be withdrawn"):
        refunds.withdraw(
            counter.uow,
            tenant_id="demo",
            refund_id=refund.refund_id,
            customer_id=counter.holder.customer_id,
            actor="customer",
        )


def test_a_rejection_gives_the_card_back_and_may_be_appealed_once(counter: Counter) -> None:
    refund = counter.asks()
    counter.decides(refund, approve=False, reason="卡片登记人不符")
    assert (refund.state, counter.card.state) == (RefundState.REJECTED, CardState.ACTIVE)
    assert "未通过：卡片登记人不符" in counter.told()[-1]

    def appeal() -> None:
        refunds.appeal(
            counter.uow,
            tenant_id="demo",
            refund_id=refund.refund_id,
            customer_id=counter.holder.customer_id,
            words="登记人是我母亲",
            actor="customer",
        )

    appeal()
    assert (refund.state, counter.card.state) == (RefundState.REVIEW, CardState.CLOSING)
    with pytest.raises(DeniedError, match="a supervisor decides"):
        counter.decides(refund)
    counter.decides(refund, role=Role.SUPERVISOR, approve=False, reason="不符")
    with pytest.raises(ConflictError, match="and once"):
        appeal()


def test_who_decides_depends_on_the_amount_and_nobody_decides_his_own(counter: Counter) -> None:
    refund = refunds.request(
        counter.uow,
        tenant_id="demo",
        kind=RefundKind.CARD_CLOSE,
        customer_id=counter.holder.customer_id,
        card_no=CARD,
        reason=Reason.OTHER,
        actor="agent",
    )
    with pytest.raises(DeniedError, match="whoever asked"):
        counter.decides(refund)
    with pytest.raises(DeniedError, match="an agent or a supervisor"):
        counter.decides(refund, role=Role.FINANCE)
    counter.decides(refund, role=Role.SUPERVISOR)


def test_above_the_agents_limit_a_supervisor_decides(counter: Counter) -> None:
    top_up = ledger.Command(
        key="top",
        kind="topup",
        event_at=counter.card.issued_at,
        movement=ledger.Credit(CARD, 30_000),
        content="",
    )
    ledger.post(counter.uow, tenant_id="demo", commands=[top_up])
    refund = counter.asks()
    with pytest.raises(DeniedError, match="a supervisor decides"):
        counter.decides(refund)
    counter.decides(refund, role=Role.SUPERVISOR)


def test_a_decision_about_a_page_that_is_old_is_refused(counter: Counter) -> None:
    refund = counter.asks()
    seen_fen, seen = refund.amount_fen, refund.version
    counter.arrives(counter.pours("B", 100))
    for amount_fen, version in ((seen_fen, seen), (refund.amount_fen, seen)):
        with pytest.raises(ConflictError, match="has changed"):
            refunds.decide(
                counter.uow,
                tenant_id="demo",
                refund_id=refund.refund_id,
                approve=True,
                amount_fen=amount_fen,
                version=version,
                staff=counter.office[Role.AGENT],
                reason="",
            )
    assert (refund.amount_fen, refund.state) == (9900, RefundState.REVIEW)


def test_the_same_form_twice_is_one_claim_and_another_form_is_refused(counter: Counter) -> None:
    first = counter.asks(key="form-1")
    assert counter.asks(key="form-1").refund_id == first.refund_id
    with pytest.raises(ConflictError):
        counter.asks(key="form-2")


def test_nobody_closes_another_ones_card(counter: Counter) -> None:
    stranger = create_customer(counter.uow, tenant_id="demo", phone="13900139000", name="赵")
    with pytest.raises(NotFoundError):
        refunds.request(
            counter.uow,
            tenant_id="demo",
            kind=RefundKind.CARD_CLOSE,
            customer_id=stranger.customer_id,
            card_no=CARD,
            reason=Reason.OTHER,
            actor="customer",
        )
    assert counter.card_state == CardState.ACTIVE


def test_the_legal_clock_reminds_warns_and_escalates_once_each(counter: Counter) -> None:
    refund = counter.asks()
    counter.passes(days=8)
    counter.passes(days=4, hours=1)
    counter.passes(days=1, hours=12)
    counter.sweeps()
    steps = refunds.timeline(counter.uow, tenant_id="demo", refund_id=refund.refund_id)
    marks = [step.reason for step in steps if step.reason.startswith("clock")]
    assert marks == ["clock_50", "clock_80", "clock_90"]
    with pytest.raises(DeniedError):
        counter.decides(refund)


def test_what_happened_cannot_be_rewritten(counter: Counter) -> None:
    counter.asks()
    with pytest.raises(DBAPIError, match="append-only"):
        counter.uow.session.execute(update(RefundStep).values(reason="another"))


def test_two_who_approve_at_the_same_moment_pay_once(fresh_database: Database) -> None:
    with clock.frozen(NOON):
        with fresh_database.transaction() as uow:
            counter = Counter(uow)
            counter.paid_in(10_000)
            refund = counter.asks()
            counter.acknowledges("A", "B")
            counter.sweeps()
        outcomes: list[str] = []
        threads = [
            threading.Thread(target=_approve, args=(fresh_database, refund, staff, outcomes))
            for staff in (counter.office[Role.AGENT], counter.office[Role.SUPERVISOR])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["approved", "refused"]
        with fresh_database.transaction() as uow:
            (leg,) = payments.payouts_of(uow, tenant_id="demo", subject=refund.subject)
            assert leg.amount_fen == 10_000


def _approve(database: Database, refund: Refund, staff: Staff, outcomes: list[str]) -> None:
    try:
        with database.transaction() as uow:
            refunds.decide(
                uow,
                tenant_id="demo",
                refund_id=refund.refund_id,
                approve=True,
                amount_fen=refund.amount_fen,
                version=refund.version,
                staff=staff,
                reason="",
            )
        outcomes.append("approved")
    except ConflictError:
        outcomes.append("refused")
