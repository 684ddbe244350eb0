"""From the desk to the spot and back, and the customer has the last word."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tapline import audit, clock, files, tickets
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.people import Role, Staff
from tapline.tickets import EntryKind, Outcome, Ticket, TicketState, work_orders
from tapline.tickets.work_orders import WorkOrder, WorkOrderState
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.tickets import cast
from tests.integration.tickets.cast import at, customer, kinds, reported, staff, texts

TECHNICIAN_PHONE = "13700137000"
DOT = b"\x89PNG\r\n\x1a\n" + bytes(24)


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    with clock.frozen(cast.WEDNESDAY):
        cast.prepare(uow)
        yield uow


@pytest.fixture
def lin(desk: UnitOfWork) -> Staff:
    return staff(desk, "lin")


@pytest.fixture
def chen(desk: UnitOfWork) -> Staff:
    return staff(desk, "chen", Role.TECHNICIAN, TECHNICIAN_PHONE)


def told(uow: UnitOfWork) -> Ticket:
    """What a customer reported of machine `A`."""
    return reported(uow, device_id="A", customer_id=customer(uow).customer_id)


def sent(uow: UnitOfWork, ticket: Ticket, lin: Staff, chen: Staff) -> WorkOrder:
    return work_orders.dispatch(
        uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        technician_id=chen.staff_id,
        staff=lin,
        words="看看水阀",
    )


def by(work: WorkOrder, technician: Staff) -> dict[str, Any]:
    return {
        "tenant_id": "demo",
        "work_order_id": work.work_order_id,
        "technician": technician,
    }


def mended(uow: UnitOfWork, work: WorkOrder, chen: Staff, **changes: Any) -> WorkOrder:
    """There, and done."""
    work_orders.start(uow, **by(work, chen))
    report: dict[str, Any] = {"outcome": Outcome.FIXED, "parts": {"valve": 1}, "words": "换了水阀"}
    return work_orders.finish(uow, **by(work, chen), **report | changes)


def confirmed(uow: UnitOfWork, ticket: Ticket, words: str = "", *, settled: bool) -> Ticket:
    assert ticket.customer_id is not None
    return tickets.confirm(
        uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        settled=settled,
        words=words,
    )


@pytest.mark.req("C43", "H202", "H246", "H261", "H283", "H286", "H307")
def test_a_technician_is_sent_goes_mends_and_the_customer_confirms(
    desk: UnitOfWork, lin: Staff, chen: Staff
) -> None:
    ticket = told(desk)
    work = sent(desk, ticket, lin, chen)
    assert (ticket.state, ticket.owner_id) == (TicketState.TAKEN, lin.staff_id)
    assert "3 号楼 1 层" in texts(desk, TECHNICIAN_PHONE)[0]
    work_orders.accept(desk, **by(work, chen))
    mended(desk, work, chen)
    assert (work.state, work.parts, work.report) == (
        WorkOrderState.FINISHED,
        {"valve": 1},
        "换了水阀",
    )
    assert ticket.state is TicketState.TAKEN, "the customer has not said so yet"
    confirmed(desk, ticket, settled=True)
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    assert kinds(desk, ticket)[2:] == [
        EntryKind.TAKEN,
        EntryKind.DISPATCHED,
        EntryKind.WORK_ACCEPTED,
        EntryKind.WORK_STARTED,
        EntryKind.WORK_FINISHED,
        EntryKind.CONFIRMED,
    ]
    acts = audit.about(desk, tenant_id="demo", subject=f"ticket:{ticket.ticket_id}")
    assert {act.actor for act in acts} == {"lin", "chen", f"customer:{ticket.customer_id}"}


def test_one_technician_at_a_time(desk: UnitOfWork, lin: Staff, chen: Staff) -> None:
    ticket = told(desk)
    first = sent(desk, ticket, lin, chen)
    with pytest.raises(ConflictError, match="recall him first"):
        sent(desk, ticket, lin, chen)
    work_orders.recall(
        desk, tenant_id="demo", work_order_id=first.work_order_id, staff=lin, reason="客户已修好"
    )
    assert "无需前往" in texts(desk, TECHNICIAN_PHONE)[1]
    with pytest.raises(ConflictError, match="recalled"):
        work_orders.accept(desk, **by(first, chen))
    second = sent(desk, ticket, lin, chen)
    assert second.number == f"{ticket.number}-2"


def test_a_tap_sent_twice_over_a_bad_network_counts_once(
    desk: UnitOfWork, lin: Staff, chen: Staff
) -> None:
    ticket = told(desk)
    work = sent(desk, ticket, lin, chen)
    for _ in range(2):
        work_orders.accept(desk, **by(work, chen))
    for _ in range(2):
        work_orders.start(desk, **by(work, chen))
    for words in ("换了水阀", "换了水阀，再发一次"):
        work_orders.finish(desk, **by(work, chen), outcome=Outcome.FIXED, parts={}, words=words)
    found = kinds(desk, ticket)
    assert found[-3:] == [
        EntryKind.WORK_ACCEPTED,
        EntryKind.WORK_STARTED,
        EntryKind.WORK_FINISHED,
    ]
    assert work.report == "换了水阀"


def test_a_colleagues_work_does_not_exist_for_a_technician(
    desk: UnitOfWork, lin: Staff, chen: Staff
) -> None:
    work = sent(desk, told(desk), lin, chen)
    wu = staff(desk, "wu", Role.TECHNICIAN)
    with pytest.raises(NotFoundError):
        work_orders.accept(desk, **by(work, wu))
    assert not work_orders.of_technician(desk, tenant_id="demo", technician_id=wu.staff_id)
    (own,) = work_orders.of_technician(desk, tenant_id="demo", technician_id=chen.staff_id)
    assert own is work


def test_only_a_technician_is_sent(desk: UnitOfWork, lin: Staff) -> None:
    with pytest.raises(InvalidError, match="no technician"):
        sent(desk, told(desk), lin, lin)


@pytest.mark.req("H294")
def test_what_technicians_hand_back_three_times_comes_before_the_supervisors(
    desk: UnitOfWork, lin: Staff, chen: Staff
) -> None:
    ticket = told(desk)
    for count in range(1, 4):
        work = sent(desk, ticket, lin, chen)
        with pytest.raises(InvalidError, match="why"):
            work_orders.hand_back(desk, **by(work, chen), reason=" ")
        work_orders.hand_back(desk, **by(work, chen), reason="没有配件")
        assert (ticket.owner_id, ticket.returns) == (lin.staff_id, count)
    assert kinds(desk, ticket).count(EntryKind.ESCALATED) == 1
    works = work_orders.of_ticket(desk, tenant_id="demo", ticket_id=ticket.ticket_id)
    assert [one.state for one in works] == [WorkOrderState.RETURNED] * 3


def test_closing_a_case_calls_the_technician_off(desk: UnitOfWork, lin: Staff, chen: Staff) -> None:
    ticket = told(desk)
    work = sent(desk, ticket, lin, chen)
    tickets.close(desk, **at(ticket, lin), outcome=Outcome.DUPLICATE)
    assert work.state is WorkOrderState.RECALLED
    assert len(texts(desk, TECHNICIAN_PHONE)) == 2


def test_photos_belong_to_the_report(desk: UnitOfWork, lin: Staff, chen: Staff) -> None:
    work = sent(desk, told(desk), lin, chen)
    photo = files.keep(
        desk, tenant_id="demo", name="valve.png", media_type="image/png", content=DOT
    )
    work_orders.start(desk, **by(work, chen))
    report: dict[str, Any] = {"outcome": Outcome.FIXED, "parts": {}, "words": ""}
    with pytest.raises(NotFoundError):
        work_orders.finish(desk, **by(work, chen), **report, file_ids=[uuid4()])
    work_orders.finish(desk, **by(work, chen), **report, file_ids=[photo.file_id])
    assert work.file_ids == [str(photo.file_id)]


@pytest.mark.req("C26", "H192", "H258", "H344", "H371")
def test_a_customer_whose_trouble_is_not_over_has_the_case_go_on(
    desk: UnitOfWork, lin: Staff, chen: Staff
) -> None:
    ticket = told(desk)
    mended(desk, sent(desk, ticket, lin, chen), chen)
    tickets.close(desk, **at(ticket, lin), outcome=Outcome.FIXED)
    assert "如仍未解决" in texts(desk, cast.PHONE)[-1]
    with pytest.raises(InvalidError, match="still wrong"):
        confirmed(desk, ticket, settled=False)
    confirmed(desk, ticket, "又不出水了", settled=False)
    assert (ticket.state, ticket.owner_id) == (TicketState.TAKEN, lin.staff_id)
    assert ticket.clock_from == clock.now()
    assert sent(desk, ticket, lin, chen).state is WorkOrderState.DISPATCHED


def test_after_a_week_a_new_report_is_asked_for(desk: UnitOfWork, lin: Staff) -> None:
    ticket = told(desk)
    tickets.close(desk, **at(ticket, lin), outcome=Outcome.FIXED)
    clock.advance(timedelta(days=8))
    with pytest.raises(ConflictError, match="report it anew"):
        confirmed(desk, ticket, "又不出水了", settled=False)


def test_where_nobody_has_been_there_is_nothing_to_confirm(
    desk: UnitOfWork, lin: Staff, chen: Staff
) -> None:
    ticket = told(desk)
    with pytest.raises(ConflictError, match="still in work"):
        confirmed(desk, ticket, settled=True)
    work = sent(desk, ticket, lin, chen)
    work_orders.finish(
        desk, **by(work, chen), outcome=Outcome.NOT_VISITED, parts={}, words="找不到人开门"
    )
    with pytest.raises(ConflictError, match="still in work"):
        confirmed(desk, ticket, settled=True)


def test_a_case_is_confirmed_by_its_own_customer_alone(desk: UnitOfWork, lin: Staff) -> None:
    ticket = told(desk)
    with pytest.raises(NotFoundError):
        tickets.confirm(
            desk,
            tenant_id="demo",
            ticket_id=ticket.ticket_id,
            customer_id=uuid4(),
            settled=False,
            words="x",
        )


def test_another_tenant_sees_no_work(desk: UnitOfWork, lin: Staff, chen: Staff) -> None:
    factories.tenant(desk, "other")
    work = sent(desk, told(desk), lin, chen)
    with pytest.raises(NotFoundError):
        work_orders.get(desk, tenant_id="other", work_order_id=work.work_order_id)
    assert not work_orders.of_ticket(desk, tenant_id="other", ticket_id=work.ticket_id)
