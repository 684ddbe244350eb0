"""Where stories take place: an operator with cards, machines, and a provider with books of its own.

Cards and machines are those of the simulated year, its record is read by the same auditor.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from tapline import clock, ledger, policy
from tapline.cards.facts import FactIn
from tapline.cards.topups import TopUp
from tapline.cards.vouchers import Voucher
from tapline.errors import ConflictError, InvalidError
from tapline.uow import UnitOfWork
from tests.integration.payments.provider import FakeProvider
from tests.integration.year.desk import Desk
from tests.integration.year.evening import Evening
from tests.integration.year.house import House, Transactions
from tests.integration.year.world import Machine, Plastic, World

HELD, BEARER, ONLINE, PHONE = "88000002", "88000003", "88000004", "88000006"
KINDS = {HELD: "cpu", BEARER: "m1", ONLINE: "id", PHONE: "qr"}
OPENED_FEN, FIRST_FEN = 3000, 1000
"""What is on a card when it is handed out, and what its holder pays at the till at once."""
NO_LIMITS = {
    "automatic_fen_max": 10**9,
    "automatic_per_card_30d_max": 10**6,
    "automatic_per_device_day_fen_max": 10**9,
}


@dataclass(frozen=True)
class Lease:
    """A voucher that a machine may write, and where."""

    voucher: Voucher
    card: Plastic
    machine: Machine


class Ground:
    """Four cards, two machines. What is refused changes nothing and is no part of the record."""

    def __init__(self, database: Transactions, tenant_id: str, seed: int) -> None:
        self.tenant_id = tenant_id
        self.world = World(seed, 0)
        self.world.machines = [Machine(f"{tenant_id}-{n}") for n in range(2)]
        self.house = House(database, tenant_id)
        self.desk = Desk(self.house)
        self.evening = Evening(self.house)
        self.provider = FakeProvider()
        self.leases: list[Lease] = []
        self.unpaid: list[TopUp] = []
        self.adjusted: list[tuple[str, str, int]] = []
        self.sent: list[FactIn] = []
        self.forgotten: list[FactIn] = []
        self.numbers = 0
        self._founds()

    def over(self, database: Transactions) -> Self:
        """The same, as he is now, in a transaction in which he may go another way."""
        other = copy(self)
        other.house = self.house.over(database)
        other.desk, other.evening = Desk(other.house), Evening(other.house)
        for name in ("world", "provider", "leases", "unpaid", "adjusted", "sent", "forgotten"):
            setattr(other, name, deepcopy(getattr(self, name)))
        return other

    def _founds(self) -> None:
        self.house.founds(self.world.machines)
        for number, kind in KINDS.items():
            card = Plastic(number, kind, OPENED_FEN)
            self.world.cards.append(card)
            self.world.tell("card", card=number, opened_fen=OPENED_FEN)
            self.house.issues(card, holder=number != BEARER)
        self.desk.promises(per_mille=150, paid_fen_min=1000)
        with self.house.open() as uow:
            policy.publish(
                uow, tenant_id=self.tenant_id, changes=NO_LIMITS, actor="test", reason="no limits"
            )
        for number in KINDS:
            self.gets(number, FIRST_FEN, self.desk.tops_up(number, FIRST_FEN, by_hand=True))
        with self.house.open() as uow:
            ledger.seal(uow)

    def card(self, card_no: str) -> Plastic:
        return next(card for card in self.world.cards if card.number == card_no)

    def card_in_use(self, card_no: str) -> Plastic:
        """The card, or the last that took its place."""
        by = {one["card"]: one["by"] for one in self.world.record if one["t"] == "replaced"}
        while card_no in by:
            card_no = by[card_no]
        return self.card(card_no)

    def gets(self, card_no: str, fen: int, bonus_fen: int) -> None:
        """Write down that money came to a card."""
        self.world.tell("topup", card=card_no, fen=fen, bonus_fen=bonus_fen, by_hand=True)
        if self.card(card_no).kind in {"id", "qr"}:
            self.card(card_no).chip_fen += fen + bonus_fen

    @contextmanager
    def attempt(self) -> Iterator[UnitOfWork]:
        """What is refused leaves nothing behind, and is not said."""
        with suppress(ConflictError, InvalidError), self.house.open() as uow:
            yield uow

    def key(self) -> str:
        self.numbers += 1
        return f"asked-{self.numbers}"

    def now(self) -> datetime:
        clock.advance(timedelta(seconds=90))
        return clock.now()
