"""Disputes where nobody comes back tomorrow, and customers who are upset, come first."""

from collections.abc import Iterator

import pytest

from tapline import clock, policy, tickets
from tapline.errors import ConflictError
from tapline.sites import SiteKind
from tapline.tickets import EntryKind, Outcome, Priority, Ticket
from tapline.uow import UnitOfWork
from tests.integration.tickets import cast
from tests.integration.tickets.cast import at, kinds, put, ready, reported, staff
from tests.integration.tickets.test_ownership import offer_to


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    with clock.frozen(cast.WEDNESDAY):
        cast.prepare(uow)
        yield uow


def in_a_mall(uow: UnitOfWork) -> None:
    """The site of these tests is one where people pass by."""
    cast.site(uow).kind = SiteKind.BUSINESS


def disputed(uow: UnitOfWork) -> Ticket:
    """A holder says that a pour at machine `A` was not as it was charged."""
    return reported(uow, "pour_disputed", device_id="A", card_no=cast.CARD)


@pytest.mark.req("C7", "C31", "H377")
def test_a_dispute_in_a_mall_is_promised_more_than_one_in_a_housing_estate(
    desk: UnitOfWork,
) -> None:
    at_home = disputed(desk)
    tickets.close(desk, **at(at_home, staff(desk, "lin")), outcome=Outcome.FIXED)
    in_a_mall(desk)
    passing = disputed(desk)

    assert (at_home.priority, passing.priority) == (Priority.NORMAL, Priority.HIGH)
    assert passing.resolve_due_at < at_home.resolve_due_at
    assert passing.facts["fast_lane"] == "business"


@pytest.mark.req("C31")
def test_policy_says_on_which_sites_disputes_go_first(desk: UnitOfWork) -> None:
    in_a_mall(desk)
    policy.publish(
        desk,
        tenant_id="demo",
        changes={"ticket_fast_site_kinds": ["campus"]},
        actor="he.qing",
        reason="开学季",
    )

    assert disputed(desk).priority is Priority.NORMAL


def test_in_a_mall_other_trouble_is_as_urgent_as_elsewhere(desk: UnitOfWork) -> None:
    before = reported(desk, "noise", device_id="A").priority
    in_a_mall(desk)

    assert reported(desk, "noise", device_id="B").priority is before


@pytest.mark.req("H403")
def test_a_case_that_waits_already_moves_up_when_its_customer_turns_out_to_be_upset(
    desk: UnitOfWork,
) -> None:
    longer = reported(desk, "card_closing", card_no=cast.CARD)
    upset = disputed(desk)
    for ticket in (longer, upset):
        put(desk, ticket.ticket_id)
    tickets.mark_upset(desk, **at(upset, staff(desk, "he")))
    put(desk, upset.ticket_id)

    lin = staff(desk, "lin", cards=3)
    ready(desk, lin)

    assert (offer_to(desk, lin) or "").startswith(f"ticket:{upset.ticket_id}")


@pytest.mark.req("H403")
def test_marked_by_mistake_it_is_as_urgent_as_before_and_both_are_on_record(
    desk: UnitOfWork,
) -> None:
    ticket, lin = disputed(desk), staff(desk, "lin")
    before = ticket.priority
    assert tickets.mark_upset(desk, **at(ticket, lin)).priority is before.raised
    with pytest.raises(ConflictError, match="already"):
        tickets.mark_upset(desk, **at(ticket, lin))

    assert tickets.mark_calm(desk, **at(ticket, lin)).priority is before
    assert kinds(desk, ticket)[-2:] == [EntryKind.UPSET, EntryKind.CALM]
    with pytest.raises(ConflictError, match="does not say"):
        tickets.mark_calm(desk, **at(ticket, lin))
