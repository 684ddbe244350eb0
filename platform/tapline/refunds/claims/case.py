"""What differs between claims: how much, held where, given from where."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from tapline import clock, ledger
from tapline.ledger import Movement, Resolution, chart
from tapline.policy import Policy
from tapline.refunds.claims.quotes import Quote
from tapline.refunds.model import Refund, Tier
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Waits:
    """Why part of a claim cannot be paid yet."""

    reserve_fen: int = 0
    devices: tuple[str, ...] = ()
    """Machines that may still send pours of the card."""
    voucher: bool = False
    """A machine may be writing the card's own money to it."""

    @property
    def any(self) -> bool:
        """Whether there is anything to wait for."""
        return bool(self.devices) or self.voucher


NOTHING = Waits()


class Case(ABC):
    """One locked claim of some kind, seen under the policy in force."""

    def __init__(self, uow: UnitOfWork, refund: Refund, in_force: Policy) -> None:
        self.uow = uow
        self.refund = refund
        self.policy = in_force

    @abstractmethod
    def begin(self) -> None:
        """Reserve what is asked for: from now on nobody else disposes of it."""

    @abstractmethod
    def quote(self) -> Quote:
        """How much there is to give back now."""

    @abstractmethod
    def tier(self, amount_fen: int) -> Tier:
        """Who decides about so much."""

    @abstractmethod
    def pay(self, by: str) -> None:
        """Set aside in `refund_payable` what was approved, by whom, and may be paid by now."""

    @abstractmethod
    def release(self) -> None:
        """Give up the reservation: nothing is paid."""

    @abstractmethod
    def subjects(self) -> list[str]:
        """What the customer's payments for it were about."""

    amount_is_fixed: ClassVar[bool] = True
    """Whether what was held at the beginning is the amount, whatever happens."""

    def catch_up(self) -> None:  # noqa: B027 (most reserve everything at once)
        """Reserve what is asked for and was not free at the beginning."""

    def waits(self) -> Waits:
        """What keeps some of it back for now."""
        return NOTHING

    def finish(self) -> bool:
        """Set aside what was kept back, if nothing does so any longer; whether it did now."""
        return False

    @property
    def more_to_come(self) -> bool:
        """Whether some of an approved claim is still kept back."""
        return False

    def post(self, step: str, movement: Movement | Resolution) -> str:
        """Post one movement of this claim; its key."""
        self.refund.revision += 1
        key = f"{self.refund.subject}:{self.refund.revision}:{step}"
        command = ledger.Command(
            key=key,
            kind=f"refund_{step}",
            event_at=clock.now(),
            movement=movement,
            content={"refund": str(self.refund.refund_id), "revision": self.refund.revision},
            source={"subject": self.refund.subject},
        )
        ledger.post(self.uow, tenant_id=self.refund.tenant_id, commands=[command])
        return key

    def hold(self, movement: Movement) -> None:
        """Place a hold, remembered until it is resolved."""
        key = self.post("hold", movement)
        # A card without money holds nothing, and nothing has no end.
        if self.moved_fen(key):
            self.refund.holds = [*self.refund.holds, key]

    def void_holds(self) -> None:
        """Give up every hold that stands."""
        for key in self.refund.holds:
            self.post("void", ledger.Void(key))
        self.refund.holds = []

    def settle_holds(self) -> int:
        """Post every hold that stands; how much it was, in fen."""
        settled_fen = 0
        for key in self.refund.holds:
            settled_fen += self.moved_fen(self.post("pay", ledger.Settle(key)))
        self.refund.holds = []
        return settled_fen

    def moved_fen(self, key: str) -> int:
        """The money that the journal under `key` moved or holds."""
        lines = ledger.entries_for_keys(self.uow, tenant_id=self.refund.tenant_id, keys=[key])[key]
        debits = (line for line in lines if line.side == "D" and line.unit == chart.FEN)
        return sum(line.amount for line in debits)
