"""What an agent should know before the first word, from everything that knows the number."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapline import cards, faults, hotline, ledger, orders, outages, reports
from tapline.cards import Card
from tapline.errors import NotFoundError
from tapline.faults import Prediction
from tapline.hotline import Caller
from tapline.ledger import CardBalance
from tapline.orders import Order
from tapline.outages import Note
from tapline.people import Customer
from tapline.reports import DeviceView, Pour
from tapline.uow import UnitOfWork
from tapline_api.deps import Member

POURS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Purse:
    """A card with what it holds and its last pours, newest first."""

    card: Card
    balance: CardBalance
    pours: Sequence[Pour]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the number may belong to. A number is not a person."""

    customer: Customer
    purses: Sequence[Purse]
    last_order: Order | None


@dataclass(frozen=True, slots=True)
class Machine:
    """The dispenser of the last tap, and what is foreseen for it."""

    view: DeviceView
    foreseen: Sequence[Prediction]


@dataclass(frozen=True, slots=True)
class Pop:
    caller: Caller
    candidates: Sequence[Candidate]
    machine: Machine | None
    outages: Sequence[Note]
    """What is announced where his cards were used."""


def pop_of(uow: UnitOfWork, member: Member, ani: str) -> Pop:
    """The pop for a calling number; a hidden one has an empty pop."""
    caller = hotline.caller(uow, tenant_id=member.tenant_id, ani=ani)
    candidates = [_candidate(uow, member, customer) for customer in caller.customers]
    taps = [pour for one in candidates for purse in one.purses for pour in purse.pours]
    last = max(taps, key=lambda pour: pour.at, default=None)
    machine = _machine(uow, member, last.fact.device_id) if last else None
    told = [
        note
        for one in caller.customers
        for note in outages.notes_of_customer(
            uow, tenant_id=member.tenant_id, customer_id=one.customer_id
        )
    ]
    return Pop(caller, candidates, machine, list(dict.fromkeys(told)))


def _candidate(uow: UnitOfWork, member: Member, customer: Customer) -> Candidate:
    tenant_id, customer_id = member.tenant_id, customer.customer_id
    owned = cards.owned_by(uow, tenant_id=tenant_id, customer_id=customer_id)
    balances = ledger.cards(uow, tenant_id=tenant_id, card_nos=[card.card_no for card in owned])
    latest = orders.listed(uow, tenant_id=tenant_id, customer_id=customer_id, limit=1)
    return Candidate(
        customer,
        [
            Purse(
                card,
                balances[card.card_no],
                reports.pours_of_card(
                    uow, tenant_id=tenant_id, card_no=card.card_no, limit=POURS_SHOWN
                ),
            )
            for card in owned
        ],
        latest[0] if latest else None,
    )


def _machine(uow: UnitOfWork, member: Member, device_id: str) -> Machine | None:
    try:
        history = reports.device_history(uow, scope=member.scope, device_id=device_id)
    except NotFoundError:
        return None
    foreseen = faults.predictions_of(uow, tenant_id=member.tenant_id, device_ids=[device_id])
    return Machine(history.view, foreseen)
