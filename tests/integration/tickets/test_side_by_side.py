"""News about one case that two workers handle at once: what counts is what is so at the end."""

import pytest

from tapline import clock, orders, reconciliation, tickets
from tapline.outbox import OutboxRepository
from tapline.tickets import TicketState
from tapline.uow import Database, UnitOfWork
from tests.integration.consequences import drain
from tests.integration.orders.shop import AFTER, MORNING, Shop
from tests.integration.reconciliation.deciding import Desk
from tests.rivals import beside


def unheard(uow: UnitOfWork) -> None:
    """Whatever happened, the test itself plays the worker who hears of it."""
    outbox = OutboxRepository(uow.session)
    outbox.mark_relayed(outbox.take(1000))


@pytest.fixture
def desk(fresh_database: Database) -> Desk:
    """Record 2 of machine A says 1.00 yuan, and 9.00; a case waits for somebody to decide."""
    with fresh_database.transaction() as uow:
        desk = Desk(uow)
        desk.arrives(
            desk.pour(2, 2, 50_000, status="aborted"), desk.pour(2, 2, 50_000, amt_fen=900)
        )
    return desk


def decide(desk: Desk, uow: UnitOfWork) -> None:
    desk.uow = uow
    reconciliation.decide(
        uow,
        tenant_id="demo",
        finding_id=desk.finding("D05").finding_id,
        choice="none",
        reason="监控录像",
        staff=desk.staff["agent"],
    )


def states(uow: UnitOfWork) -> list[TicketState]:
    return [one.state for one in tickets.listed(uow, tenant_id="demo", states=tuple(TicketState))]


def test_a_case_is_not_closed_on_a_decision_that_another_story_has_overtaken(
    fresh_database: Database, desk: Desk
) -> None:
    with fresh_database.transaction() as uow:
        decide(desk, uow)
        unheard(uow)
        finding_id = desk.finding("D05").finding_id

    def another_story(uow: UnitOfWork) -> None:
        desk.uow = uow
        desk.arrives(desk.pour(2, 2, 50_000, amt_fen=20_000))

    failure = beside(
        fresh_database,
        another_story,
        lambda uow: tickets.on_decided(uow, tenant_id="demo", finding_id=finding_id),
    )

    assert failure is None
    with fresh_database.transaction() as uow:
        drain(uow)
        assert reconciliation.get(uow, tenant_id="demo", finding_id=finding_id).needs_person
        assert states(uow) == [TicketState.OPEN]


def test_no_case_is_opened_for_what_was_decided_meanwhile(
    fresh_database: Database, desk: Desk
) -> None:
    with fresh_database.transaction() as uow:
        desk.uow = uow
        finding_id = desk.finding("D05").finding_id
        (case,) = tickets.listed(uow, tenant_id="demo")

    def decided(uow: UnitOfWork) -> None:
        decide(desk, uow)
        drain(uow)

    failure = beside(
        fresh_database,
        decided,
        lambda uow: tickets.on_finding(uow, tenant_id="demo", finding_id=finding_id),
    )

    assert failure is None
    with fresh_database.transaction() as uow:
        drain(uow)
        (told,) = tickets.listed(uow, tenant_id="demo", states=tuple(TicketState))
        assert (told.ticket_id, told.state) == (case.ticket_id, TicketState.CLOSED)


def test_no_case_is_opened_for_an_order_that_came_or_ended_meanwhile(
    fresh_database: Database,
) -> None:
    with clock.frozen(MORNING):
        with fresh_database.transaction() as uow:
            shop = Shop(uow)
            order = shop.bought()
            clock.advance(AFTER - clock.now())
            orders.sweep_late(uow, tenant_id="demo")
            unheard(uow)

        def delivered(uow: UnitOfWork) -> None:
            shop.in_transaction(uow).delivers(order)
            tickets.on_order(uow, tenant_id="demo", order_id=order.order_id)

        failure = beside(
            fresh_database,
            delivered,
            lambda uow: tickets.on_order(uow, tenant_id="demo", order_id=order.order_id),
        )

    assert failure is None
    with fresh_database.transaction() as uow:
        assert states(uow) == []
