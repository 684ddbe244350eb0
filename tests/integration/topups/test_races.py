"""Two at once, on real transactions: a machine and the customer, two forms, two colleagues."""

import threading
from collections.abc import Callable, Iterator

import pytest

from tapline import clock, refunds
from tapline.cards import topups, vouchers
from tapline.cards.topups import TopUp
from tapline.cards.vouchers import Tap
from tapline.errors import ConflictError, InvalidError
from tapline.refunds import Reason, Refund, RefundKind, RefundState
from tapline.uow import Database, UnitOfWork
from tapline_ops.transact import transact
from tests.integration.refunds.counter import CARD, NOON
from tests.integration.topups.booth import Booth
from tests.rivals import beside


@pytest.fixture
def topup(fresh_database: Database) -> Iterator[TopUp]:
    """50.00 yuan that wait for a tap."""
    with clock.frozen(NOON):
        with fresh_database.transaction() as uow:
            made = Booth(uow).tops_up(5000)
        yield made


def leases(uow: UnitOfWork) -> None:
    vouchers.ask(uow, tenant_id="demo", taps=[Tap("A", "tap", CARD)])


def returns(uow: UnitOfWork, topup: TopUp) -> Refund:
    assert topup.customer_id is not None
    return refunds.request(
        uow,
        tenant_id="demo",
        kind=RefundKind.LOAD_CANCEL,
        customer_id=topup.customer_id,
        topup_id=topup.topup_id,
        reason=Reason.NOT_NEEDED,
        actor="customer",
    )


def outcome(database: Database) -> tuple[int, int]:
    """What a machine was handed, and what is set aside for the customer."""
    with database.transaction() as uow:
        voucher = vouchers.leased(uow, tenant_id="demo", card_no=CARD)
        (refund,) = refunds.listed(uow, tenant_id="demo")
        return voucher.amount_fen if voucher else 0, refund.posted_fen


@pytest.mark.req("U7")
def test_a_tap_that_comes_while_money_goes_back_is_handed_nothing(
    fresh_database: Database, topup: TopUp
) -> None:
    failure = beside(fresh_database, lambda uow: returns(uow, topup), leases)
    assert failure is None
    assert outcome(fresh_database) == (0, 5000)


@pytest.mark.req("U7")
def test_money_that_a_machine_is_handed_at_that_moment_does_not_go_back(
    fresh_database: Database, topup: TopUp
) -> None:
    failure = beside(fresh_database, leases, lambda uow: returns(uow, topup))
    assert failure is None
    assert outcome(fresh_database) == (5000, 0)
    with fresh_database.transaction() as uow:
        (refund,) = refunds.listed(uow, tenant_id="demo")
        assert refund.state is RefundState.WAITING


@pytest.mark.req("U7")
def test_whoever_is_first_never_both(fresh_database: Database, topup: TopUp) -> None:
    start = threading.Barrier(2)

    def run(work: Callable[[UnitOfWork], object]) -> None:
        start.wait()
        transact(fresh_database, work)

    rivals = [
        threading.Thread(target=run, args=[work])
        for work in (leases, lambda uow: returns(uow, topup))
    ]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert sorted(outcome(fresh_database)) == [0, 5000]


def test_two_forms_at_once_do_not_fill_a_card_beyond_its_limit(
    fresh_database: Database, topup: TopUp
) -> None:
    assert topup.customer_id is not None
    customer_id = topup.customer_id

    def asks(uow: UnitOfWork, key: str) -> None:
        topups.ask(
            uow,
            tenant_id="demo",
            card_no=CARD,
            amount_fen=60_000,
            customer_id=customer_id,
            provider="wechat",
            request_key=key,
        )

    failure = beside(fresh_database, lambda uow: asks(uow, "1"), lambda uow: asks(uow, "2"))
    assert isinstance(failure, InvalidError | ConflictError)
