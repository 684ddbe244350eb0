"""The operator: founds himself, issues cards, takes in what machines send.

Each step is a transaction of its own, as at the edges of the product.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from typing import Protocol, Self

from tapline import cards, devices, people
from tapline.cards import CardKind, issuers, tills, vouchers
from tapline.cards.facts import FactIn, ingest, recount
from tapline.cards.vouchers import Tap, Voucher
from tapline.devices import Hello, Presence, tariffs
from tapline.devices.tariffs import Tariff
from tapline.money import Fen
from tapline.people import Customer, Role
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.year.world import CUP_FEN, CUP_ML, Machine, Plastic

ISSUER = "zjut"


class Transactions(Protocol):
    """A database, or one that takes back all that is done in it."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """Everything in the block, or nothing."""


class House:
    """One operator with its staff, machines and customers."""

    def __init__(self, database: Transactions, tenant_id: str = "demo") -> None:
        self.tenant_id = tenant_id
        self.customers: dict[str, Customer] = {}
        """Who holds a card, by its number."""
        self._database = database
        self._keys = itertools.count(1)

    def over(self, database: Transactions) -> Self:
        """The same operator, seen through another transaction."""
        other = copy(self)
        other._database, other.customers = database, dict(self.customers)
        return other

    def untouched(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction from which nothing follows yet."""
        return self._database.transaction()

    @contextmanager
    def open(self) -> Iterator[UnitOfWork]:
        """A transaction, and everything that follows from it."""
        with self.untouched() as uow:
            yield uow
            uow.session.flush()
            drain(uow)

    # How it begins.

    def founds(self, machines: Sequence[Machine]) -> None:
        """Staff, a till, prices, machines with a line, somebody else's cards."""
        with self.open() as uow:
            factories.tenant(uow, self.tenant_id)
            self.office = {
                role: people.create_staff(
                    uow,
                    tenant_id=self.tenant_id,
                    login=f"{role.value}.{self.tenant_id}",
                    name=role.value,
                    role=role,
                )[0]
                for role in (Role.AGENT, Role.SUPERVISOR, Role.FINANCE, Role.COURIER)
            }
            self.till = tills.open_for(
                uow, tenant_id=self.tenant_id, staff=self.office[Role.COURIER]
            )
            cups = [(CUP_ML * n, CUP_FEN * n) for n in (1, 2, 3)]
            tariffs.publish(
                uow,
                tenant_id=self.tenant_id,
                tariff=Tariff(version=1, steps=cups),
                actor="finance",
                reason="2025",
            )
            issuers.create(
                uow,
                tenant_id=self.tenant_id,
                issuer_id=ISSUER,
                name="浙江工业大学 一卡通",
                legal_entity="浙江工业大学",
                contact="0571-8832 0000",
                settlement_day=5,
                commission_permille=0,
                actor="finance",
            )
            issuers.add_numbers(
                uow, tenant_id=self.tenant_id, issuer_id=ISSUER, lines=["2025****"], actor="finance"
            )
            for machine in machines:
                self._machine(uow, machine)

    def _machine(self, uow: UnitOfWork, machine: Machine) -> None:
        factories.device(uow, machine.name, self.tenant_id)
        device = devices.get(uow, tenant_id=self.tenant_id, device_id=machine.name, lock=True)
        hello = Hello(
            boot=1, seq_head=0, seq_acked=0, document={"hw": "RO-50", "fw": "2.4.1", "caps": []}
        )
        devices.greet(uow, hellos=[(device, hello)])
        devices.mark_presence(uow, device=device, state=Presence.ONLINE, boot=1, conn=1)

    def has_line(self, machine: Machine, *, is_online: bool) -> None:
        machine.has_line = is_online
        state = Presence.ONLINE if is_online else Presence.LOST
        with self.open() as uow:
            device = devices.get(uow, tenant_id=self.tenant_id, device_id=machine.name, lock=True)
            devices.mark_presence(uow, device=device, state=state, boot=1, conn=1)

    def issues(self, card: Plastic, *, holder: bool = False) -> None:
        """A card goes out with what is on its chip (or in its account)."""
        with self.open() as uow:
            self.issue(uow, card, holder=holder)

    def issue(self, uow: UnitOfWork, card: Plastic, *, holder: bool = False) -> None:
        customer = None
        if holder:
            customer = people.create_customer(
                uow, tenant_id=self.tenant_id, phone=f"138{int(card.number):08d}", name="李敏"
            )
            self.customers[card.number] = customer
        cards.issue(
            uow,
            tenant_id=self.tenant_id,
            card_no=card.number,
            kind=CardKind(card.kind),
            balance_fen=Fen(card.chip_fen),
            customer_id=customer.customer_id if customer else None,
        )

    # What happens at machines.

    def answers(self, taps: Sequence[tuple[Plastic, Machine]]) -> list[Voucher | None]:
        """What each machine may write to the card that is tapped at it."""
        asked = [
            Tap(machine.name, f"tap-{next(self._keys)}", card.number) for card, machine in taps
        ]
        with self.open() as uow:
            return vouchers.ask(uow, tenant_id=self.tenant_id, taps=asked)

    def takes_in(self, facts: Sequence[FactIn]) -> None:
        """Facts arrive in one delivery, with all that follows."""
        with self.open() as uow:
            ingest(uow, tenant_id=self.tenant_id, facts=facts)

    def hears_lost(self, machine: Machine, seq: int) -> None:
        """A machine declares that it has a fact no more."""
        with self.open() as uow:
            devices.declare_lost(
                uow, tenant_id=self.tenant_id, device_id=machine.name, from_seq=seq, to_seq=seq
            )
            recount(uow, device_ids=[machine.name])
