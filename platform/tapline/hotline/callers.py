"""What is known of a number that calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tapline import clock, outages, people, tickets
from tapline.hotline.callbacks.model import CallBack
from tapline.hotline.callbacks.repository import CallBackRepository
from tapline.hotline.calls.model import Call, Outcome
from tapline.hotline.lists import service as lists
from tapline.hotline.lists.model import CallerEntry
from tapline.hotline.records.model import CallRecord
from tapline.hotline.records.repository import RecordRepository
from tapline.people import Customer
from tapline.tickets import Ticket, TicketState
from tapline.uow import UnitOfWork

_WINDOW = timedelta(days=7)
_CALLS_SHOWN = 10
_IN_VAIN = (Outcome.ABANDONED_QUEUE, Outcome.ABANDONED_RING, Outcome.ABANDONED_IVR)


@dataclass(frozen=True, slots=True)
class Caller:
    """A number is not a person: candidates, not an identity. Counts are of seven days."""

    number: str
    customers: Sequence[Customer]
    listed: CallerEntry | None
    last_agent: UUID | None
    calls_count: int
    in_vain_count: int
    calls: Sequence[tuple[CallRecord, Call]]
    """The last ten, newest first."""
    open_tickets: Sequence[Ticket]
    call_back: CallBack | None
    """What we have promised him."""


def caller(uow: UnitOfWork, *, tenant_id: str, ani: str) -> Caller:
    """The profile of a number, for the screen pop; a hidden number has an empty one."""
    since = clock.now() - _WINDOW
    records = RecordRepository(uow, tenant_id)
    if not ani:
        return Caller("", (), None, None, 0, 0, (), (), None)
    customers = _customers(uow, tenant_id, ani)
    return Caller(
        number=ani,
        customers=customers,
        listed=lists.list_hit(uow, tenant_id=tenant_id, number=ani),
        last_agent=records.last_agent(ani, since),
        calls_count=records.count(ani, since),
        in_vain_count=records.count(ani, since, outcomes=_IN_VAIN),
        calls=records.listed(
            since=None, until=None, ani=ani, agent_id=None, outcome=None, limit=_CALLS_SHOWN
        ),
        open_tickets=_open_tickets(uow, tenant_id, customers),
        call_back=CallBackRepository(uow, tenant_id).promised_to(ani),
    )


def announcement(uow: UnitOfWork, *, tenant_id: str, ani: str) -> str:
    """What a caller hears before anything else: outages where his cards were used, in Chinese;
    empty where there are none, or nobody knows him."""
    told = [
        note
        for customer in _customers(uow, tenant_id, ani)
        for note in outages.notes_of_customer(
            uow, tenant_id=tenant_id, customer_id=customer.customer_id
        )
    ]
    return outages.spoken(told)


def _customers(uow: UnitOfWork, tenant_id: str, ani: str) -> Sequence[Customer]:
    """A mobile number has eleven digits: the tail of that length is the number itself."""
    if len(ani) < 11:
        return ()
    return people.customers_by_phone_tail(uow, tenant_id=tenant_id, tail=ani)


def _open_tickets(
    uow: UnitOfWork, tenant_id: str, customers: Sequence[Customer]
) -> Sequence[Ticket]:
    return [
        ticket
        for customer in customers
        for ticket in tickets.of_customer(
            uow, tenant_id=tenant_id, customer_id=customer.customer_id
        )
        if ticket.state is not TicketState.CLOSED
    ]
