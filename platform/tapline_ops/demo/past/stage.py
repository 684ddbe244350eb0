"""Who and what the scenes of the weeks before are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tapline import cards, clock
from tapline.cards import CardKind
from tapline.devices import Vault
from tapline.money import Fen
from tapline.people import Customer, Staff
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.machines import Machine, Purse
from tapline_ops.provision import DEMO


@dataclass(slots=True, kw_only=True)
class Past:
    """The operator as its scenes find it. Sites and machines are in the estate's order."""

    vault: Vault
    """Opens the keys by which cards prove what they do."""
    identity: Vault
    """Seals the key that statements are signed with."""
    places: list[Site]
    machines: list[Machine]
    visitor: Customer
    """Whose phone is printed: whoever looks may be him."""
    neighbour: Customer
    """Whose barrels are late."""
    people: Mapping[str, Staff]
    told: list[dict[str, Any]]
    """What really happened: lines of the run's ground truth."""
    purses: list[Purse] = field(default_factory=list)
    """Cards of the time; the first is the visitor's."""

    @property
    def today(self) -> date:
        """The business day of the demonstration, whatever the clock is held at."""
        return self._today

    _today: date = field(default_factory=lambda: clock.business_date(clock.now()))

    @property
    def began_on(self) -> date:
        """The first day of the month before."""
        return (self._today.replace(day=1) - timedelta(days=1)).replace(day=1)

    def machine_on(self, place: int) -> Machine:
        """A machine on one of the sites; the first where none stands there."""
        found = self.machines[(place - 1) % len(self.places) :][:1]
        return (found or self.machines)[0]

    def ago(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the day so many days ago (Asia/Shanghai)."""
        return at(self._today - timedelta(days=days), hour, minute)

    def issue(
        self, uow: UnitOfWork, card_no: str, fen: int, customer: Customer | None = None
    ) -> Purse:
        """Hand out a card with a purse, and put it into somebody's pocket."""
        cards.issue(
            uow,
            tenant_id=DEMO,
            card_no=card_no,
            kind=CardKind.CPU,
            balance_fen=Fen(fen),
            customer_id=customer.customer_id if customer else None,
        )
        self.told.append({"t": "card", "card": card_no, "kind": "cpu", "opened_fen": fen})
        purse = Purse(card_no, fen)
        self.purses.append(purse)
        return purse


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a business day."""
    return datetime.combine(day, time(hour, minute), clock.BUSINESS_ZONE)
